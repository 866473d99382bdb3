#include "line.h"

#include "hooktrail/encode.h"
#include "hooktrail/event.h"

enum ht_status export_line_init(struct export_line *line, const struct ht_store *store, struct ht_error *err)
{
    struct ht_buffer hex = {0};
    *line = (struct export_line){.unpacker = ht_unpacker_new()};
    ht_hex_add(&hex, ht_store_trail_id(store), HT_TRAIL_ID_SIZE);
    enum ht_status status = ht_buffer_status(&hex, err);
    if (status == HT_OK) memcpy(line->trail, hex.data, hex.size);
    if (!line->unpacker) status = ht_fail(err, HT_NO_MEMORY, "out of memory for unpacking events");
    ht_buffer_release(&hex);
    return status;
}

void export_line_release(struct export_line *line)
{
    ht_unpacker_free(line->unpacker);
    ht_buffer_release(&line->payload);
    *line = (struct export_line){0};
}

/* Adds `text` without any byte `unwanted`. */
static void add_without(struct ht_buffer *out, struct ht_slice text, char unwanted)
{
    while (text.size > 0) {
        const char *found = memchr(text.data, unwanted, text.size);
        size_t size = found ? (size_t)(found - text.data) : text.size;
        ht_buffer_add_bytes(out, text.data, size);
        if (!found) return;
        text = ht_slice_of(found + 1, text.size - size - 1);
    }
}

struct ht_slice export_one_line(struct ht_slice text, struct ht_buffer *scratch)
{
    bool has_return = memchr(text.data, '\r', text.size) != NULL;
    if (!has_return && !memchr(text.data, '\n', text.size)) return text;
    ht_buffer_clear(scratch);
    while (text.size > 0) {
        const char *found = memchr(text.data, '\n', text.size);
        size_t size = found ? (size_t)(found - text.data) : text.size;
        add_without(scratch, ht_slice_of(text.data, size), '\r');
        if (!found) break;
        text = ht_slice_of(found + 1, text.size - size - 1);
    }
    return ht_buffer_slice(scratch);
}

enum ht_status export_line_add(struct export_line *line, struct ht_reader *reader, uint64_t seq, struct ht_buffer *out,
                               uint32_t *size, struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = ht_event_row(reader, seq, &row, err);
    if (status != HT_OK) return status;
    struct ht_record record;
    status = ht_trail_peek(reader, seq, line->unpacker, &record, err);
    bool erased = status == HT_ERASED;
    bool lost = status == HT_CORRUPT && ht_trail_lost(reader, seq);
    if (status != HT_OK && !erased && !lost) return status;
    if (erased && !(row.flags & HT_ROW_ERASED))
        return ht_fail(err, HT_BUSY, "the index is being rebuilt after an erasure: export again when that is done");

    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "trail");
    ht_emit_text(&emit, line->trail);
    status = ht_event_emit_facts(&emit, reader, &row, err);
    if (status != HT_OK) return status;
    ht_emit_key(&emit, "derived");
    ht_emit_bool(&emit, row.flags & HT_ROW_DERIVED);
    ht_emit_key(&emit, "payload");
    if (erased || lost)
        ht_emit_null(&emit);
    else
        ht_emit_raw(&emit, export_one_line(record.payload, &line->payload));
    ht_event_emit_erased_at(&emit, reader, &row);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
    *size = row.size;
    status = ht_buffer_status(&line->payload, err);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}
