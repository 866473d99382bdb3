#include "hooktrail/roster.h"

#include <string.h>

#include "hooktrail/emit.h"
#include "hooktrail/erasure.h"
#include "hooktrail/trail.h"
#include "hooktrail/watermark.h"

static const struct scope_row {
    const char *name;
    enum ht_scope scope;
} scopes[] = {{"read", HT_SCOPE_READ}, {"admin", HT_SCOPE_ADMIN}};

#define SCOPE_COUNT (sizeof scopes / sizeof *scopes)

/* ---- one ---- */

static void begin(struct ht_emit *emit, struct ht_buffer *lines, uint32_t id, const char *name)
{
    ht_emit_init(emit, lines);
    ht_emit_object(emit);
    ht_emit_key(emit, "id");
    ht_emit_uint(emit, id);
    ht_emit_key(emit, "name");
    ht_emit_text(emit, name);
}

static void emit_when(struct ht_emit *emit, const char *key, int64_t time)
{
    ht_emit_key(emit, key);
    ht_emit_time(emit, time);
}

static void end(struct ht_emit *emit)
{
    ht_emit_end_object(emit);
    ht_buffer_add_byte(emit->out, '\n');
}

void ht_roster_add_endpoint(struct ht_buffer *lines, const struct ht_endpoint *endpoint)
{
    struct ht_emit emit;
    begin(&emit, lines, endpoint->id, endpoint->name);
    ht_emit_key(&emit, "state");
    ht_emit_text(&emit, endpoint->retired ? "retired" : "active");
    ht_emit_key(&emit, "signed");
    ht_emit_bool(&emit, endpoint->is_signed);
    ht_emit_key(&emit, "family");
    ht_emit_uint(&emit, endpoint->family);
    emit_when(&emit, "created_at", endpoint->created_at);
    emit_when(&emit, "retired_at", endpoint->retired_at);
    end(&emit);
}

void ht_roster_add_token(struct ht_buffer *lines, const struct ht_token *token)
{
    struct ht_emit emit;
    begin(&emit, lines, token->id, token->name);
    ht_emit_key(&emit, "state");
    ht_emit_text(&emit, token->revoked_at != HT_TIME_NONE ? "revoked" : "valid");
    ht_emit_key(&emit, "scopes");
    ht_emit_array(&emit);
    for (size_t i = 0; i < SCOPE_COUNT; i++)
        if (token->scopes & (uint32_t)scopes[i].scope) ht_emit_text(&emit, scopes[i].name);
    ht_emit_end_array(&emit);
    emit_when(&emit, "created_at", token->created_at);
    emit_when(&emit, "revoked_at", token->revoked_at);
    end(&emit);
}

static void add_export(struct ht_buffer *lines, const char *name, const struct ht_watermark *mark,
                       const struct ht_mark *newest)
{
    struct ht_emit emit;
    ht_emit_init(&emit, lines);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "name");
    ht_emit_text(&emit, name);
    ht_emit_count(&emit, "runs", mark->run);
    emit_when(&emit, "done_at", mark->moved_at ? mark->moved_at : HT_TIME_NONE);
    ht_emit_count(&emit, "rows", mark->rows);
    ht_emit_count(&emit, "events", mark->done.position.seq);
    ht_emit_count(&emit, "behind", newest->position.seq - mark->done.position.seq);
    ht_emit_count(&emit, "erasures_behind", newest->erasure - mark->done.erasure);
    ht_emit_key(&emit, "state");
    ht_emit_text(&emit, mark->running ? "unfinished" : "done");
    end(&emit);
}

void ht_roster_add_made(struct ht_buffer *out, uint32_t id, const char *name, const char *kind, const char *secret)
{
    struct ht_emit emit;
    begin(&emit, out, id, name);
    ht_emit_key(&emit, kind);
    ht_emit_text(&emit, secret);
    end(&emit);
}

/* ---- all ---- */

static enum ht_status at_end(enum ht_status status, const struct ht_buffer *lines, struct ht_error *err)
{
    return status == HT_NOT_FOUND ? ht_buffer_status(lines, err) : status;
}

enum ht_status ht_roster_endpoints(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err)
{
    struct ht_endpoint endpoint = {0};
    enum ht_status status = HT_OK;
    while (status == HT_OK && endpoint.id < UINT32_MAX) {
        status = ht_endpoint_next(reader, endpoint.id + 1, &endpoint, err);
        if (status == HT_OK) ht_roster_add_endpoint(lines, &endpoint);
    }
    explicit_bzero(&endpoint, sizeof endpoint);
    return at_end(status, lines, err);
}

enum ht_status ht_roster_tokens(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err)
{
    struct ht_token token = {0};
    enum ht_status status = HT_OK;
    while (status == HT_OK && token.id < UINT32_MAX) {
        status = ht_token_next(reader, token.id + 1, &token, err);
        if (status == HT_OK) ht_roster_add_token(lines, &token);
    }
    return at_end(status, lines, err);
}

enum ht_status ht_roster_exports(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err)
{
    char name[HT_EXPORT_NAME_SIZE] = "";
    struct ht_mark newest = {0};
    enum ht_status status = ht_trail_position(reader, &newest.position, err);
    if (status == HT_OK) status = ht_erasure_last(reader, &newest.erasure, err);
    while (status == HT_OK && (status = ht_watermark_next(reader, name, err)) == HT_OK) {
        struct ht_watermark mark;
        status = ht_watermark_get(reader, name, &mark, err);
        if (status == HT_OK) add_export(lines, name, &mark, &newest);
    }
    return at_end(status, lines, err);
}

/* The lines are JSON already, so a comma is all that is between them. */
void ht_roster_wrap(const char *name, struct ht_slice lines, struct ht_buffer *out)
{
    ht_buffer_printf(out, "{\"%s\":[", name);
    for (size_t at = 0; at < lines.size; at++) {
        bool last = at + 1 == lines.size;
        if (lines.data[at] != '\n')
            ht_buffer_add_byte(out, lines.data[at]);
        else if (!last)
            ht_buffer_add_byte(out, ',');
    }
    ht_buffer_add_text(out, "]}\n");
}

/* ---- scopes ---- */

static bool add_scope(struct ht_slice name, uint32_t *sum)
{
    for (size_t i = 0; i < SCOPE_COUNT; i++) {
        if (!ht_slice_is(name, scopes[i].name)) continue;
        *sum |= (uint32_t)scopes[i].scope;
        return true;
    }
    return false;
}

enum ht_status ht_roster_scopes(struct ht_slice text, uint32_t *sum, struct ht_error *err)
{
    *sum = 0;
    while (true) {
        const char *comma = text.size ? memchr(text.data, ',', text.size) : NULL;
        struct ht_slice name = ht_slice_of(text.data, comma ? (size_t)(comma - text.data) : text.size);
        if (!add_scope(name, sum))
            return ht_fail_field(err, HT_INVALID, "scope", "there is no scope '%.*s', but: read, admin",
                                 (int)(name.size < 64 ? name.size : 64), name.data);
        if (!comma) return HT_OK;
        text = ht_slice_of(comma + 1, text.size - name.size - 1);
    }
}
