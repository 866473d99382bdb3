#include "scratch.h"

#include <zstd.h>

#include "../../store/codec.h"
#include "../../store/record.h"
#include "../../store/seal.h"
#include "hooktrail/embedded.h"
#include "random.h"

#define SEQ 41
#define LONG_SIZE 3000
#define AT_STATE 61
#define AT_KEY 84

/* A record as it is stored under SEQ, and what it was made of. */
struct stored {
    struct ht_append append;
    struct ht_buffer value;
    uint32_t key;
};

static int set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    MDB_txn *txn;
    uint32_t id;
    assert_non_null(scratch);
    scratch_make(scratch);
    assert_ok(trail_change_begin(scratch->store, &txn, &scratch_error));
    for (uint32_t wanted = 1; wanted <= 3; wanted++) {
        assert_ok(seal_give_key(scratch->store, txn, &id, &scratch_error));
        assert_int_equal(id, wanted);
    }
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    struct scratch *scratch = *state;
    scratch_drop(scratch);
    free(scratch);
    return 0;
}

/* The payload repeats itself, so that it is compressed. */
static void make_record(struct scratch *scratch, size_t payload_size, uint32_t key, struct stored *stored)
{
    char payload[LONG_SIZE];
    uint8_t salt[HT_SALT_SIZE];
    struct seal_nonces nonces;
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {
        .received_at = SCRATCH_NOW, .endpoint = 7, .signature_verified = true, .sender = HT_SLICE("192.0.2.7")};
    assert_non_null(packer);
    assert_true(payload_size <= sizeof payload);
    memset(salt, 0x5a, sizeof salt);
    for (size_t i = 0; i < payload_size; i++)
        payload[i] = (char)('a' + i % 23);
    *stored = (struct stored){.key = key};
    assert_ok(ht_append_pack(&stored->append, packer, &delivery, ht_slice_of(payload, payload_size), 1, HT_ABSENT, salt,
                             &scratch_error));
    ht_packer_free(packer);
    struct ht_slice packed = ht_buffer_slice(&stored->append.packed);
    size_t size = seal_size(packed, key);
    char *to = ht_buffer_reserve(&stored->value, size);
    assert_non_null(to);
    seal_nonces_begin(&nonces);
    assert_ok(seal_write(scratch->store, &seal_event, SEQ, key, &nonces, packed, (uint8_t *)to, &scratch_error));
    stored->value.size = size;
}

static void drop_record(struct stored *stored)
{
    ht_append_release(&stored->append);
    ht_buffer_release(&stored->value);
}

static struct ht_slice value_of(const struct stored *stored)
{
    return ht_buffer_slice(&stored->value);
}

/* Gives a changed record the checksum that fits, as whoever means it would. */
static void fix_checksum(struct ht_buffer *value, uint64_t seq)
{
    ht_put_be64((uint8_t *)value->data, record_checksum(record_digest(ht_buffer_slice(value)), seq));
}

static void change_byte(struct stored *stored, size_t at, uint8_t value)
{
    stored->value.data[at] = (char)value;
    fix_checksum(&stored->value, SEQ);
}

static void flip(struct ht_buffer *value, size_t bit)
{
    value->data[bit / 8] = (char)(value->data[bit / 8] ^ 1 << bit % 8);
}

/* Opens to what it was made of. */
static void expect_opens(struct scratch *scratch, const struct stored *stored, struct ht_slice value)
{
    struct ht_buffer plain = {0};
    struct record_parts parts;
    struct ht_slice opened, packed = ht_buffer_slice(&stored->append.packed);
    assert_ok(record_split(value, SEQ, &parts, &scratch_error));
    assert_ok(seal_read(scratch->store, &seal_event, SEQ, value, &plain, &opened, &scratch_error));
    assert_int_equal(opened.size, packed.size - RECORD_HEADER_SIZE);
    assert_memory_equal(opened.data, packed.data + RECORD_HEADER_SIZE, opened.size);
    ht_buffer_release(&plain);
}

/* ---- as it is stored ---- */

