#include "scope.h"

#include <stdlib.h>

#include "hooktrail/encode.h"

void scope_release(struct scope *scope)
{
    ht_buffer_release(&scope->leads.text);
    ht_buffer_release(&scope->conversations.text);
    free(scope->leads.list);
    free(scope->conversations.list);
    free(scope->seqs);
    *scope = (struct scope){0};
}

struct ht_slice scope_id(const struct scope_ids *ids, size_t at)
{
    return ht_slice_of(ht_buffer_slice(&ids->text).data + ids->list[at].at, ids->list[at].size);
}

static enum ht_status too_many(struct ht_error *err, const char *what, uint64_t most)
{
    return ht_fail(err, HT_TOO_LARGE, "there are more than %llu %s in this: ask for less, such as one conversation",
                   (unsigned long long)most, what);
}

static bool has(const struct scope_ids *ids, uint32_t number)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->list[i].number == number) return true;
    return false;
}

/* Of a conversation whose named events were all erased only tombstones are left, and no name. */
static enum ht_status add_id(struct scope_ids *ids, struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                             struct ht_error *err)
{
    struct ht_slice id;
    if (has(ids, number)) return HT_OK;
    if (ids->count == HT_BUNDLE_CONVERSATIONS) return too_many(err, "conversations", HT_BUNDLE_CONVERSATIONS);
    enum ht_status status = ht_index_name(reader, kind, number, &id, err);
    if (status == HT_NOT_FOUND) id = HT_SLICE("");
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    struct scope_id *list = realloc(ids->list, (ids->count + 1) * sizeof *list);
    if (!list) return ht_fail(err, HT_NO_MEMORY, "no memory for a list of ids");
    ids->list = list;
    ids->list[ids->count++] = (struct scope_id){number, ids->text.size, id.size};
    ht_buffer_add(&ids->text, id);
    return ht_buffer_status(&ids->text, err);
}

/* ---- events ---- */

static enum ht_status add_seq(struct scope *scope, uint64_t seq, struct ht_error *err)
{
    if (scope->seq_count == scope->seq_room) {
        size_t room = scope->seq_room ? scope->seq_room * 2 : 64;
        uint64_t *seqs = realloc(scope->seqs, room * sizeof *seqs);
        if (!seqs) return ht_fail(err, HT_NO_MEMORY, "no memory for a list of events");
        scope->seqs = seqs;
        scope->seq_room = room;
    }
    scope->seqs[scope->seq_count++] = seq;
    return HT_OK;
}

