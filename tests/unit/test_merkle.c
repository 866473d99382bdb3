#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "merkle_reference.h"

#include "hooktrail/encode.h"
#include "random.h"

#define LEAVES 130

struct forest {
    uint8_t leaves[LEAVES][HT_SHA256_SIZE];
    uint8_t roots[LEAVES + 1][HT_SHA256_SIZE];
};

static int grow_forest(void **state)
{
    struct forest *forest = calloc(1, sizeof *forest);
    struct random random = {.state = 9162};
    if (forest == NULL) return -1;
    for (size_t i = 0; i < LEAVES; i++) {
        uint64_t data = random_next(&random);
        reference_leaf(&data, sizeof data, forest->leaves[i]);
    }
    for (size_t n = 0; n <= LEAVES; n++)
        reference_root((reference_leaves)forest->leaves, n, forest->roots[n]);
    *state = forest;
    return 0;
}

static int fell_forest(void **state)
{
    free(*state);
    return 0;
}

static struct ht_tree_head head_of(const struct forest *forest, size_t size)
{
    struct ht_tree_head head = {.size = size};
    memcpy(head.root, forest->roots[size], sizeof head.root);
    return head;
}

static struct ht_merkle_proof path_of(const struct forest *forest, size_t index, size_t size)
{
    struct ht_merkle_proof proof = {0};
    reference_path(index, (reference_leaves)forest->leaves, size, &proof);
    return proof;
}

static struct ht_merkle_proof subproof_of(const struct forest *forest, size_t old_size, size_t size)
{
    struct ht_merkle_proof proof = {0};
    if (old_size > 0) reference_subproof(old_size, (reference_leaves)forest->leaves, size, true, &proof);
    return proof;
}

static enum ht_status check_path(const struct forest *forest, size_t index, size_t leaf, size_t size,
                                 const struct ht_merkle_proof *proof)
{
    struct ht_tree_head head = head_of(forest, size);
    return ht_merkle_check_inclusion(&head, index, forest->leaves[leaf], proof, NULL);
}

static enum ht_status check_subproof(const struct forest *forest, size_t old_size, size_t size,
                                     const struct ht_merkle_proof *proof)
{
    struct ht_tree_head old_head = head_of(forest, old_size), head = head_of(forest, size);
    return ht_merkle_check_consistency(&old_head, &head, proof, NULL);
}

/* ---- hashes ---- */

/* The roots that implementations of Certificate Transparency have long tested with: of the first 1 to 8 of these. */
static void hashes_are_those_of_certificate_transparency(void **state)
{
    (void)state;
    static const struct ht_slice data[8] = {
        {"", 0},
        {"\x00", 1},
        {"\x10", 1},
        {"\x20\x21", 2},
        {"\x30\x31", 2},
        {"\x40\x41\x42\x43", 4},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
    };
    static const char *const roots[4] = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    uint8_t hashes[8][HT_SHA256_SIZE];
    for (size_t i = 0; i < 8; i++)
        ht_merkle_leaf(data[i], hashes[i]);
    for (size_t level = 0; level < 4; level++) {
        struct ht_buffer hex = {0};
        ht_hex_add(&hex, hashes[0], HT_SHA256_SIZE);
        assert_string_equal(ht_buffer_text(&hex), roots[level]);
        ht_buffer_release(&hex);
        for (size_t i = 0; i < (size_t)4 >> level; i++)
            ht_merkle_node(hashes[2 * i], hashes[2 * i + 1], hashes[i]);
    }
}

