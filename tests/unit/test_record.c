#include "scratch.h"

#include <zstd.h>

#include "../../store/codec.h"
#include "../../store/record.h"
#include "hooktrail/embedded.h"
#include "random.h"

#define SEQ 41
#define LONG_SIZE 3000

/* A record as the appender would store it under SEQ. The payload repeats itself, so that it is compressed. */
static void make_record(size_t payload_size, struct ht_append *append)
{
    char payload[LONG_SIZE];
    uint8_t salt[HT_SALT_SIZE];
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {
        .received_at = SCRATCH_NOW, .endpoint = 7, .signature_verified = true, .sender = HT_SLICE("192.0.2.7")};
    assert_non_null(packer);
    assert_true(payload_size <= sizeof payload);
    memset(salt, 0x5a, sizeof salt);
    for (size_t i = 0; i < payload_size; i++)
        payload[i] = (char)('a' + i % 23);
    *append = (struct ht_append){0};
    assert_ok(ht_append_pack(append, packer, &delivery, ht_slice_of(payload, payload_size), 1, HT_ABSENT, salt,
                             &scratch_error));
    ht_packer_free(packer);
    uint8_t *bytes = (uint8_t *)append->packed.data;
    ht_put_be64(bytes, record_checksum(ht_get_be64(bytes), SEQ));
}

static void a_record_splits_into_what_went_in(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LONG_SIZE; size += 250) {
        struct ht_append append;
        struct record_parts parts;
        make_record(size, &append);
        assert_ok(record_split(ht_buffer_slice(&append.packed), SEQ, &parts, &scratch_error));
        assert_int_equal(parts.header.seq, SEQ);
        assert_int_equal(parts.header.size, size);
        assert_int_equal(parts.header.endpoint, 7);
        assert_int_equal(parts.header.received_at, SCRATCH_NOW);
        assert_true(parts.signature_verified);
        assert_memory_equal(parts.sha256.data, append.sha256, HT_SHA256_SIZE);
        assert_memory_equal(parts.header.duplicate_key, append.duplicate_key, HT_DUPLICATE_KEY_SIZE);
        assert_int_equal(parts.delivery_size, append.delivery.size);
        assert_int_equal(parts.salt.size, HT_SALT_SIZE);
        assert_int_equal(parts.body.size, append.packed.size - RECORD_HEADER_SIZE);
        assert_int_equal(parts.encoding, parts.body.size < parts.delivery_size + size ? RECORD_ZSTD : RECORD_PLAIN);
        assert_int_equal(parts.dictionary, parts.encoding == RECORD_ZSTD ? RECORD_DICTIONARY : 0);
        ht_append_release(&append);
    }
}

static void expect_corrupt(struct ht_slice value, uint64_t seq)
{
    struct record_parts parts;
    struct ht_error err = {0};
    assert_int_equal(record_split(value, seq, &parts, &err), HT_CORRUPT);
    assert_int_equal(err.status, HT_CORRUPT);
    assert_non_null(strstr(err.detail, "event "));
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct ht_append append;
    make_record(LONG_SIZE, &append);
    for (size_t size = 0; size < append.packed.size; size++) {
        char *exact = malloc(size + (size == 0)); /* so that a sanitizer sees a read beyond it */
        assert_non_null(exact);
        memcpy(exact, append.packed.data, size);
        expect_corrupt(ht_slice_of(exact, size), SEQ);
        free(exact);
    }
    ht_append_release(&append);
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LONG_SIZE; size += LONG_SIZE) {
        struct ht_append append;
        struct record_parts parts;
        make_record(size, &append);
        for (size_t bit = 0; bit < append.packed.size * 8; bit++) {
            append.packed.data[bit / 8] = (char)(append.packed.data[bit / 8] ^ 1 << bit % 8);
            expect_corrupt(ht_buffer_slice(&append.packed), SEQ);
            append.packed.data[bit / 8] = (char)(append.packed.data[bit / 8] ^ 1 << bit % 8);
        }
        assert_ok(record_split(ht_buffer_slice(&append.packed), SEQ, &parts, &scratch_error));
        ht_append_release(&append);
    }
}

static void a_moved_or_lengthened_record_is_refused(void **state)
{
    (void)state;
    struct ht_append append;
    make_record(100, &append);
    struct random random = {5};
    for (int i = 0; i < 64; i++) {
        expect_corrupt(ht_buffer_slice(&append.packed), SEQ ^ UINT64_C(1) << i);
        expect_corrupt(ht_buffer_slice(&append.packed), random_next(&random) | 64);
    }
    ht_buffer_add_byte(&append.packed, 0);
    expect_corrupt(ht_buffer_slice(&append.packed), SEQ);
    ht_append_release(&append);
}

/* Seals a change, as a newer hooktrail would have. */
static void change_byte(struct ht_append *append, size_t at, uint8_t value)
{
    uint8_t *bytes = (uint8_t *)append->packed.data;
    bytes[at] = value;
    ht_put_be64(bytes, record_checksum(record_digest(ht_buffer_slice(&append->packed)), SEQ));
}

static void another_version_is_named(void **state)
{
    (void)state;
    struct ht_append append;
    struct record_parts parts;
    struct ht_error err = {0};
    make_record(100, &append);
    for (unsigned version = 0; version < 256; version++) {
        if (version == RECORD_VERSION) continue;
        change_byte(&append, 8, (uint8_t)version);
        assert_int_equal(record_split(ht_buffer_slice(&append.packed), SEQ, &parts, &err), HT_VERSION);
    }
    change_byte(&append, 8, RECORD_VERSION);
    assert_ok(record_split(ht_buffer_slice(&append.packed), SEQ, &parts, &scratch_error));
    ht_append_release(&append);
}

/* Records on disk need it, byte for byte, for ever: a better dictionary gets the next number. */
static void the_first_dictionary_never_changes(void **state)
{
    (void)state;
    struct ht_slice dictionary = record_dictionary(1);
    uint8_t digest[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof digest + 1];
    assert_non_null(dictionary.data);
    crypto_hash_sha256(digest, (const uint8_t *)dictionary.data, dictionary.size);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    assert_string_equal(hex, "15401b9e2e5389fed38375217e554cc16062c3cecf4dc85c13de5f157883117a");
}

static void each_dictionary_carries_its_own_number(void **state)
{
    (void)state;
    size_t found = 0, embedded = 0;
    for (uint32_t id = 0; id <= UINT16_MAX; id++) {
        struct ht_slice dictionary = record_dictionary((uint16_t)id);
        if (dictionary.data == NULL) continue;
        found++;
        assert_int_equal(ZSTD_getDictID_fromDict(dictionary.data, dictionary.size), id);
    }
    while (ht_embedded_dictionary[embedded].name != NULL)
        embedded++;
    assert_int_equal(found, embedded);
    assert_null(record_dictionary(0).data);
    assert_non_null(record_dictionary(RECORD_DICTIONARY).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_splits_into_what_went_in),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_moved_or_lengthened_record_is_refused),
        cmocka_unit_test(another_version_is_named),
        cmocka_unit_test(the_first_dictionary_never_changes),
        cmocka_unit_test(each_dictionary_carries_its_own_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
