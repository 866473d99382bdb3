/* Fills a data directory with generated events, in process: all that the daemon does with a delivery (scan, read, pack,
   seal, tree, durable commit, index), but no HTTP. Two threads pack a batch while the one before is committed and
   indexed. */
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/conversation.h"
#include "hooktrail/append.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/index.h"

#define BATCH 4096
#define PACKERS 2
#define REPORT_EVERY (10 * CLOCK_SECOND)

struct fill {
    struct conversation_options conversations;
    const char *data;
    uint64_t first;
    uint64_t count;
    struct ht_store *store;
    struct ht_appender *appender;
    struct ht_endpoint endpoint;
};

/* One thread's share of a batch, and what it works with. */
struct packing {
    const struct fill *fill;
    pthread_t thread;
    struct ht_json *json;
    struct ht_reading *reading;
    struct ht_packer *packer;
    struct ht_append *appends;
    uint64_t first;
    size_t count;
    uint64_t bytes; /* of the payloads packed */
    enum ht_status status;
    struct ht_error err;
};

struct batch {
    struct ht_append *appends;
    size_t count;
    struct packing packings[PACKERS];
};

static const char usage[] = "usage: fill --data DIR [options]   appends generated events to a store that `hooktrail "
                            "init` made\n"
                            "  --count N              events (1000)\n"
                            "  --first N              number of the first (0)\n" CONVERSATION_USAGE;

static bool parse(int argc, char **argv, struct fill *fill)
{
    static const struct option options[] = {CONVERSATION_LONG_OPTIONS,
                                            {"data", required_argument, NULL, 'd'},
                                            {"count", required_argument, NULL, 'n'},
                                            {"first", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool valid = true;
        if (option == 'd') {
            fill->data = optarg;
        } else if (option == 'n' || option == 'f') {
            valid = ht_parse_u64(ht_slice_from(optarg), option == 'n' ? &fill->count : &fill->first) == HT_OK;
        } else {
            valid = conversation_set(&fill->conversations, (char)option, optarg);
        }
        if (!valid) return false;
    }
    return optind == argc && fill->data != NULL && fill->count > 0;
}

/* ---- packing ---- */

static enum ht_status pack(struct packing *packing, const struct ht_delivery *delivery, struct ht_slice payload,
                           struct ht_append *append, struct ht_error *err)
{
    const struct fill *fill = packing->fill;
    uint8_t salt[HT_SALT_SIZE];
    struct ht_facts facts;
    enum ht_status status = ht_json_parse(packing->json, payload, err);
    if (status == HT_OK) status = ht_reading_extract(packing->reading, packing->json, delivery, &facts, err);
    if (status != HT_OK) return status;
    *append = (struct ht_append){.packed = append->packed, .delivery = append->delivery};
    ht_append_name(append, fill->store, &facts);
    randombytes_buf(salt, sizeof salt);
    return ht_append_pack(append, packing->packer, delivery, payload, fill->endpoint.family, HT_ABSENT, salt, err);
}

static void *pack_share(void *context)
{
    struct packing *packing = context;
    const struct conversation_options *conversations = &packing->fill->conversations;
    struct ht_buffer payload = {0}, scratch = {0};
    packing->status = HT_OK;
    packing->bytes = 0;
    for (size_t i = 0; i < packing->count && packing->status == HT_OK; i++) {
        struct ht_delivery delivery;
        ht_buffer_clear(&payload);
        conversation_payload(conversations, packing->first + i, &payload);
        conversation_delivery(conversations, packing->first + i, &scratch, &delivery);
        delivery.endpoint = packing->fill->endpoint.id;
        packing->status = pack(packing, &delivery, ht_buffer_slice(&payload), &packing->appends[i], &packing->err);
        packing->bytes += payload.size;
    }
    ht_buffer_release(&payload);
    ht_buffer_release(&scratch);
    return NULL;
}

static enum ht_status batch_begin(struct batch *batch, uint64_t first, size_t count, struct ht_error *err)
{
    size_t share = (count + PACKERS - 1) / PACKERS;
    batch->count = count;
    for (size_t i = 0; i < PACKERS; i++) {
        struct packing *packing = &batch->packings[i];
        size_t from = i * share < count ? i * share : count;
        packing->appends = batch->appends + from;
        packing->first = first + from;
        packing->count = count - from < share ? count - from : share;
        int error = pthread_create(&packing->thread, NULL, pack_share, packing);
        if (error != 0) return ht_fail_errno(err, error, "can't start a thread");
    }
    return HT_OK;
}

/* Waits until the batch is packed; adds the bytes of its payloads to `bytes`. */
static enum ht_status batch_end(struct batch *batch, uint64_t *bytes, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < PACKERS; i++) {
        struct packing *packing = &batch->packings[i];
        pthread_join(packing->thread, NULL);
        *bytes += packing->bytes;
        if (status == HT_OK && packing->status != HT_OK) *err = packing->err;
        if (status == HT_OK) status = packing->status;
    }
    for (size_t i = 0; i < batch->count; i++)
        batch->appends[i].next = i + 1 < batch->count ? &batch->appends[i + 1] : NULL;
    return status;
}

