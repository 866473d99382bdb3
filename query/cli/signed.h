/* Which log a command is about. */
#ifndef HOOKTRAIL_CLI_SIGNED_H
#define HOOKTRAIL_CLI_SIGNED_H

#include "hooktrail/proof.h"
#include "session.h"

/* The log that a call is about: that of acts with --acts. */
enum ht_log ht_signed_log(const struct ht_call *call);

#endif
