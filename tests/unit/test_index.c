#include "damage.h"
#include "index_support.h"

#include <pthread.h>

#include "../../store/index_apply.h"
#include "../../store/ref.h"
#include "random.h"

#define CONTACT                                                                                                        \
    "{\"lead\":{\"id\":\"L1\",\"email\":\" Jane.Smith@Example.com\\n\",\"first_name\":\"Jane\"},"                      \
    "\"messages\":[{\"role\":\"user\",\"content\":\"Price?\",\"created_at\":\"2023-08-15T14:30:45.123Z\"}],"           \
    "\"agent_id\":\"A1\",\"agent_name\":\"Sales\"}"
#define SESSION                                                                                                        \
    "{\"event\":\"session_active\",\"agent_id\":\"A1\",\"conversation\":{\"id\":\"C1\",\"visitor_id\":\"V1\","         \
    "\"messages\":[{\"role\":\"user\",\"content\":\"Price?\",\"created_at\":\"2023-08-15T14:30:45.123Z\"},"            \
    "{\"role\":\"bot\",\"content\":\"12\",\"created_at\":\"2023-08-15T14:30:50Z\"}]}}"

static struct ht_summary summary_of(struct bench *bench, enum ht_kind kind, const char *id)
{
    struct ht_summary summary;
    assert_ok(ht_index_summary(bench->reader, kind, bench_number(bench, kind, id), &summary, &scratch_error));
    return summary;
}

static void assert_name(struct bench *bench, enum ht_kind kind, uint32_t number, const char *name)
{
    struct ht_slice found;
    assert_ok(ht_index_name(bench->reader, kind, number, &found, &scratch_error));
    if (!ht_slice_is(found, name)) fail_msg("%.*s is not %s", HT_SLICE_ARGS(found), name);
}

static uint32_t leads_with(struct bench *bench, const char *email)
{
    uint32_t lead = 0, count = 0;
    while (ht_index_email(bench->reader, ht_slice_from(email), lead, &lead, NULL) == HT_OK)
        count++;
    return count;
}

/* ---- one event ---- */

