#include "session.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "hooktrail/sha256.h"

_Static_assert(HT_SESSION_HASH == HT_SHA256_SIZE, "a session's hash is SHA-256");
_Static_assert(HT_SESSION_TEXT == sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "a secret's text is 32 bytes in base64url");

struct ht_sessions {
    pthread_mutex_t mutex;
    size_t most;
    size_t count;
    struct ht_session list[]; /* in no order */
};

static void encode(const uint8_t bytes[32], char text[HT_SESSION_TEXT])
{
    sodium_bin2base64(text, HT_SESSION_TEXT, bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void ht_session_text(const uint8_t random[32], char text[HT_SESSION_TEXT])
{
    encode(random, text);
}

void ht_session_hash(struct ht_slice text, uint8_t hash[HT_SESSION_HASH])
{
    ht_sha256(text, hash);
}

void ht_session_csrf(struct ht_slice text, char csrf[HT_SESSION_TEXT])
{
    static const unsigned char key[] = "hooktrail: csrf of a session";
    uint8_t digest[32];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)text.data, text.size, key, sizeof key - 1);
    encode(digest, csrf);
    sodium_memzero(digest, sizeof digest);
}

enum ht_status ht_sessions_new(size_t most, struct ht_sessions **out, struct ht_error *err)
{
    assert(most > 0);
    struct ht_sessions *sessions = calloc(1, sizeof *sessions + most * sizeof sessions->list[0]);
    if (!sessions) return ht_fail(err, HT_NO_MEMORY, "out of memory for sessions");
    pthread_mutex_init(&sessions->mutex, NULL);
    sessions->most = most;
    *out = sessions;
    return HT_OK;
}

void ht_sessions_free(struct ht_sessions *sessions)
{
    if (!sessions) return;
    pthread_mutex_destroy(&sessions->mutex);
    sodium_memzero(sessions->list, sessions->most * sizeof sessions->list[0]);
    free(sessions);
}

/* ---- with the lock held ---- */

static void forget(struct ht_sessions *sessions, size_t place)
{
    sessions->list[place] = sessions->list[--sessions->count];
    sodium_memzero(&sessions->list[sessions->count], sizeof sessions->list[0]);
}

static void forget_ended(struct ht_sessions *sessions, const struct ht_session_limits *limits, int64_t now)
{
    for (size_t i = 0; i < sessions->count;) {
        const struct ht_session *session = &sessions->list[i];
        bool lasts = now - session->used_at < limits->idle && now - session->begun_at < limits->age;
        if (lasts)
            i++;
        else
            forget(sessions, i);
    }
}

/* Found by the hash's beginning, as by an index, and then compared in constant time. */
static struct ht_session *find(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH])
{
    for (size_t i = 0; i < sessions->count; i++) {
        const uint8_t *kept = sessions->list[i].hash;
        if (memcmp(kept, hash, 8) == 0 && sodium_memcmp(kept, hash, HT_SESSION_HASH) == 0) return &sessions->list[i];
    }
    return NULL;
}

static void make_room(struct ht_sessions *sessions)
{
    size_t idlest = 0;
    if (sessions->count < sessions->most) return;
    for (size_t i = 1; i < sessions->count; i++) {
        if (sessions->list[i].used_at < sessions->list[idlest].used_at) idlest = i;
    }
    forget(sessions, idlest);
}

/* ---- for everyone ---- */

void ht_sessions_begin(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH], uint32_t token,
                       const struct ht_session_limits *limits, int64_t now)
{
    pthread_mutex_lock(&sessions->mutex);
    forget_ended(sessions, limits, now);
    make_room(sessions);
    struct ht_session *session = &sessions->list[sessions->count++];
    *session = (struct ht_session){.token = token, .begun_at = now, .used_at = now};
    memcpy(session->hash, hash, HT_SESSION_HASH);
    pthread_mutex_unlock(&sessions->mutex);
}

bool ht_sessions_find(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH],
                      const struct ht_session_limits *limits, int64_t now, bool use, struct ht_session *found)
{
    pthread_mutex_lock(&sessions->mutex);
    forget_ended(sessions, limits, now);
    struct ht_session *session = find(sessions, hash);
    if (session && use && now > session->used_at) session->used_at = now;
    if (session) *found = *session;
    pthread_mutex_unlock(&sessions->mutex);
    return session != NULL;
}

void ht_sessions_end(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH])
{
    pthread_mutex_lock(&sessions->mutex);
    struct ht_session *session = find(sessions, hash);
    if (session) forget(sessions, (size_t)(session - sessions->list));
    pthread_mutex_unlock(&sessions->mutex);
}

void ht_sessions_end_of(struct ht_sessions *sessions, uint32_t token)
{
    pthread_mutex_lock(&sessions->mutex);
    for (size_t i = 0; i < sessions->count;) {
        if (sessions->list[i].token == token)
            forget(sessions, i);
        else
            i++;
    }
    pthread_mutex_unlock(&sessions->mutex);
}

size_t ht_sessions_count(struct ht_sessions *sessions, const struct ht_session_limits *limits, int64_t now)
{
    pthread_mutex_lock(&sessions->mutex);
    forget_ended(sessions, limits, now);
    size_t count = sessions->count;
    pthread_mutex_unlock(&sessions->mutex);
    return count;
}