static void the_empty_tree_has_the_hash_of_nothing(void **state)
{
    (void)state;
    uint8_t root[HT_SHA256_SIZE];
    struct ht_buffer hex = {0};
    ht_merkle_empty(root);
    ht_hex_add(&hex, root, sizeof root);
    assert_string_equal(ht_buffer_text(&hex), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ht_buffer_release(&hex);
}

static void a_node_may_take_the_place_of_either_child(void **state)
{
    struct forest *forest = *state;
    uint8_t apart[HT_SHA256_SIZE], left[HT_SHA256_SIZE], right[HT_SHA256_SIZE];
    memcpy(left, forest->leaves[0], sizeof left);
    memcpy(right, forest->leaves[1], sizeof right);
    ht_merkle_node(left, right, apart);
    ht_merkle_node(left, right, left);
    assert_memory_equal(left, apart, sizeof apart);
    ht_merkle_node(forest->leaves[0], right, right);
    assert_memory_equal(right, apart, sizeof apart);
}

/* ---- inclusion ---- */

static void every_leaf_is_proved_to_be_in_every_tree(void **state)
{
    struct forest *forest = *state;
    for (size_t size = 1; size <= LEAVES; size++) {
        for (size_t i = 0; i < size; i++) {
            struct ht_merkle_proof proof = path_of(forest, i, size);
            assert_int_equal(check_path(forest, i, i, size, &proof), HT_OK);
        }
    }
}

static void a_proof_proves_one_leaf_at_one_place_in_one_tree(void **state)
{
    struct forest *forest = *state;
    for (size_t size = 2; size <= LEAVES; size += 3) {
        for (size_t i = 0; i < size; i += 5) {
            struct ht_merkle_proof proof = path_of(forest, i, size);
            for (size_t other = 0; other < LEAVES; other++) {
                if (other != i) assert_int_equal(check_path(forest, i, other, size, &proof), HT_CORRUPT);
                if (other != i) assert_int_equal(check_path(forest, other, i, size, &proof), HT_CORRUPT);
                if (other != size) assert_int_equal(check_path(forest, i, i, other, &proof), HT_CORRUPT);
            }
        }
    }
}

static void an_index_beyond_the_tree_is_refused(void **state)
{
    struct forest *forest = *state;
    struct ht_merkle_proof none = {0};
    struct ht_tree_head one = head_of(forest, 1), empty = head_of(forest, 0);
    assert_int_equal(ht_merkle_check_inclusion(&one, 0, forest->leaves[0], &none, NULL), HT_OK);
    assert_int_equal(ht_merkle_check_inclusion(&one, 1, forest->leaves[0], &none, NULL), HT_CORRUPT);
    assert_int_equal(ht_merkle_check_inclusion(&one, UINT64_MAX, forest->leaves[0], &none, NULL), HT_CORRUPT);
    assert_int_equal(ht_merkle_check_inclusion(&empty, 0, empty.root, &none, NULL), HT_CORRUPT);
}

/* No tree that could ever be: what counts is that nothing overflows, and that 64 hashes are as many as can be used. */
static void the_largest_tree_takes_64_hashes(void **state)
{
    struct forest *forest = *state;
    struct ht_tree_head head = {.size = UINT64_MAX};
    struct ht_merkle_proof proof = {.count = 64};
    uint8_t hash[HT_SHA256_SIZE];
    memcpy(hash, forest->leaves[0], sizeof hash);
    for (size_t i = 0; i < proof.count; i++) {
        memcpy(proof.hashes[i], forest->leaves[i + 1], HT_SHA256_SIZE);
        ht_merkle_node(hash, proof.hashes[i], hash);
    }
    memcpy(head.root, hash, sizeof hash);
    assert_int_equal(ht_merkle_check_inclusion(&head, 0, forest->leaves[0], &proof, NULL), HT_OK);
    proof.count = 65;
    assert_int_equal(ht_merkle_check_inclusion(&head, 0, forest->leaves[0], &proof, NULL), HT_CORRUPT);
    proof.count = 63;
    assert_int_equal(ht_merkle_check_inclusion(&head, 0, forest->leaves[0], &proof, NULL), HT_CORRUPT);
}

/* ---- consistency ---- */

static void every_tree_is_proved_to_begin_with_every_older_one(void **state)
{
    struct forest *forest = *state;
    for (size_t size = 0; size <= LEAVES; size++) {
        for (size_t old_size = 0; old_size <= size; old_size++) {
            struct ht_merkle_proof proof = subproof_of(forest, old_size, size);
            assert_int_equal(check_subproof(forest, old_size, size, &proof), HT_OK);
        }
    }
}

static void a_proof_proves_one_pair_of_trees(void **state)
{
    struct forest *forest = *state;
    for (size_t size = 2; size <= LEAVES; size += 3) {
        for (size_t old_size = 1; old_size < size; old_size += 2) {
            struct ht_merkle_proof proof = subproof_of(forest, old_size, size);
            for (size_t other = 1; other <= LEAVES; other++) {
                if (other != size) assert_int_equal(check_subproof(forest, old_size, other, &proof), HT_CORRUPT);
                if (other != old_size) assert_int_equal(check_subproof(forest, other, size, &proof), HT_CORRUPT);
            }
        }
    }
}

static void a_tree_that_shrank_or_changed_is_refused(void **state)
{
    struct forest *forest = *state;
    struct ht_merkle_proof none = {0}, one = {.count = 1};
    struct ht_tree_head old_head = head_of(forest, 7), head = head_of(forest, 7);
    assert_int_equal(check_subproof(forest, 7, 6, &none), HT_CORRUPT);
    assert_int_equal(check_subproof(forest, 7, 7, &one), HT_CORRUPT);
    assert_int_equal(check_subproof(forest, 0, 7, &one), HT_CORRUPT);
    assert_int_equal(check_subproof(forest, 0, 0, &none), HT_OK);
    head.root[0] ^= 1;
    assert_int_equal(ht_merkle_check_consistency(&old_head, &head, &none, NULL), HT_CORRUPT);
    old_head = head_of(forest, 0);
    assert_int_equal(ht_merkle_check_consistency(&old_head, &head, &none, NULL), HT_OK);
    old_head.root[31] ^= 1;
    assert_int_equal(ht_merkle_check_consistency(&old_head, &head, &none, NULL), HT_CORRUPT);
}

/* ---- tampering ---- */

/* One of: a bit, two hashes swapped, the last cut off, one more. False if the proof has no room for it. */
static bool tamper(struct ht_merkle_proof *proof, struct random *random)
{
    uint8_t kept[HT_SHA256_SIZE];
    uint32_t kind = random_below(random, 4);
    if (kind == 3) {
        memset(proof->hashes[proof->count++], 7, HT_SHA256_SIZE);
        return true;
    }
    if (proof->count < 2) return false;
    uint32_t at = random_below(random, (uint32_t)proof->count - 1);
    if (kind == 0) {
        proof->hashes[at][random_below(random, HT_SHA256_SIZE)] ^= (uint8_t)(1U << random_below(random, 8));
    } else if (kind == 1) {
        memcpy(kept, proof->hashes[at], sizeof kept);
        memcpy(proof->hashes[at], proof->hashes[at + 1], sizeof kept);
        memcpy(proof->hashes[at + 1], kept, sizeof kept);
    } else {
        proof->count--;
    }
    return true;
}

static void whatever_was_tampered_with_is_refused(void **state)
{
    struct forest *forest = *state;
    struct random random = {.state = 1};
    size_t done = 0;
    while (done < 4000) {
        size_t size = 1 + random_below(&random, LEAVES), index = random_below(&random, (uint32_t)size);
        struct ht_merkle_proof path = path_of(forest, index, size), subproof = subproof_of(forest, index, size);
        if (tamper(&path, &random)) {
            assert_int_equal(check_path(forest, index, index, size, &path), HT_CORRUPT);
            done++;
        }
        if (tamper(&subproof, &random)) assert_int_equal(check_subproof(forest, index, size, &subproof), HT_CORRUPT);
    }
}

static void a_root_with_a_flipped_bit_is_refused(void **state)
{
    struct forest *forest = *state;
    struct ht_merkle_proof path = path_of(forest, 70, LEAVES), subproof = subproof_of(forest, 70, LEAVES);
    for (size_t bit = 0; bit < 8 * HT_SHA256_SIZE; bit++) {
        struct ht_tree_head old_head = head_of(forest, 70), head = head_of(forest, LEAVES);
        head.root[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(ht_merkle_check_inclusion(&head, 70, forest->leaves[70], &path, NULL), HT_CORRUPT);
        assert_int_equal(ht_merkle_check_consistency(&old_head, &head, &subproof, NULL), HT_CORRUPT);
        head = head_of(forest, LEAVES);
        old_head.root[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(ht_merkle_check_consistency(&old_head, &head, &subproof, NULL), HT_CORRUPT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_certificate_transparency),
        cmocka_unit_test(the_empty_tree_has_the_hash_of_nothing),
        cmocka_unit_test(a_node_may_take_the_place_of_either_child),
        cmocka_unit_test(every_leaf_is_proved_to_be_in_every_tree),
        cmocka_unit_test(a_proof_proves_one_leaf_at_one_place_in_one_tree),
        cmocka_unit_test(an_index_beyond_the_tree_is_refused),
        cmocka_unit_test(the_largest_tree_takes_64_hashes),
        cmocka_unit_test(every_tree_is_proved_to_begin_with_every_older_one),
        cmocka_unit_test(a_proof_proves_one_pair_of_trees),
        cmocka_unit_test(a_tree_that_shrank_or_changed_is_refused),
        cmocka_unit_test(whatever_was_tampered_with_is_refused),
        cmocka_unit_test(a_root_with_a_flipped_bit_is_refused),
    };
    return cmocka_run_group_tests(tests, grow_forest, fell_forest);
}
