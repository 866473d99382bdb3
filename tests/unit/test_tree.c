#include "merkle_reference.h"
#include "scratch.h"

#include "../../store/tree.h"
#include "hooktrail/encode.h"
#include "random.h"

#define LEAVES 70000
#define KEY_SIZE 9

/* A table of its own in an environment of its own, the tree that grows in it, and the hashes of its leaves. */
struct bench {
    char dir[64];
    MDB_env *env;
    MDB_dbi table;
    MDB_txn *txn;
    struct tree tree;
    uint8_t (*leaves)[HT_SHA256_SIZE];
    struct random random;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->leaves = calloc(LEAVES, sizeof *bench->leaves);
    assert_non_null(bench->leaves);
    bench->random.state = 6962;
    snprintf(bench->dir, sizeof bench->dir, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(bench->dir));
    assert_ok(env_open(bench->dir, (size_t)1 << 30, MDB_NOSYNC, 1, &bench->env, &scratch_error));
    assert_int_equal(mdb_txn_begin(bench->env, NULL, 0, &bench->txn), 0);
    assert_int_equal(mdb_dbi_open(bench->txn, "tree", MDB_CREATE, &bench->table), 0);
    assert_ok(tree_load(&bench->tree, bench->txn, bench->table, 0, &scratch_error));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    if (bench->txn != NULL) mdb_txn_abort(bench->txn);
    mdb_env_close(bench->env);
    nftw(bench->dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(bench->leaves);
    free(bench);
    return 0;
}

static void append(struct bench *bench)
{
    uint8_t leaf[52];
    uint64_t at = bench->tree.size;
    for (size_t i = 0; i < sizeof leaf; i++)
        leaf[i] = (uint8_t)random_next(&bench->random);
    if (at < LEAVES) reference_leaf(leaf, sizeof leaf, bench->leaves[at]);
    assert_ok(tree_append(&bench->tree, bench->txn, ht_slice_of(leaf, sizeof leaf), &scratch_error));
    assert_int_equal(bench->tree.size, at + 1);
}

static void grow(struct bench *bench, uint64_t size)
{
    while (bench->tree.size < size)
        append(bench);
    assert_ok(tree_store(&bench->tree, bench->txn, &scratch_error));
}

static void next_transaction(struct bench *bench)
{
    assert_int_equal(mdb_txn_commit(bench->txn), 0);
    assert_int_equal(mdb_txn_begin(bench->env, NULL, 0, &bench->txn), 0);
}

/* ---- against the reference ---- */

static void expect_proof(const struct ht_merkle_proof *made, const struct ht_merkle_proof *expected)
{
    assert_int_equal(made->count, expected->count);
    assert_memory_equal(made->hashes, expected->hashes, expected->count * HT_SHA256_SIZE);
}

static void expect_inclusion(struct bench *bench, size_t index, const struct ht_tree_head *head)
{
    struct ht_merkle_proof made, expected = {0};
    assert_ok(tree_inclusion(bench->txn, bench->table, index, head->size, &made, &scratch_error));
    reference_path(index, (reference_leaves)bench->leaves, head->size, &expected);
    expect_proof(&made, &expected);
    assert_ok(ht_merkle_check_inclusion(head, index, bench->leaves[index], &made, &scratch_error));
}

static void expect_consistency(struct bench *bench, size_t old_size, const struct ht_tree_head *head)
{
    struct ht_merkle_proof made, expected = {0};
    struct ht_tree_head old_head = {.size = old_size};
    assert_ok(tree_consistency(bench->txn, bench->table, old_size, head->size, &made, &scratch_error));
    if (old_size > 0) reference_subproof(old_size, (reference_leaves)bench->leaves, head->size, true, &expected);
    expect_proof(&made, &expected);
    reference_root((reference_leaves)bench->leaves, old_size, old_head.root);
    assert_ok(ht_merkle_check_consistency(&old_head, head, &made, &scratch_error));
}

static void expect_roots(struct bench *bench, struct ht_tree_head *head)
{
    struct tree loaded;
    uint8_t root[HT_SHA256_SIZE];
    reference_root((reference_leaves)bench->leaves, head->size, head->root);
    assert_ok(tree_root_at(bench->txn, bench->table, head->size, root, &scratch_error));
    assert_memory_equal(root, head->root, sizeof root);
    assert_ok(tree_load(&loaded, bench->txn, bench->table, head->size, &scratch_error));
    tree_root(&loaded, root);
    assert_memory_equal(root, head->root, sizeof root);
}

static void every_size_up_to_600_has_the_root_of_the_definition(void **state)
{
    struct bench *bench = *state;
    uint8_t root[HT_SHA256_SIZE];
    for (uint64_t size = 0; size <= 600; size++) {
        struct ht_tree_head head = {.size = size};
        grow(bench, size);
        tree_root(&bench->tree, root);
        expect_roots(bench, &head);
        assert_memory_equal(root, head.root, sizeof root);
        if (size % 7 == 0) next_transaction(bench);
    }
}

static void every_proof_of_small_trees_is_that_of_the_definition(void **state)
{
    struct bench *bench = *state;
    grow(bench, 300);
    for (uint64_t size = 0; size <= 300; size += size < 70 ? 1 : 23) {
        struct ht_tree_head head = {.size = size};
        expect_roots(bench, &head);
        for (uint64_t i = 0; i < size; i += size < 70 ? 1 : 3)
            expect_inclusion(bench, i, &head);
        for (uint64_t i = 0; i <= size; i += size < 70 ? 1 : 3)
            expect_consistency(bench, i, &head);
    }
}

static void proofs_around_full_tiles_are_those_of_the_definition(void **state)
{
    static const uint64_t sizes[] = {255, 256, 257, 511, 512, 4095, 4096, 4097, 65535, 65536, 65537, LEAVES};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    struct bench *bench = *state;
    grow(bench, LEAVES);
    next_transaction(bench);
    for (size_t i = 0; i < COUNT; i++) {
        struct ht_tree_head head = {.size = sizes[i]};
        expect_roots(bench, &head);
        const uint64_t indexes[] = {
            0, 1, sizes[i] / 2, sizes[i] - 2, sizes[i] - 1, random_below(&bench->random, (uint32_t)sizes[i])};
        for (size_t j = 0; j < sizeof indexes / sizeof indexes[0]; j++)
            expect_inclusion(bench, indexes[j], &head);
        for (size_t j = 0; j <= i; j++)
            expect_consistency(bench, sizes[j], &head);
        expect_consistency(bench, indexes[5], &head);
    }
}

static void tampered_proofs_are_refused(void **state)
{
    struct bench *bench = *state;
    struct ht_tree_head head = {.size = 300}, old_head = {.size = 257};
    grow(bench, 300);
    expect_roots(bench, &head);
    expect_roots(bench, &old_head);
    for (int round = 0; round < 2000; round++) {
        struct ht_merkle_proof proof;
        uint64_t index = random_below(&bench->random, 300);
        uint32_t bit = random_below(&bench->random, 8);
        bool inclusion = round % 2 == 0;
        if (inclusion)
            assert_ok(tree_inclusion(bench->txn, bench->table, index, 300, &proof, &scratch_error));
        else
            assert_ok(tree_consistency(bench->txn, bench->table, 257, 300, &proof, &scratch_error));
        uint32_t hash = random_below(&bench->random, (uint32_t)proof.count);
        if (round % 10 < 8)
            proof.hashes[hash][random_below(&bench->random, HT_SHA256_SIZE)] ^= (uint8_t)(1 << bit);
        else
            proof.count = hash;
        enum ht_status status = inclusion ? ht_merkle_check_inclusion(&head, index, bench->leaves[index], &proof, NULL)
                                          : ht_merkle_check_consistency(&old_head, &head, &proof, NULL);
        assert_int_equal(status, HT_CORRUPT);
    }
}

/* ---- rows ---- */

static uint64_t count_rows(struct bench *bench)
{
    MDB_stat stat;
    assert_int_equal(mdb_stat(bench->txn, bench->table, &stat), 0);
    return stat.ms_entries;
}

static void rows_are_full_but_for_the_last_of_each_level(void **state)
{
    struct bench *bench = *state;
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t rows = 0;
    grow(bench, 66000);
    assert_int_equal(count_rows(bench), 4125 + 17 + 1);
    assert_int_equal(mdb_cursor_open(bench->txn, bench->table, &cursor), 0);
    for (int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST); code == 0;
         code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        static const uint8_t none[HT_SHA256_SIZE];
        assert_int_equal(key.mv_size, KEY_SIZE);
        assert_int_equal(value.mv_size, TREE_ROW_SIZE);
        const uint8_t *bytes = key.mv_data;
        uint64_t here = (UINT64_C(66000) >> (8 * (255 - bytes[0]))) - TREE_ROW_HASHES * ht_get_be64(bytes + 1);
        for (uint64_t i = 0; i < TREE_ROW_HASHES; i++) {
            bool empty = memcmp((const uint8_t *)value.mv_data + i * sizeof none, none, sizeof none) == 0;
            assert_int_equal(empty, i >= here);
        }
        rows++;
    }
    mdb_cursor_close(cursor);
    assert_int_equal(rows, count_rows(bench));
}

