/* Events as they come: the ones there are, then the new ones, each once and in order. */
#ifndef HOOKTRAIL_CLI_FOLLOW_H
#define HOOKTRAIL_CLI_FOLLOW_H

#include "session.h"

/* Prints what the call's filter picks until SIGINT or SIGTERM, or until nobody reads standard output any more: HT_OK.
   Begins with all of the past, or with the newest --limit (on a terminal 10 without it). */
HT_MUST_CHECK enum ht_status ht_follow(const struct ht_call *call, struct ht_session *session, struct ht_error *err);

#endif
