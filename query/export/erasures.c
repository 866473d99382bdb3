#include "erasures.h"

#include "hooktrail/emit.h"
#include "hooktrail/erasure.h"

static void add_line(struct ht_buffer *out, const struct export_line *line, const struct ht_erasure *erasure,
                     uint64_t first, uint64_t last)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "trail");
    ht_emit_text(&emit, line->trail);
    ht_emit_key(&emit, "erasure");
    ht_emit_uint(&emit, erasure->number);
    ht_emit_key(&emit, "erased_at");
    ht_emit_time(&emit, erasure->at);
    ht_emit_key(&emit, "retention");
    ht_emit_bool(&emit, erasure->retention);
    ht_emit_key(&emit, "reason");
    ht_emit_text(&emit, erasure->reason);
    ht_emit_key(&emit, "first_seq");
    ht_emit_uint(&emit, first);
    ht_emit_key(&emit, "last_seq");
    ht_emit_uint(&emit, last);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

enum ht_status export_erasure_add(struct export_line *line, struct ht_reader *reader, uint64_t number,
                                  struct ht_buffer *out, uint32_t *size, struct ht_error *err)
{
    struct ht_erasure erasure;
    uint64_t first = 0, last = 0;
    size_t before = out->size;
    enum ht_status status = ht_erasure_get(reader, number, &erasure, err);
    if (status != HT_OK) return status;
    while ((status = ht_erasure_range(reader, number, last, &first, &last, err)) == HT_OK)
        add_line(out, line, &erasure, first, last);
    if (status != HT_NOT_FOUND) return status;
    *size = (uint32_t)(out->size - before);
    return ht_buffer_status(out, err);
}

enum ht_status export_erasure_last(struct ht_reader *reader, uint64_t *number, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_erasure_last(reader, number, err);
    ht_reader_end(reader);
    return status;
}
