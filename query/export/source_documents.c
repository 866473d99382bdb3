/* Messages, leads and their changes: read from the documents that the query engine gives, so that a warehouse holds
   what the API and the command line show. */
#include <assert.h>
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/filter.h"
#include "hooktrail/json.h"
#include "hooktrail/query.h"
#include "hooktrail/sha256.h"
#include "hooktrail/time.h"
#include "line.h"
#include "source.h"

#define PAGE_ITEMS 20000 /* of a timeline: each page reads the whole conversation */
#define DIGEST_SIZE 16   /* bytes shown of a message's SHA-256 */

/* What a table asks of each entity, and what it takes out of each line of the answer. */
struct inquiry {
    enum ht_kind entity;
    enum ht_query_kind kind;
    enum ht_status (*take)(struct export_source *source, struct ht_slice id, struct ht_slice line,
                           struct ht_error *err);
};

/* ---- documents ---- */

static enum ht_status take_lines(struct export_source *source, const struct inquiry *inquiry, struct ht_slice text,
                                 struct ht_slice id, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    while (text.size > 0 && status == HT_OK) {
        const char *end = memchr(text.data, '\n', text.size);
        struct ht_slice line = ht_slice_of(text.data, end ? (size_t)(end - text.data) : text.size);
        text = ht_slice_of(line.data + line.size + (end != NULL), text.size - line.size - (end != NULL));
        status = inquiry->take(source, id, line, err);
    }
    return status;
}

/* One that has more messages than a timeline can order must not keep all the others from the warehouse. */
static bool is_left_out(struct export_source *source, const struct inquiry *inquiry, enum ht_status status,
                        struct ht_slice id)
{
    if (status != HT_TOO_LARGE || inquiry->kind != HT_QUERY_TIMELINE) return false;
    if (source->left_out++ == 0) snprintf(source->left_out_id, sizeof source->left_out_id, "%.*s", HT_SLICE_ARGS(id));
    return true;
}

/* Takes the lines as they come: whatever the number of changes, few are held at once. */
static enum ht_status take_page(struct export_source *source, const struct inquiry *inquiry, struct ht_query *query,
                                struct ht_slice id, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    while (status == HT_OK && !ht_query_done(query)) {
        status = ht_query_step(query, source->reader, err);
        if (is_left_out(source, inquiry, status, id)) return HT_OK;
        if (status == HT_OK) status = take_lines(source, inquiry, ht_query_document(query), id, err);
        if (status == HT_OK) status = source->target->ops->flush(source->target, err); /* no span is open */
        ht_query_drain(query);
    }
    return status;
}

/* Changes are wanted by their own table alone, and of this run. */
static uint64_t changes_after(const struct export_source *source)
{
    if (source->table != &export_tables[EXPORT_LEAD_CHANGES]) return source->last;
    return source->run->restates ? 0 : source->run->after.position.seq;
}

