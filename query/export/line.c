#include "line.h"

#include <inttypes.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/index.h"

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

/* A key and what the index's dictionary has under `number`: as a string, or as the JSON that it is. */
static enum ht_status add_name(struct ht_emit *emit, struct ht_reader *reader, const char *key, enum ht_kind kind,
                               uint32_t number, struct ht_error *err)
{
    struct ht_slice name = kind == HT_KIND_WARNINGS ? HT_SLICE("[]") : HT_ABSENT;
    if (number != 0) {
        enum ht_status status = ht_index_name(reader, kind, number, &name, err);
        if (status == HT_NOT_FOUND)
            return ht_fail(err, HT_CORRUPT, "the index knows no %s number %" PRIu32 ": run hooktrail reindex", key,
                           number);
        if (status != HT_OK) return status;
    }
    ht_emit_key(emit, key);
    if (kind == HT_KIND_WARNINGS) {
        ht_emit_raw(emit, name);
    } else {
        ht_emit_string(emit, name);
    }
    return HT_OK;
}

static enum ht_status add_names(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row,
                                struct ht_error *err)
{
    const struct {
        const char *key;
        enum ht_kind kind;
        uint32_t number;
    } names[] = {
        {"agent_id", HT_KIND_AGENT, row->agent},
        {"agent_name", HT_KIND_AGENT_NAME, row->agent_name},
        {"conversation_id", HT_KIND_CONVERSATION, row->conversation},
        {"lead_id", HT_KIND_LEAD, row->lead},
        {"visitor_id", HT_KIND_VISITOR, row->visitor},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum ht_status status = add_name(emit, reader, names[i].key, names[i].kind, names[i].number, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status add_members(struct export_line *line, struct ht_emit *emit, struct ht_reader *reader,
                                  const struct ht_row *row, struct ht_error *err)
{
    ht_emit_key(emit, "trail");
    ht_emit_text(emit, line->trail);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, row->seq);
    enum ht_status status = add_name(emit, reader, "type", HT_KIND_TYPE, row->type, err);
    if (status != HT_OK) return status;
    ht_emit_key(emit, "received_at");
    ht_emit_time(emit, row->received_at);
    ht_emit_key(emit, "occurred_at");
    ht_emit_time(emit, row->occurred_at);
    status = add_names(emit, reader, row, err);
    if (status != HT_OK) return status;
    ht_emit_key(emit, "sha256");
    ht_emit_hex(emit, row->sha256, sizeof row->sha256);
    ht_emit_key(emit, "size");
    ht_emit_uint(emit, row->size);
    ht_emit_key(emit, "deliveries");
    ht_emit_uint(emit, row->deliveries);
    status = add_name(emit, reader, "warnings", HT_KIND_WARNINGS, row->warnings, err);
    if (status != HT_OK) return status;
    ht_emit_key(emit, "derived");
    ht_emit_bool(emit, row->flags & HT_ROW_DERIVED);
    return HT_OK;
}

enum ht_status export_line_add(struct export_line *line, struct ht_reader *reader, uint64_t seq, struct ht_buffer *out,
                               uint32_t *size, struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = ht_index_row(reader, seq, &row, err);
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_CORRUPT, "the index has no row of event %" PRIu64 ": run hooktrail reindex", seq);
    if (status != HT_OK) return status;
    struct ht_record record;
    status = ht_trail_peek(reader, seq, line->unpacker, &record, err);
    if (status != HT_OK) return status;

    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    status = add_members(line, &emit, reader, &row, err);
    if (status != HT_OK) return status;
    ht_emit_key(&emit, "payload");
    ht_emit_raw(&emit, export_one_line(record.payload, &line->payload));
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
    *size = record.header.size;
    status = ht_buffer_status(&line->payload, err);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}
