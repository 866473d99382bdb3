#include "files_manifest.h"

#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/json.h"

#define MOST_BYTES (UINT64_C(4) << 30) /* of a manifest that is read: as much as whoever wrote it had in memory */
#define SUPERSEDED ",\"superseded\":["

/* ---- writing ---- */

static void emit_mark(struct ht_emit *emit, const char *key, const struct ht_mark *mark)
{
    ht_emit_key(emit, key);
    ht_emit_object(emit);
    ht_emit_count(emit, "seq", mark->position.seq);
    ht_emit_count(emit, "repeat", mark->position.repeat);
    ht_emit_count(emit, "erasure", mark->erasure);
    ht_emit_end_object(emit);
}

void files_manifest_begin(struct files_manifest *manifest)
{
    *manifest = (struct files_manifest){0};
    ht_emit_init(&manifest->emit, &manifest->text);
    ht_emit_array(&manifest->emit);
}

void files_manifest_add(struct files_manifest *manifest, const struct files_entry *entry)
{
    struct ht_emit *emit = &manifest->emit;
    ht_emit_object(emit);
    ht_emit_key(emit, "name");
    ht_emit_text(emit, entry->name);
    ht_emit_key(emit, "table");
    ht_emit_text(emit, export_tables[entry->table].name);
    ht_emit_count(emit, "rows", entry->rows);
    ht_emit_count(emit, "bytes", entry->bytes);
    ht_emit_key(emit, "sha256");
    ht_emit_hex(emit, entry->sha256, sizeof entry->sha256);
    if (entry->table == EXPORT_EVENTS) {
        ht_emit_count(emit, "first_seq", entry->first);
        ht_emit_count(emit, "last_seq", entry->last);
    }
    ht_emit_end_object(emit);
}

static void emit_run(struct ht_emit *emit, const struct export_run *run)
{
    ht_emit_count(emit, "schema_version", EXPORT_SCHEMA_VERSION);
    ht_emit_key(emit, "trail");
    ht_emit_text(emit, run->trail);
    ht_emit_key(emit, "export");
    ht_emit_text(emit, run->name);
    ht_emit_count(emit, "run", run->number);
    emit_mark(emit, "after", &run->after);
    emit_mark(emit, "until", &run->until);
    ht_emit_key(emit, "restates");
    ht_emit_bool(emit, run->restates);
    ht_emit_key(emit, "checkpoint");
    ht_emit_string(emit, run->checkpoint);
}

void files_manifest_end(struct files_manifest *manifest, const struct export_run *run, const struct files_names *gone,
                        struct ht_buffer *out)
{
    struct ht_emit emit;
    ht_emit_end_array(&manifest->emit);
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    emit_run(&emit, run);
    ht_emit_key(&emit, "superseded");
    ht_emit_array(&emit);
    for (const char *name = files_names_next(gone, NULL); name; name = files_names_next(gone, name))
        ht_emit_text(&emit, name);
    ht_emit_end_array(&emit);
    ht_emit_key(&emit, "files");
    ht_emit_raw(&emit, ht_buffer_slice(&manifest->text));
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

/* ---- the newest one ---- */

struct newest {
    char name[FILES_NAME_SIZE];
};

static enum ht_status see_manifest(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    struct newest *newest = context;
    (void)size;
    if (strlen(name) >= sizeof newest->name) return ht_fail(err, HT_EXISTS, "%.100s is no manifest of ours", name);
    memcpy(newest->name, name, strlen(name) + 1);
    return HT_OK;
}

static bool member_is(const struct ht_json *json, const char *key, const char *text)
{
    uint32_t node = ht_json_member(json, 0, key);
    return ht_json_type(json, node) == HT_JSON_STRING && ht_slice_is(ht_json_raw(json, node), text);
}

/* Whoever wrote the manifest may have died before it had removed these. `list` begins with the first name: there may be
   more than can be scanned at once, and none needs an escape. */
static enum ht_status remove_superseded(struct export_place *place, struct ht_slice list, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    const char *at = list.data, *end = list.data + list.size;
    while (at < end && *at == '"' && status == HT_OK) {
        char name[FILES_NAME_SIZE];
        const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
        if (!quote) break;
        size_t size = (size_t)(quote - at) - 1;
        at = quote + (end - quote > 1 && quote[1] == ',' ? 2 : 1);
        if (size == 0 || size >= sizeof name) continue;
        memcpy(name, quote - size, size);
        name[size] = '\0';
        status = place->ops->remove(place, name, err);
    }
    return status;
}

/* What stands before the lists, which may be longer than can be scanned; *list is behind the bracket of the first. */
static enum ht_status read_head(struct ht_json *json, struct ht_slice text, struct ht_buffer *head,
                                struct ht_slice *list)
{
    const char *cut = text.size > 0 ? memmem(text.data, text.size, SUPERSEDED, sizeof SUPERSEDED - 1) : NULL;
    if (!cut) return HT_INVALID;
    size_t size = (size_t)(cut - text.data), behind = size + sizeof SUPERSEDED - 1;
    *list = ht_slice_of(text.data + behind, text.size - behind);
    ht_buffer_add_bytes(head, text.data, size);
    ht_buffer_add_byte(head, '}');
    return head->failed ? HT_NO_MEMORY : ht_json_parse(json, ht_buffer_slice(head), NULL);
}

static enum ht_status take_manifest(struct export_place *place, const struct newest *newest, struct ht_slice text,
                                    const char *trail, const char *export, uint64_t *run, struct ht_error *err)
{
    struct ht_buffer head = {0};
    struct ht_slice superseded;
    struct ht_json *json = ht_json_new();
    if (!json) return ht_fail(err, HT_NO_MEMORY, "no memory for a manifest");
    enum ht_status status = read_head(json, text, &head, &superseded);
    if (status != HT_OK) {
        status = ht_fail(err, HT_EXISTS, "%s is no manifest of ours; export to another place", newest->name);
    } else if (!member_is(json, "trail", trail) || !member_is(json, "export", export)) {
        status =
            ht_fail(err, HT_EXISTS, "%s is of another export or another trail; export to another place", newest->name);
    } else if (ht_parse_u64(ht_json_raw(json, ht_json_member(json, 0, "run")), run) != HT_OK) {
        status = ht_fail(err, HT_EXISTS, "%s names no run; export to another place", newest->name);
    } else {
        status = remove_superseded(place, superseded, err);
    }
    ht_json_free(json);
    ht_buffer_release(&head);
    return status;
}

enum ht_status files_manifest_newest(struct export_place *place, const char *trail, const char *export, uint64_t *run,
                                     struct ht_error *err)
{
    struct newest newest = {0};
    struct ht_buffer text = {0};
    enum ht_status status = place->ops->list(place, "_manifests/", see_manifest, &newest, err);
    if (status == HT_OK && newest.name[0] == '\0')
        return ht_fail(err, HT_NOT_FOUND, "no run of this export is there yet");
    if (status == HT_OK) status = place->ops->read(place, newest.name, MOST_BYTES, &text, err);
    if (status == HT_OK) status = take_manifest(place, &newest, ht_buffer_slice(&text), trail, export, run, err);
    ht_buffer_release(&text);
    return status;
}
