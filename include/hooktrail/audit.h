/* Reads of personal data, in the words of the log of acts: what kind of document, and of whom by keyed hashes. The
   daemon and the command line say it alike. */
#ifndef HOOKTRAIL_AUDIT_H
#define HOOKTRAIL_AUDIT_H

#include "hooktrail/act.h"
#include "hooktrail/query.h"

struct ht_audit_read {
    enum ht_query_kind query;
    const char *what;               /* what is read, if it is not the query's document: "payload"; else NULL */
    struct ht_slice id;             /* of the one entity, or its number in decimal; absent: it is a list */
    const struct ht_filter *filter; /* of a list; NULL: none */
    struct ht_slice email;          /* the address that was searched for; absent: none */
};

/* Whether a query's document has personal data in it. */
bool ht_audit_is_personal(enum ht_query_kind query);

/* Adds what an act says of the read, as its object and detail: "timeline 0f3a…"; "events" and "lead 77c1…". `detail`
   stays empty if there is no more to say. */
void ht_audit_describe(const struct ht_store *store, const struct ht_audit_read *read, struct ht_buffer *object,
                       struct ht_buffer *detail);

#endif
