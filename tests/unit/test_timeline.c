/* Timelines out of a store: the document, its pages, and what damage and hostile cursors do to them. */
#include "query_bench.h"

#include "../../query/cursor.h"
#include "../../query/timeline_page.h"

#define MINUTE (60 * HT_SECOND)

static struct ht_filter filter_of(uint32_t limit)
{
    struct ht_filter filter;
    ht_filter_init(&filter);
    filter.limit = limit;
    filter.given = limit ? UINT32_MAX : 0;
    if (limit == 0) filter.limit = HT_FILTER_LIMIT;
    return filter;
}

static char *timeline(struct bench *bench, const char *id)
{
    struct ht_filter filter = filter_of(0);
    return bench_text(bench, HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, id, &filter);
}

/* Says where two documents part. */
static void assert_document(char *got, const char *expected)
{
    size_t i = 0;
    while (got[i] && got[i] == expected[i])
        i++;
    if (got[i] != expected[i])
        fail_msg("differs at byte %zu:\n got %.120s\n not %.120s", i, got + (i > 40 ? i - 40 : 0),
                 expected + (i > 40 ? i - 40 : 0));
    free(got);
}

/* ---- the document ---- */

#define AGENT "\"agent_id\":\"a\",\"agent_name\":\"Ann\""
#define HELLO "{\"role\":\"user\",\"content\":\"Hello \\u00e9\",\"created_at\":\"2025-11-24T10:00:00Z\"}"

static void add_documented(struct bench *bench)
{
    bench_add(bench, SCRATCH_NOW,
              "{\"event\":\"new_session\"," AGENT
              ",\"conversation\":{\"id\":\"c\",\"created_at\":\"2025-11-24T10:00:00Z\"}}");
    bench_add(bench, SCRATCH_NOW + 1,
              "{\"event\":\"session-active\"," AGENT ",\"conversation\":{\"id\":\"c\",\"messages\":[" HELLO
              ",{\"id\":7,\"role\":\"assistant\",\"content\":{\"b\":1},\"created_at\":\"2025-11-24T10:00:05Z\"}]}}");
    bench_add(bench, SCRATCH_NOW + 2,
              "{\"lead\":{\"id\":\"l\",\"email\":\"j@example.com\", \"attributes\":{}}," AGENT ",\"messages\":[" HELLO
              ",{\"role\":\"user\",\"content\":\"new\",\"created_at\":\"2025-11-24T10:01:00Z\"}]}");
    bench_add(bench, SCRATCH_NOW + 3,
              "{\"event\":\"visitor-identified\",\"visitor\":{\"visitor_id\":\"v\",\"latest_conversation_id\":\"c\","
              "\"summary\":{\"status\":\"identified\"}},\"timestamp\":\"2025-11-24T10:02:00Z\"}");
    bench_add(bench, SCRATCH_NOW + 4,
              "{\"event\":\"session-escalated\"," AGENT ",\"conversation\":{\"id\":\"c\",\"messages\":[" HELLO
              ",{\"id\":7,\"role\":\"assistant\",\"content\":\"again\",\"created_at\":\"2025-11-24T10:00:05Z\"},"
              "{\"role\":\"user\",\"content\":\"last\"}]},\"escalation_reason\":\"asked\","
              "\"timestamp\":\"2025-11-24T10:03:00Z\"}");
    bench_commit(bench);
}

