#include <sodium.h>
#include <stdlib.h>
#include <zstd.h>

#include "codec.h"
#include "harvest.h"
#include "hooktrail/append.h"
#include "keyring.h"
#include "record.h"
#include "ref.h"

#define LEVEL 1
#define MIN_TO_COMPRESS 64 /* below it zstd's frame costs more than it saves */

#define DICTIONARY_ROOM (256u << 10)

struct ht_packer {
    ZSTD_CCtx *context;
    ZSTD_CDict *dictionary; /* NULL without one */
    struct ht_buffer body;  /* the delivery and the payload behind it */
};

void ht_packer_free(struct ht_packer *packer)
{
    if (packer == NULL) return;
    ZSTD_freeCDict(packer->dictionary);
    ZSTD_freeCCtx(packer->context);
    ht_buffer_release(&packer->body);
    free(packer);
}

/* libzstd 1.5.4 does not look whether it gets the memory for a dictionary, and crashes where it doesn't: see first
   whether there is as much. */
static ZSTD_CDict *dictionary_new(struct ht_slice bytes)
{
    void *room = malloc(DICTIONARY_ROOM + 2 * bytes.size);
    if (room == NULL) return NULL;
    free(room);
    return ZSTD_createCDict(bytes.data, bytes.size, LEVEL);
}

struct ht_packer *ht_packer_new(void)
{
    struct ht_packer *packer = calloc(1, sizeof *packer);
    if (packer == NULL) return NULL;
    struct ht_slice dictionary = record_dictionary(RECORD_DICTIONARY);
    packer->context = ZSTD_createCCtx();
    if (dictionary.data != NULL) packer->dictionary = dictionary_new(dictionary);
    if (packer->context == NULL || (dictionary.data != NULL && packer->dictionary == NULL)) {
        ht_packer_free(packer);
        return NULL;
    }
    return packer;
}

void ht_append_release(struct ht_append *append)
{
    ht_buffer_release(&append->packed);
    ht_buffer_release(&append->delivery);
    ht_buffer_release(&append->facts);
    ht_buffer_release(&append->act);
}

/* Compresses the body to the end of `record`; false if that did not make it smaller. */
static bool compress(struct ht_packer *packer, struct ht_slice body, struct ht_buffer *record)
{
    if (body.size < MIN_TO_COMPRESS) return false;
    size_t bound = ZSTD_compressBound(body.size);
    char *to = ht_buffer_reserve(record, bound);
    if (to == NULL) return false;
    size_t size = packer->dictionary != NULL
                      ? ZSTD_compress_usingCDict(packer->context, to, bound, body.data, body.size, packer->dictionary)
                      : ZSTD_compressCCtx(packer->context, to, bound, body.data, body.size, LEVEL);
    if (ZSTD_isError(size) || size >= body.size) return false;
    record->size += size;
    return true;
}

/* What identifies a payload within a family of endpoints: its digest, or the id that its signed sender gave it. */
static void make_duplicate_key(struct ht_append *append, uint32_t family, struct ht_slice duplicate_id)
{
    crypto_generichash_state state;
    uint8_t prefix[5];
    ht_put_be32(prefix, family);
    append->by_id = duplicate_id.data != NULL;
    prefix[4] = append->by_id;
    crypto_generichash_init(&state, NULL, 0, HT_DUPLICATE_KEY_SIZE);
    crypto_generichash_update(&state, prefix, sizeof prefix);
    if (duplicate_id.data != NULL)
        crypto_generichash_update(&state, (const uint8_t *)duplicate_id.data, duplicate_id.size);
    else
        crypto_generichash_update(&state, append->sha256, HT_SHA256_SIZE);
    crypto_generichash_final(&state, append->duplicate_key, HT_DUPLICATE_KEY_SIZE);
}

static void add_header(struct ht_append *append, const struct ht_delivery *delivery, struct ht_slice payload,
                       const uint8_t *commitment, const uint8_t *salt)
{
    struct ht_buffer *out = &append->packed;
    encode_uint(out, 0, RECORD_CHECKED);
    encode_uint(out, RECORD_VERSION, 1);
    encode_uint(out, delivery->signature_verified, 1);
    encode_uint(out, 0, 2);
    encode_uint(out, payload.size, 4);
    encode_uint(out, delivery->endpoint, 4);
    encode_uint(out, (uint64_t)delivery->received_at, 8);
    ht_buffer_add_bytes(out, commitment, HT_SHA256_SIZE);
    encode_uint(out, RECORD_PLAIN, 1);
    encode_uint(out, 0, 1);
    encode_uint(out, 0, 2);
    encode_uint(out, append->delivery.size, 4);
    encode_zeros(out, HT_DUPLICATE_KEY_SIZE); /* the writer's, as the data key and the nonce are */
    encode_uint(out, 0, 4);
    encode_uint(out, 0, 4);
    encode_zeros(out, KEYRING_NONCE);
    ht_buffer_add_bytes(out, salt, HT_SALT_SIZE);
    ht_buffer_add_bytes(out, append->sha256, HT_SHA256_SIZE);
}

