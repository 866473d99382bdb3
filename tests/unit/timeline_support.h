/* For tests of query/timeline_union.c and its like: payloads as text, and the order that comes of them. */
#ifndef TESTS_TIMELINE_SUPPORT_H
#define TESTS_TIMELINE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/timeline_order.h"
#include "hooktrail/time.h"
#include "random.h"
#include "timeline_reference.h"

#define BASE INT64_C(1700000000000000)

struct union_test {
    struct timeline_union all;
    struct timeline_order order;
    struct timeline_event events[REFERENCE_MAX];
    uint32_t event_count;
    struct ht_json *json;
    struct ht_buffer text;
};

static inline int set_up(void **state)
{
    struct union_test *t = calloc(1, sizeof *t);
    t->json = ht_json_new();
    timeline_union_init(&t->all, TIMELINE_MAX_MESSAGES);
    *state = t;
    return 0;
}

static inline int tear_down(void **state)
{
    struct union_test *t = *state;
    timeline_order_release(&t->order);
    timeline_union_release(&t->all);
    ht_json_free(t->json);
    ht_buffer_release(&t->text);
    free(t);
    return 0;
}

static inline void start_over(struct union_test *t, uint32_t limit)
{
    timeline_order_release(&t->order);
    timeline_union_release(&t->all);
    timeline_union_init(&t->all, limit);
    t->event_count = 0;
}

/* ---- feeding ---- */

static inline enum ht_status add_text(struct union_test *t, const char *text, int64_t occurred_at, struct ht_error *err)
{
    struct timeline_event *event = &t->events[t->event_count];
    ht_buffer_clear(&t->text);
    ht_buffer_add_text(&t->text, text);
    assert_int_equal(ht_json_parse(t->json, ht_buffer_slice(&t->text), err), HT_OK);
    *event = (struct timeline_event){.seq = t->event_count + 1, .at = occurred_at};
    return timeline_union_add(&t->all, t->json, 0, t->event_count++, occurred_at, &event->span, err);
}

static inline void add_list(struct union_test *t, const char *text)
{
    assert_int_equal(add_text(t, text, BASE, NULL), HT_OK);
}

static inline void message_text(struct ht_buffer *out, const struct reference_message *m)
{
    char at[HT_TIME_TEXT_SIZE];
    ht_buffer_add_text(out, "{");
    if (m->id != REFERENCE_NONE) ht_buffer_printf(out, "\"id\":\"m%d\",", m->id);
    if (m->at != REFERENCE_NONE) {
        ht_time_format(at, BASE + m->at);
        ht_buffer_printf(out, "\"created_at\":\"%s\",", at);
    }
    ht_buffer_printf(out, "\"role\":\"r%d\",\"content\":\"c%d\"}", m->role, m->content);
}

static inline void add_payload(struct union_test *t, const struct reference_payload *payload)
{
    struct ht_buffer text = {0};
    ht_buffer_add_text(&text, "[");
    for (int i = 0; i < payload->count; i++) {
        if (i > 0) ht_buffer_add_text(&text, ",");
        message_text(&text, &payload->list[i]);
    }
    ht_buffer_add_text(&text, "]");
    assert_int_equal(add_text(t, ht_buffer_text(&text), BASE + payload->occurred_at, NULL), HT_OK);
    ht_buffer_release(&text);
}

static inline void finish(struct union_test *t, uint32_t work)
{
    timeline_order_release(&t->order);
    assert_int_equal(timeline_order_begin(&t->order, &t->all, t->events, t->event_count, NULL), HT_OK);
    while (!timeline_order_step(&t->order, work))
        continue;
}

/* The messages in order, as first versions; returns how many. */
static inline uint32_t messages_of(const struct union_test *t, uint32_t list[REFERENCE_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->order.count; i++) {
        if (!(t->order.items[i] & TIMELINE_EVENT)) list[count++] = t->order.items[i];
    }
    assert_int_equal(count, t->order.message_count);
    return count;
}

/* A conversation of `count` messages, at times that never go back and often stand still. */
static inline void any_conversation(struct random *random, struct reference_message *messages, int count, bool ids)
{
    int at = 0;
    for (int i = 0; i < count; i++) {
        messages[i] = (struct reference_message){ids ? i : REFERENCE_NONE, at, i % 2, i};
        at += 1 + (int)random_below(random, 3);
    }
}

/* Payload i carries messages[from..to). */
static inline void add_part(struct union_test *t, const struct reference_message *messages, int from, int to)
{
    struct reference_payload payload = {.count = to - from};
    memcpy(payload.list, &messages[from], (size_t)(to - from) * sizeof *messages);
    add_payload(t, &payload);
}

/* ---- by hand ---- */

#define AT0 "\"created_at\":\"2025-01-01T00:00:00Z\",\"role\":\"user\""
#define AT1 "\"created_at\":\"2025-01-01T00:00:01Z\",\"role\":\"user\""
#define AT2 "\"created_at\":\"2025-01-01T00:00:02Z\",\"role\":\"user\""

/* The order as text: event and position of each message's first version, "+" per later version, "-" if removed. */
static inline void assert_order(struct union_test *t, const char *expected)
{
    struct ht_buffer out = {0};
    uint32_t list[REFERENCE_MAX];
    finish(t, UINT32_MAX);
    uint32_t count = messages_of(t, list);
    for (uint32_t i = 0; i < count; i++) {
        const struct timeline_message *m = &t->all.messages[list[i]];
        ht_buffer_printf(&out, "%s%u.%u", i > 0 ? " " : "", m->event, (unsigned)m->position);
        for (uint32_t v = m->end; v != list[i]; v = t->all.messages[v].older)
            ht_buffer_add_byte(&out, '+');
        if (t->order.removed_by[list[i]] != TIMELINE_NONE) ht_buffer_add_byte(&out, '-');
    }
    assert_string_equal(ht_buffer_text(&out), expected);
    ht_buffer_release(&out);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