static void a_contact_is_found_by_all_that_it_names(void **state)
{
    struct bench *bench = *state;
    uint32_t count, linked;
    assert_int_equal(bench_add(bench, CONTACT), 1);
    bench_catch_up(bench);
    bench_begin(bench);
    struct ht_row row = bench_row(bench, 1);
    assert_int_equal(row.received_at, SCRATCH_NOW);
    assert_int_equal(row.size, strlen(CONTACT));
    assert_int_equal(row.deliveries, 1);
    assert_int_equal(row.endpoint, 1);
    assert_int_equal(row.conversation, 0);
    assert_int_equal(row.visitor, 0);
    assert_int_equal(row.flags & (HT_ROW_DERIVED | HT_ROW_UNREADABLE), 0);
    assert_name(bench, HT_KIND_TYPE, row.type, "new-contact");
    assert_name(bench, HT_KIND_AGENT, row.agent, "A1");
    assert_name(bench, HT_KIND_AGENT_NAME, row.agent_name, "Sales");
    assert_name(bench, HT_KIND_LEAD, row.lead, "L1");
    struct ht_summary lead = summary_of(bench, HT_KIND_LEAD, "L1");
    assert_int_equal(lead.events, 1);
    assert_int_equal(lead.first_seq, 1);
    assert_int_equal(lead.last_seq, 1);
    assert_int_equal(lead.profile_seq, 1);
    assert_int_equal(lead.agent, row.agent);
    assert_int_equal(lead.first_at, row.occurred_at);
    assert_int_equal(leads_with(bench, "jane.smith@example.com"), 1);
    assert_int_equal(leads_with(bench, "\t JANE.smith@EXAMPLE.com "), 1);
    assert_int_equal(leads_with(bench, "jane.smith@example.co"), 0);
    assert_int_equal(leads_with(bench, " "), 0);
    assert_ok(ht_index_count(bench->reader, HT_KIND_LEAD, &count, &scratch_error));
    assert_int_equal(count, 1);
    assert_int_equal(ht_index_linked(bench->reader, HT_KIND_LEAD, row.lead, 0, &linked, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_index_row(bench->reader, 2, &row, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
}

static void an_empty_index_answers(void **state)
{
    struct bench *bench = *state;
    struct ht_position position;
    struct ht_daily daily;
    uint64_t first, last, seq;
    uint32_t number;
    uint8_t key[HT_DUPLICATE_KEY_SIZE] = {1};
    bench_catch_up(bench);
    bench_begin(bench);
    assert_ok(ht_index_position(bench->reader, &position, &scratch_error));
    assert_int_equal(position.seq, 0);
    assert_ok(ht_index_range(bench->reader, HT_TIME_NONE, INT64_MAX, &first, &last, &scratch_error));
    assert_true(first > last);
    assert_int_equal(ht_index_daily(bench->reader, INT64_MIN, 0, 0, &daily, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_index_recent(bench->reader, HT_KIND_LEAD, UINT64_MAX, &number, &seq, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_index_duplicate(bench->reader, HT_TIME_NONE, key, &seq, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_index_repeat(bench->reader, 1, 0, &seq, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
}

/* ---- derived links ---- */

static void assert_derived(struct bench *bench, uint64_t seq, const char *conversation)
{
    struct ht_row row = bench_row(bench, seq);
    assert_int_equal(row.conversation, bench_number(bench, HT_KIND_CONVERSATION, conversation));
    assert_true(row.flags & HT_ROW_DERIVED);
}

static void assert_contact_joined_session(struct bench *bench, uint64_t contact)
{
    uint32_t linked;
    bench_begin(bench);
    uint32_t conversation = bench_number(bench, HT_KIND_CONVERSATION, "C1");
    uint32_t lead = bench_number(bench, HT_KIND_LEAD, "L1");
    assert_derived(bench, contact, "C1");
    assert_int_equal(bench_row(bench, 3 - contact).flags, 0);
    struct ht_summary summary = summary_of(bench, HT_KIND_CONVERSATION, "C1");
    assert_int_equal(summary.events, 2);
    assert_int_equal(summary.first_seq, 1);
    assert_int_equal(summary.last_seq, 2);
    assert_int_equal(summary.agent, bench_number(bench, HT_KIND_AGENT, "A1"));
    assert_int_equal(summary.agent_name, bench_number(bench, HT_KIND_AGENT_NAME, "Sales"));
    assert_int_equal(summary.visitor, bench_number(bench, HT_KIND_VISITOR, "V1"));
    assert_ok(ht_index_linked(bench->reader, HT_KIND_CONVERSATION, conversation, 0, &linked, &scratch_error));
    assert_int_equal(linked, lead);
    assert_int_equal(ht_index_linked(bench->reader, HT_KIND_CONVERSATION, conversation, lead, &linked, NULL),
                     HT_NOT_FOUND);
    assert_ok(ht_index_linked(bench->reader, HT_KIND_LEAD, lead, 0, &linked, &scratch_error));
    assert_int_equal(linked, conversation);
    ht_reader_end(bench->reader);
}

static void a_contact_joins_the_conversation_that_came_before(void **state)
{
    struct bench *bench = *state;
    bench_add(bench, SESSION);
    bench_add(bench, CONTACT);
    bench_catch_up(bench);
    assert_contact_joined_session(bench, 2);
}

static void a_contact_waits_for_its_conversation(void **state)
{
    struct bench *bench = *state;
    bench_add(bench, CONTACT);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 1).conversation, 0);
    ht_reader_end(bench->reader);
    bench_add(bench, SESSION);
    bench_catch_up(bench);
    assert_contact_joined_session(bench, 1);
}

/* ---- deliveries ---- */

static void repeats_are_counted_where_the_event_is(void **state)
{
    struct bench *bench = *state;
    struct ht_daily daily;
    uint64_t number, seq;
    struct ht_record_header header;
    bench_add(bench, CONTACT);
    bench_add(bench, SESSION);
    bench_catch_up(bench);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bench_add(bench, SESSION), 2);
    assert_int_equal(bench_add(bench, CONTACT), 1);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 1).deliveries, 2);
    assert_int_equal(bench_row(bench, 2).deliveries, 4);
    uint64_t after = 0;
    for (uint64_t expected = 1; expected <= 3; expected++) {
        assert_ok(ht_index_repeat(bench->reader, 2, after, &number, &scratch_error));
        assert_int_equal(number, expected);
        after = number;
    }
    assert_int_equal(ht_index_repeat(bench->reader, 2, after, &number, NULL), HT_NOT_FOUND);
    assert_ok(ht_index_repeat(bench->reader, 1, 0, &number, &scratch_error));
    assert_int_equal(number, 4);
    uint64_t deliveries = 0, events = 0;
    daily = (struct ht_daily){.day = INT64_MIN};
    while (ht_index_daily(bench->reader, daily.day, daily.type, daily.agent, &daily, NULL) == HT_OK) {
        assert_int_equal(daily.day, ht_time_day(SCRATCH_NOW));
        assert_int_equal(daily.last_at, SCRATCH_NOW);
        deliveries += daily.deliveries;
        events += daily.events;
    }
    assert_int_equal(events, 2);
    assert_int_equal(deliveries, 6);
    assert_ok(ht_trail_header(bench->reader, 2, &header, &scratch_error));
    int64_t time = scratch_stated_at(SESSION);
    assert_ok(ht_index_duplicate(bench->reader, time, header.duplicate_key, &seq, &scratch_error));
    assert_int_equal(seq, 2);
    header.duplicate_key[15] ^= 1; /* the index's part is the same: the trail decides */
    assert_int_equal(ht_index_duplicate(bench->reader, time, header.duplicate_key, &seq, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
}

#define OTHER "{\"lead_id\":\"other\",\"created_at\":\"2025-11-25T13:00:00Z\"}"

static bool is_repeat(struct bench *bench, const char *payload, const char *signed_id)
{
    struct ht_position end;
    struct ht_append append = {.stated_at = scratch_stated_at(payload)};
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1, .signature_verified = signed_id != NULL};
    uint8_t salt[HT_SALT_SIZE] = {0};
    assert_ok(ht_append_pack(&append, packer, &delivery, ht_slice_from(payload), 1,
                             signed_id != NULL ? ht_slice_from(signed_id) : HT_ABSENT, salt, &scratch_error));
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    bool repeat = append.duplicate;
    ht_append_release(&append);
    ht_packer_free(packer);
    return repeat;
}

/* Once the index alone knows of them, whatever time they state; and another payload under a signed id is no repeat, but
   known when it comes again. */
static void repeats_are_found_in_the_index(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *payload;
        const char *signed_id;
    } deliveries[] = {
        {SESSION, NULL},
        {"{\"lead_id\":\"no time\"}", NULL},
        {"{\"lead_id\":\"one time\",\"created_at\":\"2025-11-24T13:00:00Z\"}", NULL},
        {"{\"lead_id\":\"long ago\",\"created_at\":\"1969-11-24T13:00:00Z\"}", NULL},
        {"{\"lead_id\":\"signed\",\"created_at\":\"2025-11-24T13:00:00Z\"}", "msg_1"},
    };
    enum { COUNT = sizeof deliveries / sizeof deliveries[0] };
    for (size_t i = 0; i < COUNT; i++)
        assert_false(is_repeat(bench, deliveries[i].payload, deliveries[i].signed_id));
    assert_false(is_repeat(bench, OTHER, "msg_1"));
    bench_catch_up(bench);
    ht_appender_free(bench->appender); /* and with it what it remembers */
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    for (size_t i = 0; i < COUNT; i++)
        assert_true(is_repeat(bench, deliveries[i].payload, deliveries[i].signed_id));
    assert_true(is_repeat(bench, OTHER, "msg_1"));
    assert_false(is_repeat(bench, deliveries[4].payload, "msg_2"));
}

/* ---- damage ---- */

static void what_cannot_be_read_gets_a_row_all_the_same(void **state)
{
    struct bench *bench = *state;
    bench_add(bench, CONTACT);
    scratch_append(bench->appender, "[1,2]", SCRATCH_NOW + 1, NULL);
    scratch_append(bench->appender, "{\"no\":", SCRATCH_NOW + 2, NULL);
    scratch_append(bench->appender, "{\"lead_id\":\"L2\"}", SCRATCH_NOW + 3, NULL);
    scratch_append(bench->appender, "{\"lead_id\":\"L3\"}", SCRATCH_NOW + 4, NULL);
    damage_event(bench->scratch.store, 4, 30, 0x40);
    bench_catch_up(bench);
    bench_begin(bench);
    uint32_t unknown = bench_number(bench, HT_KIND_TYPE, "unknown");
    for (uint64_t seq = 2; seq <= 4; seq++) {
        struct ht_row row = bench_row(bench, seq);
        assert_true(row.flags & HT_ROW_UNREADABLE);
        assert_int_equal(row.type, unknown);
        assert_int_equal(row.lead, 0);
        assert_int_equal(row.received_at, SCRATCH_NOW + (seq == 4 ? 2 : (int64_t)seq - 1));
        assert_int_equal(row.size, seq == 2 ? 5 : seq == 3 ? 6 : 0);
    }
    assert_int_equal(bench_number(bench, HT_KIND_LEAD, "L2"), 0);
    assert_int_equal(bench_row(bench, 5).flags, 0);
    assert_int_equal(bench_row(bench, 5).lead, bench_number(bench, HT_KIND_LEAD, "L3"));
    assert_int_equal(summary_of(bench, HT_KIND_TYPE, "unknown").events, 4); /* and that of L3 */
    ht_reader_end(bench->reader);
}

static void put_raw(struct bench *bench, enum index_table table, MDB_val key, MDB_val value)
{
    struct index_env *index = index_env_acquire(bench->scratch.store);
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, index->tables[table], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
}

static void values_of_a_wrong_length_are_corrupt(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_row row;
    struct ht_summary summary;
    struct ht_daily daily;
    uint32_t number;
    uint64_t first, last;
    uint8_t seq[8], entity[INDEX_ENTITY_KEY_SIZE], day[INDEX_DAILY_KEY_SIZE], hour[8];
    uint8_t ref[HT_REF_SIZE], id[INDEX_ID_KEY_SIZE];
    MDB_val three = val_of("abc", 3);
    bench_add(bench, CONTACT);
    bench_catch_up(bench);
    ht_put_be64(seq, 1);
    put_raw(bench, INDEX_ROWS, val_of(seq, 8), three);
    index_key_entity(entity, HT_KIND_LEAD, 1);
    put_raw(bench, INDEX_SUMMARIES, val_of(entity, sizeof entity), three);
    index_key_daily(day, 1, 1, 1);
    put_raw(bench, INDEX_DAILY, val_of(day, sizeof day), three);
    ht_put_be64(hour, index_order64(index_hour_of(index_minute_of(SCRATCH_NOW))));
    put_raw(bench, INDEX_HOURS, val_of(hour, sizeof hour), three);
    ref_make(bench->scratch.store, HT_KIND_LEAD, HT_SLICE("L1"), ref);
    index_key_id(id, HT_KIND_LEAD, ref);
    put_raw(bench, INDEX_IDS, val_of(id, sizeof id), three);
    bench_begin(bench);
    assert_int_equal(ht_index_row(bench->reader, 1, &row, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "rows"));
    assert_non_null(strstr(err.detail, "0000000000000001"));
    assert_int_equal(ht_index_summary(bench->reader, HT_KIND_LEAD, 1, &summary, &err), HT_CORRUPT);
    assert_int_equal(ht_index_daily(bench->reader, 0, 0, 0, &daily, &err), HT_CORRUPT);
    assert_int_equal(ht_index_range(bench->reader, HT_TIME_NONE, SCRATCH_NOW + HT_DAY, &first, &last, &err),
                     HT_CORRUPT);
    assert_int_equal(ht_index_number(bench->reader, HT_KIND_LEAD, HT_SLICE("L1"), &number, &err), HT_CORRUPT);
    ht_reader_end(bench->reader);
    assert_int_equal(bench_add(bench, CONTACT), 1);
    assert_int_equal(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &err), HT_CORRUPT);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 1).lead, 1);
    assert_int_equal(bench_row(bench, 1).deliveries, 2);
    ht_reader_end(bench->reader);
}

