#include "ingest.h"

#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <sodium.h>
#include <stdio.h>

#include "hooktrail/emit.h"
#include "hooktrail/signature.h"
#include "reply.h"
#include "tally.h"
#include "writer.h"

static void count(struct ht_loop *loop, enum ht_result result)
{
    ht_metrics_delivery(&loop->server->metrics, result);
}

enum ht_result ht_ingest_result(enum ht_status status)
{
    switch ((int)status) {
    case HT_INVALID:
        return HT_RESULT_INVALID;
    case HT_UNPROCESSABLE:
        return HT_RESULT_UNPROCESSABLE;
    case HT_TOO_LARGE:
        return HT_RESULT_TOO_LARGE;
    case HT_UNAUTHORIZED:
        return HT_RESULT_BAD_SIGNATURE;
    case HT_NOT_FOUND:
        return HT_RESULT_UNKNOWN_SECRET;
    case HT_GONE:
        return HT_RESULT_RETIRED;
    case HT_LIMITED:
        return HT_RESULT_LIMITED;
    case HT_BUSY:
    case HT_STOPPING:
        return HT_RESULT_BUSY;
    default:
        return HT_RESULT_FAILED;
    }
}

enum ht_status ht_ingest_admit(struct ht_loop *loop, size_t bytes, struct ht_error *err)
{
    if (ht_loop_is_stopping(loop)) return ht_fail(err, HT_STOPPING, "the daemon is shutting down");
    if (!ht_writer_has_room(loop->server->writer, bytes))
        return ht_fail(err, HT_BUSY, "too many deliveries are waiting for their commit");
    return HT_OK;
}

static enum ht_status keep_pace(struct ht_loop *loop, const struct ht_endpoint *endpoint, struct ht_error *err)
{
    struct ht_server *server = loop->server;
    uint8_t key[HT_TALLY_KEY];
    uint64_t rate = ht_config_number(&server->config, HT_SETTING_ENDPOINT_RATE);
    if (rate == 0) return HT_OK;
    ht_tally_key_number(endpoint->id, key);
    if (ht_tally_admit(server->endpoints, key, loop->now * 1000000, ht_pace_of(rate, 1000000000))) return HT_OK;
    ht_metrics_limit(&server->metrics, HT_LIMIT_ENDPOINT_RATE);
    return ht_fail(err, HT_LIMITED, "this endpoint takes %llu deliveries a second", (unsigned long long)rate);
}

enum ht_status ht_ingest_find(struct ht_loop *loop, struct ht_slice secret, struct ht_endpoint *endpoint,
                              struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(loop->reader, err);
    /* A daemon that can't read its store goes down (indexer.c): the sender shall try again. */
    if (status == HT_IO) {
        (void)ht_fail(err, HT_STOPPING, "the store can't be read now; try again");
        return HT_STOPPING;
    }
    if (status != HT_OK) return status;
    status = ht_endpoint_find(loop->reader, secret, endpoint, err);
    ht_reader_end(loop->reader);
    if (status == HT_OK && endpoint->retired) status = ht_fail(err, HT_GONE, "this endpoint is retired");
    if (status == HT_OK) status = keep_pace(loop, endpoint, err);
    if (status != HT_OK) sodium_memzero(endpoint, sizeof *endpoint);
    return status;
}

static void describe(struct ht_request *request, const struct ht_endpoint *endpoint, struct ht_delivery *delivery,
                     struct ht_sender *sender)
{
    *delivery = (struct ht_delivery){.received_at = request->received_at, .endpoint = endpoint->id};
    const struct evkeyval *header;
    for (header = evhttp_request_get_input_headers(request->http)->tqh_first; header; header = header->next.tqe_next)
        ht_delivery_add_header(delivery, ht_slice_from(header->key), ht_slice_from(header->value));
    ht_request_sender(request, sender);
    delivery->sender = ht_slice_from(sender->address);
    delivery->path_type = request->match.captures[1];
    delivery->content_type = ht_request_header(request, "Content-Type");
}

enum ht_status ht_ingest_verify(const struct ht_endpoint *endpoint, struct ht_delivery *delivery, struct ht_slice body,
                                struct ht_slice *duplicate_id, struct ht_error *err)
{
    *duplicate_id = HT_ABSENT;
    if (!endpoint->is_signed) return HT_OK;
    struct ht_signature_headers headers = {
        .id = ht_delivery_header(delivery, "webhook-id"),
        .timestamp = ht_delivery_header(delivery, "webhook-timestamp"),
        .signatures = ht_delivery_header(delivery, "webhook-signature"),
    };
    enum ht_status status = ht_signature_verify(endpoint->signing_key, endpoint->signing_key_size, &headers, body,
                                                delivery->received_at, err);
    if (status != HT_OK) return status;
    delivery->signature_verified = true;
    *duplicate_id = headers.id;
    return HT_OK;
}