static void expect_parts(struct scratch *scratch, size_t size, uint32_t key)
{
    struct stored stored;
    struct record_parts parts;
    struct ht_buffer plain = {0};
    struct ht_slice opened;
    make_record(scratch, size, key, &stored);
    assert_ok(record_split(value_of(&stored), SEQ, &parts, &scratch_error));
    assert_ok(seal_read(scratch->store, &seal_event, SEQ, value_of(&stored), &plain, &opened, &scratch_error));
    assert_ok(record_parts_open(&parts, opened, &scratch_error));
    assert_int_equal(parts.header.seq, SEQ);
    assert_int_equal(parts.header.size, size);
    assert_int_equal(parts.header.endpoint, 7);
    assert_int_equal(parts.header.received_at, SCRATCH_NOW);
    assert_int_equal(parts.header.key, key);
    assert_int_equal(parts.header.erasure, 0);
    assert_true(parts.header.signature_verified);
    assert_memory_equal(parts.sha256.data, stored.append.sha256, HT_SHA256_SIZE);
    assert_int_equal(parts.delivery_size, stored.append.delivery.size);
    assert_int_equal(parts.salt.size, HT_SALT_SIZE);
    assert_int_equal(parts.encoding, parts.body.size < parts.delivery_size + size ? RECORD_ZSTD : RECORD_PLAIN);
    assert_int_equal(parts.dictionary, parts.encoding == RECORD_ZSTD ? RECORD_DICTIONARY : 0);
    struct ht_slice packed = ht_buffer_slice(&stored.append.packed);
    bool readable = memmem(stored.value.data, stored.value.size, packed.data + RECORD_HEADER_SIZE,
                           packed.size - RECORD_HEADER_SIZE) != NULL;
    assert_int_equal(readable, key == 0);
    assert_int_equal(stored.value.size, packed.size + (key != 0 ? KEYRING_TAG : 0));
    ht_buffer_release(&plain);
    drop_record(&stored);
}

static void a_record_splits_into_what_went_in(void **state)
{
    for (size_t size = 0; size <= LONG_SIZE; size += 250) {
        expect_parts(*state, size, 0);
        expect_parts(*state, size, 2);
    }
}

static void the_same_record_is_never_sealed_the_same(void **state)
{
    struct stored one, other;
    make_record(*state, 0, 1, &one);
    make_record(*state, 0, 1, &other);
    assert_memory_equal(one.append.packed.data, other.append.packed.data, one.append.packed.size);
    assert_memory_not_equal(one.value.data + 92, other.value.data + 92, KEYRING_NONCE);
    assert_memory_not_equal(one.value.data + 116, other.value.data + 116, HT_SALT_SIZE);
    drop_record(&one);
    drop_record(&other);
}

/* ---- accidents, found by the checksum, without any key ---- */

static void expect_corrupt(struct ht_slice value, uint64_t seq)
{
    struct record_parts parts;
    struct ht_error err = {0};
    assert_int_equal(record_split(value, seq, &parts, &err), HT_CORRUPT);
    assert_int_equal(err.status, HT_CORRUPT);
    assert_non_null(strstr(err.detail, "event "));
}

static void expect_truncations_refused(struct ht_slice value)
{
    for (size_t size = 0; size < value.size; size++) {
        struct ht_buffer cut = {0};
        char *exact = malloc(size + (size == 0)); /* so that a sanitizer sees a read beyond it */
        assert_non_null(exact);
        memcpy(exact, value.data, size);
        expect_corrupt(ht_slice_of(exact, size), SEQ);
        if (size >= RECORD_CHECKED && size < RECORD_TOMBSTONE_SIZE) { /* with a checksum that fits it, too */
            ht_buffer_add_bytes(&cut, exact, size);
            fix_checksum(&cut, SEQ);
            expect_corrupt(ht_buffer_slice(&cut), SEQ);
        }
        ht_buffer_release(&cut);
        free(exact);
    }
}

static void expect_flips_refused(struct ht_buffer *value)
{
    struct record_parts parts;
    for (size_t bit = 0; bit < value->size * 8; bit++) {
        flip(value, bit);
        expect_corrupt(ht_buffer_slice(value), SEQ);
        flip(value, bit);
    }
    assert_ok(record_split(ht_buffer_slice(value), SEQ, &parts, &scratch_error));
}

static void expect_moves_refused(struct ht_buffer *value)
{
    struct random random = {5};
    for (int i = 0; i < 64; i++) {
        expect_corrupt(ht_buffer_slice(value), SEQ ^ UINT64_C(1) << i);
        expect_corrupt(ht_buffer_slice(value), random_next(&random) | 64);
    }
    ht_buffer_add_byte(value, 0);
    expect_corrupt(ht_buffer_slice(value), SEQ);
    value->size--;
}

static void no_accident_goes_unnoticed(void **state)
{
    static const struct {
        size_t size;
        uint32_t key;
    } kinds[] = {{0, 0}, {0, 1}, {LONG_SIZE, 0}, {LONG_SIZE, 1}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct stored stored;
        make_record(*state, kinds[i].size, kinds[i].key, &stored);
        expect_truncations_refused(value_of(&stored));
        expect_flips_refused(&stored.value);
        expect_moves_refused(&stored.value);
        drop_record(&stored);
    }
}