/* ---- keys ---- */

/* However long the text is, and whatever it is of. */
static void ids_are_keyed_hashes(void **state)
{
    struct bench *bench = *state;
    uint8_t a[HT_REF_SIZE], b[HT_REF_SIZE], key[INDEX_ID_KEY_SIZE];
    char text[2000];
    memset(text, 'x', sizeof text);
    ref_make(bench->scratch.store, HT_KIND_LEAD, ht_slice_of(text, 0), a);
    for (size_t size = 1; size <= sizeof text; size += 333) {
        ref_make(bench->scratch.store, HT_KIND_LEAD, ht_slice_of(text, size), b);
        assert_memory_not_equal(a, b, sizeof a);
        ref_make(bench->scratch.store, HT_KIND_VISITOR, ht_slice_of(text, size), a);
        assert_memory_not_equal(a, b, sizeof a);
        index_key_id(key, HT_KIND_LEAD, b);
        assert_int_equal(key[0], HT_KIND_LEAD);
        assert_memory_equal(key + 1, b, sizeof b);
    }
}

static void minutes_and_hours_round_down(void **state)
{
    (void)state;
    const int64_t minute = 60 * HT_SECOND;
    assert_int_equal(index_minute_of(0), 0);
    assert_int_equal(index_minute_of(minute - 1), 0);
    assert_int_equal(index_minute_of(minute), 1);
    assert_int_equal(index_minute_of(-1), -1);
    assert_int_equal(index_minute_of(-minute), -1);
    assert_int_equal(index_minute_of(-minute - 1), -2);
    assert_int_equal(index_hour_of(59), 0);
    assert_int_equal(index_hour_of(60), 1);
    assert_int_equal(index_hour_of(-1), -1);
    assert_int_equal(index_hour_of(-60), -1);
    assert_int_equal(index_hour_of(-61), -2);
    assert_true(index_order64(-1) < index_order64(0));
    assert_int_equal(index_of_order64(index_order64(INT64_MIN)), INT64_MIN);
}

