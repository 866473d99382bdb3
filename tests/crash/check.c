#include "check.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "hooktrail/append.h"
#include "hooktrail/erasure.h"
#include "hooktrail/index.h"
#include "hooktrail/keeping.h"
#include "hooktrail/time.h"
#include "hooktrail/trail.h"

/* ---- promises ---- */

void promises_add(struct promises *promises, uint64_t seq, const uint8_t sha256[HT_SHA256_SIZE])
{
    size_t count = promises->count;
    if ((count & (count - 1)) == 0) {
        promises->list = realloc(promises->list, (count == 0 ? 1 : 2 * count) * sizeof *promises->list);
        if (promises->list == NULL) abort();
    }
    promises->list[count].seq = seq;
    memcpy(promises->list[count].sha256, sha256, HT_SHA256_SIZE);
    promises->count++;
}

void promises_release(struct promises *promises)
{
    free(promises->list);
}

bool promises_add_answer(struct promises *promises, struct ht_slice text)
{
    static const char seq_name[] = "\"seq\":", sha256_name[] = "\"sha256\":\"";
    uint8_t sha256[HT_SHA256_SIZE];
    const char *seq = memmem(text.data, text.size, seq_name, sizeof seq_name - 1);
    const char *hex = memmem(text.data, text.size, sha256_name, sizeof sha256_name - 1);
    if (seq == NULL || hex == NULL) return false;
    hex += sizeof sha256_name - 1;
    if (hex + 2 * sizeof sha256 > text.data + text.size) return false;
    if (sodium_hex2bin(sha256, sizeof sha256, hex, 2 * sizeof sha256, NULL, NULL, NULL) != 0) return false;
    promises_add(promises, strtoull(seq + sizeof seq_name - 1, NULL, 10), sha256);
    return true;
}

/* ---- a store ---- */

static void note_finding(void *context, const struct ht_finding *finding)
{
    struct ht_error *first = context;
    if (first->status != HT_OK) return;
    (void)ht_fail(first, HT_CORRUPT, "%s %llu: %.200s", finding->table, (unsigned long long)finding->seq,
                  finding->detail);
}

static enum ht_status verify(struct ht_store *store, struct ht_error *why)
{
    const struct ht_verify_options options = {.threads = 1};
    struct ht_verified verified;
    struct ht_error err, first = {0};
    enum ht_status status = ht_verify(store, &options, note_finding, NULL, &first, &verified, &err);
    if (status != HT_OK) *why = first.status != HT_OK ? first : err;
    return status;
}

static enum ht_status find_one(struct ht_reader *reader, struct ht_unpacker *unpacker, const struct promise *promise,
                               bool erasing, struct ht_error *why)
{
    struct ht_record record;
    enum ht_status status = ht_trail_get(reader, promise->seq, unpacker, &record, why);
    if (status == HT_ERASED && erasing) return HT_OK;
    if (status != HT_OK) return status;
    if (memcmp(record.sha256, promise->sha256, HT_SHA256_SIZE) == 0) return HT_OK;
    return ht_fail(why, HT_NOT_FOUND, "event %llu is another one", (unsigned long long)promise->seq);
}

static enum ht_status count_erasures(struct ht_reader *reader, uint64_t least, struct ht_error *why)
{
    uint64_t last;
    enum ht_status status = ht_erasure_last(reader, &last, why);
    if (status != HT_OK || last >= least) return status;
    return ht_fail(why, HT_NOT_FOUND, "erasure %llu is not there", (unsigned long long)least);
}

