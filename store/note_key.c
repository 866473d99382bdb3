#include "note_key.h"

#include <sodium.h>

#include "hooktrail/encode.h"
#include "utf8.h"

#define HASH_DIGITS 8
#define KEY_BYTES 33 /* type and key or seed */
#define BASE64_KEY 44

static const char private_prefix[] = "PRIVATE+KEY+";

/* ---- names ---- */

/* White space of Unicode (property White_Space), which U+2000 to U+200A are as well. */
static bool is_space(uint32_t code)
{
    static const uint32_t spaces[] = {0x09, 0x0a,   0x0b,   0x0c,   0x0d,   0x20,   0x85,
                                      0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
    if (code >= 0x2000 && code <= 0x200a) return true;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        if (code == spaces[i]) return true;
    }
    return false;
}

bool note_name_is_sound(struct ht_slice name)
{
    if (name.size == 0) return false;
    const uint8_t *at = (const uint8_t *)name.data, *end = at + name.size;
    while (at < end) {
        struct utf8_step step = utf8_step(at, end);
        if (step.code == UTF8_MALFORMED || step.code == '+' || is_space(step.code)) return false;
        at += step.size;
    }
    return true;
}

/* C0, DEL and C1, in a name that is sound: those of C1 begin with 0xc2, and end as they do in Latin-1. */
static bool has_control(struct ht_slice name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = (uint8_t)name.data[i];
        if (byte < 0x20 || byte == 0x7f) return true;
        if (byte == 0xc2 && (uint8_t)name.data[i + 1] < 0xa0) return true;
    }
    return false;
}

enum ht_status ht_key_name_check(struct ht_slice name, struct ht_error *err)
{
    if (name.size <= HT_KEY_NAME && note_name_is_sound(name) && !has_control(name)) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "origin",
                         "a log's or key's name is 1 to %d bytes of UTF-8 without spaces, control characters and plus "
                         "signs, such as log.example.com/aimdoc",
                         HT_KEY_NAME);
}

/* ---- keys ---- */

/* SHA-256 of name, newline, type and key: its first four bytes. */
uint32_t note_key_hash(const struct ht_verifier *verifier)
{
    uint8_t digest[HT_SHA256_SIZE];
    const uint8_t type = (uint8_t)verifier->type;
    const struct ht_slice pieces[] = {ht_slice_from(verifier->name), HT_SLICE("\n"), ht_slice_of(&type, 1),
                                      ht_slice_of(verifier->key, sizeof verifier->key)};
    ht_sha256_join(pieces, sizeof pieces / sizeof *pieces, digest);
    return ht_get_be32(digest);
}

static enum ht_status take_name(struct ht_slice name, struct ht_verifier *verifier, struct ht_error *err)
{
    enum ht_status status = ht_key_name_check(name, err);
    if (status != HT_OK) return status;
    memset(verifier->name, 0, sizeof verifier->name);
    memcpy(verifier->name, name.data, name.size);
    return HT_OK;
}

static bool is_type(uint8_t type)
{
    return type == HT_KEY_ED25519 || type == HT_KEY_COSIGNATURE;
}

enum ht_status ht_signer_make(struct ht_slice name, const uint8_t seed[32], enum ht_key_type type,
                              struct ht_signer *signer, struct ht_error *err)
{
    enum ht_status status = take_name(name, &signer->verifier, err);
    if (status != HT_OK) return status;
    crypto_sign_seed_keypair(signer->verifier.key, signer->secret, seed);
    signer->verifier.type = type;
    signer->verifier.hash = note_key_hash(&signer->verifier);
    return HT_OK;
}