static void long_warnings_are_kept_whole(void **state)
{
    struct bench *bench = *state;
    struct ht_slice warnings;
    char payload[8192];
    size_t size = (size_t)snprintf(payload, sizeof payload,
                                   "{\"lead_id\":\"L1\",\"lead\":7,\"agent\":1,\"visitor\":2,"
                                   "\"conversation\":3,\"messages\":4,\"agent_name\":5,"
                                   "\"escalation_reason\":6,\"created_at\":\"x\",");
    size += (size_t)snprintf(payload + size, sizeof payload - size,
                             "\"session_id\":{},\"contact_id\":[],\"agent_id\":{},\"visitor_id\":{},\"type\":{}}");
    bench_add(bench, payload);
    bench_add(bench, "{\"lead_id\":\"L2\"}");
    bench_add(bench, payload);
    bench_catch_up(bench);
    bench_begin(bench);
    struct ht_row row = bench_row(bench, 1);
    assert_ok(ht_index_name(bench->reader, HT_KIND_WARNINGS, row.warnings, &warnings, &scratch_error));
    assert_true(warnings.size > 511); /* the longest key of LMDB */
    uint32_t number;
    assert_ok(ht_index_number(bench->reader, HT_KIND_WARNINGS, warnings, &number, &scratch_error));
    assert_int_equal(number, row.warnings);
    ht_reader_end(bench->reader);
}

