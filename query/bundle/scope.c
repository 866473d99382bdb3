#include "scope.h"

static void release_ids(struct scope_ids *ids)
{
    ht_buffer_release(&ids->text);
    ht_buffer_release(&ids->ends);
}

void scope_release(struct scope *scope)
{
    ht_held_release(&scope->held);
    release_ids(&scope->leads);
    release_ids(&scope->conversations);
}

static size_t end_of(const struct scope_ids *ids, size_t at)
{
    size_t end;
    memcpy(&end, ids->ends.data + at * sizeof end, sizeof end);
    return end;
}

struct ht_slice scope_id(const struct scope_ids *ids, size_t at)
{
    size_t begin = at > 0 ? end_of(ids, at - 1) : 0;
    return ht_slice_of(ht_buffer_slice(&ids->text).data + begin, end_of(ids, at) - begin);
}

static enum ht_status add_ids(struct scope_ids *ids, struct ht_reader *reader, enum ht_kind kind,
                              const struct ht_numbers *numbers, struct ht_error *err)
{
    for (size_t i = 0; i < ht_numbers_count(numbers); i++) {
        struct ht_slice id = HT_SLICE("");
        enum ht_status status = ht_index_name(reader, kind, (uint32_t)ht_numbers_at(numbers, i), &id, err);
        if (status == HT_NOT_FOUND) id = HT_SLICE("");
        if (status != HT_OK && status != HT_NOT_FOUND) return status;
        ht_buffer_add(&ids->text, id);
        ht_buffer_add_bytes(&ids->ends, &ids->text.size, sizeof ids->text.size);
    }
    enum ht_status status = ht_buffer_status(&ids->text, err);
    return status == HT_OK ? ht_buffer_status(&ids->ends, err) : status;
}

static enum ht_status fail_missing(struct ht_reader *reader, const struct ht_subject_ref *subject, struct ht_error *err)
{
    struct ht_erasure erasure;
    bool lead = subject->kind == HT_SUBJECT_LEAD;
    if (subject->kind == HT_SUBJECT_EMAIL) return ht_fail(err, HT_NOT_FOUND, "no lead has or had this address");
    if (subject->kind == HT_SUBJECT_SEQ) return ht_fail(err, HT_NOT_FOUND, "there is no event with this number");
    enum ht_status status =
        ht_erasure_of(reader, lead ? HT_KIND_LEAD : HT_KIND_CONVERSATION, subject->value, &erasure, err);
    if (status == HT_OK) return ht_fail_erased(err, lead ? "the lead" : "the conversation", &erasure);
    if (status != HT_NOT_FOUND) return status;
    return ht_fail(err, HT_NOT_FOUND, lead ? "no such lead" : "no such conversation");
}

static enum ht_status check_limit(uint64_t count, uint64_t most, const char *what, struct ht_error *err)
{
    if (count <= most) return HT_OK;
    return ht_fail(err, HT_TOO_LARGE,
                   "there are more than %llu %s in this: ask for less, such as one conversation or event",
                   (unsigned long long)most, what);
}

static enum ht_status collect(struct scope *scope, struct ht_reader *reader, const struct ht_subject_ref *subject,
                              bool rejected, struct ht_error *err)
{
    struct ht_held *held = &scope->held;
    enum ht_status status = ht_held_find(reader, subject, rejected, held, err);
    if (status == HT_NOT_FOUND) return fail_missing(reader, subject, err);
    if (status == HT_OK) status = check_limit(ht_numbers_count(&held->events), HT_BUNDLE_EVENTS, "events", err);
    if (status == HT_OK) status = check_limit(ht_numbers_count(&held->leads), HT_BUNDLE_CONVERSATIONS, "leads", err);
    if (status == HT_OK)
        status = check_limit(ht_numbers_count(&held->conversations), HT_BUNDLE_CONVERSATIONS, "conversations", err);
    if (status == HT_OK) status = add_ids(&scope->leads, reader, HT_KIND_LEAD, &held->leads, err);
    if (status == HT_OK)
        status = add_ids(&scope->conversations, reader, HT_KIND_CONVERSATION, &held->conversations, err);
    return status;
}

enum ht_status scope_collect(struct scope *scope, struct ht_reader *reader, const struct ht_subject_ref *subject,
                             bool rejected, struct ht_error *err)
{
    *scope = (struct scope){0};
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_erasure_last(reader, &scope->erasure, err);
    if (status == HT_OK) status = collect(scope, reader, subject, rejected, err);
    ht_reader_end(reader);
    return status;
}
