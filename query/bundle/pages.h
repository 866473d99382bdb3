/* Private to query/bundle/: all pages of a timeline or history, as one document and one text. */
#ifndef QUERY_BUNDLE_PAGES_H
#define QUERY_BUNDLE_PAGES_H

#include "hooktrail/bundle.h"
#include "hooktrail/json.h"

/* What was read. Zero-initialised is empty; may be used again. */
struct pages {
    struct ht_buffer document; /* the engine's own if one page was all; else with the lists of all pages in it */
    struct ht_buffer text;
    struct ht_buffer page;
    struct ht_buffer more; /* members of the list behind those of the first page, each with a comma before it */
    struct ht_json *json;
};

void pages_release(struct pages *pages);

/* Fails as the query does: HT_NOT_FOUND, HT_ERASED. */
HT_MUST_CHECK enum ht_status pages_read(struct pages *pages, struct ht_reader *reader, enum ht_query_kind kind,
                                        struct ht_slice id, const struct ht_bundle_options *options,
                                        struct ht_error *err);

/* Adds the whole document of a query that has no pages. */
HT_MUST_CHECK enum ht_status pages_one(struct ht_reader *reader, enum ht_query_kind kind, struct ht_slice id,
                                       struct ht_buffer *out, struct ht_error *err);

/* A value of a document as it is written there, strings with their quotes; "null" if there is none. */
struct ht_slice pages_value(const struct ht_json *json, uint32_t node);

#endif
