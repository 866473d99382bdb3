#include "health.h"

#include "auth.h"
#include "exports.h"
#include "hooktrail/index.h"
#include "hooktrail/rejected.h"
#include "hooktrail/silence.h"
#include "hooktrail/time.h"
#include "hooktrail/trail.h"
#include "ingest.h"
#include "reply.h"
#include "routes.h"
#include "tls.h"
#include "witness.h"
#include "writer.h"

#define MAX_SILENCES 64 /* of types, and of agents */

void ht_health_alive(struct ht_request *request)
{
    ht_reply_json(request, 200, HT_SLICE("{\"status\":\"alive\"}\n"));
}

static enum ht_status readiness(struct ht_loop *loop, struct ht_error *err)
{
    enum ht_status status = ht_ingest_admit(loop, 0, err);
    if (status != HT_OK) return status;
    if (atomic_load(&loop->server->full)) return ht_fail(err, HT_FULL, "the disk is full: deliveries are refused");
    return HT_OK;
}

void ht_health_ready(struct ht_request *request)
{
    struct ht_error err;
    const struct ht_signing *signing = &request->loop->server->signing;
    bool refused = ht_signing_is_refused(signing, HT_LOG_EVENTS) || ht_signing_is_refused(signing, HT_LOG_ACTS);
    if (readiness(request->loop, &err) == HT_OK)
        ht_reply_json(request, 200,
                      refused ? HT_SLICE("{\"status\":\"ready\",\"signing\":\"refused\"}\n")
                              : HT_SLICE("{\"status\":\"ready\"}\n"));
    else
        ht_reply_problem(request, &err);
}

void ht_health_openapi(struct ht_request *request)
{
    ht_reply_kept(request, &request->loop->server->openapi);
}

static void view_rest(struct ht_loop *loop, struct ht_metrics_view *view)
{
    struct ht_error err;
    struct ht_server *server = loop->server;
    const struct ht_session_limits limits = ht_auth_limits(server);
    view->sessions = ht_sessions_count(server->sessions, &limits, ht_auth_now());
    ht_writer_depth(server->writer, &view->queue_events, &view->queue_bytes);
    view->committed_seq = ht_progress_committed(&server->progress).seq;
    view->indexed_seq = ht_progress_indexed(&server->progress).seq;
    view->started_at = server->started_at / HT_SECOND;
    view->certificate_until = server->tls ? ht_tls_expiry(server->tls) : 0;
    view->ready = readiness(loop, &err) == HT_OK;
}

/* Before the first checkpoint its size is 0. */
static enum ht_status view_checkpoint(struct ht_loop *loop, enum ht_log log, struct ht_metrics_view *view,
                                      struct ht_error *err)
{
    struct ht_note note;
    struct ht_slice origin;
    struct ht_tree_head head = {0};
    struct ht_buffer text = {0};
    enum ht_status status = ht_log_checkpoint(loop->reader, log, &text, err);
    bool none = status == HT_NOT_FOUND;
    if (status == HT_OK) status = ht_note_parse(ht_buffer_slice(&text), &note, err);
    if (status == HT_OK) status = ht_checkpoint_parse(note.text, &origin, &head, err);
    ht_buffer_release(&text);
    view->checkpoint_size[log] = head.size;
    view->checkpoint_refused[log] = ht_signing_is_refused(&loop->server->signing, log);
    return none ? HT_OK : status;
}

static enum ht_status view_store(struct ht_loop *loop, struct ht_metrics_view *view, struct ht_error *err)
{
    struct ht_store_usage usage;
    struct ht_rejected_totals totals;
    enum ht_status status = ht_store_usage(loop->server->store, &usage, err);
    if (status == HT_OK) status = ht_rejected_totals(loop->reader, &totals, err);
    if (status == HT_OK) status = view_checkpoint(loop, HT_LOG_EVENTS, view, err);
    if (status == HT_OK) status = view_checkpoint(loop, HT_LOG_ACTS, view, err);
    if (status != HT_OK) return status;
    view->trail_bytes = usage.trail_bytes;
    view->index_bytes = usage.index_bytes;
    view->disk_free = usage.disk_free;
    view->readers = usage.readers;
    view->reader_age = usage.reader_age;
    view->rejected_kept = totals.count;
    view->rejected_bytes = totals.bytes;
    view->rejected_evicted = totals.evicted;
    return HT_OK;
}

