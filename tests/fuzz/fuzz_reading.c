/* Any payload, with any type in the path: "/TYPE\n" in front of it, or none. What passes must have sound facts.

   Covers: store/reading.c store/reading_fields.c store/reading_messages.c store/reading_values.c
   store/reading_warnings.c */
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/reading.h"
#include "hooktrail/time.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_slice(struct ht_slice slice, size_t limit)
{
    if (!slice.data) return;
    require(slice.size <= limit);
    require(ht_utf8_check(slice) == slice.size);
}

static void check_messages(const struct ht_json *json, uint32_t list)
{
    struct ht_buffer scratch = {0};
    struct ht_message message;
    for (uint32_t node = ht_json_first(json, list); node != HT_JSON_NONE; node = ht_json_after(json, list, node)) {
        ht_buffer_clear(&scratch);
        if (!ht_reading_message(json, node, &scratch, &message)) continue;
        check_slice(message.id, HT_MAX_ID);
        check_slice(message.role, SIZE_MAX);
        check_slice(message.content, SIZE_MAX);
    }
    ht_buffer_release(&scratch);
}

static void check_facts(struct ht_json *json, const struct ht_facts *facts)
{
    char folded[HT_MAX_TYPE + 1];
    require(ht_reading_fold_type(facts->type, folded) && ht_slice_is(facts->type, folded));
    require(facts->occurred_at != HT_TIME_NONE);
    check_slice(facts->agent_id, HT_MAX_ID);
    check_slice(facts->agent_name, HT_MAX_NAME);
    check_slice(facts->conversation_id, HT_MAX_ID);
    check_slice(facts->lead_id, HT_MAX_ID);
    check_slice(facts->visitor_id, HT_MAX_ID);
    check_slice(facts->email, HT_MAX_ID);
    check_slice(facts->reason, SIZE_MAX);
    check_messages(json, facts->messages);
    require(ht_json_parse(json, facts->warnings, NULL) == HT_OK);
    require(facts->has_warnings == (ht_json_first(json, 0) != HT_JSON_NONE));
}

/* Takes "/TYPE\n" off the front. */
static struct ht_slice take_path_type(struct ht_slice *input)
{
    if (input->size == 0 || input->data[0] != '/') return HT_ABSENT;
    const char *end = memchr(input->data, '\n', input->size);
    if (!end) return HT_ABSENT;
    struct ht_slice type = ht_slice_of(input->data + 1, (size_t)(end - input->data) - 1);
    *input = ht_slice_of(end + 1, input->size - type.size - 2);
    return type;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ht_json *json;
    static struct ht_reading *reading;
    if (!json) json = ht_json_new();
    if (!reading) reading = ht_reading_new();
    require(json && reading);

    struct ht_slice payload = ht_slice_of(data, size);
    struct ht_delivery delivery = {.received_at = HT_DAY, .path_type = take_path_type(&payload)};
    struct ht_facts facts;
    struct ht_error err;
    if (ht_json_parse(json, payload, &err) != HT_OK) return 0;
    if (ht_reading_extract(reading, json, &delivery, &facts, &err) == HT_OK) check_facts(json, &facts);
    return 0;
}
