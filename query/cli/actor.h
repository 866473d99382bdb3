/* Who calls the program, for the log of acts: "cli:USER". */
#ifndef HOOKTRAIL_CLI_ACTOR_H
#define HOOKTRAIL_CLI_ACTOR_H

#include "hooktrail/buffer.h"

/* Adds "cli:" and the name of the real user, or the user's number where that has no name. */
HT_MUST_CHECK enum ht_status ht_actor_name(struct ht_buffer *out, struct ht_error *err);

#endif
