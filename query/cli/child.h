/* Verification, and restoring, in a process of its own: rotten pages may crash LMDB, and that must be a finding, not
 * the end. */
#ifndef HOOKTRAIL_CLI_CHILD_H
#define HOOKTRAIL_CLI_CHILD_H

#include "hooktrail/keeping.h"

/* Opens the store at `dir`, with its master key or without, and verifies it, all in a child process. `options` may be
   NULL. Each finding is reported here, in the parent; a bar
   shows the progress. HT_OK if all is well; HT_CORRUPT with findings, one of them the crash if there was one; else why
   it could not be verified. Call it before this process has opened a store or started a thread. */
HT_MUST_CHECK enum ht_status ht_child_verify(const char *dir, const struct ht_verify_options *options,
                                             ht_report *report, void *context, struct ht_verified *verified,
                                             struct ht_error *err);

/* ht_restore in a child process, with a bar. HT_CORRUPT also if the backup's pages crash it: then TO.restoring-XXXXXX
   is left, which is of no use. The same holds of when to call it. */
HT_MUST_CHECK enum ht_status ht_child_restore(const struct ht_restore_options *options, const char *to,
                                              struct ht_restored *restored, struct ht_error *err);

#endif
