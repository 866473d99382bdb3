/* Messages, leads and their changes: read from the documents that the query engine gives, so that a warehouse holds
   what the API and the command line show. */
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/filter.h"
#include "hooktrail/json.h"
#include "hooktrail/query.h"
#include "hooktrail/sha256.h"
#include "hooktrail/time.h"
#include "source.h"

#define PAGE_ITEMS 20000 /* of a timeline: each page reads the whole conversation */
#define DIGEST_SIZE 16   /* bytes shown of a message's SHA-256 */

/* Takes what it wants out of a line of a document, of which the tape is in source->json; `readable` is false where the
   line has more nodes than that can hold. */
typedef enum ht_status take_line(struct export_source *source, struct ht_slice id, struct ht_slice line, bool readable,
                                 struct ht_error *err);

/* ---- documents ---- */

static enum ht_status take_lines(struct export_source *source, struct ht_slice text, struct ht_slice id,
                                 take_line *take, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    while (text.size > 0 && status == HT_OK) {
        const char *end = memchr(text.data, '\n', text.size);
        struct ht_slice line = ht_slice_of(text.data, end ? (size_t)(end - text.data) : text.size);
        text = ht_slice_of(line.data + line.size + (end != NULL), text.size - line.size - (end != NULL));
        status = take(source, id, line, ht_json_parse(source->json, line, NULL) == HT_OK, err);
    }
    return status;
}

/* One page; the cursor of the next goes to `filter`. What was erased as a whole has no rows. */
static enum ht_status ask_page(struct export_source *source, enum ht_query_kind kind, struct ht_slice id,
                               struct ht_filter *filter, take_line *take, struct ht_error *err)
{
    struct ht_query *query;
    enum ht_status status = ht_query_open(kind, HT_FORMAT_DOCUMENT, id, filter, &query, err);
    if (status != HT_OK) return status;
    ht_query_as_of(query, source->last, PAGE_ITEMS);
    status = ht_query_run(query, source->reader, err);
    if (status == HT_OK) status = take_lines(source, ht_query_document(query), id, take, err);
    snprintf(filter->cursor, sizeof filter->cursor, "%s", status == HT_OK ? ht_query_next(query) : "");
    ht_query_free(query);
    return status == HT_ERASED || status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status ask(struct export_source *source, enum ht_query_kind kind, struct ht_slice id, take_line *take,
                          struct ht_error *err)
{
    struct ht_filter filter;
    enum ht_status status = HT_OK;
    ht_filter_init(&filter);
    source->part = 0;
    ht_buffer_clear(&source->text);
    do {
        status = ask_page(source, kind, id, &filter, take, err);
        if (status == HT_OK) status = source->target->ops->flush(source->target, err); /* no span is open */
    } while (status == HT_OK && filter.cursor[0] != '\0');
    source->part = 0;
    return status;
}

/* The next entity's document, if one is found within this step. */
static enum ht_status step(struct export_source *source, enum ht_kind entity, enum ht_query_kind kind, take_line *take,
                           struct ht_error *err)
{
    bool found;
    char text[HT_MAX_ID];
    enum ht_status status = export_find_entity(source, entity, &found, err);
    if (status != HT_OK || !found) return status;
    struct ht_slice id = ht_slice_of(text, source->scratch.size < sizeof text ? source->scratch.size : sizeof text);
    memcpy(text, source->scratch.data, id.size);
    status = ask(source, kind, id, take, err);
    if (status == HT_OK) source->next++;
    return status;
}

/* ---- members ---- */

static struct ht_slice string_of(struct export_source *source, uint32_t object, const char *key)
{
    uint32_t node = ht_json_member(source->json, object, key);
    if (ht_json_type(source->json, node) != HT_JSON_STRING) return HT_ABSENT;
    return ht_json_string(source->json, node, &source->scratch);
}

static uint64_t number_of(const struct export_source *source, uint32_t object, const char *key)
{
    uint64_t value = 0;
    uint32_t node = ht_json_member(source->json, object, key);
    if (node == HT_JSON_NONE || ht_parse_u64(ht_json_raw(source->json, node), &value) != HT_OK) return 0;
    return value;
}

static bool has(const struct export_source *source, uint32_t object, const char *key)
{
    return ht_json_type(source->json, ht_json_member(source->json, object, key)) != HT_JSON_NULL;
}

static int64_t time_of(struct export_source *source, uint32_t object, const char *key)
{
    int64_t time;
    struct ht_slice text = string_of(source, object, key);
    return text.data && ht_time_parse(text, &time) == HT_OK ? time : HT_TIME_NONE;
}

/* The JSON of a member; absent for null. */
static struct ht_slice json_of(const struct export_source *source, uint32_t object, const char *key)
{
    uint32_t node = ht_json_member(source->json, object, key);
    enum ht_json_type type = ht_json_type(source->json, node);
    if (type == HT_JSON_NULL) return HT_ABSENT;
    struct ht_slice raw = ht_json_raw(source->json, node);
    return type == HT_JSON_STRING ? ht_slice_of(raw.data - 1, raw.size + 2) : raw;
}

/* Strings of one row are decoded to source->scratch, behind each other: it must not move meanwhile. */
static void make_room(struct export_source *source, uint32_t node)
{
    ht_buffer_clear(&source->scratch);
    (void)ht_buffer_reserve(&source->scratch, ht_json_raw(source->json, node).size);
}

/* ---- messages ---- */

/* Of the conversation and the message's id; without one, of its time, role and text. */
static void add_digest(struct export_source *source, struct ht_slice conversation, uint32_t item)
{
    uint8_t digest[HT_SHA256_SIZE];
    struct ht_slice id = string_of(source, item, "id");
    const struct ht_slice parts[] = {
        conversation,
        id.data ? HT_SLICE("id") : HT_SLICE("text"),
        id.data ? id : json_of(source, item, "at"),
        id.data ? HT_SLICE("") : json_of(source, item, "role"),
        id.data ? HT_SLICE("") : json_of(source, item, "content"),
    };
    struct ht_slice pieces[2 * (sizeof parts / sizeof *parts)];
    uint8_t lengths[sizeof parts / sizeof *parts][8];
    size_t count = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ht_put_be64(lengths[i], parts[i].size);
        pieces[count++] = ht_slice_of(lengths[i], sizeof lengths[i]);
        pieces[count++] = parts[i];
    }
    ht_sha256_join(pieces, count, digest);
    ht_buffer_clear(&source->text);
    ht_hex_add(&source->text, digest, DIGEST_SIZE);
}

