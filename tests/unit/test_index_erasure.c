#include "index_support.h"

#include <fcntl.h>
#include <sys/file.h>

#include "../../store/files.h"

#define MANY 14000 /* more than a batch of catching up, or of a rebuild, holds */

static uint64_t position_of(struct bench *bench)
{
    struct ht_position position;
    bench_begin(bench);
    assert_ok(ht_index_position(bench->reader, &position, &scratch_error));
    ht_reader_end(bench->reader);
    return position.seq;
}

static uint32_t flags_of(struct bench *bench, uint64_t seq)
{
    bench_begin(bench);
    struct ht_row row = bench_row(bench, seq);
    ht_reader_end(bench->reader);
    return row.flags;
}

static void assert_name(struct bench *bench, enum ht_kind kind, uint32_t number, const char *name)
{
    struct ht_slice found;
    assert_ok(ht_index_name(bench->reader, kind, number, &found, &scratch_error));
    if (!ht_slice_is(found, name)) fail_msg("%.*s is not %s", HT_SLICE_ARGS(found), name);
}

/* ---- rows of the erased ---- */

static const char *const LIVES[] = {
    "{\"conversation_id\":\"C1\",\"agent_id\":\"A1\",\"visitor_id\":\"V1\",\"lead\":{\"id\":\"L1\",\"email\":\"jane@"
    "x\"},"
    "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"created_at\":\"2024-01-01T00:00:00Z\"}]}",
    "{\"conversation_id\":\"C2\",\"lead_id\":\"L2\"}",
    "{\"conversation_id\":\"C1\",\"agent_id\":\"A1\",\"n\":3}",
    "{\"lead_id\":\"L1\",\"n\":4}",
};

static void add_lives(struct bench *bench)
{
    for (size_t i = 0; i < sizeof LIVES / sizeof *LIVES; i++)
        assert_int_equal(bench_add(bench, LIVES[i]), i + 1);
    bench_catch_up(bench);
}

static void assert_erased(struct bench *bench, uint64_t seq)
{
    static const uint8_t zeros[HT_SHA256_SIZE];
    struct ht_row row = bench_row(bench, seq);
    assert_int_equal(row.flags, HT_ROW_ERASED);
    assert_name(bench, HT_KIND_TYPE, row.type, "erased");
    assert_int_equal(row.received_at, SCRATCH_NOW);
    assert_int_equal(row.occurred_at, SCRATCH_NOW);
    assert_int_equal(row.size, strlen(LIVES[seq - 1]));
    assert_int_equal(row.endpoint, 1);
    assert_int_equal(row.deliveries, 1);
    assert_int_equal(row.agent | row.agent_name | row.lead | row.visitor | row.warnings, 0);
    assert_memory_equal(row.sha256, zeros, sizeof zeros);
}