/* One page; the cursor of the next goes to `filter`. What was erased as a whole has no rows. */
static enum ht_status ask_page(struct export_source *source, const struct inquiry *inquiry, struct ht_slice id,
                               struct ht_filter *filter, struct ht_error *err)
{
    struct ht_query *query;
    enum ht_status status = ht_query_open(inquiry->kind, HT_FORMAT_DOCUMENT, id, filter, &query, err);
    if (status != HT_OK) return status;
    ht_query_as_of(query, changes_after(source), source->last, PAGE_ITEMS);
    status = take_page(source, inquiry, query, id, err);
    snprintf(filter->cursor, sizeof filter->cursor, "%s", status == HT_OK ? ht_query_next(query) : "");
    ht_query_free(query);
    return status == HT_ERASED || status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status ask(struct export_source *source, const struct inquiry *inquiry, struct ht_slice id,
                          struct ht_error *err)
{
    struct ht_filter filter;
    enum ht_status status = HT_OK;
    ht_filter_init(&filter);
    source->part = 0;
    ht_buffer_clear(&source->text);
    do {
        status = ask_page(source, inquiry, id, &filter, err);
    } while (status == HT_OK && filter.cursor[0] != '\0');
    source->part = 0;
    return status;
}

/* The next entity's document, if one is found within this step. */
static enum ht_status step(struct export_source *source, const struct inquiry *inquiry, struct ht_error *err)
{
    bool found;
    char text[HT_MAX_ID];
    enum ht_status status = export_find_entity(source, inquiry->entity, &found, err);
    if (status != HT_OK || !found) return status;
    struct ht_slice id = ht_slice_of(text, source->scratch.size < sizeof text ? source->scratch.size : sizeof text);
    memcpy(text, source->scratch.data, id.size);
    status = ask(source, inquiry, id, err);
    if (status == HT_OK) source->next++;
    return status;
}

/* ---- values of members ---- */

/* The text of a JSON string; absent if it is none. Decoded to source->scratch, which must not move while a row is made:
   begin_row has made room for each string of the line once. */
static struct ht_slice string_of(struct export_source *source, struct ht_slice json)
{
    if (json.size < 2 || json.data[0] != '"') return HT_ABSENT;
    if (!memchr(json.data, '\\', json.size)) return ht_slice_of(json.data + 1, json.size - 2);
    if (ht_json_parse(source->json, json, NULL) != HT_OK) return HT_ABSENT;
    assert(source->scratch.capacity - source->scratch.size >= json.size);
    return ht_json_string(source->json, 0, &source->scratch);
}

static uint64_t number_of(struct ht_slice json)
{
    uint64_t value = 0;
    return ht_parse_u64(json, &value) == HT_OK ? value : 0;
}

static int64_t time_of(struct export_source *source, struct ht_slice json)
{
    int64_t time;
    struct ht_slice text = string_of(source, json);
    return text.data && ht_time_parse(text, &time) == HT_OK ? time : HT_TIME_NONE;
}

/* Strings of the row are decoded to source->scratch, behind each other. */
static enum ht_status begin_row(struct export_source *source, struct ht_slice line, struct ht_error *err)
{
    ht_buffer_clear(&source->scratch);
    (void)ht_buffer_reserve(&source->scratch, line.size);
    return ht_buffer_status(&source->scratch, err);
}

/* ---- messages ---- */

enum { KIND, AT, ROLE, CONTENT, SEQ, LAST_SEQ, ID, EDITED, REMOVED, DERIVED, MESSAGE_MEMBERS };
static const char *const message_members[MESSAGE_MEMBERS] = {"kind",     "at", "role",   "content", "seq",
                                                             "last_seq", "id", "edited", "removed", "derived"};

/* Of the conversation and the message's id; without one, of its time, role and text. To source->text. */
static enum ht_status make_digest(struct export_source *source, struct ht_slice conversation, struct ht_slice id,
                                  const struct ht_slice item[MESSAGE_MEMBERS], struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE];
    const struct ht_slice parts[] = {
        conversation,
        id.data ? HT_SLICE("id") : HT_SLICE("text"),
        id.data ? id : item[AT],
        id.data ? HT_SLICE("") : item[ROLE],
        id.data ? HT_SLICE("") : item[CONTENT],
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
    return ht_buffer_status(&source->text, err);
}

static enum ht_status give_message(struct export_source *source, struct ht_slice conversation, struct ht_slice line,
                                   const struct ht_slice item[MESSAGE_MEMBERS], struct ht_error *err)
{
    enum ht_status status = begin_row(source, line, err);
    if (status != HT_OK) return status;
    uint64_t first = number_of(item[SEQ]), last = number_of(item[LAST_SEQ]);
    struct ht_slice id = string_of(source, item[ID]);
    status = make_digest(source, conversation, id, item, err);
    if (status != HT_OK) return status;
    export_cells_begin(source);
    export_cell_text(source, conversation);
    export_cell_int(source, ++source->part);
    export_cell_text(source, id);
    export_cell_text(source, ht_buffer_slice(&source->text));
    export_cell_text(source, string_of(source, item[ROLE]));
    export_cell_text(source, string_of(source, item[CONTENT]));
    export_cell_time(source, time_of(source, item[AT]));
    export_cell_int(source, first);
    export_cell_int(source, last ? last : first);
    export_cell_bool(source, item[DERIVED].data != NULL);
    export_cell_bool(source, item[EDITED].data != NULL);
    export_cell_bool(source, item[REMOVED].data != NULL);
    export_cell_int(source, source->run->until.position.seq);
    return export_cells_give(source, source->next, 0, err);
}

static enum ht_status take_message(struct export_source *source, struct ht_slice id, struct ht_slice line,
                                   struct ht_error *err)
{
    struct ht_slice item[MESSAGE_MEMBERS];
    export_line_members(line, message_members, MESSAGE_MEMBERS, item);
    return ht_slice_is(item[KIND], "\"message\"") ? give_message(source, id, line, item, err) : HT_OK;
}

enum ht_status export_step_messages(struct export_source *source, struct ht_error *err)
{
    static const struct inquiry inquiry = {HT_KIND_CONVERSATION, HT_QUERY_TIMELINE, take_message};
    return step(source, &inquiry, err);
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

enum {
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    PHONE,
    COMPANY,
    JOB_TITLE,
    AGENT_ID,
    AGENT_NAME,
    FIRST_AT,
    LAST_AT,
    EVENTS,
    LEAD_MEMBERS
};
static const char *const lead_members[LEAD_MEMBERS] = {"email",    "first_name", "last_name", "phone",
                                                       "company",  "job_title",  "agent_id",  "agent_name",
                                                       "first_at", "last_at",    "events"};

static enum ht_status give_lead(struct export_source *source, struct ht_slice id, struct ht_slice profile,
                                uint64_t first_seq, struct ht_error *err)
{
    struct ht_slice lead[LEAD_MEMBERS];
    export_line_members(profile, lead_members, LEAD_MEMBERS, lead);
    ht_buffer_add_text(&source->text, source->text.size == 0 ? "[]" : "]");
    enum ht_status status = ht_buffer_status(&source->text, err);
    if (status == HT_OK) status = begin_row(source, profile, err);
    if (status != HT_OK) return status;
    export_cells_begin(source);
    export_cell_text(source, id);
    for (size_t i = EMAIL; i <= JOB_TITLE; i++)
        export_cell_text(source, string_of(source, lead[i]));
    export_cell_text(source, profile);
    export_cell_text(source, string_of(source, lead[AGENT_ID]));
    export_cell_text(source, string_of(source, lead[AGENT_NAME]));
    export_cell_text(source, ht_buffer_slice(&source->text));
    export_cell_time(source, time_of(source, lead[FIRST_AT]));
    export_cell_time(source, time_of(source, lead[LAST_AT]));
    export_cell_int(source, first_seq);
    export_cell_int(source, source->next);
    export_cell_int(source, number_of(lead[EVENTS]));
    export_cell_int(source, source->run->until.position.seq);
    return export_cells_give(source, source->next, 0, err);
}

/* Conversations are collected in source->text; the lead comes last. */
static enum ht_status take_lead(struct export_source *source, struct ht_slice id, struct ht_slice line,
                                struct ht_error *err)
{
    uint64_t first = 0;
    struct ht_slice profile = export_line_member(line, "lead");
    if (profile.data) {
        enum ht_status status = find_first(source, id, &first, err);
        return status == HT_OK ? give_lead(source, id, profile, first, err) : status;
    }
    ht_buffer_add_byte(&source->text, source->text.size == 0 ? '[' : ',');
    ht_buffer_add(&source->text, export_line_member(line, "id"));
    return HT_OK;
}

enum ht_status export_step_leads(struct export_source *source, struct ht_error *err)
{
    static const struct inquiry inquiry = {HT_KIND_LEAD, HT_QUERY_HISTORY, take_lead};
    return step(source, &inquiry, err);
}

/* ---- changes of leads ---- */

enum { CHANGED_AT, CHANGE_SEQ, FIELD, FROM, TO, CHANGE_MEMBERS };
static const char *const change_members[CHANGE_MEMBERS] = {"at", "seq", "field", "from", "to"};

static enum ht_status take_change(struct export_source *source, struct ht_slice id, struct ht_slice line,
                                  struct ht_error *err)
{
    struct ht_slice change[CHANGE_MEMBERS];
    export_line_members(line, change_members, CHANGE_MEMBERS, change);
    if (!change[FIELD].data) return HT_OK;
    enum ht_status status = begin_row(source, line, err);
    if (status != HT_OK) return status;
    export_cells_begin(source);
    export_cell_text(source, id);
    export_cell_int(source, number_of(change[CHANGE_SEQ]));
    export_cell_text(source, string_of(source, change[FIELD]));
    export_cell_time(source, time_of(source, change[CHANGED_AT]));
    export_cell_text(source, change[FROM]);
    export_cell_text(source, change[TO]);
    return export_cells_give(source, source->next, 0, err);
}

enum ht_status export_step_lead_changes(struct export_source *source, struct ht_error *err)
{
    static const struct inquiry inquiry = {HT_KIND_LEAD, HT_QUERY_HISTORY, take_change};
    return step(source, &inquiry, err);
}
