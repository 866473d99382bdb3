#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/time.h"

#define EACH 6                          /* events of a conversation */
#define START INT64_C(1763942400000000) /* 2025-11-24T00:00:00Z */

#define MESSAGES 61

/* A row in the making: values in the order of the columns. */
struct maker {
    const struct feed_model *model;
    const struct export_table *table;
    feed_give *give;
    void *context;
    struct export_value values[EXPORT_MAX_COLUMNS];
    struct ht_buffer texts[EXPORT_MAX_COLUMNS];
    struct ht_buffer messages[MESSAGES]; /* of payloads: made once, for a feed must not cost more than its target */
    uint32_t count;
};

static void row(struct maker *maker)
{
    maker->count = 0;
    struct ht_slice trail = ht_slice_from(maker->model->run->trail);
    maker->values[maker->count++] = (struct export_value){.present = true, .text = trail};
}

static void none(struct maker *maker)
{
    maker->values[maker->count++] = (struct export_value){0};
}

static void number(struct maker *maker, int64_t value)
{
    maker->values[maker->count++] = (struct export_value){.present = true, .number = value};
}

static void moment(struct maker *maker, uint64_t seq)
{
    if (maker->model->hostile && seq % 7 == 0)
        number(maker, seq % 2 ? INT64_MAX : INT64_MIN + 1);
    else
        number(maker, START + (int64_t)seq * 1234567);
}

static void slice(struct maker *maker, struct ht_slice text)
{
    struct ht_buffer *kept = &maker->texts[maker->count];
    ht_buffer_clear(kept);
    ht_buffer_add(kept, text);
    maker->values[maker->count++] = (struct export_value){.present = true, .text = ht_buffer_slice(kept)};
}

/* Text that a hostile sender would write, where he can. */
static void text(struct maker *maker, const char *name, uint64_t of)
{
    static const struct ht_slice hostile[] = {{"a\0b", 3},
                                              {"\0", 1},
                                              {"\\N", 2},
                                              {"tab\tline\nreturn\r\\.", 18},
                                              {"", 0},
                                              {"'; DROP TABLE events; --", 24},
                                              {"\xf0\x9f\x98\x80 \xef\xbf\xbf", 8},
                                              {"$1 {} %s \"", 10}};
    char plain[64];
    snprintf(plain, sizeof plain, "%s-%" PRIu64, name, of);
    bool key = maker->table->columns[maker->count].key;
    if (maker->model->hostile && !key)
        slice(maker, hostile[of % (sizeof hostile / sizeof hostile[0])]);
    else
        slice(maker, ht_slice_from(plain));
}

static enum ht_status done(struct maker *maker, uint64_t at, uint64_t seq)
{
    struct export_row made = {
        .values = maker->values, .number = at, .day = ht_time_day(START + (int64_t)seq * 1234567)};
    if (maker->count != maker->table->column_count) abort();
    return maker->give(maker->context, &made);
}

/* ---- what there is ---- */

static const struct feed_erasure *erasure_of(const struct feed_model *model, uint64_t seq)
{
    for (size_t i = 0; i < model->erasure_count; i++)
        if (seq >= model->erasures[i].first && seq <= model->erasures[i].last) return &model->erasures[i];
    return NULL;
}

static bool is_new_erasure(const struct feed_model *model, const struct feed_erasure *erasure)
{
    return erasure && erasure->number > model->run->after.erasure;
}

/* The events of a group of `EACH * groups` that are left; and whether the run has anything to tell of it. */
struct group {
    uint64_t events[EACH];
    uint32_t count;
    bool touched;
};

static struct group conversation(const struct feed_model *model, uint64_t index)
{
    struct group group = {.count = 0};
    for (uint64_t seq = index * EACH + 1; seq <= index * EACH + EACH && seq <= model->run->until.position.seq; seq++) {
        const struct feed_erasure *erasure = erasure_of(model, seq);
        if (model->run->restates || seq > model->run->after.position.seq) group.touched = true;
        if (!erasure) group.events[group.count++] = seq;
    }
    if (group.count == 0) group.touched = false;
    return group;
}