static void the_whole_document(void **state)
{
    struct bench *bench = *state;
    add_documented(bench);
    assert_document(
        timeline(bench, "c"),
        "{\"conversation\":{\"id\":\"c\",\"agent_id\":\"a\",\"agent_name\":\"Ann\",\"lead_ids\":[\"l\"],"
        "\"visitor_id\":\"v\",\"first_at\":\"2025-11-24T10:00:00.000Z\",\"last_at\":\"2025-11-24T10:03:00.000Z\","
        "\"events\":5,\"messages\":4},\"items\":["
        "{\"kind\":\"event\",\"at\":\"2025-11-24T10:00:00.000Z\",\"type\":\"new-session\",\"seq\":1,\"reason\":null},"
        "{\"kind\":\"message\",\"at\":\"2025-11-24T10:00:00.000Z\",\"role\":\"user\",\"content\":\"Hello "
        "é\",\"seq\":2},"
        "{\"kind\":\"message\",\"at\":\"2025-11-24T10:00:05.000Z\",\"role\":\"assistant\",\"content\":\"again\","
        "\"seq\":2,\"id\":\"7\",\"edited\":{\"seq\":5,\"previous\":[{\"seq\":2,\"content\":\"{\\\"b\\\":1}\"}]}},"
        "{\"kind\":\"message\",\"at\":null,\"role\":\"user\",\"content\":\"last\",\"seq\":5},"
        "{\"kind\":\"event\",\"at\":\"2025-11-24T10:00:05.000Z\",\"type\":\"session-active\",\"seq\":2,"
        "\"reason\":null},"
        "{\"kind\":\"message\",\"at\":\"2025-11-24T10:01:00.000Z\",\"role\":\"user\",\"content\":\"new\",\"seq\":3,"
        "\"derived\":true},"
        "{\"kind\":\"event\",\"at\":\"2025-11-24T10:01:00.000Z\",\"type\":\"new-contact\",\"seq\":3,\"reason\":null,"
        "\"fields\":{\"id\":\"l\",\"email\":\"j@example.com\",\"attributes\":{}},\"derived\":true},"
        "{\"kind\":\"event\",\"at\":\"2025-11-24T10:02:00.000Z\",\"type\":\"visitor-identified\",\"seq\":4,"
        "\"reason\":null,\"visitor\":{\"status\":\"identified\"}},"
        "{\"kind\":\"event\",\"at\":\"2025-11-24T10:03:00.000Z\",\"type\":\"session-escalated\",\"seq\":5,"
        "\"reason\":\"asked\"}],\"next\":null}\n");
}

static void nobody_is_not_found(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter = filter_of(0);
    struct ht_error err;
    add_documented(bench);
    assert_int_equal(bench_fails(bench, HT_QUERY_TIMELINE, "nobody", &filter, &err), HT_NOT_FOUND);
    assert_int_equal(bench_fails(bench, HT_QUERY_TIMELINE, "", &filter, &err), HT_INVALID);
}

/* ---- pages ---- */

/* An event of conversation "c" with a few of its messages: some repeated, some new, edited or gone. */
static void add_part(struct bench *bench, uint32_t messages)
{
    struct random *random = &bench->random;
    struct ht_buffer text = {0};
    uint32_t from = random_below(random, messages), to = from + 1 + random_below(random, 12);
    ht_buffer_printf(
        &text, "{\"event\":\"session-active\",\"n\":%llu," AGENT ",\"conversation\":{\"id\":\"c\"},\"messages\":[",
        (unsigned long long)++bench->made);
    for (uint32_t i = from; i < to; i++) {
        char at[HT_TIME_TEXT_SIZE];
        ht_time_format(at, SCRATCH_NOW + i / 3 * MINUTE);
        if (random_below(random, 15) == 0) continue;
        ht_buffer_printf(&text, "%s{", text.data[text.size - 1] == '[' ? "" : ",");
        if (i % 7 != 5) ht_buffer_printf(&text, "\"created_at\":\"%s\",", at);
        if (i % 4 == 1) ht_buffer_printf(&text, "\"id\":%u,", i);
        ht_buffer_printf(&text, "\"role\":\"r%u\",\"content\":\"m%u v%u\"}", i % 2, i, random_below(random, 20) == 0);
    }
    ht_buffer_add_text(&text, "]}");
    bench_add(bench, SCRATCH_NOW, ht_buffer_text(&text));
    ht_buffer_release(&text);
}

/* Adds each item's text and a newline; returns how many. */
static size_t add_items(struct bench *bench, struct ht_slice document, struct ht_buffer *out)
{
    size_t count = 0;
    assert_ok(ht_json_parse(bench->json, document, &scratch_error));
    uint32_t items = ht_json_member(bench->json, 0, "items");
    for (uint32_t i = ht_json_first(bench->json, items); i != HT_JSON_NONE; i = ht_json_after(bench->json, items, i)) {
        ht_buffer_add(out, ht_json_raw(bench->json, i));
        ht_buffer_add_byte(out, '\n');
        count++;
    }
    return count;
}

/* All pages with limits by chance, events arriving in between, as one text of items; and the numbers of the header. */
static void page_through(struct bench *bench, struct ht_buffer *out, uint32_t limit, uint32_t arriving)
{
    struct ht_filter filter = filter_of(1);
    do {
        filter.limit = limit ? limit : 1 + random_below(&bench->random, 40);
        struct ht_query *query = bench_run(bench, HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, "c", &filter);
        size_t count = add_items(bench, ht_query_document(query), out);
        assert_in_range(count, 1, filter.limit);
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        for (uint32_t i = 0; i < arriving && filter.cursor[0]; i++)
            add_part(bench, 150);
        bench_commit(bench);
    } while (filter.cursor[0]);
}