static enum ht_status give_message(struct export_source *source, struct ht_slice conversation, struct ht_error *err)
{
    const uint32_t item = 0;
    make_room(source, item);
    uint64_t first = number_of(source, item, "seq"), last = number_of(source, item, "last_seq");
    add_digest(source, conversation, item);
    export_cells_begin(source);
    export_cell_text(source, conversation);
    export_cell_int(source, ++source->part);
    export_cell_text(source, string_of(source, item, "id"));
    export_cell_text(source, ht_buffer_slice(&source->text));
    export_cell_text(source, string_of(source, item, "role"));
    export_cell_text(source, string_of(source, item, "content"));
    export_cell_time(source, time_of(source, item, "at"));
    export_cell_int(source, first);
    export_cell_int(source, last ? last : first);
    export_cell_bool(source, has(source, item, "derived"));
    export_cell_bool(source, has(source, item, "edited"));
    export_cell_bool(source, has(source, item, "removed"));
    export_cell_int(source, source->run->until.position.seq);
    enum ht_status status = ht_buffer_status(&source->scratch, err);
    if (status == HT_OK) status = ht_buffer_status(&source->text, err);
    return status == HT_OK ? export_cells_give(source, source->next, 0, err) : status;
}

static enum ht_status take_message(struct export_source *source, struct ht_slice id, struct ht_slice line,
                                   bool readable, struct ht_error *err)
{
    bool is_message =
        readable && ht_slice_is(ht_json_raw(source->json, ht_json_member(source->json, 0, "kind")), "message");
    (void)line;
    return is_message ? give_message(source, id, err) : HT_OK;
}

enum ht_status export_step_messages(struct export_source *source, struct ht_error *err)
{
    return step(source, HT_KIND_CONVERSATION, HT_QUERY_TIMELINE, take_message, err);
}

/* ---- leads ---- */

