/* A rejected delivery, validated again by today's rules: the same steps that the daemon takes with a new one. */
#ifndef HOOKTRAIL_CLI_RETRY_H
#define HOOKTRAIL_CLI_RETRY_H

#include "hooktrail/append.h"
#include "hooktrail/store.h"

struct ht_retry;

HT_MUST_CHECK enum ht_status ht_retry_new(struct ht_store *store, struct ht_reader *reader, int64_t now,
                                          struct ht_retry **retry, struct ht_error *err);
void ht_retry_free(struct ht_retry *retry);

/* Takes it into the trail, as received then, and out of the rejected ones, in one transaction. HT_INVALID,
   HT_UNPROCESSABLE, HT_UNAUTHORIZED or HT_TOO_LARGE: it still fails, for the reason in err, and stays. HT_NOT_FOUND:
   there is none of this number. */
HT_MUST_CHECK enum ht_status ht_retry_one(struct ht_retry *retry, uint64_t number, uint64_t *seq, bool *duplicate,
                                          struct ht_error *err);

#endif