static void pages_add_up_while_events_arrive(void **state)
{
    struct bench *bench = *state;
    for (int round = 0; round < 4; round++) {
        struct ht_buffer whole = {0}, pages = {0};
        for (int i = 0; i < 20; i++)
            add_part(bench, 150);
        bench_commit(bench);
        page_through(bench, &whole, HT_FILTER_MAX_LIMIT, 0);
        page_through(bench, &pages, 0, 2);
        assert_document(strdup(ht_buffer_text(&pages)), ht_buffer_text(&whole));
        ht_buffer_release(&whole);
        ht_buffer_release(&pages);
    }
}

/* A page's bytes are bounded; an item that is larger alone still comes. */
static void pages_of_large_messages(void **state)
{
    struct bench *bench = *state;
    const size_t size = 700 * 1024;
    for (uint32_t i = 0; i < 16; i++) {
        struct ht_buffer text = {0};
        ht_buffer_printf(
            &text, "{\"conversation\":{\"id\":\"c\"},\"messages\":[{\"id\":%u,\"role\":\"user\",\"content\":\"", i / 2);
        for (size_t j = 0; j < size; j++)
            ht_buffer_add_byte(&text, (char)('a' + (j + i) % 26));
        ht_buffer_add_text(&text, "\"}]}");
        bench_add(bench, SCRATCH_NOW + i, ht_buffer_text(&text));
        ht_buffer_release(&text);
    }
    bench_commit(bench);
    struct ht_filter filter = filter_of(1000);
    uint32_t items = 0, pages = 0;
    do {
        struct ht_buffer out = {0};
        struct ht_query *query = bench_run(bench, HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, "c", &filter);
        assert_in_range(ht_query_document(query).size, size, TIMELINE_PAGE_BYTES + 65536);
        items += (uint32_t)add_items(bench, ht_query_document(query), &out);
        pages++;
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        ht_buffer_release(&out);
    } while (filter.cursor[0]);
    assert_int_equal(items, 8 + 16);
    assert_in_range(pages, 3, 5);
}

static void many_edits_are_cut(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer expected = {0};
    for (int i = 0; i < 150; i++) {
        char payload[256];
        snprintf(
            payload, sizeof payload,
            "{\"conversation\":{\"id\":\"c\"},\"messages\":[{\"id\":\"m\",\"role\":\"user\",\"content\":\"v%d\"}]}", i);
        bench_add(bench, SCRATCH_NOW + i, payload);
    }
    bench_commit(bench);
    ht_buffer_add_text(&expected, "\"content\":\"v149\",\"seq\":1,\"id\":\"m\",\"edited\":{\"seq\":150,\"previous\":[");
    for (int i = 149 - TIMELINE_MAX_PREVIOUS; i < 149; i++)
        ht_buffer_printf(&expected, "{\"seq\":%d,\"content\":\"v%d\"}%s", i + 1, i, i < 148 ? "," : "");
    ht_buffer_add_text(&expected, "],\"previous_cut\":true}}");
    char *text = timeline(bench, "c");
    assert_non_null(strstr(text, ht_buffer_text(&expected)));
    free(text);
    ht_buffer_release(&expected);
}

static void a_removed_message_says_when(void **state)
{
    struct bench *bench = *state;
    static const char *const lists[] = {"[1,2,3]", "[1,3]", "[1,3,4]"};
    for (size_t i = 0; i < 3; i++) {
        struct ht_buffer text = {0};
        ht_buffer_add_text(&text, "{\"conversation\":{\"id\":\"c\"},\"messages\":");
        for (const char *at = lists[i]; *at; at++) {
            if (*at < '0' || *at > '9') {
                ht_buffer_add_byte(&text, *at);
                continue;
            }
            ht_buffer_printf(&text, "{\"content\":\"%c\",\"created_at\":\"2025-11-24T10:0%c:00Z\"}", *at, *at);
        }
        ht_buffer_add_text(&text, "}");
        bench_add(bench, SCRATCH_NOW + (int64_t)i, ht_buffer_text(&text));
        ht_buffer_release(&text);
    }
    bench_commit(bench);
    char *text = timeline(bench, "c");
    assert_non_null(strstr(text, "\"content\":\"2\",\"seq\":1,\"removed\":{\"seq\":2}}"));
    assert_null(strstr(strstr(text, "removed") + 1, "removed"));
    free(text);
}