static void add_key(struct ht_buffer *out, const struct ht_verifier *verifier, const uint8_t *key)
{
    uint8_t bytes[KEY_BYTES];
    bytes[0] = (uint8_t)verifier->type;
    memcpy(bytes + 1, key, KEY_BYTES - 1);
    ht_buffer_printf(out, "%s+%08x+", verifier->name, verifier->hash);
    ht_base64_add(out, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

void ht_verifier_add(struct ht_buffer *out, const struct ht_verifier *verifier)
{
    add_key(out, verifier, verifier->key);
}

void ht_signer_add(struct ht_buffer *out, const struct ht_signer *signer)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    crypto_sign_ed25519_sk_to_seed(seed, signer->secret);
    ht_buffer_add_text(out, private_prefix);
    add_key(out, &signer->verifier, seed);
    sodium_memzero(seed, sizeof seed);
}

static bool parse_hash(struct ht_slice text, uint32_t *hash)
{
    *hash = 0;
    if (text.size != HASH_DIGITS) return false;
    for (size_t i = 0; i < HASH_DIGITS; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = memchr(digits, text.data[i], sizeof digits - 1);
        if (digit == NULL) return false;
        *hash = *hash << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* "name+hash+base64"; names have no plus, but base64 has. */
static bool split_key(struct ht_slice text, struct ht_slice *name, struct ht_verifier *verifier, uint8_t key[KEY_BYTES])
{
    size_t size = 0;
    const char *plus = text.size > 0 ? memchr(text.data, '+', text.size) : NULL;
    if (plus == NULL) return false;
    *name = ht_slice_of(text.data, (size_t)(plus - text.data));
    struct ht_slice rest = ht_slice_of(plus + 1, text.size - name->size - 1);
    if (rest.size != HASH_DIGITS + 1 + BASE64_KEY || rest.data[HASH_DIGITS] != '+') return false;
    if (!parse_hash(ht_slice_of(rest.data, HASH_DIGITS), &verifier->hash)) return false;
    struct ht_slice encoded = ht_slice_of(rest.data + HASH_DIGITS + 1, BASE64_KEY);
    if (ht_base64_decode(encoded, key, KEY_BYTES, &size) != HT_OK || size != KEY_BYTES) return false;
    verifier->type = (enum ht_key_type)key[0];
    return is_type(key[0]);
}

static enum ht_status take_key(struct ht_slice text, struct ht_verifier *verifier, uint8_t key[KEY_BYTES],
                               struct ht_error *err)
{
    struct ht_slice name;
    if (split_key(text, &name, verifier, key)) return take_name(name, verifier, err);
    return ht_fail(err, HT_INVALID,
                   "this is no key: it should be NAME+HASH+KEY, as `hooktrail checkpoint --key` prints it");
}

enum ht_status ht_verifier_parse(struct ht_slice text, struct ht_verifier *verifier, struct ht_error *err)
{
    uint8_t key[KEY_BYTES];
    enum ht_status status = take_key(text, verifier, key, err);
    if (status != HT_OK) return status;
    memcpy(verifier->key, key + 1, sizeof verifier->key);
    if (note_key_hash(verifier) == verifier->hash) return HT_OK;
    return ht_fail(err, HT_INVALID, "the key's hash does not fit its name and bytes: a character was mistyped or lost");
}

enum ht_status ht_signer_parse(struct ht_slice text, struct ht_signer *signer, struct ht_error *err)
{
    uint8_t key[KEY_BYTES];
    struct ht_verifier read = {0};
    size_t prefix = sizeof private_prefix - 1;
    if (text.size < prefix || memcmp(text.data, private_prefix, prefix) != 0)
        return ht_fail(err, HT_INVALID, "this is no signing key: it should begin with %s", private_prefix);
    enum ht_status status = take_key(ht_slice_of(text.data + prefix, text.size - prefix), &read, key, err);
    if (status == HT_OK) status = ht_signer_make(ht_slice_from(read.name), key + 1, read.type, signer, err);
    if (status == HT_OK && signer->verifier.hash != read.hash)
        status = ht_fail(err, HT_INVALID, "the signing key's hash does not fit its name and bytes");
    if (status != HT_OK) sodium_memzero(signer, sizeof *signer);
    sodium_memzero(key, sizeof key);
    return status;
}