static void the_erased_keep_a_row_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    uint32_t lead, count;
    add_lives(bench);
    bench_bury(bench, 1, 1, 2, NULL);
    bench_bury(bench, 2, 4, 4, NULL);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_erased(bench, 1);
    assert_erased(bench, 2);
    assert_erased(bench, 4);
    assert_int_equal(bench_row(bench, 1).conversation, 0);
    assert_int_equal(bench_row(bench, 3).flags, 0);
    assert_int_equal(bench_number(bench, HT_KIND_LEAD, "L1"), 0);
    assert_int_equal(bench_number(bench, HT_KIND_LEAD, "L2"), 0);
    assert_int_equal(bench_number(bench, HT_KIND_VISITOR, "V1"), 0);
    assert_int_equal(bench_number(bench, HT_KIND_CONVERSATION, "C2"), 0);
    assert_true(bench_number(bench, HT_KIND_CONVERSATION, "C1") != 0);
    assert_ok(ht_index_count(bench->reader, HT_KIND_LEAD, &count, &scratch_error));
    assert_int_equal(count, 0);
    assert_int_equal(ht_index_email(bench->reader, HT_SLICE("jane@x"), 0, &lead, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    assert_as_rebuilt(bench);
}

static void assert_conversation(struct bench *bench, const char *name, uint64_t first, uint64_t last, uint64_t events)
{
    struct ht_summary summary;
    struct ht_postings *postings;
    uint64_t seq;
    bench_begin(bench);
    uint32_t number = bench_number(bench, HT_KIND_CONVERSATION, name);
    assert_true(number != 0);
    assert_int_equal(bench_row(bench, first).conversation, number);
    assert_ok(ht_index_summary(bench->reader, HT_KIND_CONVERSATION, number, &summary, &scratch_error));
    assert_int_equal(summary.first_seq, first);
    assert_int_equal(summary.last_seq, last);
    assert_int_equal(summary.events, events);
    assert_ok(ht_postings_open(bench->reader, HT_KIND_CONVERSATION, number, &postings, &scratch_error));
    assert_int_equal(ht_postings_count(postings), events);
    assert_ok(ht_postings_at_least(postings, 0, &seq, &scratch_error));
    assert_int_equal(seq, first);
    ht_postings_close(postings);
    ht_reader_end(bench->reader);
}

/* The tombstone comes first, and gives the conversation its number; the name comes with an event that stays. */
static void a_conversation_that_goes_on_keeps_its_erased_events(void **state)
{
    struct bench *bench = *state;
    add_lives(bench);
    bench_bury(bench, 1, 1, 1, "C1");
    bench_catch_up(bench);
    assert_conversation(bench, "C1", 1, 3, 2);
    bench_begin(bench);
    assert_erased(bench, 1);
    assert_name(bench, HT_KIND_CONVERSATION, bench_number(bench, HT_KIND_CONVERSATION, "C1"), "C1");
    ht_reader_end(bench->reader);
    assert_as_rebuilt(bench);
}

static void a_conversation_is_named_when_a_live_event_comes(void **state)
{
    struct bench *bench = *state;
    struct ht_slice name;
    add_lives(bench);
    bench_bury(bench, 1, 2, 2, "C2");
    bench_catch_up(bench);
    assert_conversation(bench, "C2", 2, 2, 1);
    bench_begin(bench);
    uint32_t number = bench_number(bench, HT_KIND_CONVERSATION, "C2");
    assert_int_equal(ht_index_name(bench->reader, HT_KIND_CONVERSATION, number, &name, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    for (uint64_t seq = 5; seq <= 6; seq++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"conversation_id\":\"C2\",\"n\":%d}", (int)seq);
        assert_int_equal(bench_add(bench, payload), seq);
        bench_catch_up(bench);
        assert_conversation(bench, "C2", 2, seq, seq - 3);
        bench_begin(bench);
        assert_int_equal(bench_number(bench, HT_KIND_CONVERSATION, "C2"), number);
        assert_name(bench, HT_KIND_CONVERSATION, number, "C2");
        ht_reader_end(bench->reader);
    }
    assert_as_rebuilt(bench);
}

static void a_repeat_of_the_erased_is_counted(void **state)
{
    struct bench *bench = *state;
    add_lives(bench);
    assert_int_equal(bench_add(bench, LIVES[0]), 1);
    bench_bury(bench, 1, 1, 1, "C1");
    bench_catch_up(bench);
    bench_begin(bench);
    struct ht_row row = bench_row(bench, 1);
    assert_int_equal(row.deliveries, 2);
    assert_int_equal(row.flags, HT_ROW_ERASED);
    ht_reader_end(bench->reader);
    assert_int_equal(bench_add(bench, LIVES[0]), 5); /* it isn't known any more */
    bench_catch_up(bench);
    assert_as_rebuilt(bench);
}

/* ---- staleness ---- */

static void a_stale_index_serves_until_it_is_rebuilt(void **state)
{
    struct bench *bench = *state;
    struct ht_unpacker *unpacker = ht_unpacker_new();
    struct ht_record record;
    bool stale = true;
    add_lives(bench);
    assert_ok(index_env_stale(bench->scratch.store, &stale, &scratch_error));
    assert_false(stale);
    bench_bury(bench, 1, 1, 1, NULL);
    bench_close(bench);
    scratch_open(&bench->scratch); /* doesn't throw it away */
    bench_open(bench);
    assert_ok(index_env_stale(bench->scratch.store, &stale, &scratch_error));
    assert_true(stale);
    assert_int_equal(position_of(bench), 4);
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 1).lead, bench_number(bench, HT_KIND_LEAD, "L1"));
    assert_int_equal(ht_trail_get(bench->reader, 1, unpacker, &record, NULL), HT_ERASED);
    ht_reader_end(bench->reader);
    bench_catch_up(bench);
    assert_int_equal(flags_of(bench, 1), HT_ROW_ERASED);
    assert_ok(index_env_stale(bench->scratch.store, &stale, &scratch_error));
    assert_false(stale);
    ht_unpacker_free(unpacker);
}