static void another_version_is_named(void **state)
{
    struct stored stored;
    struct record_parts parts;
    struct ht_error err = {0};
    make_record(*state, 100, 1, &stored);
    for (unsigned version = 0; version < 256; version++) {
        if (version == RECORD_VERSION) continue;
        change_byte(&stored, 8, (uint8_t)version);
        assert_int_equal(record_split(value_of(&stored), SEQ, &parts, &err), HT_VERSION);
    }
    change_byte(&stored, 8, RECORD_VERSION);
    assert_ok(record_split(value_of(&stored), SEQ, &parts, &scratch_error));
    drop_record(&stored);
}

/* ---- intent: a checksum that fits is no help, for the seal binds the record to its place and its open part ---- */

static void expect_sealed_off(struct scratch *scratch, struct ht_slice value, uint64_t seq)
{
    struct ht_buffer plain = {0};
    struct ht_slice opened;
    struct ht_error err = {0};
    assert_int_equal(seal_read(scratch->store, &seal_event, seq, value, &plain, &opened, &err), HT_CORRUPT);
    assert_true(err.status == HT_CORRUPT && err.detail[0] != '\0');
    ht_buffer_release(&plain);
}

static void no_changed_record_opens(void **state)
{
    struct stored stored;
    make_record(*state, 100, 1, &stored);
    for (size_t bit = RECORD_CHECKED * 8; bit < stored.value.size * 8; bit++) {
        if (bit / 8 == AT_STATE)
            continue; /* one that says that it lies open isn't opened, and has no payload that fits */
        flip(&stored.value, bit);
        fix_checksum(&stored.value, SEQ);
        expect_sealed_off(*state, value_of(&stored), SEQ);
        flip(&stored.value, bit);
    }
    fix_checksum(&stored.value, SEQ);
    expect_opens(*state, &stored, value_of(&stored));
    drop_record(&stored);
}

static void no_moved_record_opens(void **state)
{
    struct stored stored;
    make_record(*state, 100, 1, &stored);
    for (uint64_t seq = SEQ - 3; seq <= SEQ + 3; seq++) {
        if (seq == SEQ) continue;
        fix_checksum(&stored.value, seq);
        expect_sealed_off(*state, value_of(&stored), seq);
    }
    drop_record(&stored);
}

static void no_other_key_opens_it(void **state)
{
    struct stored stored;
    make_record(*state, 100, 1, &stored);
    const uint32_t others[] = {0, 2, 3, 4, 100000, UINT32_MAX};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ht_put_be32((uint8_t *)stored.value.data + AT_KEY, others[i]);
        fix_checksum(&stored.value, SEQ);
        expect_sealed_off(*state, value_of(&stored), SEQ);
    }
    drop_record(&stored);
}

/* The sealed part of one record in the open part of another, both under the same key and number. */
static void no_sealed_part_fits_another_record(void **state)
{
    struct stored one, other;
    make_record(*state, 100, 1, &one);
    make_record(*state, 101, 1, &other);
    struct ht_buffer mixed = {0};
    ht_buffer_add_bytes(&mixed, one.value.data, 92);
    ht_buffer_add_bytes(&mixed, other.value.data + 92, other.value.size - 92);
    fix_checksum(&mixed, SEQ);
    expect_sealed_off(*state, ht_buffer_slice(&mixed), SEQ);
    ht_buffer_release(&mixed);
    drop_record(&one);
    drop_record(&other);
}

static void states_that_nobody_writes_are_refused(void **state)
{
    struct stored stored;
    make_record(*state, 100, 1, &stored);
    for (unsigned value = SEAL_ERASED; value < 256; value++) {
        change_byte(&stored, AT_STATE, (uint8_t)value);
        expect_sealed_off(*state, value_of(&stored), SEQ);
    }
    expect_sealed_off(*state, ht_slice_of(stored.value.data, RECORD_HEADER_SIZE - 1), SEQ);
    change_byte(&stored, AT_STATE, SEAL_SEALED);
    expect_sealed_off(*state, ht_slice_of(stored.value.data, RECORD_HEADER_SIZE + KEYRING_TAG - 1), SEQ);
    drop_record(&stored);
}

/* ---- erasing ---- */

static const uint8_t conversation[HT_REF_SIZE] = "a conversation's";