static uint64_t conversation_count(const struct feed_model *model)
{
    return (model->run->until.position.seq + EACH - 1) / EACH;
}

/* ---- tables ---- */

static enum ht_status make_erasures(struct maker *maker)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < maker->model->erasure_count && status == HT_OK; i++) {
        const struct feed_erasure *erasure = &maker->model->erasures[i];
        if (!is_new_erasure(maker->model, erasure)) continue;
        row(maker);
        number(maker, (int64_t)erasure->number);
        number(maker, (int64_t)erasure->first);
        number(maker, (int64_t)erasure->last);
        number(maker, START + (int64_t)erasure->number * HT_DAY);
        number(maker, 0);
        text(maker, "reason", erasure->number);
        status = done(maker, erasure->number, erasure->first);
    }
    return status;
}

static void add_messages(struct ht_buffer *out, size_t size, uint64_t state)
{
    static const char *const words[] = {"price", "demo",  "where",       "please",     "tomorrow", "the",
                                        "a",     "with",  "meeting",     "enterprise", "contract", "how",
                                        "many",  "seats", "integration", "salesforce"};
    for (int n = 0; out->size < size; n++) {
        ht_buffer_printf(out, "%s{\"role\":\"%s\",\"content\":\"", n > 0 ? "," : "", n % 2 ? "assistant" : "user");
        for (int i = 0; i < 18; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            ht_buffer_printf(out, "%s ", words[state >> 60]);
            if (i % 6 == 0) ht_buffer_printf(out, "%" PRIx64 " ", state >> 40);
        }
        ht_buffer_printf(out, "\",\"created_at\":\"2025-11-24T09:%02d:00Z\"}", n % 60);
    }
}

static void add_payload(struct maker *maker, uint64_t seq)
{
    struct ht_buffer *out = &maker->texts[maker->count];
    struct ht_buffer *messages = &maker->messages[seq % MESSAGES];
    if (messages->size == 0) add_messages(messages, maker->model->payload, seq % MESSAGES);
    ht_buffer_clear(out);
    ht_buffer_printf(out, "{\"event\":\"new-session\",\"conversation\":{\"id\":\"c-%" PRIu64 "\"},\"number\":%" PRIu64,
                     (seq - 1) / EACH, seq);
    if (maker->model->hostile)
        ht_buffer_add_text(out,
                           ",\"a\\u0000b\":\"\\u0000 \\ud83d\\ude00 \\ud83d \\\\u0000\",\"n\":[1e400,-1E-9999,1e308,"
                           "9007199254740993,1.50],\"\":null,\"t\":\"\\t\\n\\\"\"");
    ht_buffer_add_text(out, ",\"messages\":[");
    ht_buffer_add(out, ht_buffer_slice(messages));
    ht_buffer_add_text(out, "]}");
    maker->values[maker->count++] = (struct export_value){.present = true, .text = ht_buffer_slice(out)};
}

static void make_tombstone(struct maker *maker, const struct feed_erasure *erasure)
{
    slice(maker, HT_SLICE("erased"));
    number(maker, START);
    number(maker, START);
    for (int i = 0; i < 5; i++)
        none(maker);
    number(maker, 0);
    none(maker);
    number(maker, 100);
    number(maker, 1);
    slice(maker, HT_SLICE("[]"));
    none(maker);
    number(maker, START + (int64_t)erasure->number * HT_DAY);
}