/* While another process rebuilds it, the index as it was takes in what comes: that is readable at once. */
static void a_stale_index_takes_in_what_comes(void **state)
{
    struct bench *bench = *state;
    struct ht_position end;
    bool stale;
    char path[PATH_MAX];
    add_lives(bench);
    assert_ok(files_join(path, bench->scratch.dir, "rebuild.lock", &scratch_error));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    bench_bury(bench, 1, 1, 1, "C1");
    bench_add(bench, "{\"lead_id\":\"L5\"}");
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, &end, &scratch_error));
    assert_int_equal(end.seq, 5);
    assert_int_equal(flags_of(bench, 5), 0);
    assert_int_equal(flags_of(bench, 1), 0);
    assert_ok(index_env_stale(bench->scratch.store, &stale, &scratch_error));
    assert_true(stale);
    close(fd);
    bench_catch_up(bench);
    assert_int_equal(position_of(bench), 5);
    assert_int_equal(flags_of(bench, 1), HT_ROW_ERASED);
    assert_as_rebuilt(bench);
}

static void add_many(struct bench *bench, size_t count)
{
    static char texts[500][64];
    char *payloads[500];
    for (size_t i = 0; i < count; i++) {
        size_t at = i % 500;
        payloads[at] = texts[at];
        snprintf(texts[at], sizeof texts[at], "{\"lead_id\":\"L%zu\",\"n\":%zu}", i % 700, i);
        if (at == 499 || i + 1 == count) bench_add_all(bench, payloads, at + 1, SCRATCH_NOW);
    }
}

struct burying {
    struct bench *bench;
    uint64_t times; /* to go */
    uint64_t buried;
    uint64_t calls;
    uint64_t last;
    bool went_back;
};

/* Between two batches: one that is indexed already. */
static bool bury_one(void *context, uint64_t done, uint64_t total)
{
    struct burying *burying = context;
    assert_true(done <= total);
    burying->calls++;
    burying->went_back |= done <= burying->last;
    burying->last = done;
    if (burying->buried == burying->times) return true;
    burying->buried++;
    bench_bury(burying->bench, burying->buried, burying->buried, burying->buried, NULL);
    return true;
}

static void assert_buried(struct bench *bench, const struct burying *burying)
{
    assert_int_equal(burying->buried, burying->times);
    assert_true(burying->went_back);
    for (uint64_t seq = 1; seq <= burying->buried; seq++)
        assert_int_equal(flags_of(bench, seq), HT_ROW_ERASED);
    assert_int_equal(flags_of(bench, burying->buried + 1), 0);
    assert_int_equal(position_of(bench), MANY);
    assert_as_rebuilt(bench);
}

static void an_erasure_between_batches_of_catching_up_begins_anew(void **state)
{
    struct bench *bench = *state;
    struct burying burying = {.bench = bench, .times = 3};
    add_many(bench, MANY);
    assert_ok(ht_index_catch_up(bench->scratch.store, bury_one, &burying, NULL, &scratch_error));
    assert_buried(bench, &burying);
}

static void an_erasure_during_a_rebuild_begins_anew(void **state)
{
    struct bench *bench = *state;
    struct burying burying = {.bench = bench, .times = 3};
    add_many(bench, MANY);
    assert_ok(ht_index_rebuild(bench->scratch.store, bury_one, &burying, &scratch_error));
    assert_buried(bench, &burying);
}

/* In the last call of all: what is swapped in is stale at once. */
static bool bury_at_the_end(void *context, uint64_t done, uint64_t total)
{
    return done < total || bury_one(context, done, total);
}

static void an_erasure_just_before_the_swap_begins_anew(void **state)
{
    struct bench *bench = *state;
    struct burying burying = {.bench = bench, .times = 2};
    add_many(bench, 50);
    assert_ok(ht_index_rebuild(bench->scratch.store, bury_at_the_end, &burying, &scratch_error));
    assert_int_equal(burying.calls, 3);
    assert_int_equal(flags_of(bench, 2), HT_ROW_ERASED);
    assert_int_equal(position_of(bench), 50);
    assert_as_rebuilt(bench);
}

/* The batch under way, read partly before and partly after, is dropped. */
static void a_batch_that_an_erasure_overtook_is_dropped(void **state)
{
    struct bench *bench = *state;
    struct burying burying = {.bench = bench, .times = 1};
    struct indexer_way way = {10, HT_DAY, UINT64_MAX, bury_one, &burying};
    struct indexer *indexer;
    struct ht_position reached;
    add_many(bench, 35);
    struct index_env *index = index_env_acquire(bench->scratch.store);
    for (uint64_t crew = 0; crew < 2; crew++) {
        struct index_batch *batch = index_batch_new(index);
        assert_non_null(batch);
        assert_ok(indexer_take(bench->scratch.store, &indexer, &scratch_error));
        way.crew_events = crew == 1 ? 0 : UINT64_MAX;
        assert_ok(indexer_run(indexer, batch, &way, &reached, &scratch_error));
        assert_true(indexer->stale);
        assert_int_equal(reached.seq, 10);
        indexer_give(indexer);
        index_batch_free(batch);
    }
    index_env_release(index);
    assert_int_equal(burying.calls, 1);
    assert_int_equal(position_of(bench), 10);
    bench_catch_up(bench);
    assert_int_equal(position_of(bench), 35);
}