enum ht_status ht_append_pack(struct ht_append *append, struct ht_packer *packer, const struct ht_delivery *delivery,
                              struct ht_slice payload, uint32_t family, struct ht_slice duplicate_id,
                              const uint8_t salt[HT_SALT_SIZE], struct ht_error *err)
{
    uint8_t commitment[HT_SHA256_SIZE];
    if (payload.size > RECORD_MAX_BODY / 2) return ht_fail(err, HT_TOO_LARGE, "a payload of %zu bytes", payload.size);
    append->kind = HT_APPEND_EVENT;
    ht_sha256(payload, append->sha256);
    make_duplicate_key(append, family, duplicate_id);
    ht_buffer_clear(&append->delivery);
    ht_delivery_encode(delivery, &append->delivery);
    enum ht_status status = ht_buffer_status(&append->delivery, err);
    if (status != HT_OK) return status;
    struct ht_slice encoded = ht_buffer_slice(&append->delivery);
    record_commit(salt, append->sha256, encoded, commitment);
    ht_buffer_clear(&packer->body);
    ht_buffer_add(&packer->body, encoded);
    ht_buffer_add(&packer->body, payload);
    status = ht_buffer_status(&packer->body, err);
    if (status != HT_OK) return status;
    struct ht_slice body = ht_buffer_slice(&packer->body);
    ht_buffer_clear(&append->packed);
    add_header(append, delivery, payload, commitment, salt);
    if (ht_buffer_status(&append->packed, NULL) == HT_OK && compress(packer, body, &append->packed)) {
        append->packed.data[60] = RECORD_ZSTD;
        append->packed.data[63] = packer->dictionary != NULL ? RECORD_DICTIONARY : 0;
    } else {
        ht_buffer_add(&append->packed, body);
    }
    return ht_buffer_status(&append->packed, err);
}

void ht_append_name(struct ht_append *append, const struct ht_store *store, const struct ht_facts *facts)
{
    const struct {
        enum ht_kind kind;
        struct ht_slice id;
        uint8_t *ref;
    } named[] = {
        {HT_KIND_LEAD, facts->lead_id, append->person.lead},
        {HT_KIND_CONVERSATION, facts->conversation_id, append->person.conversation},
        {HT_KIND_VISITOR, facts->visitor_id, append->person.visitor},
    };
    append->person = (struct ht_append_person){0};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (named[i].id.data != NULL) ref_make(store, (uint8_t)named[i].kind, named[i].id, named[i].ref);
    }
    append->stated_at = facts->stated_at;
    ht_buffer_clear(&append->facts);
    harvest_note(store, facts, &append->facts);
}

enum ht_status ht_append_pack_rejected(struct ht_append *append, const struct ht_delivery *delivery,
                                       struct ht_slice head, uint64_t size, const struct ht_error *reason,
                                       struct ht_error *err)
{
    struct ht_buffer *out = &append->packed;
    append->kind = HT_APPEND_REJECTED;
    ht_buffer_clear(&append->delivery);
    ht_delivery_encode(delivery, &append->delivery);
    enum ht_status status = ht_buffer_status(&append->delivery, err);
    if (status != HT_OK) return status;
    ht_buffer_clear(out);
    encode_uint(out, 0, RECORD_CHECKED);
    encode_uint(out, REJECTED_VERSION, 1);
    encode_uint(out, 0, 1);
    encode_uint(out, (uint64_t)ht_status_http(reason->status), 2);
    encode_uint(out, delivery->endpoint, 4);
    encode_uint(out, (uint64_t)delivery->received_at, 8);
    encode_uint(out, 0, 4);
    encode_zeros(out, KEYRING_NONCE);
    encode_uint(out, reason->offset, 8);
    encode_uint(out, size, 8);
    encode_sized(out, ht_slice_from(reason->pointer), 2);
    encode_sized(out, ht_slice_from(reason->detail), 2);
    encode_sized(out, ht_buffer_slice(&append->delivery), 4);
    ht_buffer_add(out, head);
    return ht_buffer_status(out, err);
}
