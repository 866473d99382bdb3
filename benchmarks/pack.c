/* How small records get and how long packing takes: of the files named, or of generated payloads. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/conversation.h"
#include "hooktrail/append.h"

#define ROUNDS 20
#define PAYLOADS 2000

struct totals {
    uint64_t payload;
    uint64_t record;
    uint64_t spent;
    uint64_t count;
};

static enum ht_status pack(struct ht_packer *packer, const struct ht_delivery *delivery, struct ht_slice payload,
                           struct totals *totals, struct ht_error *err)
{
    static const uint8_t salt[HT_SALT_SIZE] = {7};
    struct ht_append append = {0};
    enum ht_status status = HT_OK;
    for (int round = 0; round < ROUNDS && status == HT_OK; round++) {
        uint64_t begin = clock_now();
        status = ht_append_pack(&append, packer, delivery, payload, 1, HT_ABSENT, salt, err);
        totals->spent += clock_now() - begin;
    }
    totals->payload += payload.size;
    totals->record += append.packed.size;
    totals->count++;
    ht_append_release(&append);
    return status;
}

static enum ht_status pack_generated(struct ht_packer *packer, const struct conversation_options *options,
                                     struct totals *totals, struct ht_error *err)
{
    struct ht_buffer payload = {0}, scratch = {0};
    enum ht_status status = HT_OK;
    for (uint64_t number = 20000; number < 20000 + PAYLOADS && status == HT_OK; number++) {
        struct ht_delivery delivery;
        ht_buffer_clear(&payload);
        conversation_payload(options, number, &payload);
        conversation_delivery(options, number, &scratch, &delivery);
        status = pack(packer, &delivery, ht_buffer_slice(&payload), totals, err);
    }
    ht_buffer_release(&payload);
    ht_buffer_release(&scratch);
    return status;
}

static enum ht_status read_file(const char *path, struct ht_buffer *bytes, struct ht_error *err)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) return ht_fail_errno(err, errno, "%s", path);
    char part[4096];
    ht_buffer_clear(bytes);
    for (size_t got; (got = fread(part, 1, sizeof part, file)) > 0;)
        ht_buffer_add_bytes(bytes, part, got);
    fclose(file);
    return ht_buffer_status(bytes, err);
}

static enum ht_status pack_files(struct ht_packer *packer, char **paths, const struct conversation_options *options,
                                 struct totals *totals, struct ht_error *err)
{
    struct ht_buffer payload = {0}, scratch = {0};
    enum ht_status status = HT_OK;
    for (; *paths != NULL && status == HT_OK; paths++) {
        struct ht_delivery delivery;
        conversation_delivery(options, totals->count, &scratch, &delivery);
        status = read_file(*paths, &payload, err);
        if (status == HT_OK) status = pack(packer, &delivery, ht_buffer_slice(&payload), totals, err);
    }
    ht_buffer_release(&payload);
    ht_buffer_release(&scratch);
    return status;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {CONVERSATION_LONG_OPTIONS, {NULL, 0, NULL, 0}};
    struct conversation_options conversations = CONVERSATION_DEFAULTS;
    struct totals totals = {0};
    struct ht_error err = {0};
    struct ht_packer *packer = ht_packer_new();
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (conversation_set(&conversations, (char)option, optarg)) continue;
        fputs("usage: pack [options] [FILE…]\n" CONVERSATION_USAGE, stderr);
        return 2;
    }
    if (packer == NULL) return 1;
    enum ht_status status = optind < argc ? pack_files(packer, argv + optind, &conversations, &totals, &err)
                                          : pack_generated(packer, &conversations, &totals, &err);
    ht_packer_free(packer);
    if (status != HT_OK) {
        fprintf(stderr, "pack: %s\n", err.detail);
        return 1;
    }
    double count = (double)totals.count;
    printf("{\"count\":%.0f,\"payload_bytes\":%.0f,\"record_bytes\":%.0f,\"ratio\":%.3f,\"us\":%.2f}\n", count,
           (double)totals.payload / count, (double)totals.record / count,
           (double)totals.payload / (double)totals.record, (double)totals.spent / 1e3 / ROUNDS / count);
    return 0;
}
