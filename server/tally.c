#include "tally.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBERED 4096
#define MOST_PLACES (UINT32_C(1) << 30)

/* Places are numbered from 1; 0 is none. */
struct ht_tally {
    uint8_t key[HT_TALLY_KEY];
    int64_t full_at; /* of its pace */
    uint32_t open;
    uint32_t chained; /* the next with the same hash */
    uint32_t newer;   /* among those with nothing open */
    uint32_t older;
};

struct ht_tallies {
    pthread_mutex_t mutex;
    uint8_t secret[crypto_shorthash_KEYBYTES];
    uint32_t *heads; /* by hash */
    uint32_t mask;
    struct ht_tally *places; /* places[0] closes the ring of those with nothing open: its `newer` is the oldest */
    uint32_t count;
    uint32_t used; /* so many have ever been */
};

enum ht_status ht_tallies_new(size_t open, struct ht_tallies **out, struct ht_error *err)
{
    struct ht_tallies *tallies = calloc(1, sizeof *tallies);
    size_t count = open + REMEMBERED, heads = 1;
    while (heads < count)
        heads *= 2;
    if (tallies && count < MOST_PLACES) {
        /* Memory that was never written costs nothing. */
        tallies->heads = calloc(heads, sizeof *tallies->heads);
        tallies->places = calloc(count + 1, sizeof *tallies->places);
    }
    if (!tallies || !tallies->heads || !tallies->places) {
        ht_tallies_free(tallies);
        return ht_fail(err, HT_NO_MEMORY, "out of memory for counting who has what open");
    }
    pthread_mutex_init(&tallies->mutex, NULL);
    crypto_shorthash_keygen(tallies->secret);
    tallies->mask = (uint32_t)(heads - 1);
    tallies->count = (uint32_t)count;
    *out = tallies;
    return HT_OK;
}

void ht_tallies_free(struct ht_tallies *tallies)
{
    if (!tallies) return;
    if (tallies->count > 0) pthread_mutex_destroy(&tallies->mutex);
    free(tallies->heads);
    free(tallies->places);
    free(tallies);
}

void ht_tally_key_number(uint64_t number, uint8_t key[HT_TALLY_KEY])
{
    memset(key, 0, HT_TALLY_KEY);
    memcpy(key, &number, sizeof number);
}

void ht_tally_key_address(const uint8_t ip[HT_IP_SIZE], uint8_t key[HT_TALLY_KEY])
{
    memset(key, 0, HT_TALLY_KEY);
    memcpy(key, ip, ht_ip_is_v4(ip) ? HT_IP_SIZE : HT_IP_SIZE / 2);
}

/* ---- places; under the mutex, all of it ---- */

static uint32_t *head_of(struct ht_tallies *tallies, const uint8_t key[HT_TALLY_KEY])
{
    uint64_t hash;
    _Static_assert(sizeof hash == crypto_shorthash_BYTES, "a hash fits");
    crypto_shorthash((uint8_t *)&hash, key, HT_TALLY_KEY, tallies->secret);
    return &tallies->heads[hash & tallies->mask];
}

static uint32_t place_of(const struct ht_tallies *tallies, const struct ht_tally *tally)
{
    return (uint32_t)(tally - tallies->places);
}

static void leave_ring(struct ht_tallies *tallies, struct ht_tally *tally)
{
    tallies->places[tally->newer].older = tally->older;
    tallies->places[tally->older].newer = tally->newer;
}

static void enter_ring(struct ht_tallies *tallies, struct ht_tally *tally)
{
    struct ht_tally *ring = tallies->places;
    uint32_t place = place_of(tallies, tally);
    tally->newer = 0;
    tally->older = ring->older;
    ring[tally->older].newer = place;
    ring->older = place;
}

static void forget(struct ht_tallies *tallies, struct ht_tally *tally)
{
    uint32_t *at = head_of(tallies, tally->key);
    while (*at != place_of(tallies, tally))
        at = &tallies->places[*at].chained;
    *at = tally->chained;
    leave_ring(tallies, tally);
}

/* A place that nobody has; NULL if all have something open. */
static struct ht_tally *vacate(struct ht_tallies *tallies)
{
    if (tallies->used < tallies->count) return &tallies->places[++tallies->used];
    uint32_t oldest = tallies->places[0].newer;
    if (oldest == 0) return NULL;
    forget(tallies, &tallies->places[oldest]);
    return &tallies->places[oldest];
}

/* Finds or makes it, and makes it the newest of the ring; NULL if there is no place. */
static struct ht_tally *find(struct ht_tallies *tallies, const uint8_t key[HT_TALLY_KEY])
{
    uint32_t *head = head_of(tallies, key), place = *head;
    while (place != 0 && memcmp(tallies->places[place].key, key, HT_TALLY_KEY) != 0)
        place = tallies->places[place].chained;
    struct ht_tally *tally = place ? &tallies->places[place] : vacate(tallies);
    if (!tally) return NULL;
    if (place == 0) {
        *tally = (struct ht_tally){.chained = *head};
        memcpy(tally->key, key, HT_TALLY_KEY);
        *head = place_of(tallies, tally);
    } else if (tally->open == 0) {
        leave_ring(tallies, tally);
    }
    if (tally->open == 0) enter_ring(tallies, tally);
    return tally;
}

/* ---- what is open ---- */

struct ht_tally *ht_tally_open(struct ht_tallies *tallies, const uint8_t key[HT_TALLY_KEY], uint64_t most)
{
    pthread_mutex_lock(&tallies->mutex);
    struct ht_tally *tally = find(tallies, key);
    if (tally && most > 0 && tally->open >= most) tally = NULL;
    if (tally && tally->open++ == 0) leave_ring(tallies, tally);
    pthread_mutex_unlock(&tallies->mutex);
    return tally;
}

void ht_tally_close(struct ht_tallies *tallies, struct ht_tally *tally)
{
    pthread_mutex_lock(&tallies->mutex);
    if (--tally->open == 0) enter_ring(tallies, tally);
    pthread_mutex_unlock(&tallies->mutex);
}

/* ---- how fast ---- */

bool ht_tally_admit(struct ht_tallies *tallies, const uint8_t key[HT_TALLY_KEY], int64_t now, struct ht_pace pace)
{
    pthread_mutex_lock(&tallies->mutex);
    struct ht_tally *tally = find(tallies, key);
    bool admitted = !tally || ht_pace_wait(tally->full_at, now, pace) == 0;
    if (tally && admitted) ht_pace_count(&tally->full_at, now, pace);
    pthread_mutex_unlock(&tallies->mutex);
    return admitted;
}

int64_t ht_tally_delay(struct ht_tallies *tallies, struct ht_tally *tally, int64_t now, struct ht_pace pace,
                       int64_t most)
{
    pthread_mutex_lock(&tallies->mutex);
    int64_t wait = ht_pace_wait(tally->full_at, now, pace);
    /* What has reached the most is counted no further, so that it is soon forgiven. */
    if (wait < most) ht_pace_count(&tally->full_at, now, pace);
    pthread_mutex_unlock(&tallies->mutex);
    return wait < most ? wait : most;
}
