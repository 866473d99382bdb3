/* Private to store/: the part of verify that is shared among threads. Work comes in numbered blocks; each worker has a
   reader and an unpacker of its own; findings and progress are told by the thread that runs the crew, and by no other.
 */
#ifndef STORE_VERIFY_CREW_H
#define STORE_VERIFY_CREW_H

#include "verify_walk.h"

struct verify_crew;

struct verify_worker {
    struct verify_crew *crew;
    struct verify *verify; /* to read only */
    struct ht_reader *reader;
    struct ht_unpacker *unpacker;
    struct ht_verified counted; /* added to verify->verified at the end */
    uint32_t endpoint;          /* known to be there, so that not each event looks again; 0: none yet */
    uint64_t erasure;           /* the one whose row, if it is not 0, is below */
    struct ht_buffer erasure_row;
    void *scratch; /* of scratch_size bytes */
    bool failed;   /* its reader could not be begun again, and has no span now */
    pthread_t thread;
};

/* Does block number `block`. A failure ends the run. */
typedef enum ht_status verify_block(struct verify_worker *worker, void *state, uint64_t block, struct ht_error *err);

struct verify_work {
    verify_block *run;
    void *state; /* shared by all workers */
    uint64_t blocks;
    uint64_t seqs;       /* by which verify->done is moved in all, evenly */
    size_t scratch_size; /* of each worker */
};

/* Runs all blocks on verify->threads threads (0: one for each processor). HT_STOPPING if progress says so. */
HT_MUST_CHECK enum ht_status verify_crew_run(struct verify *verify, const struct verify_work *work,
                                             struct ht_error *err);

/* As verify_found and verify_judge, from a worker. */
void verify_worker_found(struct verify_worker *worker, const char *table, uint64_t seq, const char *format, ...)
    HT_PRINTF(4, 5);
HT_MUST_CHECK enum ht_status verify_worker_judge(struct verify_worker *worker, enum ht_status status, const char *table,
                                                 uint64_t seq, const struct ht_error *err);

#endif