static void a_tombstone_keeps_the_leaf_and_nothing_else(void **state)
{
    for (uint32_t key = 0; key <= 1; key++) {
        struct stored stored;
        struct record_parts before, after;
        struct ht_buffer stone = {0};
        make_record(*state, 100, key, &stored);
        assert_ok(record_split(value_of(&stored), SEQ, &before, &scratch_error));
        assert_ok(record_tombstone(value_of(&stored), SEQ, 12, conversation, &stone, &scratch_error));
        assert_int_equal(stone.size, RECORD_TOMBSTONE_SIZE);
        assert_memory_equal(record_leaf(ht_buffer_slice(&stone)).data, record_leaf(value_of(&stored)).data,
                            HT_LEAF_SIZE);
        assert_ok(record_split(ht_buffer_slice(&stone), SEQ, &after, &scratch_error));
        assert_int_equal(after.header.erasure, 12);
        assert_memory_equal(after.header.conversation, conversation, HT_REF_SIZE);
        assert_memory_equal(after.header.commitment, before.header.commitment, HT_SHA256_SIZE);
        assert_int_equal(after.header.received_at, SCRATCH_NOW);
        assert_int_equal(after.header.key, 0);
        assert_true(sodium_is_zero(after.header.duplicate_key, HT_DUPLICATE_KEY_SIZE));
        expect_truncations_refused(ht_buffer_slice(&stone));
        expect_flips_refused(&stone);
        expect_moves_refused(&stone);
        expect_sealed_off(*state, ht_buffer_slice(&stone), SEQ);
        ht_buffer_release(&stone);
        drop_record(&stored);
    }
}

static void a_tombstone_of_no_erasure_is_refused(void **state)
{
    struct stored stored;
    struct ht_buffer stone = {0};
    make_record(*state, 100, 1, &stored);
    assert_ok(record_tombstone(value_of(&stored), SEQ, 1, conversation, &stone, &scratch_error));
    memset(stone.data + 68, 0, 8);
    fix_checksum(&stone, SEQ);
    expect_corrupt(ht_buffer_slice(&stone), SEQ);
    stored.value.data[20] = (char)(stored.value.data[20] ^ 1); /* nor is one made of a damaged record */
    assert_int_equal(record_tombstone(value_of(&stored), SEQ, 1, conversation, &stone, NULL), HT_CORRUPT);
    ht_buffer_release(&stone);
    drop_record(&stored);
}

static void a_record_sealed_again_is_the_same_under_another_key(void **state)
{
    struct scratch *scratch = *state;
    const uint32_t first = 1;
    struct stored stored;
    struct record_parts parts;
    struct ht_buffer again = {0};
    make_record(scratch, 500, 1, &stored);
    assert_ok(seal_again(scratch->store, &seal_event, SEQ, value_of(&stored), 3, &again, &scratch_error));
    assert_int_equal(again.size, stored.value.size);
    assert_memory_equal(again.data + 8, stored.value.data + 8, 76); /* the leaf, and all else before the key */
    assert_memory_not_equal(again.data + 92, stored.value.data + 92, KEYRING_NONCE);
    assert_ok(record_split(ht_buffer_slice(&again), SEQ, &parts, &scratch_error));
    assert_int_equal(parts.header.key, 3);
    assert_ok(keyring_destroy(scratch->store->keyring, &first, 1, &scratch_error));
    expect_opens(scratch, &stored, ht_buffer_slice(&again));
    struct ht_buffer plain = {0};
    struct ht_slice opened;
    assert_int_equal(seal_read(scratch->store, &seal_event, SEQ, value_of(&stored), &plain, &opened, NULL), HT_ERASED);
    assert_int_equal(seal_again(scratch->store, &seal_event, SEQ, value_of(&stored), 3, &again, NULL), HT_ERASED);
    ht_buffer_release(&plain);
    ht_buffer_release(&again);
    drop_record(&stored);
}

/* ---- dictionaries ---- */

/* Records on disk need it, byte for byte, for ever: a better dictionary gets the next number. */
static void the_first_dictionary_never_changes(void **state)
{
    (void)state;
    struct ht_slice dictionary = record_dictionary(1);
    uint8_t digest[HT_SHA256_SIZE];
    char hex[2 * sizeof digest + 1];
    assert_non_null(dictionary.data);
    ht_sha256(dictionary, digest);
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
        cmocka_unit_test_setup_teardown(a_record_splits_into_what_went_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_record_is_never_sealed_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_accident_goes_unnoticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_version_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_changed_record_opens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_moved_record_opens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_other_key_opens_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_sealed_part_fits_another_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(states_that_nobody_writes_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tombstone_keeps_the_leaf_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tombstone_of_no_erasure_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_sealed_again_is_the_same_under_another_key, set_up, tear_down),
        cmocka_unit_test(the_first_dictionary_never_changes),
        cmocka_unit_test(each_dictionary_carries_its_own_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
