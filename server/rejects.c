#include "rejects.h"

#include <stdio.h>

#include "hooktrail/act.h"
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

static enum ht_status drop(struct ht_job *job, struct ht_store *store)
{
    return ht_rejected_drop(store, job->number, ht_slice_from(job->who), job->at, &job->err);
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

static enum ht_status verify_and_pack(struct ht_loop *loop, struct ht_rejected *rejected,
                                      const struct ht_endpoint *endpoint, struct ht_job *job, struct ht_error *err)
{
    struct ht_slice id;
    enum ht_status status = ht_ingest_verify(endpoint, &rejected->delivery, rejected->body, &id, err);
    /* 401 would say that the request's own token is at fault. */
    if (status == HT_UNAUTHORIZED) return ht_fail_field(err, HT_UNPROCESSABLE, err->pointer, "%s", err->detail);
    if (status != HT_OK) return status;
    return ht_ingest_pack(loop, job, &rejected->delivery, rejected->body, endpoint, id, err);
}

/* Within the reader's span, from which the delivery's slices borrow. */
static enum ht_status pack(struct ht_loop *loop, uint64_t number, struct ht_job *job, struct ht_error *err)
{
    struct ht_rejected rejected;
    struct ht_endpoint endpoint;
    enum ht_status status = ht_rejected_get(loop->reader, number, &rejected, err);
    if (status != HT_OK) return status;
    if (rejected.body.size < rejected.size)
        return ht_fail(err, HT_TOO_LARGE, "only the first %zu bytes of it were kept", rejected.body.size);
    status = ht_endpoint_get(loop->reader, rejected.delivery.endpoint, &endpoint, err);
    if (status != HT_OK) return status;
    job->append.retried = number;
    status = verify_and_pack(loop, &rejected, &endpoint, job, err);
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

static enum ht_status add_act(struct ht_job *job, struct ht_error *err)
{
    char object[48];
    snprintf(object, sizeof object, "rejected delivery %llu", (unsigned long long)job->number);
    const struct ht_act act = {
        .at = job->at, .kind = HT_ACT_REJECTED_RETRY, .who = ht_slice_from(job->who), .object = ht_slice_from(object)};
    return ht_act_pack_along(&job->append, &act, err);
}

/* The writer thread does both: no loop may wait for the store's write lock. */
static enum ht_status put_job(struct ht_request *request, enum ht_job_kind kind, void (*done)(struct ht_job *job),
                              struct ht_error *err)
{
    uint64_t number;
    struct ht_loop *loop = request->loop;
    enum ht_status status = number_of(request, &number, err);
    if (status == HT_OK) status = ht_ingest_admit(loop, 0, err);
    if (status != HT_OK) return status;
    struct ht_job *job = ht_job_new(loop, kind, done, request);
    if (!job) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    job->number = number;
    if (kind == HT_JOB_CHANGE) job->change = drop;
    job->at = request->received_at;
    memcpy(job->who, request->who, sizeof job->who);
    if (kind == HT_JOB_APPEND) status = fill_retry(loop, number, job, err);
    if (kind == HT_JOB_APPEND && status == HT_OK) status = add_act(job, err);
    if (status == HT_OK) status = ht_writer_put(loop->server->writer, job, err);
    if (status != HT_OK) ht_job_free(job);
    return status;
}

static void hand_over(struct ht_request *request, enum ht_job_kind kind, void (*done)(struct ht_job *job))
{
    struct ht_error err;
    if (put_job(request, kind, done, &err) != HT_OK) ht_reply_problem(request, &err);
}

void ht_rejects_drop(struct ht_request *request)
{
    hand_over(request, HT_JOB_CHANGE, on_dropped);
}

void ht_rejects_retry(struct ht_request *request)
{
    hand_over(request, HT_JOB_APPEND, on_retried);
}