/* ---- time ---- */

static void a_range_holds_every_event_of_its_time(void **state)
{
    struct bench *bench = *state;
    struct random random = {7};
    enum { EVENTS = 400 };
    int64_t at[EVENTS + 1], clock = -5 * HT_DAY;
    for (int i = 1; i <= EVENTS; i++) {
        char payload[64];
        char *one = payload;
        clock += random_below(&random, 3600 * 3) * HT_SECOND - (random_below(&random, 20) == 0 ? HT_DAY / 4 : 0);
        at[i] = clock;
        snprintf(payload, sizeof payload, "{\"lead_id\":\"L%d\"}", i);
        bench_add_all(bench, &one, 1, clock);
        if (random_below(&random, 30) == 0) bench_catch_up(bench);
    }
    bench_catch_up(bench);
    bench_begin(bench);
    for (int round = 0; round < 500; round++) {
        uint64_t first, last;
        int64_t since = at[1 + random_below(&random, EVENTS)], until = at[1 + random_below(&random, EVENTS)];
        if (round % 5 == 0) since = HT_TIME_NONE;
        if (round % 7 == 0) until = INT64_MAX;
        assert_ok(ht_index_range(bench->reader, since, until, &first, &last, &scratch_error));
        assert_true(first >= 1 && last <= EVENTS);
        for (uint64_t seq = 1; seq <= EVENTS; seq++) {
            if (at[seq] >= since && at[seq] < until) assert_true(seq >= first && seq <= last);
        }
        if (since >= until) assert_true(first > last);
    }
    ht_reader_end(bench->reader);
}

/* As long as no clock steps: beyond the minutes that the range begins and ends in there is nothing to look through. */
static void a_range_has_no_event_of_another_minute(void **state)
{
    struct bench *bench = *state;
    struct random random = {11};
    enum { EVENTS = 200 };
    int64_t at[EVENTS + 1], clock = -HT_DAY / 4;
    for (int i = 1; i <= EVENTS; i++) {
        char payload[64];
        char *one = payload;
        clock += random_below(&random, 300) * HT_SECOND;
        at[i] = clock;
        snprintf(payload, sizeof payload, "{\"lead_id\":\"L%d\"}", i);
        bench_add_all(bench, &one, 1, clock);
    }
    bench_catch_up(bench);
    bench_begin(bench);
    for (int round = 0; round < 500; round++) {
        uint64_t first, last;
        int64_t since = at[1 + random_below(&random, EVENTS)] - random_below(&random, 120) * HT_SECOND;
        int64_t until = since + 1 + random_below(&random, 4 * 3600) * HT_SECOND;
        assert_ok(ht_index_range(bench->reader, since, until, &first, &last, &scratch_error));
        for (uint64_t seq = first; seq <= last; seq++) {
            assert_true(index_minute_of(at[seq]) >= index_minute_of(since));
            assert_true(index_minute_of(at[seq]) <= index_minute_of(until - 1));
        }
    }
    ht_reader_end(bench->reader);
}