static enum ht_status find_first(struct export_source *source, struct ht_slice id, uint64_t *first,
                                 struct ht_error *err)
{
    uint32_t number;
    struct ht_postings *postings;
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    status = ht_index_number(source->reader, HT_KIND_LEAD, id, &number, err);
    if (status == HT_OK) status = ht_postings_open(source->reader, HT_KIND_LEAD, number, &postings, err);
    if (status == HT_OK) {
        status = ht_postings_at_least(postings, 1, first, err);
        ht_postings_close(postings);
    }
    ht_reader_end(source->reader);
    return status;
}

static enum ht_status give_lead(struct export_source *source, struct ht_slice id, struct ht_slice profile,
                                uint64_t first_seq, struct ht_error *err)
{
    static const char *const fields[] = {"email", "first_name", "last_name", "phone", "company", "job_title"};
    uint32_t lead = ht_json_member(source->json, 0, "lead");
    make_room(source, 0);
    ht_buffer_add_text(&source->text, source->text.size == 0 ? "[]" : "]");
    export_cells_begin(source);
    export_cell_text(source, id);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        export_cell_text(source, string_of(source, lead, fields[i]));
    export_cell_text(source, profile);
    export_cell_text(source, string_of(source, lead, "agent_id"));
    export_cell_text(source, string_of(source, lead, "agent_name"));
    export_cell_text(source, ht_buffer_slice(&source->text));
    export_cell_time(source, time_of(source, lead, "first_at"));
    export_cell_time(source, time_of(source, lead, "last_at"));
    export_cell_int(source, first_seq);
    export_cell_int(source, source->next);
    export_cell_int(source, number_of(source, lead, "events"));
    export_cell_int(source, source->run->until.position.seq);
    enum ht_status status = ht_buffer_status(&source->scratch, err);
    if (status == HT_OK) status = ht_buffer_status(&source->text, err);
    return status == HT_OK ? export_cells_give(source, source->next, 0, err) : status;
}

/* Conversations are collected in source->text; the lead comes last. */
static enum ht_status take_lead(struct export_source *source, struct ht_slice id, struct ht_slice line, bool readable,
                                struct ht_error *err)
{
    static const struct ht_slice begin = {"{\"lead\":", 8};
    uint64_t first = 0;
    if (line.size > begin.size && memcmp(line.data, begin.data, begin.size) == 0) {
        enum ht_status status = find_first(source, id, &first, err);
        struct ht_slice profile = ht_slice_of(line.data + begin.size, line.size - begin.size - 1);
        return status == HT_OK ? give_lead(source, id, profile, first, err) : status;
    }
    if (!readable || !has(source, 0, "id")) return HT_OK;
    ht_buffer_add_byte(&source->text, source->text.size == 0 ? '[' : ',');
    ht_buffer_add(&source->text, json_of(source, 0, "id"));
    return HT_OK;
}

enum ht_status export_step_leads(struct export_source *source, struct ht_error *err)
{
    return step(source, HT_KIND_LEAD, HT_QUERY_HISTORY, take_lead, err);
}

/* ---- changes of leads ---- */

static enum ht_status give_change(struct export_source *source, struct ht_slice lead, uint64_t seq,
                                  struct ht_error *err)
{
    make_room(source, 0);
    export_cells_begin(source);
    export_cell_text(source, lead);
    export_cell_int(source, seq);
    export_cell_text(source, string_of(source, 0, "field"));
    export_cell_time(source, time_of(source, 0, "at"));
    export_cell_text(source, json_of(source, 0, "from"));
    export_cell_text(source, json_of(source, 0, "to"));
    enum ht_status status = ht_buffer_status(&source->scratch, err);
    return status == HT_OK ? export_cells_give(source, source->next, 0, err) : status;
}

static enum ht_status take_change(struct export_source *source, struct ht_slice id, struct ht_slice line, bool readable,
                                  struct ht_error *err)
{
    const struct export_run *run = source->run;
    (void)line;
    if (!readable || !has(source, 0, "field")) return HT_OK;
    uint64_t seq = number_of(source, 0, "seq");
    return run->restates || seq > run->after.position.seq ? give_change(source, id, seq, err) : HT_OK;
}

enum ht_status export_step_lead_changes(struct export_source *source, struct ht_error *err)
{
    return step(source, HT_KIND_LEAD, HT_QUERY_HISTORY, take_change, err);
}
