#include "job.h"

#include <stdlib.h>

struct ht_job *ht_job_new(struct ht_loop *loop, enum ht_job_kind kind, void (*done)(struct ht_job *job), void *context)
{
    struct ht_job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    job->append.owner = job;
    job->kind = kind;
    job->loop = loop;
    job->done = done;
    job->context = context;
    return job;
}

void ht_job_free(struct ht_job *job)
{
    if (!job) return;
    ht_append_release(&job->append);
    ht_buffer_release(&job->warnings);
    free(job);
}