/* What is asked of a tree that lacks a row, or has one of another size, or of zeros. */
static void ask_all(struct bench *bench, bool *failed)
{
    struct ht_merkle_proof proof;
    struct tree loaded;
    struct ht_error err = {0};
    uint8_t root[HT_SHA256_SIZE];
    const enum ht_status answers[] = {
        tree_load(&loaded, bench->txn, bench->table, 600, &err),
        tree_root_at(bench->txn, bench->table, 600, root, &err),
        tree_root_at(bench->txn, bench->table, 599, root, &err),
        tree_inclusion(bench->txn, bench->table, 17, 600, &proof, &err),
        tree_consistency(bench->txn, bench->table, 300, 600, &proof, &err),
    };
    *failed = false;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        assert_true(answers[i] == HT_OK || answers[i] == HT_CORRUPT);
        *failed |= answers[i] == HT_CORRUPT;
    }
}

static void damage(struct bench *bench, uint64_t n, int how)
{
    static const uint8_t zeros[TREE_ROW_SIZE + 32];
    MDB_cursor *cursor;
    MDB_val key, value;
    assert_int_equal(mdb_cursor_open(bench->txn, bench->table, &cursor), 0);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), 0);
    for (uint64_t i = 0; i < n; i++)
        assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), 0);
    uint8_t copy[KEY_SIZE];
    memcpy(copy, key.mv_data, sizeof copy);
    MDB_val same = val_of(copy, sizeof copy);
    value = val_of(zeros, how == 1 ? 0 : how == 2 ? TREE_ROW_SIZE - 1 : how == 3 ? sizeof zeros : TREE_ROW_SIZE);
    if (how == 0)
        assert_int_equal(mdb_cursor_del(cursor, 0), 0);
    else
        assert_int_equal(mdb_put(bench->txn, bench->table, &same, &value, 0), 0);
    mdb_cursor_close(cursor);
}

