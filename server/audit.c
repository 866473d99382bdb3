#include "audit.h"

#include "api.h"
#include "hooktrail/audit.h"
#include "pull.h"
#include "stream.h"
#include "writer.h"

/* What gives out personal data. */
static const struct read_route {
    ht_handler *handler;
    enum ht_query_kind query;
    const char *what; /* see struct ht_audit_read */
} routes[] = {
    {ht_api_events, HT_QUERY_EVENTS, NULL},
    {ht_api_event, HT_QUERY_EVENT, NULL},
    {ht_api_payload, HT_QUERY_EVENT, "payload"},
    {ht_api_conversations, HT_QUERY_CONVERSATIONS, NULL},
    {ht_api_timeline, HT_QUERY_TIMELINE, NULL},
    {ht_api_leads, HT_QUERY_LEADS, NULL},
    {ht_api_history, HT_QUERY_HISTORY, NULL},
    {ht_api_rejected, HT_QUERY_REJECTED, NULL},
    {ht_api_rejected_one, HT_QUERY_REJECTED_ONE, NULL},
    {ht_stream_serve, HT_QUERY_EVENTS, "stream"},
    {ht_pull_serve, HT_QUERY_EVENTS, "export"},
};

static const struct read_route *find_route(const struct ht_request *request)
{
    for (size_t i = 0; request->match.route && i < sizeof routes / sizeof routes[0]; i++) {
        if (routes[i].handler == request->match.route->handler) return &routes[i];
    }
    return NULL;
}

bool ht_audit_wants(const struct ht_request *request)
{
    if (!ht_config_number(&request->loop->server->config, HT_SETTING_AUDIT_READS)) return false;
    return !request->recorded && find_route(request) != NULL;
}

static void on_recorded(struct ht_job *job)
{
    struct ht_error err;
    struct ht_request *request = job->context;
    bool failed = job->status != HT_OK;
    if (failed) ht_fail(&err, job->status, "reads are recorded here, and this one can't be: %s", job->err.detail);
    request->recorded = !failed;
    ht_job_free(job);
    request->then(request, failed ? &err : NULL);
}

static enum ht_status pack(struct ht_request *request, struct ht_job *job, struct ht_error *err)
{
    const struct read_route *route = find_route(request);
    struct ht_filter filter;
    struct ht_buffer email = {0}, object = {0}, detail = {0};
    bool by_email = false;
    enum ht_status status = ht_api_filter(request, &filter, "email", &email, &by_email, err);
    if (status == HT_OK) {
        const struct ht_audit_read read = {.query = route->query,
                                           .what = route->what,
                                           .id = request->match.captures[0],
                                           .filter = &filter,
                                           .email = by_email ? ht_buffer_slice(&email) : HT_ABSENT};
        ht_audit_describe(request->loop->server->store, &read, &object, &detail);
        const struct ht_act act = {.at = request->received_at,
                                   .kind = HT_ACT_READ,
                                   .who = ht_slice_from(request->who),
                                   .object = ht_buffer_slice(&object),
                                   .detail = ht_buffer_slice(&detail)};
        status = object.failed || detail.failed ? ht_fail(err, HT_NO_MEMORY, "out of memory")
                                                : ht_act_pack(&job->append, &act, err);
    }
    ht_buffer_wipe(&email);
    ht_buffer_release(&object);
    ht_buffer_release(&detail);
    return status;
}

enum ht_status ht_audit_record(struct ht_request *request,
                               void (*then)(struct ht_request *request, const struct ht_error *err),
                               struct ht_error *err)
{
    struct ht_loop *loop = request->loop;
    struct ht_job *job = ht_job_new(loop, HT_JOB_APPEND, on_recorded, request);
    if (!job) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    request->then = then;
    enum ht_status status = pack(request, job, err);
    if (status == HT_OK) status = ht_writer_put(loop->server->writer, job, err);
    if (status != HT_OK) ht_job_free(job);
    return status;
}
