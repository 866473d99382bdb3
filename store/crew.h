/* Private to store/: threads that work ahead on numbered things, in chunks of consecutive numbers; what comes of them
   is taken in order. The one who takes it helps when there is nothing to take yet. */
#ifndef STORE_CREW_H
#define STORE_CREW_H

#include "hooktrail/status.h"

#define CREW_CHUNK 256 /* numbers of a chunk; the first one begins where the crew aims at */

struct crew;

/* A crew's trade. The two `new` may fail: NULL is out of memory. */
struct crew_work {
    void *context;                      /* given to them */
    void *(*new_worker)(void *context); /* what one thread works with */
    void (*free_worker)(void *worker);
    void *(*new_result)(void *context); /* room for what comes of a chunk */
    void (*free_result)(void *result);

    /* Works on the numbers from *next to at most `last`: on at least one, behind which it moves *next. Replaces what
       the result held. In the thread that owns the worker. */
    enum ht_status (*run)(void *worker, void *result, uint64_t *next, uint64_t last, struct ht_error *err);
};

/* With `helpers` threads (at most 15) beside the caller's, as far as the system gives them; all calls by one thread.
   NULL when out of memory. */
struct crew *crew_new(const struct crew_work *work, unsigned helpers);
void crew_free(struct crew *crew); /* waits for the threads; NULL is fine */

/* How many helpers this machine has room for: one less than processors, at most 15. */
unsigned crew_helpers(void);

/* What comes of the numbers from *next on, behind which it moves *next: the next behind those of the last call, else
   the crew aims anew. It works ahead up to `last`. The result is the caller's until the next call; after a failure it
   is what had come of the chunk until then, and what is asked for again is tried again. */
HT_MUST_CHECK enum ht_status crew_next(struct crew *crew, uint64_t *next, uint64_t last, void **result,
                                       struct ht_error *err);

#endif
