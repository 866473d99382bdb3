/* A session: the store that a command works on, its index brought up to the trail's end, and a reader. */
#ifndef HOOKTRAIL_CLI_SESSION_H
#define HOOKTRAIL_CLI_SESSION_H

#include "command.h"
#include "hooktrail/audit.h"
#include "hooktrail/query.h"
#include "hooktrail/store.h"

struct ht_session {
    struct ht_store *store;
    struct ht_reader *reader; /* not begun */
    int64_t now;
    struct ht_buffer recorded; /* the read that was recorded last */
};

/* Opens the store only: for commands that don't ask the index. */
HT_MUST_CHECK enum ht_status ht_session_open_store(struct ht_session *session, const struct ht_call *call,
                                                   struct ht_error *err);

/* Opens the store and makes a reader, without catching up: for what the trail alone knows. */
HT_MUST_CHECK enum ht_status ht_session_open_plain(struct ht_session *session, const struct ht_call *call,
                                                   struct ht_error *err);

/* The same even where the master key is missing: then payloads and the index can't be read. */
HT_MUST_CHECK enum ht_status ht_session_open_keyless(struct ht_session *session, const struct ht_call *call,
                                                     struct ht_error *err);

/* Opens the store, catches up, makes the reader. */
HT_MUST_CHECK enum ht_status ht_session_open(struct ht_session *session, const struct ht_call *call,
                                             struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_session_catch_up(struct ht_session *session, struct ht_error *err);
void ht_session_close(struct ht_session *session); /* after a failed open too */

/* Makes the data directory's path; the caller releases `dir`. */
HT_MUST_CHECK enum ht_status ht_session_dir(const struct ht_call *call, struct ht_buffer *dir, struct ht_error *err);

/* Runs a query and writes it to standard output as it grows. `next` (may be NULL) gets the next page's cursor. */
HT_MUST_CHECK enum ht_status ht_session_write(struct ht_session *session, enum ht_query_kind kind,
                                              enum ht_query_format format, struct ht_slice id,
                                              const struct ht_filter *filter, char next[HT_CURSOR_SIZE],
                                              struct ht_error *err);

/* Runs a query and adds its document to `out`. */
HT_MUST_CHECK enum ht_status ht_session_read(struct ht_session *session, enum ht_query_kind kind,
                                             enum ht_query_format format, struct ht_slice id,
                                             const struct ht_filter *filter, struct ht_buffer *out,
                                             char next[HT_CURSOR_SIZE], struct ht_error *err);

/* Records a read of personal data, where such are recorded (see ht_act_reads): call it before what was read is given
   out. Once for reads of the same that follow each other, such as the pages of a list. The queries above do it. */
HT_MUST_CHECK enum ht_status ht_session_record(struct ht_session *session, const struct ht_audit_read *read,
                                               struct ht_error *err);

#endif
