#include "retry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "actor.h"
#include "hooktrail/act.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/reading.h"
#include "hooktrail/rejected.h"
#include "hooktrail/signature.h"

struct ht_retry {
    struct ht_store *store;
    int64_t now;
    struct ht_reader *reader;
    struct ht_appender *appender;
    struct ht_packer *packer;
    struct ht_json *json;
    struct ht_reading *reading;
};

enum ht_status ht_retry_new(struct ht_store *store, struct ht_reader *reader, int64_t now, struct ht_retry **retry,
                            struct ht_error *err)
{
    struct ht_retry *made = calloc(1, sizeof *made);
    *retry = made;
    if (!made) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    made->store = store;
    made->reader = reader;
    made->now = now;
    made->packer = ht_packer_new();
    made->json = ht_json_new();
    made->reading = ht_reading_new();
    if (!made->packer || !made->json || !made->reading) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    return ht_appender_new(store, &made->appender, err);
}

void ht_retry_free(struct ht_retry *retry)
{
    if (!retry) return;
    if (retry->appender) ht_appender_free(retry->appender);
    ht_packer_free(retry->packer);
    ht_json_free(retry->json);
    ht_reading_free(retry->reading);
    free(retry);
}

/* As what it will be if it passes: whose data it is decides on the key that seals it. */
static enum ht_status validate(struct ht_retry *retry, const struct ht_rejected *rejected, struct ht_append *append,
                               struct ht_error *err)
{
    struct ht_facts facts;
    if (rejected->body.size < rejected->size)
        return ht_fail(err, HT_TOO_LARGE, "only the first %zu bytes of it were kept", rejected->body.size);
    enum ht_status status = ht_json_parse(retry->json, rejected->body, err);
    if (status != HT_OK) return status;
    status = ht_reading_extract(retry->reading, retry->json, &rejected->delivery, &facts, err);
    if (status == HT_OK) ht_append_name(append, retry->store, &facts);
    return status;
}

/* An endpoint that wants signatures wants them now too: as of the time when the delivery came. */
static enum ht_status verify(const struct ht_endpoint *endpoint, struct ht_rejected *rejected, struct ht_slice *id,
                             struct ht_error *err)
{
    *id = HT_ABSENT;
    if (!endpoint->is_signed) return HT_OK;
    const struct ht_signature_headers headers = {
        .id = ht_delivery_header(&rejected->delivery, "webhook-id"),
        .timestamp = ht_delivery_header(&rejected->delivery, "webhook-timestamp"),
        .signatures = ht_delivery_header(&rejected->delivery, "webhook-signature"),
    };
    enum ht_status status = ht_signature_verify(endpoint->signing_key, endpoint->signing_key_size, &headers,
                                                rejected->body, rejected->delivery.received_at, err);
    if (status != HT_OK) return status;
    rejected->delivery.signature_verified = true;
    *id = headers.id;
    return HT_OK;
}

static enum ht_status pack(struct ht_retry *retry, struct ht_rejected *rejected, struct ht_append *append,
                           struct ht_error *err)
{
    struct ht_endpoint endpoint;
    struct ht_slice id;
    uint8_t salt[HT_SALT_SIZE];
    enum ht_status status = ht_endpoint_get(retry->reader, rejected->delivery.endpoint, &endpoint, err);
    if (status != HT_OK) return status;
    status = verify(&endpoint, rejected, &id, err);
    explicit_bzero(endpoint.signing_key, sizeof endpoint.signing_key);
    if (status != HT_OK) return status;
    if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt) return ht_fail_errno(err, errno, "no random bytes");
    status = ht_append_pack(append, retry->packer, &rejected->delivery, rejected->body, endpoint.family, id, salt, err);
    append->retried = rejected->number;
    return status;
}

static enum ht_status add_act(const struct ht_retry *retry, uint64_t number, struct ht_append *append,
                              struct ht_error *err)
{
    char object[48];
    struct ht_buffer who = {0};
    snprintf(object, sizeof object, "rejected delivery %llu", (unsigned long long)number);
    enum ht_status status = ht_actor_name(&who, err);
    const struct ht_act act = {
        .at = retry->now, .kind = HT_ACT_REJECTED_RETRY, .who = ht_buffer_slice(&who), .object = ht_slice_from(object)};
    if (status == HT_OK) status = ht_act_pack_along(append, &act, err);
    ht_buffer_release(&who);
    return status;
}

/* Everything that reads the rejected delivery, for its slices end with the reader's span. */
static enum ht_status prepare(struct ht_retry *retry, uint64_t number, struct ht_append *append, struct ht_error *err)
{
    struct ht_rejected rejected;
    enum ht_status status = ht_reader_begin(retry->reader, err);
    if (status != HT_OK) return status;
    status = ht_rejected_get(retry->reader, number, &rejected, err);
    if (status == HT_OK) status = validate(retry, &rejected, append, err);
    if (status == HT_OK) status = pack(retry, &rejected, append, err);
    if (status == HT_OK) status = add_act(retry, number, append, err);
    ht_reader_end(retry->reader);
    return status;
}

enum ht_status ht_retry_one(struct ht_retry *retry, uint64_t number, uint64_t *seq, bool *duplicate,
                            struct ht_error *err)
{
    struct ht_append append = {.kind = HT_APPEND_EVENT};
    struct ht_position end;
    enum ht_status status = prepare(retry, number, &append, err);
    if (status == HT_OK) status = ht_appender_commit(retry->appender, &append, &end, err);
    if (status == HT_OK && append.status != HT_OK)
        status = ht_fail(err, append.status, "rejected delivery %llu could not be stored", (unsigned long long)number);
    *seq = append.seq;
    *duplicate = append.duplicate;
    ht_append_release(&append);
    return status;
}
