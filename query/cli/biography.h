/* A history as people read it: who the lead is, how that changed, the conversations, and a table of the events. */
#ifndef HOOKTRAIL_CLI_BIOGRAPHY_H
#define HOOKTRAIL_CLI_BIOGRAPHY_H

#include "table.h"

/* Zero-initialised but for `output`; released with ht_biography_release, then good for another lead. */
struct ht_biography {
    const struct ht_output *output;
    struct ht_view view;
    struct ht_table *events; /* of all pages so far */
};

void ht_biography_release(struct ht_biography *biography);

/* Adds what a page of a history tells. The first tells all of the lead; the events of every page go into one table,
   which ht_biography_end adds behind the last. */
HT_MUST_CHECK enum ht_status ht_biography_page(struct ht_biography *biography, struct ht_slice document, bool first,
                                               struct ht_buffer *out, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_biography_end(struct ht_biography *biography, struct ht_buffer *out,
                                              struct ht_error *err);

#endif
