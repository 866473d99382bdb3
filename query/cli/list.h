/* A list, as each of its three readers wants it: a table on a terminal, NDJSON in a pipe, one document with --json. */
#ifndef HOOKTRAIL_CLI_LIST_H
#define HOOKTRAIL_CLI_LIST_H

#include "hooktrail/roster.h"
#include "session.h"
#include "table.h"

/* What the query answers to the call's filters. `none` is said on a terminal when there is nothing. */
HT_MUST_CHECK enum ht_status ht_list_query(const struct ht_call *call, enum ht_query_kind kind,
                                           const struct ht_column *columns, const char *none, struct ht_error *err);

/* The same of what the trail alone knows: the index is not brought up first. */
HT_MUST_CHECK enum ht_status ht_list_plain(const struct ht_call *call, enum ht_query_kind kind,
                                           const struct ht_column *columns, const char *none, struct ht_error *err);

/* Rows of our own, as NDJSON; `name` is the member of the document that holds them. */
HT_MUST_CHECK enum ht_status ht_list_rows(const struct ht_call *call, const char *name, struct ht_slice lines,
                                          const struct ht_column *columns, const char *none, struct ht_error *err);
/* The same of a roster, read in a span of the session's reader. */
HT_MUST_CHECK enum ht_status ht_list_roster(const struct ht_call *call, struct ht_session *session, ht_roster *roster,
                                            const char *name, const struct ht_column *columns, const char *none,
                                            struct ht_error *err);

#endif