/* ---- against a model: random events, random cuts ---- */

enum { AGENTS = 3, CONVERSATIONS = 12, LEADS = 8, VISITORS = 5, OPENINGS = 14, MOST_EVENTS = 240 };

struct model_event {
    int agent, conversation, lead, visitor, opening; /* 0: none */
    int repeats;
    bool derived;
};

struct model {
    struct model_event events[MOST_EVENTS + 1];
    size_t count;
    int owner[AGENTS + 1][OPENINGS + 1]; /* the conversation that has the opening */
    int earliest[CONVERSATIONS + 1];
};

/* Openings are numbered by time. What the header of index_env.h says, in the plainest way. */
static void model_add(struct model *model, struct model_event event)
{
    size_t seq = ++model->count;
    if (event.conversation == 0 && event.opening != 0) {
        event.conversation = model->owner[event.agent][event.opening];
        event.derived = event.conversation != 0;
    }
    model->events[seq] = event;
    if (event.conversation == 0 || event.opening == 0 || event.derived) return;
    int *earliest = &model->earliest[event.conversation];
    if (*earliest != 0 && event.opening > *earliest) return;
    *earliest = event.opening;
    int *owner = &model->owner[event.agent][event.opening];
    if (*owner != 0) return;
    *owner = event.conversation;
    for (size_t i = 1; i < seq; i++) {
        struct model_event *orphan = &model->events[i];
        if (orphan->conversation != 0 || orphan->opening != event.opening || orphan->agent != event.agent) continue;
        orphan->conversation = event.conversation;
        orphan->derived = true;
    }
}

static void print_payload(char *to, size_t size, const struct model_event *event, size_t seq)
{
    int at = snprintf(to, size, "{\"event\":\"t%zu\"", seq % 4);
    if (event->agent) at += snprintf(to + at, size - (size_t)at, ",\"agent_id\":\"A%d\"", event->agent);
    if (event->lead)
        at += snprintf(to + at, size - (size_t)at, ",\"lead\":{\"id\":\"L%d\",\"email\":\"e%zu@x\"}", event->lead,
                       seq % 3);
    if (event->visitor) at += snprintf(to + at, size - (size_t)at, ",\"visitor_id\":\"V%d\"", event->visitor);
    if (event->conversation && !event->derived)
        at += snprintf(to + at, size - (size_t)at, ",\"conversation_id\":\"C%d\"", event->conversation);
    if (event->opening)
        at += snprintf(to + at, size - (size_t)at,
                       ",\"messages\":[{\"role\":\"user\",\"content\":\"m%d\","
                       "\"created_at\":\"2024-01-01T00:00:%02dZ\"}]",
                       event->opening, event->opening);
    snprintf(to + at, size - (size_t)at, ",\"n\":%zu}", seq);
}

static struct model_event random_event(struct random *random)
{
    struct model_event event = {0};
    event.agent = (int)random_below(random, AGENTS + 1);
    if (random_below(random, 5) < 3) event.conversation = 1 + (int)random_below(random, CONVERSATIONS);
    if (random_below(random, 3) == 0) event.lead = 1 + (int)random_below(random, LEADS);
    if (random_below(random, 3) == 0) event.visitor = 1 + (int)random_below(random, VISITORS);
    if (random_below(random, 4) > 0) event.opening = 1 + (int)random_below(random, OPENINGS);
    return event;
}