static enum ht_status walk_postings(struct scope *scope, struct ht_postings *postings, struct ht_error *err)
{
    uint64_t found = 0;
    if (ht_postings_count(postings) > HT_BUNDLE_EVENTS) return too_many(err, "events", HT_BUNDLE_EVENTS);
    enum ht_status status = HT_OK;
    while (status == HT_OK && found < UINT64_MAX) {
        status = ht_postings_at_least(postings, found + 1, &found, err);
        if (status == HT_OK) status = add_seq(scope, found, err);
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_events(struct scope *scope, struct ht_reader *reader, enum ht_kind kind,
                                 const struct scope_ids *ids, struct ht_error *err)
{
    struct ht_postings *postings;
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < ids->count && status == HT_OK; i++) {
        status = ht_postings_open(reader, kind, ids->list[i].number, &postings, err);
        if (status != HT_OK) return status;
        status = walk_postings(scope, postings, err);
        ht_postings_close(postings);
    }
    return status;
}

static int compare_seqs(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void sort_seqs(struct scope *scope)
{
    size_t kept = 0;
    if (scope->seq_count == 0) return;
    qsort(scope->seqs, scope->seq_count, sizeof *scope->seqs, compare_seqs);
    for (size_t i = 1; i < scope->seq_count; i++)
        if (scope->seqs[i] != scope->seqs[kept]) scope->seqs[++kept] = scope->seqs[i];
    scope->seq_count = kept + 1;
}

/* ---- entities ---- */

static enum ht_status fail_missing(struct ht_reader *reader, enum ht_kind kind, struct ht_slice id,
                                   struct ht_error *err)
{
    struct ht_erasure erasure;
    bool lead = kind == HT_KIND_LEAD;
    enum ht_status status = ht_erasure_of(reader, kind, id, &erasure, err);
    if (status == HT_OK) return ht_fail_erased(err, lead ? "the lead" : "the conversation", &erasure);
    if (status != HT_NOT_FOUND) return status;
    return ht_fail(err, HT_NOT_FOUND, lead ? "no such lead" : "no such conversation");
}

static enum ht_status add_named(struct scope_ids *ids, struct ht_reader *reader, enum ht_kind kind, struct ht_slice id,
                                struct ht_error *err)
{
    uint32_t number;
    if (id.size == 0 || id.size > HT_MAX_ID) return ht_fail(err, HT_INVALID, "an id is 1 to %d bytes", HT_MAX_ID);
    enum ht_status status = ht_index_number(reader, kind, id, &number, err);
    if (status == HT_NOT_FOUND) return fail_missing(reader, kind, id, err);
    return status == HT_OK ? add_id(ids, reader, kind, number, err) : status;
}

static enum ht_status add_by_email(struct scope *scope, struct ht_reader *reader, struct ht_slice email,
                                   struct ht_error *err)
{
    uint32_t lead = 0;
    enum ht_status status;
    while ((status = ht_index_email(reader, email, lead, &lead, err)) == HT_OK) {
        status = add_id(&scope->leads, reader, HT_KIND_LEAD, lead, err);
        if (status != HT_OK) return status;
    }
    if (status != HT_NOT_FOUND) return status;
    if (scope->leads.count > 0) return HT_OK;
    return ht_fail(err, HT_NOT_FOUND, "no lead has or had this address");
}

static enum ht_status add_conversations(struct scope *scope, struct ht_reader *reader, struct ht_error *err)
{
    for (size_t i = 0; i < scope->leads.count; i++) {
        uint32_t linked = 0;
        enum ht_status status;
        while ((status = ht_index_linked(reader, HT_KIND_LEAD, scope->leads.list[i].number, linked, &linked, err)) ==
               HT_OK) {
            status = add_id(&scope->conversations, reader, HT_KIND_CONVERSATION, linked, err);
            if (status != HT_OK) return status;
        }
        if (status != HT_NOT_FOUND) return status;
    }
    return HT_OK;
}

static enum ht_status add_event(struct scope *scope, struct ht_reader *reader, struct ht_slice text,
                                struct ht_error *err)
{
    struct ht_position end;
    uint64_t seq;
    if (ht_parse_u64(text, &seq) != HT_OK) return ht_fail(err, HT_INVALID, "SEQ is an event's number, like 7");
    enum ht_status status = ht_index_position(reader, &end, err);
    if (status != HT_OK) return status;
    if (seq == 0 || seq > end.seq) return ht_fail(err, HT_NOT_FOUND, "there is no event %llu", (unsigned long long)seq);
    return add_seq(scope, seq, err);
}

static enum ht_status add_subject(struct scope *scope, struct ht_reader *reader, const struct ht_subject_ref *subject,
                                  struct ht_error *err)
{
    switch (subject->kind) {
    case HT_SUBJECT_LEAD:
        return add_named(&scope->leads, reader, HT_KIND_LEAD, subject->value, err);
    case HT_SUBJECT_EMAIL:
        return add_by_email(scope, reader, subject->value, err);
    case HT_SUBJECT_CONVERSATION:
        return add_named(&scope->conversations, reader, HT_KIND_CONVERSATION, subject->value, err);
    case HT_SUBJECT_SEQ:
        return add_event(scope, reader, subject->value, err);
    }
    return HT_INVALID;
}

enum ht_status scope_collect(struct scope *scope, struct ht_reader *reader, const struct ht_subject_ref *subject,
                             struct ht_error *err)
{
    *scope = (struct scope){0};
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = add_subject(scope, reader, subject, err);
    if (status == HT_OK) status = add_conversations(scope, reader, err);
    if (status == HT_OK) status = add_events(scope, reader, HT_KIND_LEAD, &scope->leads, err);
    if (status == HT_OK) status = add_events(scope, reader, HT_KIND_CONVERSATION, &scope->conversations, err);
    ht_reader_end(reader);
    if (status != HT_OK) return status;
    sort_seqs(scope);
    return scope->seq_count > HT_BUNDLE_EVENTS ? too_many(err, "events", HT_BUNDLE_EVENTS) : HT_OK;
}
