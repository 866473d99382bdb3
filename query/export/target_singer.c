#include "target_singer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "format.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/json.h"

#define MOST_STATE 65536

struct singer {
    struct export_target target;
    const struct export_run *run;
    const struct export_table *table;
    struct export_encoder *encoder;
    struct ht_buffer out;
};

static struct singer *of(struct export_target *target)
{
    return (struct singer *)target;
}

static enum ht_status write_out(struct singer *singer, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(&singer->out, err);
    if (status != HT_OK) return status;
    bool written = fwrite(singer->out.data, 1, singer->out.size, stdout) == singer->out.size && fflush(stdout) == 0;
    if (!written) return ht_fail_errno(err, errno, "cannot write to standard output");
    singer->target.bytes += singer->out.size;
    ht_buffer_clear(&singer->out);
    return HT_OK;
}

/* ---- SCHEMA ---- */

/* A JSON Schema of one column. Of JSON anything is valid. */
static void emit_type(struct ht_emit *emit, const struct export_column *column)
{
    static const char *const types[] = {
        [EXPORT_INT] = "integer", [EXPORT_TIME] = "string", [EXPORT_BOOL] = "boolean", [EXPORT_TEXT] = "string"};
    ht_emit_object(emit);
    if (column->type != EXPORT_JSON) {
        ht_emit_key(emit, "type");
        ht_emit_array(emit);
        if (column->nullable) ht_emit_text(emit, "null");
        ht_emit_text(emit, types[column->type]);
        ht_emit_end_array(emit);
    }
    if (column->type == EXPORT_TIME) {
        ht_emit_key(emit, "format");
        ht_emit_text(emit, "date-time");
    }
    ht_emit_key(emit, "description");
    ht_emit_text(emit, column->about);
    ht_emit_end_object(emit);
}

static void emit_schema(struct ht_emit *emit, const struct export_table *table)
{
    ht_emit_object(emit);
    ht_emit_key(emit, "type");
    ht_emit_text(emit, "SCHEMA");
    ht_emit_key(emit, "stream");
    ht_emit_text(emit, table->name);
    ht_emit_key(emit, "schema");
    ht_emit_object(emit);
    ht_emit_key(emit, "type");
    ht_emit_text(emit, "object");
    ht_emit_key(emit, "properties");
    ht_emit_object(emit);
    for (uint32_t i = 0; i < table->column_count; i++) {
        ht_emit_key(emit, table->columns[i].name);
        emit_type(emit, &table->columns[i]);
    }
    ht_emit_end_object(emit);
    ht_emit_end_object(emit);
    ht_emit_key(emit, "key_properties");
    ht_emit_array(emit);
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].key) ht_emit_text(emit, table->columns[i].name);
    }
    ht_emit_end_array(emit);
    ht_emit_end_object(emit);
}

static enum ht_status singer_table_begin(struct export_target *target, enum export_table_id table, bool again,
                                         struct ht_error *err)
{
    struct singer *singer = of(target);
    const struct export_format_options plain = {0};
    struct ht_emit emit;
    (void)again;
    singer->table = &export_tables[table];
    ht_emit_init(&emit, &singer->out);
    emit_schema(&emit, singer->table);
    ht_buffer_add_byte(&singer->out, '\n');
    return export_ndjson.begin(&plain, singer->table, &singer->out, &singer->encoder, err);
}

/* ---- RECORD ---- */

static enum ht_status singer_add(struct export_target *target, const struct export_row *row, struct ht_error *err)
{
    struct singer *singer = of(target);
    ht_buffer_printf(&singer->out, "{\"type\":\"RECORD\",\"stream\":\"%s\",\"record\":", singer->table->name);
    enum ht_status status = export_ndjson.add(singer->encoder, row, &singer->out, err);
    if (status != HT_OK) return status;
    singer->out.size--; /* the line goes on */
    ht_buffer_add_text(&singer->out, "}\n");
    return ht_buffer_status(&singer->out, err);
}

static enum ht_status singer_flush(struct export_target *target, struct ht_error *err)
{
    return write_out(of(target), err);
}

static void end_table(struct singer *singer)
{
    if (singer->encoder) export_ndjson.free(singer->encoder);
    singer->encoder = NULL;
}

static enum ht_status singer_table_end(struct export_target *target, struct ht_error *err)
{
    end_table(of(target));
    return write_out(of(target), err);
}

/* ---- STATE ---- */

