/* What an erasure came to, as erase and retain print it: counts, and nothing of what was erased. */
#ifndef HOOKTRAIL_CLI_ERASED_H
#define HOOKTRAIL_CLI_ERASED_H

#include "command.h"
#include "hooktrail/erasure.h"

HT_MUST_CHECK enum ht_status ht_erased_print(const struct ht_call *call, const struct ht_erased *erased, bool dry_run,
                                             struct ht_error *err);

/* Whether the call is only to say what would go: --dry-run, or --confirm is missing. */
bool ht_erased_only_says(const struct ht_call *call);

/* HT_INVALID where --confirm is wanted: after what would go was said. */
HT_MUST_CHECK enum ht_status ht_erased_check_confirmed(const struct ht_call *call, struct ht_error *err);

#endif