static void assert_postings(struct bench *bench, enum ht_kind kind, uint32_t number, const struct model *model,
                            bool (*has)(const struct model_event *event, int id), int id)
{
    struct ht_postings *postings;
    struct ht_summary summary = {.first_seq = UINT64_MAX};
    uint64_t count = 0, from = 1, found, first = UINT64_MAX, last = 0;
    assert_ok(ht_postings_open(bench->reader, kind, number, &postings, &scratch_error));
    for (size_t seq = 1; seq <= model->count; seq++) {
        if (!has(&model->events[seq], id)) continue;
        assert_ok(ht_postings_at_least(postings, from, &found, &scratch_error));
        assert_int_equal(found, seq);
        from = seq + 1;
        count++;
        if (first == UINT64_MAX) first = seq;
        last = seq;
    }
    assert_int_equal(ht_postings_at_least(postings, from, &found, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_postings_count(postings), count);
    ht_postings_close(postings);
    if (count == 0) return;
    assert_ok(ht_index_summary(bench->reader, kind, number, &summary, &scratch_error));
    assert_int_equal(summary.events, count);
    assert_int_equal(summary.first_seq, first);
    assert_int_equal(summary.last_seq, last);
    uint32_t recent;
    uint64_t recent_seq;
    assert_ok(ht_index_recent(bench->reader, kind, last + 1, &recent, &recent_seq, &scratch_error));
    assert_int_equal(recent, number);
    assert_int_equal(recent_seq, last);
}

static bool has_conversation(const struct model_event *event, int id)
{
    return event->conversation == id;
}

static bool has_lead(const struct model_event *event, int id)
{
    return event->lead == id;
}

static bool has_agent(const struct model_event *event, int id)
{
    return event->agent == id;
}

static void assert_rows(struct bench *bench, const struct model *model)
{
    for (size_t seq = 1; seq <= model->count; seq++) {
        const struct model_event *event = &model->events[seq];
        struct ht_row row = bench_row(bench, seq);
        char name[16];
        assert_int_equal(row.conversation != 0, event->conversation != 0);
        assert_int_equal((row.flags & HT_ROW_DERIVED) != 0, event->derived);
        assert_int_equal(row.deliveries, 1 + event->repeats);
        snprintf(name, sizeof name, "C%d", event->conversation);
        if (event->conversation) assert_name(bench, HT_KIND_CONVERSATION, row.conversation, name);
        snprintf(name, sizeof name, "L%d", event->lead);
        if (event->lead) assert_name(bench, HT_KIND_LEAD, row.lead, name);
    }
}

static bool is_linked(struct bench *bench, enum ht_kind kind, uint32_t from, uint32_t to)
{
    uint32_t linked = 0;
    while (ht_index_linked(bench->reader, kind, from, linked, &linked, NULL) == HT_OK) {
        if (linked == to) return true;
    }
    return false;
}

static void assert_links(struct bench *bench, const struct model *model)
{
    bool linked[CONVERSATIONS + 1][LEADS + 1] = {0};
    for (size_t seq = 1; seq <= model->count; seq++)
        linked[model->events[seq].conversation][model->events[seq].lead] = true;
    for (int c = 1; c <= CONVERSATIONS; c++) {
        for (int l = 1; l <= LEADS; l++) {
            char name[16];
            snprintf(name, sizeof name, "C%d", c);
            uint32_t conversation = bench_number(bench, HT_KIND_CONVERSATION, name);
            snprintf(name, sizeof name, "L%d", l);
            uint32_t lead = bench_number(bench, HT_KIND_LEAD, name);
            if (conversation == 0 || lead == 0) continue;
            assert_int_equal(is_linked(bench, HT_KIND_CONVERSATION, conversation, lead), linked[c][l]);
            assert_int_equal(is_linked(bench, HT_KIND_LEAD, lead, conversation), linked[c][l]);
        }
    }
}

static void assert_model(struct bench *bench, const struct model *model)
{
    bench_begin(bench);
    assert_rows(bench, model);
    assert_links(bench, model);
    for (int id = 1; id <= CONVERSATIONS; id++) {
        char name[16];
        snprintf(name, sizeof name, "C%d", id);
        uint32_t number = bench_number(bench, HT_KIND_CONVERSATION, name);
        if (number) assert_postings(bench, HT_KIND_CONVERSATION, number, model, has_conversation, id);
        snprintf(name, sizeof name, "L%d", id);
        number = bench_number(bench, HT_KIND_LEAD, name);
        if (number) assert_postings(bench, HT_KIND_LEAD, number, model, has_lead, id);
        snprintf(name, sizeof name, "A%d", id);
        number = bench_number(bench, HT_KIND_AGENT, name);
        if (number) assert_postings(bench, HT_KIND_AGENT, number, model, has_agent, id);
    }
    ht_reader_end(bench->reader);
}

/* As ht_index_catch_up, in batches of `events`; with a crew when more than `crew_events` behind. */
static void catch_up_in_batches_of(struct bench *bench, size_t events, uint64_t crew_events)
{
    struct indexer *indexer;
    struct ht_position reached;
    struct indexer_way way = {events, HT_DAY, crew_events, NULL, NULL};
    struct index_env *index = index_env_acquire(bench->scratch.store);
    struct index_batch *batch = index_batch_new(index);
    assert_non_null(batch);
    assert_ok(indexer_take(bench->scratch.store, &indexer, &scratch_error));
    assert_ok(indexer_run(indexer, batch, &way, &reached, &scratch_error));
    indexer_give(indexer);
    index_batch_free(batch);
    index_env_release(index);
}

static void add_random_events(struct bench *bench, struct model *model, struct random *random, size_t count)
{
    char texts[64][512];
    char *payloads[64];
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++) {
        payloads[i] = texts[i];
        size_t old =
            random_below(random, 4) == 0 && model->count > 0 ? 1 + random_below(random, (uint32_t)model->count) : 0;
        if (old != 0) {
            model->events[old].repeats++;
            print_payload(texts[i], sizeof texts[i], &model->events[old], old);
        } else {
            struct model_event event = random_event(random);
            print_payload(texts[i], sizeof texts[i], &event, model->count + 1);
            model_add(model, event);
        }
    }
    bench_add_all(bench, payloads, count, SCRATCH_NOW);
}