static void missing_and_damaged_rows_are_told_as_corrupt(void **state)
{
    struct bench *bench = *state;
    bool failed;
    grow(bench, 600);
    next_transaction(bench);
    ask_all(bench, &failed);
    assert_false(failed);
    /* Of these rows (the only one of level 1; the first, the one of leaf 17, the last of level 0) something is read. */
    static const uint64_t rows[] = {0, 1, 2, 38};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int how = 0; how < 5; how++) {
            damage(bench, rows[i], how);
            ask_all(bench, &failed);
            if (!failed) fail_msg("row %d damaged in way %d is not noticed", (int)rows[i], how);
            mdb_txn_abort(bench->txn);
            assert_int_equal(mdb_txn_begin(bench->env, NULL, 0, &bench->txn), 0);
        }
    }
}

/* ---- transactions ---- */

static void an_aborted_batch_leaves_nothing_behind(void **state)
{
    struct bench *bench = *state;
    struct ht_tree_head head = {0};
    for (int round = 0; round < 200; round++) {
        uint64_t size = head.size;
        grow(bench, size + random_below(&bench->random, 40));
        if (random_below(&bench->random, 3) == 0) {
            mdb_txn_abort(bench->txn);
            assert_int_equal(mdb_txn_begin(bench->env, NULL, 0, &bench->txn), 0);
            if (round == 0) /* the table itself came with the transaction */
                assert_int_equal(mdb_dbi_open(bench->txn, "tree", MDB_CREATE, &bench->table), 0);
            assert_ok(tree_load(&bench->tree, bench->txn, bench->table, size, &scratch_error));
        } else {
            next_transaction(bench);
            head.size = bench->tree.size;
        }
    }
    assert_true(head.size > 1000);
    expect_roots(bench, &head);
    expect_inclusion(bench, head.size / 3, &head);
}

/* Rows that were begun in a transaction that was given up may lie behind the end: what is appended replaces them. */
static void what_lies_behind_the_end_is_replaced(void **state)
{
    struct bench *bench = *state;
    struct ht_tree_head head = {.size = 530};
    grow(bench, 520);
    assert_ok(tree_load(&bench->tree, bench->txn, bench->table, 250, &scratch_error));
    grow(bench, 530);
    expect_roots(bench, &head);
    expect_inclusion(bench, 250, &head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_size_up_to_600_has_the_root_of_the_definition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_proof_of_small_trees_is_that_of_the_definition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(proofs_around_full_tiles_are_those_of_the_definition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tampered_proofs_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_are_full_but_for_the_last_of_each_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_and_damaged_rows_are_told_as_corrupt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_aborted_batch_leaves_nothing_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_lies_behind_the_end_is_replaced, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