/* Two families of samples, which must not be mixed. */
struct silences {
    struct ht_reader *reader;
    int64_t now;
    struct ht_buffer *ages;
    struct ht_buffer unusual;
};

static enum ht_status add_silence(struct silences *silences, const char *label, enum ht_kind kind, uint32_t number,
                                  struct ht_error *err)
{
    struct ht_slice name;
    struct ht_silence silence;
    enum ht_status status = ht_index_name(silences->reader, kind, number, &name, err);
    if (status == HT_OK) status = ht_silence_get(silences->reader, kind, number, silences->now, &silence, err);
    if (status != HT_OK) return status == HT_NOT_FOUND ? HT_OK : status; /* without events of its own yet */
    /* An event from before the clock was set back came in its future. */
    double age = silences->now > silence.last_at ? (double)(silences->now - silence.last_at) / (double)HT_SECOND : 0;
    ht_metrics_write_sample(silences->ages, HT_METRIC_LAST_EVENT_AGE, label, name, age);
    ht_metrics_write_sample(&silences->unusual, HT_METRIC_UNUSUALLY_QUIET, label, name, silence.unusual);
    return HT_OK;
}

static enum ht_status add_types(struct silences *silences, struct ht_error *err)
{
    uint32_t count;
    enum ht_status status = ht_index_count(silences->reader, HT_KIND_TYPE, &count, err);
    for (uint32_t number = 1; status == HT_OK && number <= count && number <= MAX_SILENCES; number++)
        status = add_silence(silences, "type", HT_KIND_TYPE, number, err);
    return status;
}

/* Those with the newest activity. */
static enum ht_status add_agents(struct silences *silences, struct ht_error *err)
{
    uint64_t before = UINT64_MAX;
    enum ht_status status = HT_OK;
    for (int i = 0; status == HT_OK && i < MAX_SILENCES; i++) {
        uint32_t number;
        status = ht_index_recent(silences->reader, HT_KIND_AGENT, before, &number, &before, err);
        if (status == HT_OK) status = add_silence(silences, "agent", HT_KIND_AGENT, number, err);
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_silences(struct ht_reader *reader, int64_t now, struct ht_buffer *out, struct ht_error *err)
{
    struct silences silences = {.reader = reader, .now = now, .ages = out};
    ht_metrics_write_family(out, HT_METRIC_LAST_EVENT_AGE);
    ht_metrics_write_family(&silences.unusual, HT_METRIC_UNUSUALLY_QUIET);
    enum ht_status status = add_types(&silences, err);
    if (status == HT_OK) status = add_agents(&silences, err);
    if (status == HT_OK) status = ht_buffer_status(&silences.unusual, err);
    if (status == HT_OK) ht_buffer_add(out, ht_buffer_slice(&silences.unusual));
    ht_buffer_release(&silences.unusual);
    return status;
}

static enum ht_status write_metrics(struct ht_request *request, struct ht_buffer *out, struct ht_error *err)
{
    struct ht_loop *loop = request->loop;
    struct ht_metrics_view view = {0};
    view_rest(loop, &view);
    enum ht_status status = ht_reader_begin(loop->reader, err);
    if (status != HT_OK) return status;
    status = view_store(loop, &view, err);
    if (status == HT_OK) {
        ht_witnesses_add_metrics(loop->server->witnesses, out);
        ht_metrics_write(&loop->server->metrics, &view, ht_routes_name, out);
        status = add_silences(loop->reader, request->received_at, out, err);
        if (status == HT_OK) status = ht_exports_metrics(loop->reader, request->received_at, out, err);
    }
    ht_reader_end(loop->reader);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

void ht_health_metrics(struct ht_request *request)
{
    struct ht_error err;
    struct ht_buffer out = {0};
    if (write_metrics(request, &out, &err) == HT_OK)
        ht_reply_document(request, "text/plain; version=0.0.4; charset=utf-8", ht_buffer_slice(&out));
    else
        ht_reply_problem(request, &err);
    ht_buffer_release(&out);
}
