/* For unit tests: a store in a temporary directory, and events to put into it. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <ftw.h>
#include <pthread.h>
#include <sodium.h>

#include "hooktrail/append.h"
#include "hooktrail/index.h"
#include "hooktrail/store.h"
#include "hooktrail/time.h"

#ifndef SCRATCH_FOLDER
#define SCRATCH_FOLDER "/tmp"
#endif

#define SCRATCH_NOW INT64_C(1763990400000000) /* 2025-11-24T13:20:00Z */

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        struct ht_error scratch_error = {0};                                                                           \
        enum ht_status scratch_status = (call);                                                                        \
        if (scratch_status != HT_OK)                                                                                   \
            fail_msg("%s: %s %s", #call, ht_status_title(scratch_status), scratch_error.detail);                       \
    } while (0)

struct scratch {
    char dir[64];
    struct ht_store *store;
    struct ht_store_secrets secrets;
};

static inline int scratch_remove_one(const char *path, const struct stat *stat, int kind, struct FTW *ftw)
{
    (void)stat, (void)kind, (void)ftw;
    return remove(path);
}

static inline void scratch_open(struct scratch *scratch)
{
    struct ht_error err = {0};
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
    if (ht_store_open(scratch->dir, &options, &scratch->store, &err) != HT_OK) fail_msg("open: %s", err.detail);
}

static inline void scratch_make(struct scratch *scratch)
{
    struct ht_error err = {0};
    snprintf(scratch->dir, sizeof scratch->dir, SCRATCH_FOLDER "/hooktrail-unit-XXXXXX");
    setenv("HOOKTRAIL_MAP_SIZE", "1073741824", 1);
    assert_non_null(mkdtemp(scratch->dir));
    if (ht_store_init(scratch->dir, NULL, SCRATCH_NOW, &scratch->secrets, &err) != HT_OK)
        fail_msg("init: %s", err.detail);
    scratch_open(scratch);
}

static inline void scratch_drop(struct scratch *scratch)
{
    ht_store_close(scratch->store);
    nftw(scratch->dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The time that a payload states, where the index looks for its repeats. The reader is large, and made once: to make
   and free it for each event takes ASan a minute. */
static inline int64_t scratch_stated_at(const char *payload)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct ht_json *json;
    static struct ht_reading *reading;
    struct ht_facts facts = {.stated_at = HT_TIME_NONE};
    struct ht_delivery delivery = {0};
    pthread_mutex_lock(&lock);
    if (!json) json = ht_json_new();
    if (!reading) reading = ht_reading_new();
    if (ht_json_parse(json, ht_slice_from(payload), NULL) == HT_OK)
        (void)!ht_reading_extract(reading, json, &delivery, &facts, NULL);
    pthread_mutex_unlock(&lock);
    return facts.stated_at;
}

/* Appends one payload as a delivery at `at`; returns the answer's seq, and whether it was a duplicate. */
static inline uint64_t scratch_append(struct ht_appender *appender, const char *payload, int64_t at, bool *duplicate)
{
    struct ht_error err = {0};
    struct ht_position end;
    struct ht_append append = {.stated_at = scratch_stated_at(payload)};
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = at, .endpoint = 1, .sender = HT_SLICE("192.0.2.7")};
    uint8_t salt[HT_SALT_SIZE];
    assert_non_null(packer);
    randombytes_buf(salt, sizeof salt);
    enum ht_status status =
        ht_append_pack(&append, packer, &delivery, ht_slice_from(payload), 1, HT_ABSENT, salt, &err);
    if (status == HT_OK) status = ht_appender_commit(appender, &append, &end, &err);
    if (status != HT_OK) fail_msg("append: %s", err.detail);
    if (duplicate != NULL) *duplicate = append.duplicate;
    ht_append_release(&append);
    ht_packer_free(packer);
    return append.seq;
}

#endif
