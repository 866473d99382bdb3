/* Private to query/: where a page ended, as text that a client hands back: base64url of a fixed, versioned and
   checksummed record. It is bound to the kind of query, the entity, the order and the filter, all but the limit.
   Anybody can make one that decodes: treat what it holds like any input. */
#ifndef QUERY_CURSOR_H
#define QUERY_CURSOR_H

#include "query.h"

#define CURSOR_BINDING_SIZE 8

struct cursor {
    enum ht_query_kind kind;
    bool ascending;
    uint8_t binding[CURSOR_BINDING_SIZE]; /* see cursor_bind */
    int64_t since;                        /* what an age came to when the first page was asked for */
    int64_t until;
    uint64_t position[QUERY_POSITION_WORDS];
};

/* The hash (BLAKE2b) of all that a cursor is bound to. A bound given as an age counts as such, not by its time. */
void cursor_bind(const struct ht_filter_id *id, const struct ht_filter *filter, uint8_t binding[CURSOR_BINDING_SIZE]);

void cursor_encode(const struct cursor *cursor, char text[HT_CURSOR_SIZE]); /* NUL-terminated */

/* HT_INVALID with pointer "cursor". */
HT_MUST_CHECK enum ht_status cursor_decode(struct ht_slice text, struct cursor *cursor, struct ht_error *err);

#endif