/* Whatever the cuts, the tables are the model's, and byte for byte those of a rebuild. */
static void any_cuts_give_what_the_model_and_a_rebuild_give(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        struct random random = {seed};
        struct model model = {0};
        void *made;
        bench_set_up(&made);
        struct bench *bench = made;
        while (model.count < MOST_EVENTS - 64) {
            add_random_events(bench, &model, &random, 1 + random_below(&random, 60));
            switch (random_below(&random, 4)) {
            case 0:
                break;
            case 1:
                bench_catch_up(bench);
                break;
            case 2:
                catch_up_in_batches_of(bench, 1 + random_below(&random, 40), UINT64_MAX);
                break;
            default:
                catch_up_in_batches_of(bench, 1 + random_below(&random, 40), random_below(&random, 8));
            }
        }
        bench_catch_up(bench);
        assert_model(bench, &model);
        assert_as_rebuilt(bench);
        assert_model(bench, &model);
        bench_tear_down(&made);
    }
}

/* ---- threads ---- */

struct following {
    struct bench *bench;
    atomic_bool stop;
};

static void *follow(void *context)
{
    struct following *following = context;
    while (!atomic_load(&following->stop)) {
        assert_int_equal(ht_index_catch_up(following->bench->scratch.store, NULL, NULL, NULL, NULL), HT_OK);
    }
    return NULL;
}

static void readers_see_whole_batches_while_two_threads_follow(void **state)
{
    struct bench *bench = *state;
    struct following following = {.bench = bench};
    struct random random = {3};
    struct model model = {0};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, follow, &following), 0);
    uint64_t seen = 0;
    while (model.count < MOST_EVENTS - 8) {
        struct ht_position position;
        add_random_events(bench, &model, &random, 1 + random_below(&random, 8));
        bench_begin(bench);
        assert_ok(ht_index_position(bench->reader, &position, &scratch_error));
        assert_true(position.seq >= seen);
        seen = position.seq;
        if (seen > 0) assert_int_equal(bench_row(bench, seen).seq, seen);
        struct ht_row row;
        assert_int_equal(ht_index_row(bench->reader, seen + 1, &row, NULL), HT_NOT_FOUND);
        ht_reader_end(bench->reader);
    }
    atomic_store(&following.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    bench_catch_up(bench);
    assert_model(bench, &model);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_contact_is_found_by_all_that_it_names),
        WITH_BENCH(an_empty_index_answers),
        WITH_BENCH(a_contact_joins_the_conversation_that_came_before),
        WITH_BENCH(a_contact_waits_for_its_conversation),
        WITH_BENCH(repeats_are_counted_where_the_event_is),
        WITH_BENCH(repeats_are_found_in_the_index),
        WITH_BENCH(what_cannot_be_read_gets_a_row_all_the_same),
        WITH_BENCH(values_of_a_wrong_length_are_corrupt),
        WITH_BENCH(ids_are_keyed_hashes),
        cmocka_unit_test(minutes_and_hours_round_down),
        WITH_BENCH(long_warnings_are_kept_whole),
        WITH_BENCH(a_range_holds_every_event_of_its_time),
        WITH_BENCH(a_range_has_no_event_of_another_minute),
        cmocka_unit_test(any_cuts_give_what_the_model_and_a_rebuild_give),
        WITH_BENCH(readers_see_whole_batches_while_two_threads_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