/* ---- the same message with an id and without ---- */

static void add_message(struct bench *bench, const char *message)
{
    char payload[256];
    snprintf(payload, sizeof payload,
             "{\"conversation\":{\"id\":\"c\"},\"n\":%llu,\"messages\":[{\"role\":\"user\",%s}]}",
             (unsigned long long)++bench->made, message);
    bench_add(bench, SCRATCH_NOW + (int64_t)bench->made, payload);
}

/* The message's item as it goes on behind its role is this. */
static void assert_message(struct bench *bench, const char *expected)
{
    bench_commit(bench);
    char *text = timeline(bench, "c");
    char *item = strstr(text, "\"role\":\"user\",");
    assert_non_null(item);
    item += strlen("\"role\":\"user\",");
    assert_null(strstr(item, "\"kind\":\"message\""));
    item[strlen(expected) < strlen(item) ? strlen(expected) : strlen(item)] = '\0';
    assert_string_equal(item, expected);
    free(text);
}

static void an_id_alone_is_no_edit(void **state)
{
    struct bench *bench = *state;
    add_message(bench, "\"content\":\"a\"");
    add_message(bench, "\"id\":\"x\",\"content\":\"a\"");
    assert_message(bench, "\"content\":\"a\",\"seq\":1,\"id\":\"x\"},");
    add_message(bench, "\"id\":\"x\",\"content\":\"b\"");
    add_message(bench, "\"content\":\"b\"");
    add_message(bench, "\"content\":\"a\"");
    assert_message(bench, "\"content\":\"b\",\"seq\":1,\"id\":\"x\",\"edited\":{\"seq\":3,\"previous\":[{\"seq\":1,"
                          "\"content\":\"a\"}]}},");
}

/* The edit came without the id: its seq is where it was seen first. */
static void an_edit_is_as_old_as_its_text(void **state)
{
    struct bench *bench = *state;
    static const char at[] = "\"created_at\":\"2025-11-24T10:00:00Z\",\"content\":";
    static const char *const messages[][2] = {{"", "a"}, {"", "b"}, {"\"id\":7,", "b"}};
    for (size_t i = 0; i < 3; i++) {
        char message[128];
        snprintf(message, sizeof message, "%s%s\"%s\"", messages[i][0], at, messages[i][1]);
        add_message(bench, message);
    }
    assert_message(bench, "\"content\":\"b\",\"seq\":1,\"id\":\"7\",\"edited\":{\"seq\":2,\"previous\":[{\"seq\":1,"
                          "\"content\":\"a\"}]}},");
}

static void another_time_alone_is_no_edit(void **state)
{
    struct bench *bench = *state;
    add_message(bench, "\"id\":7,\"content\":\"a\",\"created_at\":\"2025-11-24T10:00:00Z\"");
    add_message(bench, "\"id\":7,\"content\":\"a\",\"created_at\":\"2025-11-24T10:00:01Z\"");
    assert_message(bench, "\"content\":\"a\",\"seq\":1,\"id\":\"7\"},");
}

static const char *const sales_day[] = {
    "01-new-session",
    "02-new-question",
    "03-buyer-intent-detected",
    "04-new-contact",
    "05-new-contact-documented-shape",
    "06-session-escalated",
    "07-session-active",
    "08-visitor-identified",
};
#define SALES_DAY (sizeof sales_day / sizeof sales_day[0])

static void add_sample(struct bench *bench, size_t number)
{
    char path[128], payload[16384];
    snprintf(path, sizeof path, "tests/fixtures/sales-day/%s.json", sales_day[number]);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(payload, 1, sizeof payload - 1, file);
    assert_true(feof(file));
    fclose(file);
    payload[size] = '\0';
    bench_add(bench, SCRATCH_NOW + (int64_t)number * MINUTE, payload);
}

