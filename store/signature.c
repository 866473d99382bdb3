#include "hooktrail/signature.h"

#include <sodium.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"

#define PREFIX "whsec_"
#define SCHEME "v1,"

_Static_assert(crypto_auth_hmacsha256_BYTES == 32, "a v1 signature is an HMAC-SHA-256");

enum ht_status ht_signature_key(struct ht_slice secret, uint8_t key[HT_SIGNATURE_KEY_MAX], size_t *size,
                                struct ht_error *err)
{
    const size_t prefix = sizeof(PREFIX) - 1;

    *size = 0;
    if (secret.size < prefix || memcmp(secret.data, PREFIX, prefix) != 0)
        return ht_fail(err, HT_INVALID, "the signing secret must begin with " PREFIX);
    enum ht_status status =
        ht_base64_decode(ht_slice_of(secret.data + prefix, secret.size - prefix), key, HT_SIGNATURE_KEY_MAX, size);
    if (status == HT_OK && *size >= HT_SIGNATURE_KEY_MIN) return HT_OK;
    sodium_memzero(key, HT_SIGNATURE_KEY_MAX);
    *size = 0;
    return ht_fail(err, HT_INVALID, "the signing secret must be " PREFIX " and base64 of %d to %d bytes",
                   HT_SIGNATURE_KEY_MIN, HT_SIGNATURE_KEY_MAX);
}

static void mac_add(crypto_auth_hmacsha256_state *state, struct ht_slice slice)
{
    if (slice.size > 0) crypto_auth_hmacsha256_update(state, (const unsigned char *)slice.data, slice.size);
}

/* The signed content is "id.timestamp.body". The key's length is given: the one-shot call takes 32 bytes only. */
static void compute(const uint8_t *key, size_t key_size, struct ht_slice id, struct ht_slice timestamp,
                    struct ht_slice body, uint8_t mac[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key, key_size);
    mac_add(&state, id);
    mac_add(&state, HT_SLICE("."));
    mac_add(&state, timestamp);
    mac_add(&state, HT_SLICE("."));
    mac_add(&state, body);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof(state));
}

static bool within_tolerance(struct ht_slice timestamp, int64_t now)
{
    uint64_t seconds = 0;
    int64_t off = 0;

    if (ht_parse_u64(timestamp, &seconds) != HT_OK || seconds > INT64_MAX / HT_SECOND) return false;
    if (__builtin_sub_overflow((int64_t)seconds * HT_SECOND, now, &off)) return false;
    return off >= -HT_SIGNATURE_TOLERANCE && off <= HT_SIGNATURE_TOLERANCE;
}

/* One entry of the list. Other schemes ("v1a," is asymmetric) are not ours to judge: they just do not match. */
static bool entry_matches(struct ht_slice entry, const uint8_t mac[crypto_auth_hmacsha256_BYTES])
{
    const size_t scheme = sizeof(SCHEME) - 1;
    uint8_t sent[crypto_auth_hmacsha256_BYTES];
    size_t size = 0;

    if (entry.size < scheme || memcmp(entry.data, SCHEME, scheme) != 0) return false;
    if (ht_base64_decode(ht_slice_of(entry.data + scheme, entry.size - scheme), sent, sizeof(sent), &size) != HT_OK)
        return false;
    return size == sizeof(sent) && sodium_memcmp(sent, mac, sizeof(sent)) == 0;
}

static bool list_matches(struct ht_slice list, const uint8_t mac[crypto_auth_hmacsha256_BYTES])
{
    size_t start = 0;

    for (size_t i = 0; i <= list.size; i++) {
        if (i < list.size && list.data[i] != ' ') continue;
        if (i > start && entry_matches(ht_slice_of(list.data + start, i - start), mac)) return true;
        start = i + 1;
    }
    return false;
}

static enum ht_status require(struct ht_slice value, const char *name, struct ht_error *err)
{
    if (value.size > 0) return HT_OK;
    return ht_fail_field(err, HT_UNAUTHORIZED, name, "the header %s is missing", name);
}

enum ht_status ht_signature_verify(const uint8_t *key, size_t key_size, const struct ht_signature_headers *headers,
                                   struct ht_slice body, int64_t now, struct ht_error *err)
{
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    bool right = false;

    if (require(headers->id, "webhook-id", err) != HT_OK ||
        require(headers->timestamp, "webhook-timestamp", err) != HT_OK ||
        require(headers->signatures, "webhook-signature", err) != HT_OK)
        return HT_UNAUTHORIZED;
    if (memchr(headers->id.data, '.', headers->id.size))
        return ht_fail_field(err, HT_UNAUTHORIZED, "webhook-id",
                             "webhook-id has a full stop, which parts the signed text");
    if (!within_tolerance(headers->timestamp, now))
        return ht_fail_field(err, HT_UNAUTHORIZED, "webhook-timestamp",
                             "webhook-timestamp is not within %d seconds of this machine's clock",
                             (int)(HT_SIGNATURE_TOLERANCE / HT_SECOND));
    compute(key, key_size, headers->id, headers->timestamp, body, mac);
    right = list_matches(headers->signatures, mac);
    sodium_memzero(mac, sizeof(mac));
    if (!right)
        return ht_fail_field(err, HT_UNAUTHORIZED, "webhook-signature",
                             "no v1 signature in webhook-signature is right for this body");
    return HT_OK;
}

void ht_signature_sign(const uint8_t *key, size_t key_size, struct ht_slice id, struct ht_slice timestamp,
                       struct ht_slice body, struct ht_buffer *out)
{
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof(mac), sodium_base64_VARIANT_ORIGINAL)];

    compute(key, key_size, id, timestamp, body, mac);
    sodium_bin2base64(text, sizeof(text), mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
    ht_buffer_add_text(out, SCHEME);
    ht_buffer_add_text(out, text);
    sodium_memzero(mac, sizeof(mac));
}
