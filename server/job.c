#include "job.h"

#include <stdlib.h>

#include "loop.h"

/* The jobs that are done wait to be used again, with their buffers: a delivery would else take and give back five
   pieces of memory. */
#define MOST_SPARE 512
#define MOST_SPARE_BYTES 16384 /* of one; what a larger delivery took is given back */

static struct ht_buffer emptied(struct ht_buffer buffer)
{
    ht_buffer_clear(&buffer);
    return buffer;
}

static struct ht_job *take_spare(struct ht_loop *loop)
{
    struct ht_job *job = loop->spare_jobs;
    if (!job) return calloc(1, sizeof *job);
    loop->spare_jobs = job->spare;
    loop->spare_count--;
    *job = (struct ht_job){
        .append = {.packed = emptied(job->append.packed),
                   .delivery = emptied(job->append.delivery),
                   .facts = emptied(job->append.facts)},
        .warnings = emptied(job->warnings),
    };
    return job;
}

static void release(struct ht_job *job)
{
    ht_append_release(&job->append);
    ht_buffer_release(&job->warnings);
    free(job);
}

struct ht_job *ht_job_new(struct ht_loop *loop, enum ht_job_kind kind, void (*done)(struct ht_job *job), void *context)
{
    struct ht_job *job = take_spare(loop);
    if (!job) return NULL;
    job->append.owner = job;
    job->kind = kind;
    job->loop = loop;
    job->done = done;
    job->context = context;
    return job;
}

static bool is_worth_keeping(const struct ht_job *job)
{
    const struct ht_append *append = &job->append;
    return job->loop->spare_count < MOST_SPARE && append->act.capacity == 0 &&
           append->packed.capacity + append->delivery.capacity + append->facts.capacity + job->warnings.capacity <=
               MOST_SPARE_BYTES;
}

void ht_job_free(struct ht_job *job)
{
    if (!job) return;
    if (!is_worth_keeping(job)) {
        release(job);
        return;
    }
    job->spare = job->loop->spare_jobs;
    job->loop->spare_jobs = job;
    job->loop->spare_count++;
}

void ht_job_free_spare(struct ht_loop *loop)
{
    while (loop->spare_jobs) {
        struct ht_job *job = loop->spare_jobs;
        loop->spare_jobs = job->spare;
        release(job);
    }
    loop->spare_count = 0;
}
