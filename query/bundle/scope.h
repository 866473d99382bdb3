/* Private to query/bundle/: which leads, conversations and events a bundle is about. */
#ifndef QUERY_BUNDLE_SCOPE_H
#define QUERY_BUNDLE_SCOPE_H

#include "hooktrail/bundle.h"

/* Ids, in the order in which they were added. */
struct scope_ids {
    struct ht_buffer text;
    struct scope_id {
        uint32_t number;
        size_t at;
        size_t size;
    } * list;
    size_t count;
};

struct scope {
    struct scope_ids leads;
    struct scope_ids conversations;
    uint64_t *seqs; /* ascending, each once */
    size_t seq_count;
    size_t seq_room;
};

void scope_release(struct scope *scope);

/* A lead is it with all its conversations, an address all leads that have or had it. HT_NOT_FOUND; HT_ERASED;
   HT_TOO_LARGE beyond the limits of a bundle. */
HT_MUST_CHECK enum ht_status scope_collect(struct scope *scope, struct ht_reader *reader,
                                           const struct ht_subject_ref *subject, struct ht_error *err);

/* Until the next id is added. */
struct ht_slice scope_id(const struct scope_ids *ids, size_t at);

#endif
