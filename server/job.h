/* A job: what a loop gives to the writer thread, and gets back once it is durable or has failed.

   Made by a loop, owned by the writer while it is queued, handed back to the same loop's mailbox in a list. */
#ifndef HT_SERVER_JOB_H
#define HT_SERVER_JOB_H

#include "hooktrail/append.h"

struct ht_loop;

#define HT_JOB_WHO_SIZE 80 /* "token:NAME" and a NUL */

enum ht_job_kind {
    HT_JOB_APPEND, /* `append` */
    HT_JOB_CHANGE  /* `change` */
};

struct ht_job {
    struct ht_append append; /* first: lists are lists of these; its owner is the job */
    enum ht_job_kind kind;
    uint64_t number; /* of a rejected delivery */
    /* Called on the writer's thread; changes the store in a transaction of its own, and fills `err` if it fails. */
    enum ht_status (*change)(struct ht_job *job, struct ht_store *store);
    char who[HT_JOB_WHO_SIZE]; /* who wants it, for the log of acts */
    int64_t at;                /* since when */
    size_t cost;               /* bytes that it counts for in the queue */
    enum ht_status status;     /* the answer */
    struct ht_error err;       /* filled if the answer is not HT_OK */
    struct ht_loop *loop;
    /* Called on the loop's thread with the answer; frees the job with ht_job_free. */
    void (*done)(struct ht_job *job);
    void *context;          /* the loop's */
    struct ht_error reason; /* of a rejected delivery: why */
    char type[72];          /* of an event: for the answer */
    struct ht_buffer warnings;
    struct ht_job *spare; /* the next in the loop's list of those that are done */
};

struct ht_job *ht_job_new(struct ht_loop *loop, enum ht_job_kind kind, void (*done)(struct ht_job *job), void *context);
void ht_job_free(struct ht_job *job); /* or keeps it for the next; on the loop's thread, as ht_job_new */
void ht_job_free_spare(struct ht_loop *loop);

static inline struct ht_job *ht_job_of(struct ht_append *append)
{
    return append->owner;
}

#endif
