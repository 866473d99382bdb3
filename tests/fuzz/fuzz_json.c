/* The scanner against any bytes: a fault is the first byte, a tape is sound, and emitted again it reads the same.

   Covers: store/json.c store/json_scan.c store/json_text.c store/json_keys.c store/emit.c */
#include <stdlib.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/json.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fault(struct ht_json *json, struct ht_slice text, const struct ht_error *err)
{
    require(err->status == HT_INVALID && err->offset <= text.size);
    struct ht_error before;
    enum ht_status status = ht_json_parse(json, ht_slice_of(text.data, err->offset), &before);
    require(status == HT_OK || before.offset == err->offset);
}

/* The emitter's keys are literals of ours, so members go out as [key, value]. */
static void emit_node(const struct ht_json *json, uint32_t node, struct ht_emit *emit, struct ht_buffer *scratch)
{
    enum ht_json_type type = ht_json_type(json, node);
    struct ht_slice raw = ht_json_raw(json, node);
    require(raw.data != NULL);
    if (type == HT_JSON_STRING) {
        ht_buffer_clear(scratch);
        struct ht_slice value = ht_json_string(json, node, scratch);
        require(value.data && value.size <= raw.size && ht_utf8_check(value) == value.size);
        ht_emit_string(emit, value);
        return;
    }
    if (type != HT_JSON_ARRAY && type != HT_JSON_OBJECT) {
        require(raw.size > 0);
        ht_emit_raw(emit, raw);
        return;
    }
    ht_emit_array(emit);
    for (uint32_t child = ht_json_first(json, node); child != HT_JSON_NONE; child = ht_json_after(json, node, child)) {
        emit_node(json, child, emit, scratch);
        if (type == HT_JSON_OBJECT) emit_node(json, child + 1, emit, scratch);
    }
    ht_emit_end_array(emit);
}

static uint32_t count_nodes(const struct ht_json *json)
{
    return ht_json_node(json, 0)->next;
}

static bool is_too_deep_to_emit(const struct ht_json *json)
{
    for (uint32_t node = 0; node < count_nodes(json); node++) {
        if (ht_json_node(json, node)->depth >= 63) return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Kept from text to text, as in the program: nothing of the last one may show. */
    static struct ht_json *json;
    if (!json) json = ht_json_new();
    require(json != NULL);
    struct ht_slice text = ht_slice_of(data, size);
    struct ht_error err;
    if (ht_json_parse(json, text, &err) != HT_OK) {
        check_fault(json, text, &err);
    } else if (!is_too_deep_to_emit(json)) {
        struct ht_buffer out = {0}, scratch = {0};
        struct ht_emit emit;
        uint32_t count = count_nodes(json);
        ht_emit_init(&emit, &out);
        emit_node(json, 0, &emit, &scratch);
        require(ht_json_parse(json, ht_buffer_slice(&out), &err) == HT_OK);
        require(count_nodes(json) == count);
        ht_buffer_release(&out);
        ht_buffer_release(&scratch);
    }
    return 0;
}
