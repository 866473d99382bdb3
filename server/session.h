/* Sessions: who has signed in with an API token, and for how long that counts.

   The secret is the browser's, in a cookie; here is only its hash, in memory alone, so that sessions end with the
   daemon. A session belongs to a token and can do no more than that. Times are milliseconds of one clock that is never
   set. Any thread: the table locks. */
#ifndef HT_SERVER_SESSION_H
#define HT_SERVER_SESSION_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_SESSION_HASH 32 /* bytes, SHA-256 */
#define HT_SESSION_TEXT 44 /* a secret's text with its NUL: 32 bytes in base64url */

struct ht_sessions;

struct ht_session {
    uint8_t hash[HT_SESSION_HASH]; /* of the secret's text */
    uint32_t token;                /* its id */
    int64_t begun_at;
    int64_t used_at;
};

/* How long a session lasts: without a request, and in all; ms. */
struct ht_session_limits {
    int64_t idle;
    int64_t age;
};

/* For `most` sessions at once, at least 1; freed with ht_sessions_free. */
HT_MUST_CHECK enum ht_status ht_sessions_new(size_t most, struct ht_sessions **sessions, struct ht_error *err);
void ht_sessions_free(struct ht_sessions *sessions); /* NULL is fine */

/* A new secret's text from 32 random bytes, which the caller wipes as it does the text. */
void ht_session_text(const uint8_t random[32], char text[HT_SESSION_TEXT]);
void ht_session_hash(struct ht_slice text, uint8_t hash[HT_SESSION_HASH]);
/* What a request that changes something must repeat in a header, for it shows that the page could read the answer of
   the sign-in: made of the secret (BLAKE2b with a key of its own), from which nothing of the secret follows. */
void ht_session_csrf(struct ht_slice text, char csrf[HT_SESSION_TEXT]);

/* Begins one. Where there is no room, the one that has been idle longest goes. */
void ht_sessions_begin(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH], uint32_t token,
                       const struct ht_session_limits *limits, int64_t now);

/* Whether there is such a session, which `found` then holds a copy of. With `use` it is used by that, and lasts longer.
 */
bool ht_sessions_find(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH],
                      const struct ht_session_limits *limits, int64_t now, bool use, struct ht_session *found);

void ht_sessions_end(struct ht_sessions *sessions, const uint8_t hash[HT_SESSION_HASH]);
void ht_sessions_end_of(struct ht_sessions *sessions, uint32_t token); /* all that belong to it */

/* How many there are. */
size_t ht_sessions_count(struct ht_sessions *sessions, const struct ht_session_limits *limits, int64_t now);

#endif
