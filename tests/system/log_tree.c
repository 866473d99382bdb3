/* Grows a trail until it has SIZE events, a thousand in a transaction: trees to prove things of. */
#include <hooktrail/append.h>
#include <hooktrail/encode.h>
#include <hooktrail/log.h>
#include <hooktrail/time.h>

#include <inttypes.h>
#include <stdio.h>

#define BATCH 1000

struct grower {
    struct ht_appender *appender;
    struct ht_packer *packer;
    struct ht_append events[BATCH];
};

/* All are of one conversation, so that they share a data key. */
static enum ht_status pack(struct grower *grower, struct ht_append *event, uint64_t seq, struct ht_error *err)
{
    struct ht_buffer payload = {0};
    struct ht_delivery delivery = {.received_at = ht_time_now(), .endpoint = 1, .sender = HT_SLICE("192.0.2.1")};
    uint8_t salt[HT_SALT_SIZE] = {0};
    ht_put_be64(salt, seq);
    memset(event->person.conversation, 7, sizeof event->person.conversation);
    ht_buffer_printf(&payload, "{\"agent_id\":\"a\",\"conversation\":{\"id\":\"c\"},\"n\":%" PRIu64 "}", seq);
    enum ht_status status =
        ht_append_pack(event, grower->packer, &delivery, ht_buffer_slice(&payload), 1, HT_ABSENT, salt, err);
    ht_buffer_release(&payload);
    return status;
}

static enum ht_status grow_batch(struct grower *grower, uint64_t from, size_t count, struct ht_error *err)
{
    struct ht_position end;
    enum ht_status status = HT_OK;
    memset(grower->events, 0, sizeof grower->events);
    for (size_t i = 0; i < count && status == HT_OK; i++) {
        status = pack(grower, &grower->events[i], from + i, err);
        if (i > 0) grower->events[i - 1].next = &grower->events[i];
    }
    if (status == HT_OK) status = ht_appender_commit(grower->appender, grower->events, &end, err);
    if (status == HT_OK && end.seq != from + count - 1) status = ht_fail(err, HT_CORRUPT, "the trail ends elsewhere");
    for (size_t i = 0; i < count; i++)
        ht_append_release(&grower->events[i]);
    return status;
}

static enum ht_status read_size(struct ht_store *store, uint64_t *size, struct ht_error *err)
{
    struct ht_reader *reader = NULL;
    struct ht_tree_head head = {0};
    enum ht_status status = ht_reader_new(store, &reader, err);
    if (status == HT_OK) status = ht_reader_begin(reader, err);
    if (status == HT_OK) {
        status = ht_log_head(reader, HT_LOG_EVENTS, &head, err);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    *size = head.size;
    return status;
}

static enum ht_status grow(struct ht_store *store, uint64_t size, struct ht_error *err)
{
    static struct grower grower;
    uint64_t at = 0;
    grower.packer = ht_packer_new();
    enum ht_status status = grower.packer ? ht_appender_new(store, &grower.appender, err) : HT_NO_MEMORY;
    if (status == HT_OK) status = read_size(store, &at, err);
    while (status == HT_OK && at < size) {
        size_t count = size - at < BATCH ? (size_t)(size - at) : BATCH;
        status = grow_batch(&grower, at + 1, count, err);
        at += count;
    }
    ht_appender_free(grower.appender);
    ht_packer_free(grower.packer);
    return status;
}

int main(int argc, char **argv)
{
    struct ht_store *store = NULL;
    struct ht_error err = {0};
    uint64_t size;
    if (argc != 3 || ht_parse_u64(ht_slice_from(argv[2]), &size) != HT_OK) {
        fprintf(stderr, "usage: log_tree DATA SIZE\n");
        return 2;
    }
    enum ht_status status = ht_store_open(argv[1], NULL, &store, &err);
    if (status == HT_OK) status = grow(store, size, &err);
    if (status != HT_OK) fprintf(stderr, "log_tree: %s: %s\n", ht_status_title(status), err.detail);
    ht_store_close(store);
    return status == HT_OK ? 0 : ht_status_exit(status);
}
