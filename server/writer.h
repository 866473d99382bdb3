/* The writer thread: takes everything that is queued, commits it in one transaction, hands the whole list back. */
#ifndef HT_SERVER_WRITER_H
#define HT_SERVER_WRITER_H

#include "job.h"
#include "server.h"

/* Starts the thread. The server's store must be open, its progress set up. */
HT_MUST_CHECK enum ht_status ht_writer_start(struct ht_server *server, struct ht_writer **writer, struct ht_error *err);

/* Commits what is queued, ends the thread and frees. Nobody may put any more. NULL is fine. */
void ht_writer_stop(struct ht_writer *writer);

/* Whether a delivery of `bytes` would be taken now. Any thread. */
bool ht_writer_has_room(struct ht_writer *writer, size_t bytes);

/* Takes the job; on its loop's thread. HT_BUSY when the queue is full, HT_STOPPING after a commit that left the trail
   in doubt; the job is then still the caller's. The writer begins when the loop's turn ends, so that what came with one
   turn is committed together. */
HT_MUST_CHECK enum ht_status ht_writer_put(struct ht_writer *writer, struct ht_job *job, struct ht_error *err);

/* From a loop whose turn ends. Costs next to nothing when nothing is queued. */
void ht_writer_wake(struct ht_writer *writer);

void ht_writer_depth(struct ht_writer *writer, uint64_t *events, uint64_t *bytes);

#endif