enum ht_status ht_ingest_pack(struct ht_loop *loop, struct ht_job *job, const struct ht_delivery *delivery,
                              struct ht_slice payload, const struct ht_endpoint *endpoint, struct ht_slice duplicate_id,
                              struct ht_error *err)
{
    struct ht_facts facts;
    uint8_t salt[HT_SALT_SIZE];
    const struct ht_tools *tools = loop->tools;
    enum ht_status status = ht_json_parse(tools->json, payload, err);
    if (status == HT_OK) status = ht_reading_extract(tools->reading, tools->json, delivery, &facts, err);
    if (status != HT_OK) return status;
    ht_append_name(&job->append, loop->server->store, &facts);
    snprintf(job->type, sizeof job->type, "%.*s", HT_SLICE_ARGS(facts.type));
    ht_buffer_add(&job->warnings, facts.warnings);
    status = ht_buffer_status(&job->warnings, err);
    if (status != HT_OK) return status;
    randombytes_buf(salt, sizeof salt);
    return ht_append_pack(&job->append, loop->packer, delivery, payload, endpoint->family, duplicate_id, salt, err);
}

static void emit_warnings(struct ht_emit *emit, const struct ht_job *job)
{
    struct ht_slice warnings = ht_buffer_slice(&job->warnings);
    if (!job->append.id_reused) {
        ht_emit_raw(emit, warnings);
        return;
    }
    ht_emit_array(emit);
    if (warnings.size > 2) ht_emit_raw(emit, ht_slice_of(warnings.data + 1, warnings.size - 2));
    ht_emit_text(emit, "webhook-id was used for another payload");
    ht_emit_end_array(emit);
}

void ht_ingest_answer(struct ht_request *request, const struct ht_job *job)
{
    struct ht_error err;
    struct ht_buffer body = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &body);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "seq");
    ht_emit_uint(&emit, job->append.seq);
    ht_emit_key(&emit, "type");
    ht_emit_text(&emit, job->type);
    ht_emit_key(&emit, "sha256");
    ht_emit_hex(&emit, job->append.sha256, sizeof job->append.sha256);
    ht_emit_key(&emit, "duplicate");
    ht_emit_bool(&emit, job->append.duplicate);
    ht_emit_key(&emit, "warnings");
    emit_warnings(&emit, job);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(&body, '\n');
    /* It is stored, but half a receipt says nothing: the sender tries again, and meets the duplicate. */
    if (ht_buffer_status(&body, &err) == HT_OK)
        ht_reply_receipt(request, ht_buffer_slice(&body));
    else
        ht_reply_problem(request, &err);
    ht_buffer_release(&body);
}

/* Back from the writer: the only place where a delivery is acknowledged. */
static void on_committed(struct ht_job *job)
{
    struct ht_request *request = job->context;
    bool rejected = job->append.kind == HT_APPEND_REJECTED;
    if (job->status != HT_OK) {
        count(job->loop, ht_ingest_result(job->status));
        ht_reply_problem(request, &job->err);
    } else if (rejected) {
        count(job->loop, ht_ingest_result(job->reason.status));
        ht_reply_problem(request, &job->reason);
    } else {
        count(job->loop, job->append.duplicate ? HT_RESULT_DUPLICATE : HT_RESULT_STORED);
        ht_ingest_answer(request, job);
    }
    ht_job_free(job);
}

static bool is_payloads_fault(enum ht_status status)
{
    return status == HT_INVALID || status == HT_UNPROCESSABLE || status == HT_UNAUTHORIZED;
}

static enum ht_status fill_job(struct ht_request *request, const struct ht_endpoint *endpoint, struct ht_job *job,
                               struct ht_error *err)
{
    struct ht_sender sender;
    struct ht_delivery delivery;
    struct ht_slice body = ht_request_body(request), duplicate_id;
    describe(request, endpoint, &delivery, &sender);
    enum ht_status status = ht_ingest_verify(endpoint, &delivery, body, &duplicate_id, err);
    if (status == HT_OK) status = ht_ingest_pack(request->loop, job, &delivery, body, endpoint, duplicate_id, err);
    if (!is_payloads_fault(status)) return status;
    job->reason = *err;
    return ht_append_pack_rejected(&job->append, &delivery, body, body.size, &job->reason, err);
}

static enum ht_status take(struct ht_request *request, struct ht_error *err)
{
    struct ht_endpoint endpoint;
    struct ht_loop *loop = request->loop;
    struct ht_slice secret = request->match.captures[0];
    enum ht_status status = ht_ingest_admit(loop, ht_request_body(request).size, err);
    if (status == HT_OK) status = ht_ingest_find(loop, secret, &endpoint, err);
    if (status != HT_OK) return status;
    struct ht_job *job = ht_job_new(loop, HT_JOB_APPEND, on_committed, request);
    status = job ? fill_job(request, &endpoint, job, err) : ht_fail(err, HT_NO_MEMORY, "out of memory");
    sodium_memzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) status = ht_writer_put(loop->server->writer, job, err);
    if (status != HT_OK) ht_job_free(job);
    return status;
}

void ht_ingest_serve(struct ht_request *request)
{
    struct ht_error err;
    enum ht_status status = take(request, &err);
    if (status == HT_OK) return;
    count(request->loop, ht_ingest_result(status));
    if (status == HT_BUSY) ht_metrics_limit(&request->loop->server->metrics, HT_LIMIT_QUEUE);
    if (status == HT_NOT_FOUND) {
        /* The same bytes as for any unknown path. */
        request->match.allowed = 0;
        ht_reply_no_route(request);
        return;
    }
    ht_reply_problem(request, &err);
}