static enum ht_status singer_commit(struct export_target *target, struct ht_error *err)
{
    struct singer *singer = of(target);
    const struct export_run *run = singer->run;
    struct ht_emit emit;
    ht_emit_init(&emit, &singer->out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "type");
    ht_emit_text(&emit, "STATE");
    ht_emit_key(&emit, "value");
    ht_emit_object(&emit);
    ht_emit_key(&emit, "trail");
    ht_emit_text(&emit, run->trail);
    ht_emit_count(&emit, "run", run->number);
    ht_emit_count(&emit, "seq", run->until.position.seq);
    ht_emit_count(&emit, "repeat", run->until.position.repeat);
    ht_emit_count(&emit, "erasure", run->until.erasure);
    ht_emit_end_object(&emit);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(&singer->out, '\n');
    return write_out(singer, err);
}

static bool take_number(const struct ht_json *json, const char *key, uint64_t *number)
{
    uint32_t node = ht_json_member(json, 0, key);
    return node != HT_JSON_NONE && ht_parse_u64(ht_json_raw(json, node), number) == HT_OK;
}

static enum ht_status parse_state(const struct ht_json *json, const char *trail, uint64_t *run, struct ht_mark *after,
                                  struct ht_error *err)
{
    uint32_t node = ht_json_member(json, 0, "trail");
    bool sound = take_number(json, "run", run) && take_number(json, "seq", &after->position.seq) &&
                 take_number(json, "repeat", &after->position.repeat) && take_number(json, "erasure", &after->erasure);
    if (!sound) return ht_fail_field(err, HT_INVALID, "state", "this is no state of a run of hooktrail");
    if (ht_slice_is(ht_json_raw(json, node), trail)) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "state", "the state is another trail's");
}

static enum ht_status read_state(const char *path, struct ht_buffer *text, struct ht_error *err)
{
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT) return HT_OK;
    char *room = ht_buffer_reserve(text, MOST_STATE);
    if (!file || !room) {
        enum ht_status status = file ? ht_buffer_status(text, err) : ht_fail_errno(err, errno, "cannot open %s", path);
        if (file) fclose(file);
        return status;
    }
    text->size = fread(room, 1, MOST_STATE, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    return failed ? ht_fail_errno(err, EIO, "cannot read %s", path) : HT_OK;
}

enum ht_status export_singer_state(const char *path, const char *trail, uint64_t *run, struct ht_mark *after,
                                   struct ht_error *err)
{
    struct ht_buffer text = {0};
    struct ht_json *json = ht_json_new();
    *run = 0;
    *after = (struct ht_mark){0};
    enum ht_status status = json ? read_state(path, &text, err) : ht_fail(err, HT_NO_MEMORY, "no memory for a state");
    if (status == HT_OK && text.size > 0) {
        status = ht_json_parse(json, ht_buffer_slice(&text), NULL);
        status = status == HT_OK ? parse_state(json, trail, run, after, err)
                                 : ht_fail_field(err, HT_INVALID, "state", "%.100s is no JSON", path);
    }
    ht_json_free(json);
    ht_buffer_release(&text);
    return status;
}

/* ---- life ---- */

/* The state is the reader's affair: nothing is known here. */
static enum ht_status singer_mark(struct export_target *target, const char *trail, const char *name, uint64_t *number,
                                  struct ht_error *err)
{
    (void)target, (void)trail, (void)name, (void)number;
    return ht_fail(err, HT_NOT_FOUND, "standard output holds no run");
}

static enum ht_status singer_begin(struct export_target *target, const struct export_run *run, struct ht_error *err)
{
    (void)err;
    of(target)->run = run;
    return HT_OK;
}

static void singer_close(struct export_target *target)
{
    struct singer *singer = of(target);
    end_table(singer);
    ht_buffer_release(&singer->out);
    free(singer);
}

static const struct export_target_ops ops = {
    .mark = singer_mark,
    .begin = singer_begin,
    .table_begin = singer_table_begin,
    .add = singer_add,
    .flush = singer_flush,
    .table_end = singer_table_end,
    .commit = singer_commit,
    .close = singer_close,
};

enum ht_status export_target_singer_open(struct export_target **target, struct ht_error *err)
{
    struct singer *singer = calloc(1, sizeof *singer);
    if (!singer) return ht_fail(err, HT_NO_MEMORY, "no memory for an export");
    singer->target.ops = &ops;
    *target = &singer->target;
    return HT_OK;
}
