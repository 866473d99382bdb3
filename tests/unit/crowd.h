/* For unit tests: many events of every shape in few transactions: repeats, derived conversations, leads with addresses,
   addresses without leads, payloads of several lines, some that pass no rule, and rejected deliveries. */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

#include <stdatomic.h>

#include "random.h"
#include "scratch.h"

#define CROWD_BATCH 64
#define CROWD_PAYLOAD 4096

/* The payload number `n`: the same for the same n. */
static inline void crowd_payload(char payload[CROWD_PAYLOAD], uint64_t n)
{
    struct random random = {.state = n};
    unsigned conversation = random_below(&random, 1 + (uint32_t)n / 4), lead = random_below(&random, 20);
    unsigned agent = random_below(&random, 3), size = random_below(&random, 600);
    const char *gap = n % 3 == 0 ? "\r\n  " : n % 3 == 1 ? "\n" : " ";
    char filler[601];
    for (unsigned i = 0; i < size; i++)
        filler[i] = (char)('a' + random_below(&random, 26));
    filler[size] = '\0';
    char messages[512];
    snprintf(messages, sizeof messages,
             "\"messages\":[{\"role\":\"user\",\"content\":\"Hello from %u\\n\\u00e9\",%s\"created_at\":"
             "\"2025-11-%02uT10:%02u:00Z\"}]",
             conversation, gap, 1 + conversation % 28, conversation % 60);
    switch (n % 5) {
    case 0:
        snprintf(
            payload, CROWD_PAYLOAD,
            "{%s\"lead\":{\"id\":\"lead-%u\",\"email\":\"L%u@example.com\",\"n\":%llu},%s,\"agent_id\":\"agent-%u\"}",
            gap, lead, lead, (unsigned long long)n, messages, agent);
        break;
    case 1:
        snprintf(payload, CROWD_PAYLOAD,
                 "{\"conversation\":{\"id\":\"conversation-%u\",%s\"n\":%llu},%s,\"agent_id\":\"agent-%u\",%s\"agent_"
                 "name\":\"A %u\"}",
                 conversation, gap, (unsigned long long)n, messages, agent, gap, agent);
        break;
    case 2:
        snprintf(payload, CROWD_PAYLOAD,
                 "{\"visitor\":{\"visitor_id\":\"visitor-%u\",\"lead_id\":\"lead-%u\"},%s\"n\":%llu,\"filler\":\"%s\"}",
                 lead, lead, gap, (unsigned long long)n, filler);
        break;
    case 3:
        snprintf(payload, CROWD_PAYLOAD,
                 "{\"conversation_id\":\"conversation-%u\",\"escalation_reason\":\"%s\",%s\"lead_id\":7,\"n\":%llu}",
                 conversation, filler, gap, (unsigned long long)n);
        break;
    default:
        snprintf(payload, CROWD_PAYLOAD, "{\"type\":\"Type_%llu\",%s\"n\":%llu%s}", (unsigned long long)n % 7, gap,
                 (unsigned long long)n, n % 2 == 0 ? ",\"contact\":{\"email\":\"nobodys@example.com\"}" : "");
        break;
    }
}

static inline void crowd_pack(struct ht_append *append, struct ht_packer *packer, uint64_t n)
{
    char payload[CROWD_PAYLOAD];
    uint8_t salt[HT_SALT_SIZE];
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW + (int64_t)n * HT_SECOND * 700, .endpoint = 1};
    memset(salt, (int)n, sizeof salt);
    crowd_payload(payload, n);
    *append = (struct ht_append){.kind = HT_APPEND_EVENT};
    assert_ok(ht_append_pack(append, packer, &delivery, ht_slice_from(payload), 1, HT_ABSENT, salt, &scratch_error));
}

/* Appends the payloads number `first` to `last`, and each ninth of them twice. */
static inline void crowd_append(struct ht_store *store, uint64_t first, uint64_t last)
{
    struct ht_append appends[2 * CROWD_BATCH];
    struct ht_packer *packer = ht_packer_new();
    struct ht_appender *appender;
    struct ht_position end;
    assert_non_null(packer);
    assert_ok(ht_appender_new(store, &appender, &scratch_error));
    while (first <= last) {
        size_t count = 0;
        for (; first <= last && count < CROWD_BATCH; first++) {
            crowd_pack(&appends[count++], packer, first);
            if (first % 9 == 0) crowd_pack(&appends[count++], packer, first);
        }
        for (size_t i = 0; i < count; i++)
            appends[i].next = i + 1 < count ? &appends[i + 1] : NULL;
        assert_ok(ht_appender_commit(appender, appends, &end, &scratch_error));
        for (size_t i = 0; i < count; i++)
            ht_append_release(&appends[i]);
        assert_ok(ht_index_catch_up(store, NULL, NULL, NULL, &scratch_error));
    }
    ht_appender_free(appender);
    ht_packer_free(packer);
}

static inline void crowd_reject(struct ht_store *store, unsigned count)
{
    struct ht_appender *appender;
    struct ht_position end;
    assert_ok(ht_appender_new(store, &appender, &scratch_error));
    for (unsigned i = 0; i < count; i++) {
        struct ht_append append = {.kind = HT_APPEND_REJECTED};
        struct ht_delivery delivery = {.received_at = SCRATCH_NOW + i, .endpoint = 1};
        struct ht_error reason;
        (void)ht_fail_at(&reason, HT_INVALID, i, "not JSON");
        assert_ok(ht_append_pack_rejected(&append, &delivery, HT_SLICE("{not JSON"), 9, &reason, &scratch_error));
        assert_ok(ht_appender_commit(appender, &append, &end, &scratch_error));
        ht_append_release(&append);
    }
    ht_appender_free(appender);
}

/* A thread that goes on appending until it is told to stop. */
struct crowd_busy {
    struct ht_store *store;
    atomic_bool stop;
};

static inline void *crowd_append_on(void *context)
{
    struct crowd_busy *busy = context;
    for (uint64_t n = 1000; !atomic_load(&busy->stop); n += 40)
        crowd_append(busy->store, n, n + 39);
    return NULL;
}

#endif