static uint32_t count_of(const char *text, const char *part)
{
    uint32_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

/* Its sixteen messages have ids in six payloads and none in the one of the documented shape. Every order of arrival
   that begins at another one tells the same. */
static void a_day_in_sales(void **state)
{
    static const uint64_t first_seen[] = {1, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 7, 7, 7};
    for (size_t begin = 0; begin < SALES_DAY; begin++) {
        struct bench *bench = *state;
        for (size_t i = 0; i < SALES_DAY; i++)
            add_sample(bench, (begin + i) % SALES_DAY);
        bench_commit(bench);
        char *text = timeline(bench, "c2f4b1de-53a0-4d0b-8f61-6a1f9be0a9d4");
        assert_non_null(strstr(text, "\"events\":8,\"messages\":16}"));
        assert_int_equal(count_of(text, "\"kind\":\"message\""), 16);
        assert_int_equal(count_of(text, "\"id\":\"5f0c1e7a-6d2b-4c9e-8a3d-0000000000"), 16);
        assert_null(strstr(text, "\"removed\""));
        assert_null(strstr(text, "\"edited\""));
        const char *item = text;
        for (uint32_t i = 0; i < 16 && begin == 0; i++) {
            char seq[48];
            item = strstr(item + 1, "\"kind\":\"message\"");
            snprintf(seq, sizeof seq, "\"seq\":%llu,\"id\":\"", (unsigned long long)first_seen[i]);
            assert_non_null(strstr(item, seq));
            assert_true(strstr(item, seq) < strstr(item + 1, "\"kind\":"));
        }
        if (begin == 0) assert_int_equal(count_of(text, "\"derived\":true"), 2); /* 05, and what it has first */
        free(text);
        bench_tear_down(state);
        bench_set_up(state);
    }
}

/* ---- cursors ---- */

static enum ht_status resume(struct bench *bench, const uint64_t words[QUERY_POSITION_WORDS])
{
    struct ht_filter filter = filter_of(3);
    struct ht_error err;
    struct cursor cursor = {.kind = HT_QUERY_TIMELINE, .since = filter.since, .until = filter.until};
    struct ht_filter_id id = {.set = true, .size = 1, .text = "c"};
    memcpy(cursor.position, words, sizeof cursor.position);
    cursor_bind(&id, &filter, cursor.binding);
    cursor_encode(&cursor, filter.cursor);
    return bench_fails(bench, HT_QUERY_TIMELINE, "c", &filter, &err);
}

static void hostile_cursors(void **state)
{
    struct bench *bench = *state;
    add_documented(bench);
    assert_int_equal(resume(bench, (uint64_t[4]){5, 2, TIMELINE_SLOT_MESSAGE(0), 0}), HT_OK);
    assert_int_equal(resume(bench, (uint64_t[4]){UINT64_MAX, 5, TIMELINE_SLOT_EVENT, 77}), HT_OK);
    assert_int_equal(resume(bench, (uint64_t[4]){1, 2, 0, 0}), HT_INVALID); /* not there yet at that time */
    assert_int_equal(resume(bench, (uint64_t[4]){5, 2, 3, 0}), HT_INVALID);
    assert_int_equal(resume(bench, (uint64_t[4]){5, 0, 0, 0}), HT_INVALID);
    assert_int_equal(resume(bench, (uint64_t[4]){5, UINT64_MAX, UINT64_MAX, UINT64_MAX}), HT_INVALID);
    for (int i = 0; i < 300; i++) {
        uint64_t words[4];
        for (int j = 0; j < 4; j++)
            words[j] = random_below(&bench->random, 2) ? random_below(&bench->random, 8) : random_next(&bench->random);
        enum ht_status status = resume(bench, words);
        assert_true(status == HT_OK || status == HT_INVALID);
    }
}

/* ---- damage ---- */

/* Flips a bit of an event's record behind the store's back. */
static void damage(struct bench *bench, uint8_t seq)
{
    char copy[4096];
    MDB_dbi events;
    uint8_t bytes[8] = {0, 0, 0, 0, 0, 0, 0, seq};
    MDB_val key = {sizeof bytes, bytes}, value;
    MDB_txn *txn = bench_damage(bench, "trail");
    assert_int_equal(mdb_dbi_open(txn, "events", 0, &events), 0);
    assert_int_equal(mdb_get(txn, events, &key, &value), 0);
    assert_true(value.mv_size <= sizeof copy);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[value.mv_size - 1] = (char)(copy[value.mv_size - 1] ^ 1);
    value.mv_data = copy;
    assert_int_equal(mdb_put(txn, events, &key, &value, 0), 0);
    bench_damaged(bench, txn);
}

static void a_damaged_event_does_not_stop_it(void **state)
{
    struct bench *bench = *state;
    add_documented(bench);
    damage(bench, 2);
    char *text = timeline(bench, "c");
    assert_non_null(strstr(text,
                           "{\"kind\":\"event\",\"at\":\"2025-11-24T10:00:05.000Z\",\"type\":\"unknown\",\"seq\":2,"
                           "\"reason\":null,\"unreadable\":true}"));
    assert_non_null(strstr(text, "\"events\":5,\"messages\":4}"));
    assert_non_null(strstr(text, "\"content\":\"again\",\"seq\":5,\"id\":\"7\"}")); /* first seen later now */
    assert_non_null(strstr(text, "\"seq\":5,\"reason\":\"asked\"}],\"next\":null}\n"));
    free(text);
}

static void nothing_but_damage(void **state)
{
    struct bench *bench = *state;
    add_documented(bench);
    for (uint8_t seq = 1; seq <= 5; seq++)
        damage(bench, seq);
    char *text = timeline(bench, "c");
    assert_non_null(strstr(text, "\"events\":5,\"messages\":0}"));
    free(text);
}

/* ---- size ---- */

static void add_snapshot(struct bench *bench, const char *conversation, uint32_t number)
{
    struct ht_buffer text = {0};
    ht_buffer_printf(&text,
                     "{\"event\":\"session-active\",\"n\":%u," AGENT ",\"conversation\":{\"id\":\"%s\"},\"messages\":[",
                     number, conversation);
    for (uint32_t i = 0; i < 50; i++) {
        char at[HT_TIME_TEXT_SIZE];
        ht_time_format(at, SCRATCH_NOW + (number + i) * MINUTE);
        ht_buffer_printf(&text, "%s{\"created_at\":\"%s\",\"role\":\"%s\",\"content\":\"message number %u of many\"}",
                         i > 0 ? "," : "", at, (number + i) % 2 ? "user" : "assistant", number + i);
    }
    ht_buffer_add_text(&text, "]}");
    bench_add(bench, SCRATCH_NOW + number * MINUTE, ht_buffer_text(&text));
    ht_buffer_release(&text);
}

/* A thousand windows of fifty messages that move on by one: every step is bounded, every item comes once. */
static void a_thousand_snapshots(void **state)
{
    struct bench *bench = *state;
    for (uint32_t i = 0; i < 1000; i++)
        add_snapshot(bench, "c", i);
    bench_commit(bench);
    struct ht_filter filter = filter_of(0);
    uint32_t items = 0, steps = 0;
    do {
        struct ht_buffer out = {0};
        struct ht_query *query;
        assert_ok(ht_query_open(HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, HT_SLICE("c"), &filter, &query, &scratch_error));
        for (; !ht_query_done(query); steps++)
            assert_ok(ht_query_step(query, bench->reader, &scratch_error));
        items += (uint32_t)add_items(bench, ht_query_document(query), &out);
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        ht_buffer_release(&out);
    } while (filter.cursor[0]);
    assert_int_equal(items, 1000 + 1049);
    assert_true(steps > 3 * 10); /* some 5 MB of payloads for each of three pages */
}

/* One reader's tools serve all queries under way: none may count on what it left there a step before. */
static void two_in_turns(void **state)
{
    struct bench *bench = *state;
    static const char *const ids[] = {"c", "d"};
    struct ht_query *queries[2];
    struct ht_filter filter = filter_of(0);
    for (uint32_t i = 0; i < 300; i++)
        add_snapshot(bench, ids[i % 2], i);
    bench_commit(bench);
    char *alone[] = {timeline(bench, "c"), timeline(bench, "d")};
    for (size_t i = 0; i < 2; i++)
        assert_ok(ht_query_open(HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, ht_slice_from(ids[i]), &filter, &queries[i],
                                &scratch_error));
    uint32_t steps = 0;
    for (; !ht_query_done(queries[0]) || !ht_query_done(queries[1]); steps++)
        assert_ok(ht_query_step(queries[steps % 2], bench->reader, &scratch_error));
    assert_true(steps > 4);
    for (size_t i = 0; i < 2; i++) {
        assert_true(ht_slice_is(ht_query_document(queries[i]), alone[i]));
        ht_query_free(queries[i]);
        free(alone[i]);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_whole_document),
        TEST(nobody_is_not_found),
        TEST(pages_add_up_while_events_arrive),
        TEST(pages_of_large_messages),
        TEST(many_edits_are_cut),
        TEST(a_removed_message_says_when),
        TEST(an_id_alone_is_no_edit),
        TEST(an_edit_is_as_old_as_its_text),
        TEST(another_time_alone_is_no_edit),
        TEST(a_day_in_sales),
        TEST(hostile_cursors),
        TEST(a_damaged_event_does_not_stop_it),
        TEST(nothing_but_damage),
        TEST(a_thousand_snapshots),
        TEST(two_in_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
