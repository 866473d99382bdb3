/* Private to query/bundle/: which leads, conversations and events a bundle is about. */
#ifndef QUERY_BUNDLE_SCOPE_H
#define QUERY_BUNDLE_SCOPE_H

#include "hooktrail/bundle.h"
#include "hooktrail/held.h"

/* Ids, in the order of the index's numbers. One of which only tombstones are left is empty. */
struct scope_ids {
    struct ht_buffer text;
    struct ht_buffer ends; /* size_t each: where it ends in the text */
};

struct scope {
    struct ht_held held;
    struct scope_ids leads;
    struct scope_ids conversations;
    uint64_t erasure; /* the number of the last one when this was collected */
};

void scope_release(struct scope *scope);

/* A lead is it with all its conversations, an address all leads that have or had it. HT_NOT_FOUND; HT_ERASED;
   HT_TOO_LARGE beyond the limits of a bundle. */
HT_MUST_CHECK enum ht_status scope_collect(struct scope *scope, struct ht_reader *reader,
                                           const struct ht_subject_ref *subject, bool rejected, struct ht_error *err);

static inline size_t scope_id_count(const struct scope_ids *ids)
{
    return ids->ends.size / sizeof(size_t);
}

struct ht_slice scope_id(const struct scope_ids *ids, size_t at);

#endif