static enum ht_status make_event(struct maker *maker, uint64_t seq)
{
    const struct feed_erasure *erasure = erasure_of(maker->model, seq);
    row(maker);
    number(maker, (int64_t)seq);
    if (erasure) {
        make_tombstone(maker, erasure);
        return done(maker, seq, seq);
    }
    text(maker, seq % EACH == 0 ? "new-contact" : "new-session", 0);
    moment(maker, seq);
    moment(maker, seq);
    text(maker, "agent", seq % 3);
    text(maker, "Agent", seq % 3);
    text(maker, "c", (seq - 1) / EACH);
    none(maker);
    text(maker, "v", (seq - 1) / EACH);
    number(maker, seq % 2 == 0);
    text(maker, "0123456789abcdef0123456789abcdef0123456789abcdef", seq);
    number(maker, (int64_t)maker->model->payload);
    number(maker, 1);
    slice(maker, seq % 5 == 0 ? HT_SLICE("[\"unknown type\"]") : HT_SLICE("[]"));
    add_payload(maker, seq);
    none(maker);
    return done(maker, seq, seq);
}

static enum ht_status make_events(struct maker *maker)
{
    enum ht_status status = HT_OK;
    for (uint64_t seq = 1; seq <= maker->model->run->until.position.seq && status == HT_OK; seq++)
        if (seq > maker->model->run->after.position.seq || is_new_erasure(maker->model, erasure_of(maker->model, seq)))
            status = make_event(maker, seq);
    return status;
}

static enum ht_status make_deliveries(struct maker *maker)
{
    enum ht_status status = HT_OK;
    for (uint64_t seq = maker->model->run->restates ? 1 : maker->model->run->after.position.seq + 1;
         seq <= maker->model->run->until.position.seq && status == HT_OK; seq++) {
        row(maker);
        number(maker, (int64_t)seq);
        number(maker, 1);
        moment(maker, seq);
        number(maker, 1);
        if (erasure_of(maker->model, seq))
            none(maker);
        else
            text(maker, "192.0.2", seq % 256);
        status = done(maker, seq, seq);
    }
    return status;
}

/* "first_at" and what follows, of conversations, leads and agents. */
static void add_span(struct maker *maker, const struct group *group)
{
    moment(maker, group->events[0]);
    moment(maker, group->events[group->count - 1]);
    number(maker, (int64_t)group->events[0]);
    number(maker, (int64_t)group->events[group->count - 1]);
    number(maker, group->count);
}

static enum ht_status make_conversation(struct maker *maker, uint64_t index, const struct group *group)
{
    row(maker);
    text(maker, "c", index);
    text(maker, "agent", index % 3);
    text(maker, "Agent", index % 3);
    none(maker);
    slice(maker, HT_SLICE("[]"));
    add_span(maker, group);
    for (int i = 0; i < 5; i++) {
        if (i == 1)
            none(maker);
        else
            number(maker, 0);
    }
    number(maker, (int64_t)maker->model->run->until.position.seq);
    return done(maker, index, group->events[0]);
}

static enum ht_status make_messages(struct maker *maker, uint64_t index, const struct group *group)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < group->count && status == HT_OK; i++) {
        row(maker);
        text(maker, "c", index);
        number(maker, i + 1);
        none(maker);
        text(maker, "digest", group->events[i]);
        text(maker, i % 2 ? "assistant" : "user", i);
        text(maker, "What does it cost for a company of our size, and can we see it work before we sign?", i);
        moment(maker, group->events[i]);
        number(maker, (int64_t)group->events[i]);
        number(maker, (int64_t)group->events[i]);
        for (int flag = 0; flag < 3; flag++)
            number(maker, 0);
        number(maker, (int64_t)maker->model->run->until.position.seq);
        status = done(maker, index, group->events[i]);
    }
    return status;
}

static enum ht_status make_lead(struct maker *maker, uint64_t index, const struct group *group)
{
    if (index % 2) return HT_OK;
    row(maker);
    text(maker, "lead", index);
    text(maker, "jane@example.com", index);
    for (int i = 0; i < 5; i++)
        none(maker);
    slice(maker,
          maker->model->hostile ? HT_SLICE("{\"\\u0000\":1e999}") : HT_SLICE("{\"email\":\"jane@example.com\"}"));
    for (int i = 0; i < 2; i++)
        none(maker);
    slice(maker, HT_SLICE("[]"));
    add_span(maker, group);
    number(maker, (int64_t)maker->model->run->until.position.seq);
    return done(maker, index, group->events[0]);
}

