/* A program of somebody else's: appends an event with libhooktrail, brings the index up, and prints the conversation.
 */
#include <hooktrail/append.h>
#include <hooktrail/index.h>
#include <hooktrail/query.h>
#include <hooktrail/time.h>

#include <stdio.h>
#include <stdlib.h>

static enum ht_status append(struct ht_store *store, const char *payload, struct ht_error *err)
{
    struct ht_appender *appender = NULL;
    struct ht_packer *packer = ht_packer_new();
    struct ht_append event = {0};
    struct ht_position end;
    struct ht_delivery delivery = {.received_at = ht_time_now(), .endpoint = 1, .sender = HT_SLICE("192.0.2.1")};
    const uint8_t salt[HT_SALT_SIZE] = {7}; /* a program in earnest takes random ones */
    enum ht_status status = packer ? ht_appender_new(store, &appender, err) : HT_NO_MEMORY;
    if (status == HT_OK)
        status = ht_append_pack(&event, packer, &delivery, ht_slice_from(payload), 1, HT_ABSENT, salt, err);
    if (status == HT_OK) status = ht_appender_commit(appender, &event, &end, err);
    if (status == HT_OK) fprintf(stderr, "stored as event %llu\n", (unsigned long long)event.seq);
    ht_append_release(&event);
    ht_appender_free(appender);
    ht_packer_free(packer);
    return status;
}

static enum ht_status print(struct ht_store *store, const char *conversation, struct ht_error *err)
{
    struct ht_reader *reader = NULL;
    struct ht_query *query = NULL;
    struct ht_filter filter;
    ht_filter_init(&filter);
    enum ht_status status = ht_reader_new(store, &reader, err);
    if (status == HT_OK)
        status =
            ht_query_open(HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, ht_slice_from(conversation), &filter, &query, err);
    if (status == HT_OK) status = ht_query_run(query, reader, err);
    if (status == HT_OK) {
        struct ht_slice document = ht_query_document(query);
        fwrite(document.data, 1, document.size, stdout);
    }
    ht_query_free(query);
    ht_reader_free(reader);
    return status;
}

int main(int argc, char **argv)
{
    struct ht_store *store = NULL;
    struct ht_error err = {0};
    if (argc != 4) {
        fprintf(stderr, "usage: library DATA PAYLOAD CONVERSATION\n");
        return 2;
    }
    enum ht_status status = ht_store_open(argv[1], NULL, &store, &err);
    if (status == HT_OK) status = append(store, argv[2], &err);
    if (status == HT_OK) status = ht_index_catch_up(store, NULL, NULL, NULL, &err);
    if (status == HT_OK) status = print(store, argv[3], &err);
    if (status != HT_OK) fprintf(stderr, "%s: %s\n", ht_status_title(status), err.detail);
    ht_store_close(store);
    return ht_status_exit(status);
}
