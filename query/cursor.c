#include "cursor.h"

#include <assert.h>
#include <sodium.h>

#include "hooktrail/encode.h"

/* version (1), kind (1), order (1), zero (1), binding (8), since (8), until (8), position (32), checksum (4) */
#define VERSION 1
#define AT_BINDING 4
#define AT_SINCE (AT_BINDING + CURSOR_BINDING_SIZE)
#define AT_UNTIL (AT_SINCE + 8)
#define AT_POSITION (AT_UNTIL + 8)
#define AT_CHECKSUM (AT_POSITION + 8 * QUERY_POSITION_WORDS)
#define CHECKSUM_SIZE 4
#define CURSOR_BYTES (AT_CHECKSUM + CHECKSUM_SIZE)

_Static_assert((CURSOR_BYTES * 4 + 2) / 3 < HT_CURSOR_SIZE, "a cursor's text must fit");

static void hash_begin(crypto_generichash_state *hash)
{
    static const char domain[] = "hooktrail cursor";
    (void)crypto_generichash_init(hash, NULL, 0, crypto_generichash_BYTES);
    (void)crypto_generichash_update(hash, (const uint8_t *)domain, sizeof domain);
}

static void hash_word(crypto_generichash_state *hash, uint64_t word)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, word);
    (void)crypto_generichash_update(hash, bytes, sizeof bytes);
}

static void hash_end(crypto_generichash_state *hash, uint8_t *to, size_t size)
{
    uint8_t digest[crypto_generichash_BYTES];
    assert(size <= sizeof digest);
    (void)crypto_generichash_final(hash, digest, sizeof digest);
    memcpy(to, digest, size);
}

/* Each with its length, so that no two filters give the same bytes. */
static void hash_id(crypto_generichash_state *hash, const struct ht_filter_id *id)
{
    hash_word(hash, id->set ? 1 : 0);
    if (!id->set) return;
    hash_word(hash, id->size);
    (void)crypto_generichash_update(hash, (const uint8_t *)id->text, id->size);
}

static void hash_time(crypto_generichash_state *hash, int64_t time, bool is_age)
{
    hash_word(hash, is_age ? 1 : 0);
    hash_word(hash, is_age ? 0 : (uint64_t)time);
}

void cursor_bind(const struct ht_filter_id *id, const struct ht_filter *filter, uint8_t binding[CURSOR_BINDING_SIZE])
{
    crypto_generichash_state hash;
    hash_begin(&hash);
    hash_id(&hash, id);
    hash_id(&hash, &filter->agent);
    hash_id(&hash, &filter->conversation);
    hash_id(&hash, &filter->lead);
    hash_id(&hash, &filter->visitor);
    hash_word(&hash, filter->type_count);
    for (uint32_t i = 0; i < filter->type_count; i++) {
        size_t size = strnlen(filter->types[i], HT_MAX_TYPE);
        hash_word(&hash, size);
        (void)crypto_generichash_update(&hash, (const uint8_t *)filter->types[i], size);
    }
    hash_time(&hash, filter->since, filter->since_is_age);
    hash_time(&hash, filter->until, filter->until_is_age);
    hash_word(&hash, filter->after);
    hash_word(&hash, filter->before);
    hash_end(&hash, binding, CURSOR_BINDING_SIZE);
}

static void checksum(const uint8_t bytes[CURSOR_BYTES], uint8_t sum[CHECKSUM_SIZE])
{
    crypto_generichash_state hash;
    hash_begin(&hash);
    (void)crypto_generichash_update(&hash, bytes, AT_CHECKSUM);
    hash_end(&hash, sum, CHECKSUM_SIZE);
}

void cursor_encode(const struct cursor *cursor, char text[HT_CURSOR_SIZE])
{
    uint8_t bytes[CURSOR_BYTES] = {VERSION, (uint8_t)cursor->kind, cursor->ascending ? 1 : 0, 0};
    memcpy(bytes + AT_BINDING, cursor->binding, CURSOR_BINDING_SIZE);
    ht_put_be64(bytes + AT_SINCE, (uint64_t)cursor->since);
    ht_put_be64(bytes + AT_UNTIL, (uint64_t)cursor->until);
    for (size_t i = 0; i < QUERY_POSITION_WORDS; i++)
        ht_put_be64(bytes + AT_POSITION + 8 * i, cursor->position[i]);
    checksum(bytes, bytes + AT_CHECKSUM);
    (void)sodium_bin2base64(text, HT_CURSOR_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum ht_status cursor_decode(struct ht_slice text, struct cursor *cursor, struct ht_error *err)
{
    uint8_t bytes[CURSOR_BYTES];
    uint8_t sum[CHECKSUM_SIZE];
    size_t size = 0;
    if (ht_base64url_decode(text, bytes, sizeof bytes, &size) != HT_OK || size != sizeof bytes)
        return ht_fail_field(err, HT_INVALID, "cursor", "this is no cursor that was handed out");
    checksum(bytes, sum);
    if (memcmp(sum, bytes + AT_CHECKSUM, sizeof sum) != 0)
        return ht_fail_field(err, HT_INVALID, "cursor", "the cursor is damaged");
    if (bytes[0] != VERSION || bytes[1] >= HT_QUERY_KINDS || bytes[2] > 1 || bytes[3] != 0)
        return ht_fail_field(err, HT_INVALID, "cursor", "the cursor is of another version of hooktrail");
    cursor->kind = (enum ht_query_kind)bytes[1];
    cursor->ascending = bytes[2] == 1;
    memcpy(cursor->binding, bytes + AT_BINDING, CURSOR_BINDING_SIZE);
    cursor->since = (int64_t)ht_get_be64(bytes + AT_SINCE);
    cursor->until = (int64_t)ht_get_be64(bytes + AT_UNTIL);
    for (size_t i = 0; i < QUERY_POSITION_WORDS; i++)
        cursor->position[i] = ht_get_be64(bytes + AT_POSITION + 8 * i);
    return HT_OK;
}
