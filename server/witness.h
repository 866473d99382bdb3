/* The witness thread: asks the configured witnesses to cosign new checkpoints, and keeps what they sign.

   It reads the trail by a reader of its own and writes one small commit per cosignature; nothing waits for it. */
#ifndef HT_SERVER_WITNESS_H
#define HT_SERVER_WITNESS_H

#include "server.h"
#include "witness_protocol.h"

struct ht_witnesses;

/* Starts the thread, if there is a witness in the configuration; else *witnesses is NULL. */
HT_MUST_CHECK enum ht_status ht_witnesses_start(struct ht_server *server, struct ht_witnesses **witnesses,
                                                struct ht_error *err);
void ht_witnesses_stop(struct ht_witnesses *witnesses); /* at once, whatever is under way. NULL is fine */

/* There may be a new checkpoint. Any thread; NULL is fine. */
void ht_witnesses_wake(struct ht_witnesses *witnesses);

/* Adds what each witness has done, for /metrics. Any thread; NULL is fine. */
void ht_witnesses_add_metrics(struct ht_witnesses *witnesses, struct ht_buffer *out);

#endif