static void add_field(struct maker *maker)
{
    static char field[3000];
    memset(field, 'k', sizeof field - 1);
    memcpy(field, "attributes.", 11);
    if (maker->model->hostile)
        slice(maker, ht_slice_of(field, sizeof field - 1));
    else
        slice(maker, HT_SLICE("email"));
}

/* Each event but the first changes the e-mail address; all changes of a lead that was touched come again. */
static enum ht_status make_lead_changes(struct maker *maker, uint64_t index, const struct group *group)
{
    enum ht_status status = HT_OK;
    if (index % 2) return HT_OK;
    for (uint32_t i = 0; i < group->count && status == HT_OK; i++) {
        char value[64];
        row(maker);
        text(maker, "lead", index);
        number(maker, (int64_t)group->events[i]);
        add_field(maker);
        moment(maker, group->events[i]);
        snprintf(value, sizeof value, "\"jane-%" PRIu64 "@example.com\"", i > 0 ? group->events[i - 1] : 0);
        if (i > 0)
            slice(maker, ht_slice_from(value));
        else
            none(maker);
        snprintf(value, sizeof value, "\"jane-%" PRIu64 "@example.com\"", group->events[i]);
        slice(maker, ht_slice_from(value));
        status = done(maker, index, group->events[i]);
    }
    return status;
}

static enum ht_status make_agents(struct maker *maker)
{
    enum ht_status status = HT_OK;
    for (uint64_t index = 0; index < 3 && index < maker->model->run->until.position.seq && status == HT_OK; index++) {
        struct group group = {.events = {index + 1, maker->model->run->until.position.seq}, .count = 2};
        row(maker);
        text(maker, "agent", index);
        text(maker, "Agent", index);
        add_span(maker, &group);
        number(maker, (int64_t)maker->model->run->until.position.seq);
        status = done(maker, index, index + 1);
    }
    return status;
}

typedef enum ht_status make_group(struct maker *maker, uint64_t index, const struct group *group);

static enum ht_status each_conversation(struct maker *maker, make_group *make)
{
    enum ht_status status = HT_OK;
    for (uint64_t index = 0; index < conversation_count(maker->model) && status == HT_OK; index++) {
        struct group group = conversation(maker->model, index);
        if (group.touched) status = make(maker, index, &group);
    }
    return status;
}

static enum ht_status make_table(struct maker *maker, enum export_table_id table)
{
    switch (table) {
    case EXPORT_ERASURES:
        return make_erasures(maker);
    case EXPORT_EVENTS:
        return make_events(maker);
    case EXPORT_DELIVERIES:
        return make_deliveries(maker);
    case EXPORT_CONVERSATIONS:
        return each_conversation(maker, make_conversation);
    case EXPORT_MESSAGES:
        return each_conversation(maker, make_messages);
    case EXPORT_LEADS:
        return each_conversation(maker, make_lead);
    case EXPORT_LEAD_CHANGES:
        return each_conversation(maker, make_lead_changes);
    case EXPORT_AGENTS:
        return make_agents(maker);
    case EXPORT_TABLE_COUNT:
        break;
    }
    return HT_OK;
}

enum ht_status feed_rows(const struct feed_model *model, enum export_table_id table, feed_give *give, void *context)
{
    struct maker maker = {.model = model, .table = &export_tables[table], .give = give, .context = context};
    enum ht_status status = make_table(&maker, table);
    for (size_t i = 0; i < EXPORT_MAX_COLUMNS; i++)
        ht_buffer_release(&maker.texts[i]);
    for (size_t i = 0; i < MESSAGES; i++)
        ht_buffer_release(&maker.messages[i]);
    return status;
}
