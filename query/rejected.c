#include "hooktrail/rejected.h"

#include <sodium.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "query.h"

static enum ht_status emit_endpoint(struct ht_query *q, struct ht_reader *reader, uint32_t id, struct ht_error *err)
{
    struct ht_endpoint endpoint;
    enum ht_status status = ht_endpoint_get(reader, id, &endpoint, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    ht_emit_key(&q->emit, "endpoint");
    ht_emit_text(&q->emit, status == HT_OK ? endpoint.name : NULL);
    return HT_OK;
}

static void emit_place(struct ht_emit *emit, const struct ht_rejected *rejected)
{
    ht_emit_key(emit, "offset");
    if (rejected->offset == HT_NO_OFFSET) {
        ht_emit_null(emit);
    } else {
        ht_emit_uint(emit, rejected->offset);
    }
    ht_emit_key(emit, "pointer");
    ht_emit_string(emit, rejected->pointer.size > 0 ? rejected->pointer : HT_ABSENT);
}

static enum ht_status emit_members(struct ht_query *q, struct ht_reader *reader, const struct ht_rejected *rejected,
                                   struct ht_error *err)
{
    struct ht_emit *emit = &q->emit;
    if (rejected->status <= HT_OK || rejected->status >= HT_STATUS_COUNT)
        return ht_fail(err, HT_CORRUPT, "rejected delivery %llu has no reason that is known",
                       (unsigned long long)rejected->number);
    ht_emit_key(emit, "number");
    ht_emit_uint(emit, rejected->number);
    ht_emit_key(emit, "received_at");
    ht_emit_time(emit, rejected->delivery.received_at);
    enum ht_status status = emit_endpoint(q, reader, rejected->delivery.endpoint, err);
    if (status != HT_OK) return status;
    ht_emit_key(emit, "status");
    ht_emit_int(emit, ht_status_http(rejected->status));
    ht_emit_key(emit, "title");
    ht_emit_text(emit, ht_status_title(rejected->status));
    ht_emit_key(emit, "detail");
    ht_emit_string(emit, rejected->detail);
    emit_place(emit, rejected);
    ht_emit_key(emit, "size");
    ht_emit_uint(emit, rejected->size);
    ht_emit_key(emit, "sender");
    ht_emit_string(emit, rejected->delivery.sender);
    ht_emit_key(emit, "content_type");
    ht_emit_string(emit, rejected->delivery.content_type);
    ht_emit_key(emit, "kept");
    ht_emit_uint(emit, rejected->body.size);
    return HT_OK;
}

/* ---- HT_QUERY_REJECTED ---- */

struct rejected_list {
    uint64_t before;
    uint32_t emitted;
};

static enum ht_status list_open(struct ht_query *q, struct ht_error *err)
{
    struct rejected_list *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a list of rejected deliveries");
    q->state = state;
    state->before = q->resumed ? q->resume[0] : UINT64_MAX;
    query_list_begin(q, "rejected");
    return HT_OK;
}

static void list_free(struct ht_query *q)
{
    free(q->state);
}

static enum ht_status end_full_page(struct ht_query *q, struct ht_reader *reader, uint64_t number, struct ht_error *err)
{
    struct ht_rejected rejected;
    enum ht_status status = ht_rejected_previous(reader, number, &rejected, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (status == HT_OK) query_set_next(q, (const uint64_t[QUERY_POSITION_WORDS]){number});
    query_list_end(q);
    return HT_OK;
}

static enum ht_status list_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct rejected_list *state = q->state;
    while (query_spend(q, 0)) {
        struct ht_rejected rejected;
        enum ht_status status = ht_rejected_previous(reader, state->before, &rejected, err);
        if (status == HT_NOT_FOUND) {
            query_list_end(q);
            return HT_OK;
        }
        if (status != HT_OK) return status;
        state->before = rejected.number;
        int64_t at = rejected.delivery.received_at;
        if (at < q->filter.since || at >= q->filter.until) continue;
        ht_emit_object(&q->emit);
        status = emit_members(q, reader, &rejected, err);
        if (status != HT_OK) return status;
        ht_emit_end_object(&q->emit);
        query_item_end(q);
        if (++state->emitted == q->filter.limit) return end_full_page(q, reader, rejected.number, err);
    }
    return HT_OK;
}

const struct query_ops rejected_query_ops = {.open = list_open, .step = list_step, .free = list_free};

/* ---- HT_QUERY_REJECTED_ONE ---- */

/* Standard base64 (RFC 4648, section 4). */
static enum ht_status emit_base64(struct ht_query *q, struct ht_slice body, struct ht_error *err)
{
    size_t room = sodium_base64_encoded_len(body.size, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(room);
    if (!text) return ht_fail(err, HT_NO_MEMORY, "no memory for a rejected delivery's body");
    (void)sodium_bin2base64(text, room, (const uint8_t *)body.data, body.size, sodium_base64_VARIANT_ORIGINAL);
    ht_emit_string(&q->emit, ht_slice_of(text, room - 1));
    free(text);
    return HT_OK;
}

static enum ht_status one_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_rejected rejected;
    enum ht_status status = ht_rejected_get(reader, q->number, &rejected, err);
    if (status == HT_NOT_FOUND)
        return ht_fail_field(err, HT_NOT_FOUND, "number", "there is no rejected delivery %llu",
                             (unsigned long long)q->number);
    if (status != HT_OK) return status;
    ht_emit_object(&q->emit);
    status = emit_members(q, reader, &rejected, err);
    if (status != HT_OK) return status;
    if (rejected.body.size == 0 || ht_utf8_check(rejected.body) == rejected.body.size) {
        ht_emit_key(&q->emit, "body");
        ht_emit_string(&q->emit, rejected.body.data ? rejected.body : HT_SLICE(""));
    } else {
        ht_emit_key(&q->emit, "body_base64");
        status = emit_base64(q, rejected.body, err);
        if (status != HT_OK) return status;
    }
    ht_emit_end_object(&q->emit);
    query_finish(q);
    return HT_OK;
}

const struct query_ops rejected_one_query_ops = {.step = one_step};