static enum ht_status batch_init(struct batch *batch, const struct fill *fill, struct ht_error *err)
{
    batch->appends = calloc(BATCH, sizeof *batch->appends);
    bool complete = batch->appends != NULL;
    for (size_t i = 0; i < PACKERS; i++) {
        struct packing *packing = &batch->packings[i];
        packing->fill = fill;
        packing->json = ht_json_new();
        packing->reading = ht_reading_new();
        packing->packer = ht_packer_new();
        complete = complete && packing->json != NULL && packing->reading != NULL && packing->packer != NULL;
    }
    return complete ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory");
}

static void batch_release(struct batch *batch)
{
    for (size_t i = 0; batch->appends != NULL && i < BATCH; i++)
        ht_append_release(&batch->appends[i]);
    free(batch->appends);
    for (size_t i = 0; i < PACKERS; i++) {
        ht_json_free(batch->packings[i].json);
        ht_reading_free(batch->packings[i].reading);
        ht_packer_free(batch->packings[i].packer);
    }
}

/* ---- filling ---- */

static size_t size_at(const struct fill *fill, uint64_t done)
{
    return fill->count - done < BATCH ? (size_t)(fill->count - done) : BATCH;
}

static enum ht_status keep(struct fill *fill, struct batch *batch, struct ht_error *err)
{
    struct ht_position end;
    if (batch->count == 0) return HT_OK;
    enum ht_status status = ht_appender_commit(fill->appender, batch->appends, &end, err);
    for (size_t i = 0; i < batch->count && status == HT_OK; i++) {
        status = batch->appends[i].status;
        if (status != HT_OK) return ht_fail(err, status, "an event could not be stored");
    }
    return status == HT_OK ? ht_index_catch_up(fill->store, NULL, NULL, NULL, err) : status;
}

static void report(const struct fill *fill, uint64_t done, uint64_t begin, uint64_t *reported)
{
    uint64_t now = clock_now();
    if (now - *reported < REPORT_EVERY) return;
    *reported = now;
    double rate = (double)done / ((double)(now - begin) / 1e9);
    fprintf(stderr, "fill: %" PRIu64 " of %" PRIu64 " events, %.0f/s\n", done, fill->count, rate);
}

/* While one of the two batches is packed, the other one is kept. */
static enum ht_status run(struct fill *fill, struct batch batches[2], struct ht_error *err)
{
    uint64_t begin = clock_now(), reported = begin, bytes = 0, done = 0;
    enum ht_status status = HT_OK;
    struct batch *packed = &batches[1], *next = &batches[0];
    while (status == HT_OK && done < fill->count) {
        size_t count = size_at(fill, done);
        struct ht_error failure;
        status = batch_begin(next, fill->first + done, count, err);
        if (status != HT_OK) return status;
        enum ht_status kept = keep(fill, packed, &failure);
        status = batch_end(next, &bytes, err);
        if (kept != HT_OK) *err = failure;
        if (kept != HT_OK) return kept;
        done += count;
        struct batch *swap = packed;
        packed = next;
        next = swap;
        report(fill, done, begin, &reported);
    }
    if (status == HT_OK) status = keep(fill, packed, err);
    if (status != HT_OK) return status;
    printf("{\"events\":%" PRIu64 ",\"payload_bytes\":%" PRIu64 ",\"seconds\":%.2f}\n", done, bytes,
           (double)(clock_now() - begin) / 1e9);
    return HT_OK;
}

static enum ht_status find_endpoint(struct fill *fill, struct ht_error *err)
{
    struct ht_reader *reader;
    enum ht_status status = ht_reader_new(fill->store, &reader, err);
    if (status != HT_OK) return status;
    status = ht_reader_begin(reader, err);
    if (status == HT_OK) {
        status = ht_endpoint_next(reader, 0, &fill->endpoint, err);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    return status;
}

static enum ht_status fill_all(struct fill *fill, struct ht_error *err)
{
    struct batch batches[2] = {{0}, {0}};
    enum ht_status status = ht_store_open(fill->data, NULL, &fill->store, err);
    if (status == HT_OK) status = find_endpoint(fill, err);
    if (status == HT_OK) status = ht_appender_new(fill->store, &fill->appender, err);
    for (size_t i = 0; i < 2 && status == HT_OK; i++)
        status = batch_init(&batches[i], fill, err);
    if (status == HT_OK) status = run(fill, batches, err);
    batch_release(&batches[0]);
    batch_release(&batches[1]);
    ht_appender_free(fill->appender);
    ht_store_close(fill->store);
    return status;
}

int main(int argc, char **argv)
{
    struct fill fill = {.conversations = CONVERSATION_DEFAULTS, .count = 1000};
    struct ht_error err = {0};
    if (!parse(argc, argv, &fill)) {
        fputs(usage, stderr);
        return 2;
    }
    if (sodium_init() < 0) return 1;
    enum ht_status status = fill_all(&fill, &err);
    sodium_memzero(&fill.endpoint, sizeof fill.endpoint);
    if (status != HT_OK) fprintf(stderr, "fill: %s\n", err.detail);
    return status == HT_OK ? 0 : 1;
}