static enum ht_status find_all(struct ht_store *store, const struct expectation *expectation, struct ht_error *why)
{
    struct ht_reader *reader = NULL;
    struct ht_unpacker *unpacker = ht_unpacker_new();
    enum ht_status status = ht_reader_new(store, &reader, why);
    if (status == HT_OK) status = ht_reader_begin(reader, why);
    if (status == HT_OK) {
        const struct promises *promises = expectation->promises;
        for (size_t i = 0; i < promises->count && status == HT_OK; i++)
            status = find_one(reader, unpacker, &promises->list[i], expectation->erasing, why);
        if (status == HT_OK) status = count_erasures(reader, expectation->erasures, why);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    ht_unpacker_free(unpacker);
    return status;
}

/* ---- going on ---- */

/* As ingest does, so that a repeated delivery is known for one. */
static enum ht_status name(struct ht_append *event, const struct ht_store *store, const struct ht_delivery *delivery,
                           struct ht_slice payload, struct ht_error *why)
{
    struct ht_facts facts;
    struct ht_json *json = ht_json_new();
    struct ht_reading *reading = ht_reading_new();
    enum ht_status status = ht_json_parse(json, payload, why);
    if (status == HT_OK) status = ht_reading_extract(reading, json, delivery, &facts, why);
    if (status == HT_OK) ht_append_name(event, store, &facts);
    ht_reading_free(reading);
    ht_json_free(json);
    return status;
}

static enum ht_status deliver(struct ht_store *store, struct ht_slice payload, struct ht_append *event,
                              struct ht_error *why)
{
    struct ht_appender *appender = NULL;
    struct ht_packer *packer = ht_packer_new();
    struct ht_position end;
    const struct ht_delivery delivery = {
        .received_at = ht_time_now(), .endpoint = 1, .sender = HT_SLICE("192.0.2.1"), .path_type = HT_ABSENT};
    const uint8_t salt[HT_SALT_SIZE] = {7};
    enum ht_status status = ht_appender_new(store, &appender, why);
    if (status == HT_OK) status = name(event, store, &delivery, payload, why);
    if (status == HT_OK) status = ht_append_pack(event, packer, &delivery, payload, 1, HT_ABSENT, salt, why);
    if (status == HT_OK) status = ht_appender_commit(appender, event, &end, why);
    ht_appender_free(appender);
    ht_packer_free(packer);
    return status;
}

static enum ht_status get_payload(struct ht_store *store, uint64_t seq, struct ht_buffer *payload, struct ht_error *why)
{
    struct ht_reader *reader = NULL;
    struct ht_record record;
    struct ht_unpacker *unpacker = ht_unpacker_new();
    enum ht_status status = ht_reader_new(store, &reader, why);
    if (status == HT_OK) status = ht_reader_begin(reader, why);
    if (status == HT_OK) {
        status = ht_trail_get(reader, seq, unpacker, &record, why);
        if (status == HT_OK) ht_buffer_add(payload, record.payload);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    ht_unpacker_free(unpacker);
    return status;
}

/* The sender tries again what it thinks was lost: the same event. */
static enum ht_status deliver_again(struct ht_store *store, const struct expectation *expectation, struct ht_error *why)
{
    struct ht_append event = {0};
    struct ht_buffer payload = {0};
    const struct promises *promises = expectation->promises;
    if (promises->count == 0) return HT_OK;
    const uint64_t seq = promises->list[promises->count - 1].seq;
    enum ht_status status = get_payload(store, seq, &payload, why);
    if (status == HT_OK) status = deliver(store, ht_buffer_slice(&payload), &event, why);
    if (status == HT_OK && (!event.duplicate || event.seq != seq))
        status = ht_fail(why, HT_CORRUPT, "event %llu is not known when it comes again", (unsigned long long)seq);
    ht_append_release(&event);
    ht_buffer_release(&payload);
    return status == HT_ERASED && expectation->erasing ? HT_OK : status;
}

static enum ht_status deliver_more(struct ht_store *store, struct ht_error *why)
{
    struct ht_append event = {0};
    enum ht_status status = deliver(store, HT_SLICE("{\"event\":\"new-session\",\"agent_id\":\"a\"}"), &event, why);
    if (status == HT_OK && event.duplicate)
        status = ht_fail(why, HT_CORRUPT, "a new event is taken for a repeated one");
    ht_append_release(&event);
    return status;
}

static enum check_result check_opened(struct ht_store *store, const struct expectation *expectation,
                                      struct ht_error *why)
{
    enum ht_status status = ht_index_catch_up(store, NULL, NULL, NULL, why);
    if (status != HT_OK) return CHECK_BROKEN;
    status = find_all(store, expectation, why);
    if (status != HT_OK) return status == HT_NOT_FOUND ? CHECK_LOST : CHECK_BROKEN;
    status = verify(store, why);
    if (status == HT_OK) status = deliver_again(store, expectation, why);
    if (status == HT_OK) status = deliver_more(store, why);
    if (status == HT_OK) status = ht_index_catch_up(store, NULL, NULL, NULL, why);
    return status == HT_OK ? CHECK_FINE : CHECK_BROKEN;
}

/* Of an init that had not returned nothing may be left, but never so that another one fails. */
static enum check_result make_anew(const char *dir, struct ht_error *why)
{
    struct ht_store_secrets secrets;
    return ht_store_init(dir, NULL, ht_time_now(), &secrets, why) == HT_OK ? CHECK_FINE : CHECK_BROKEN;
}

enum check_result check_store(const char *dir, const struct expectation *expectation, struct ht_error *why)
{
    struct ht_store *store = NULL;
    enum ht_status status = ht_store_open(dir, NULL, &store, why);
    if (status == HT_NOT_FOUND && !expectation->made) return make_anew(dir, why);
    if (status != HT_OK) return CHECK_BROKEN;
    enum check_result result = check_opened(store, expectation, why);
    ht_store_close(store);
    return result;
}
