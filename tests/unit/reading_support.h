/* What the tests of the reading rules share: one workspace for all payloads, as a loop has it, and ways to look at
   facts. Include behind cmocka.h. */
#ifndef HOOKTRAIL_TESTS_READING_SUPPORT_H
#define HOOKTRAIL_TESTS_READING_SUPPORT_H

#include <stdio.h>
#include <string.h>

#include "hooktrail/reading.h"
#include "hooktrail/time.h"

#define FIXTURES "tests/fixtures/"
#define RECEIVED_AT (INT64_C(1800000000) * HT_SECOND)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The state of a group of tests. */
struct support {
    struct ht_json *json;
    struct ht_reading *reading;
    struct ht_delivery delivery;
    struct ht_facts facts; /* of the last payload that passed */
    struct ht_error err;   /* of the last that did not */
    char payload[8192];    /* the last one given as text: facts borrow from it */
};

static inline int support_set_up(void **state)
{
    static struct support support;
    support.json = ht_json_new();
    support.reading = ht_reading_new();
    *state = &support;
    return support.json && support.reading ? 0 : -1;
}

static inline int support_tear_down(void **state)
{
    struct support *support = *state;
    ht_json_free(support->json);
    ht_reading_free(support->reading);
    return 0;
}

/* Before each test: a delivery without a type in its path and without headers. */
static inline int support_reset(void **state)
{
    struct support *support = *state;
    support->delivery = (struct ht_delivery){.received_at = RECEIVED_AT};
    return 0;
}

/* A file's bytes with a NUL behind them, to be released. */
static inline struct ht_buffer read_file(const char *path)
{
    struct ht_buffer bytes = {0};
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot open %s: run from the project's root", path);
    for (size_t got = 1; got > 0; bytes.size += got) {
        char *to = ht_buffer_reserve(&bytes, 4096);
        assert_non_null(to);
        got = fread(to, 1, 4096, file);
    }
    (void)fclose(file);
    (void)ht_buffer_text(&bytes);
    return bytes;
}

static inline enum ht_status extract_bytes(struct support *support, struct ht_slice payload)
{
    support->err = (struct ht_error){0};
    enum ht_status status = ht_json_parse(support->json, payload, &support->err);
    if (status != HT_OK) return status;
    return ht_reading_extract(support->reading, support->json, &support->delivery, &support->facts, &support->err);
}

static inline enum ht_status extract(struct support *support, const char *payload)
{
    (void)snprintf(support->payload, sizeof support->payload, "%s", payload);
    return extract_bytes(support, ht_slice_from(support->payload));
}

/* Of a payload that must pass. */
static inline const struct ht_facts *facts_of(struct support *support, const char *payload)
{
    if (extract(support, payload) != HT_OK) fail_msg("%s: %s (%s)", payload, support->err.detail, support->err.pointer);
    return &support->facts;
}

/* NULL expects an absent fact. */
static inline void expect_slice(const char *where, struct ht_slice found, const char *expected)
{
    struct ht_slice wanted = ht_slice_from(expected);
    if (ht_slice_equal(found, wanted) && (found.data == NULL) == (wanted.data == NULL)) return;
    fail_msg("%s: found \"%.*s\", expected \"%s\"", where, (int)found.size, found.data ? found.data : "",
             expected ? expected : "(nothing)");
}

static inline void expect_time(const char *where, int64_t found, const char *expected)
{
    char text[HT_TIME_TEXT_SIZE];
    ht_time_format(text, found);
    if (strcmp(text, expected) != 0) fail_msg("%s: found %s, expected %s", where, text, expected);
}

#endif