/* ---- data keys ---- */

static uint64_t add_of(struct bench *bench, const char *lead, int n)
{
    struct ht_append append = {0};
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    struct ht_position end;
    uint8_t salt[HT_SALT_SIZE] = {0};
    char payload[64];
    snprintf(payload, sizeof payload, "{\"lead_id\":\"%s\",\"n\":%d}", lead, n);
    assert_ok(ht_append_pack(&append, packer, &delivery, ht_slice_from(payload), 1, HT_ABSENT, salt, &scratch_error));
    ref_make(bench->scratch.store, HT_KIND_LEAD, ht_slice_from(lead), append.person.lead);
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    ht_append_release(&append);
    ht_packer_free(packer);
    return append.seq;
}

static uint32_t key_of(struct bench *bench, uint64_t seq)
{
    struct ht_record_header header;
    assert_ok(ht_trail_header(bench->reader, seq, &header, &scratch_error));
    return header.key;
}

/* For each key its events, all of them and no other. */
static void assert_keys(struct bench *bench, uint64_t last)
{
    for (uint64_t seq = 1; seq <= last; seq++) {
        uint32_t key = key_of(bench, seq);
        uint64_t found = 0;
        if (key == 0) continue;
        for (uint64_t other = 1; other <= last; other++) {
            if (key_of(bench, other) != key) continue;
            assert_ok(ht_index_key_event(bench->reader, key, found, &found, &scratch_error));
            assert_int_equal(found, other);
        }
        assert_int_equal(ht_index_key_event(bench->reader, key, found, &found, NULL), HT_NOT_FOUND);
    }
}

static enum ht_status person_key(struct bench *bench, const char *lead, uint32_t *key)
{
    uint8_t ref[HT_REF_SIZE];
    ref_make(bench->scratch.store, HT_KIND_LEAD, ht_slice_from(lead), ref);
    return index_person_key(bench->reader, HT_KIND_LEAD, ref, key, NULL);
}

static void events_are_found_by_their_data_key(void **state)
{
    struct bench *bench = *state;
    uint64_t found;
    uint32_t key, gone;
    for (int i = 0; i < 30; i++) {
        char lead[2] = {(char)('a' + i % 3 + i % 2), '\0'};
        add_of(bench, lead, i);
        if (i % 7 == 0) bench_catch_up(bench);
    }
    bench_catch_up(bench);
    bench_begin(bench);
    gone = key_of(bench, 1);
    assert_int_equal(gone, key_of(bench, 7));
    assert_true(gone != key_of(bench, 2));
    assert_keys(bench, 30);
    assert_ok(person_key(bench, "a", &key));
    assert_int_equal(key, gone);
    assert_int_equal(person_key(bench, "z", &key), HT_NOT_FOUND);
    assert_int_equal(ht_index_key_event(bench->reader, 0, 0, &found, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_index_key_event(bench->reader, UINT32_MAX, 0, &found, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    for (uint64_t seq = 1, erasure = 1; seq <= 30; seq += 6)
        bench_bury(bench, erasure++, seq, seq, NULL);
    bench_begin(bench); /* still with the old index, by which they were found */
    assert_int_equal(person_key(bench, "a", &key), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_int_equal(ht_index_key_event(bench->reader, gone, 0, &found, NULL), HT_NOT_FOUND);
    assert_int_equal(person_key(bench, "a", &key), HT_NOT_FOUND);
    assert_keys(bench, 30);
    ht_reader_end(bench->reader);
    assert_as_rebuilt(bench);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(the_erased_keep_a_row_and_nothing_else),
        WITH_BENCH(a_conversation_that_goes_on_keeps_its_erased_events),
        WITH_BENCH(a_conversation_is_named_when_a_live_event_comes),
        WITH_BENCH(a_repeat_of_the_erased_is_counted),
        WITH_BENCH(a_stale_index_serves_until_it_is_rebuilt),
        WITH_BENCH(a_stale_index_takes_in_what_comes),
        WITH_BENCH(an_erasure_between_batches_of_catching_up_begins_anew),
        WITH_BENCH(an_erasure_during_a_rebuild_begins_anew),
        WITH_BENCH(an_erasure_just_before_the_swap_begins_anew),
        WITH_BENCH(a_batch_that_an_erasure_overtook_is_dropped),
        WITH_BENCH(events_are_found_by_their_data_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
