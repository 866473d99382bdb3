#include "rejects.h"

#include "hooktrail/encode.h"
#include "hooktrail/rejected.h"
#include "ingest.h"
#include "reply.h"
#include "writer.h"

static enum ht_status number_of(const struct ht_request *request, uint64_t *number, struct ht_error *err)
{
    if (ht_parse_u64(request->match.captures[0], number) == HT_OK) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "number", "this is no decimal number");
}

static void on_dropped(struct ht_job *job)
{
    struct ht_request *request = job->context;
    if (job->status == HT_OK)
        ht_reply_empty(request, 204);
    else
        ht_reply_problem(request, &job->err);
    ht_job_free(job);
}

static void on_retried(struct ht_job *job)
{
    struct ht_request *request = job->context;
    if (job->status == HT_OK)
        ht_ingest_answer(request, job);
    else
        ht_reply_problem(request, &job->err);
    ht_job_free(job);
}

/* Within the reader's span, from which the delivery's slices borrow. */
static enum ht_status pack(struct ht_loop *loop, uint64_t number, struct ht_job *job, struct ht_error *err)
{
    struct ht_rejected rejected;
    struct ht_endpoint endpoint;
    enum ht_status status = ht_rejected_get(loop->reader, number, &rejected, err);
    if (status != HT_OK) return status;
    if (rejected.size != rejected.body.size)
        return ht_fail(err, HT_UNPROCESSABLE, "only the head of this delivery was kept");
    status = ht_endpoint_get(loop->reader, rejected.delivery.endpoint, &endpoint, err);
    if (status != HT_OK) return status;
    job->append.retried = number;
    status = ht_ingest_pack(loop, job, &rejected.delivery, rejected.body, &endpoint, HT_ABSENT, err);
    explicit_bzero(&endpoint, sizeof endpoint);
    return status;
}

static enum ht_status fill_retry(struct ht_loop *loop, uint64_t number, struct ht_job *job, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(loop->reader, err);
    if (status != HT_OK) return status;
    status = pack(loop, number, job, err);
    ht_reader_end(loop->reader);
    return status;
}

/* The writer thread does both: no loop may wait for the store's write lock. */
static void hand_over(struct ht_request *request, enum ht_job_kind kind, void (*done)(struct ht_job *job))
{
    uint64_t number;
    struct ht_error err;
    struct ht_job *job = NULL;
    struct ht_loop *loop = request->loop;
    enum ht_status status = number_of(request, &number, &err);
    if (status == HT_OK) status = ht_ingest_admit(loop, 0, &err);
    if (status == HT_OK) {
        job = ht_job_new(loop, kind, done, request);
        if (!job) {
            ht_fail(&err, HT_NO_MEMORY, "out of memory");
            ht_reply_problem(request, &err);
            return;
        }
    }
    if (status == HT_OK && kind == HT_JOB_APPEND) status = fill_retry(loop, number, job, &err);
    if (status == HT_OK) {
        job->number = number;
        status = ht_writer_put(loop->server->writer, job, &err);
    }
    if (status == HT_OK) return;
    ht_job_free(job);
    ht_reply_problem(request, &err);
}

void ht_rejects_drop(struct ht_request *request)
{
    hand_over(request, HT_JOB_DROP, on_dropped);
}

void ht_rejects_retry(struct ht_request *request)
{
    hand_over(request, HT_JOB_APPEND, on_retried);
}
