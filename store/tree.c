#include "tree.h"

#include <assert.h>
#include <inttypes.h>

#include "hooktrail/encode.h"

#define KEY_SIZE 9

/* ---- rows ---- */

static void row_key(uint8_t key[KEY_SIZE], unsigned level, uint64_t row)
{
    key[0] = (uint8_t)(255 - level);
    ht_put_be64(key + 1, row);
}

static enum ht_status fail_hash(unsigned level, uint64_t index, struct ht_error *err)
{
    return ht_fail(err, HT_CORRUPT, "the Merkle tree lacks hash %" PRIu64 " of level %u: run `hooktrail verify`", index,
                   level);
}

/* No hash that was ever made is all zeros: that is how rows are padded. */
static const uint8_t no_hashes[TREE_ROW_SIZE];

static bool is_hash(const uint8_t *hash)
{
    return memcmp(hash, no_hashes, HT_SHA256_SIZE) != 0;
}

/* A view of the row that holds a hash of the tiles, from that hash on. */
static enum ht_status find_hash(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t index, const uint8_t **hash,
                                struct ht_error *err)
{
    uint8_t bytes[KEY_SIZE];
    MDB_val value;
    *hash = no_hashes;
    row_key(bytes, level, index / TREE_ROW_HASHES);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_get(txn, table, &key, &value);
    if (code == MDB_NOTFOUND || (code == 0 && value.mv_size != TREE_ROW_SIZE)) return fail_hash(level, index, err);
    if (code != 0) return env_fail(err, code, "reading the Merkle tree");
    *hash = (const uint8_t *)value.mv_data + index % TREE_ROW_HASHES * HT_SHA256_SIZE;
    return HT_OK;
}

/* Stores one hash of a level above 0; the row is there already unless it is the row's first. */
static enum ht_status put_upper(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t index, const uint8_t *hash,
                                struct ht_error *err)
{
    uint8_t bytes[KEY_SIZE], row[TREE_ROW_SIZE] = {0};
    row_key(bytes, level, index / TREE_ROW_HASHES);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    size_t at = index % TREE_ROW_HASHES;
    if (at > 0) {
        const uint8_t *before;
        enum ht_status status = find_hash(txn, table, level, index - at, &before, err);
        if (status != HT_OK) return status;
        memcpy(row, before, at * HT_SHA256_SIZE);
    }
    memcpy(row + at * HT_SHA256_SIZE, hash, HT_SHA256_SIZE);
    value = val_of(row, sizeof row);
    int code = mdb_put(txn, table, &key, &value, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "writing the Merkle tree");
}

/* Stores the row of level 0 that ends with the tree. */
static enum ht_status put_last_row(struct tree *tree, MDB_txn *txn, struct ht_error *err)
{
    uint8_t bytes[KEY_SIZE];
    row_key(bytes, 0, (tree->size - 1) / TREE_ROW_HASHES);
    MDB_val key = val_of(bytes, sizeof bytes), value = val_of(tree->row, sizeof tree->row);
    /* A new row is the table's last and so fills its pages; one that was stored in part has the same size. */
    int code = mdb_put(txn, tree->table, &key, &value, MDB_APPEND);
    if (code == MDB_KEYEXIST) code = mdb_put(txn, tree->table, &key, &value, 0);
    tree->dirty = false;
    return code == 0 ? HT_OK : env_fail(err, code, "writing the Merkle tree");
}

/* ---- growing ---- */

enum ht_status tree_load(struct tree *tree, MDB_txn *txn, MDB_dbi table, uint64_t size, struct ht_error *err)
{
    *tree = (struct tree){.table = table, .size = size};
    for (unsigned level = 0; level < 64 && size >> level != 0; level++) {
        if ((size >> level & 1) == 0) continue;
        enum ht_status status = tree_node(txn, table, level, (size >> level) - 1, tree->edge[level], err);
        if (status != HT_OK) return status;
    }
    size_t partial = size % TREE_ROW_HASHES;
    if (partial == 0) return HT_OK;
    const uint8_t *row;
    enum ht_status status = find_hash(txn, table, 0, size - partial, &row, err);
    if (status == HT_OK) memcpy(tree->row, row, partial * HT_SHA256_SIZE);
    return status;
}

enum ht_status tree_append(struct tree *tree, MDB_txn *txn, struct ht_slice leaf, struct ht_error *err)
{
    uint8_t hash[HT_SHA256_SIZE];
    ht_merkle_leaf(leaf, hash);
    return tree_append_hash(tree, txn, hash, err);
}

enum ht_status tree_append_hash(struct tree *tree, MDB_txn *txn, const uint8_t leaf[HT_SHA256_SIZE],
                                struct ht_error *err)
{
    uint8_t hash[HT_SHA256_SIZE];
    size_t at = tree->size % TREE_ROW_HASHES;
    if (at == 0) memset(tree->row, 0, sizeof tree->row);
    memcpy(hash, leaf, sizeof hash);
    memcpy(tree->row + at * HT_SHA256_SIZE, hash, sizeof hash);
    tree->dirty = true;
    uint64_t index = tree->size++;
    if (at == TREE_ROW_HASHES - 1) {
        enum ht_status status = put_last_row(tree, txn, err);
        if (status != HT_OK) return status;
    }
    /* As in adding one to a binary number: each carry completes a subtree. */
    unsigned level = 0;
    for (; index >> level & 1; level++) {
        ht_merkle_node(tree->edge[level], hash, hash);
        if ((level + 1) % HT_TILE_HEIGHT != 0) continue;
        enum ht_status status =
            put_upper(txn, tree->table, (level + 1) / HT_TILE_HEIGHT, index >> (level + 1), hash, err);
        if (status != HT_OK) return status;
    }
    memcpy(tree->edge[level], hash, sizeof hash);
    return HT_OK;
}

enum ht_status tree_store(struct tree *tree, MDB_txn *txn, struct ht_error *err)
{
    return tree->dirty ? put_last_row(tree, txn, err) : HT_OK;
}

void tree_root(const struct tree *tree, uint8_t root[HT_SHA256_SIZE])
{
    bool begun = false;
    ht_merkle_empty(root);
    for (unsigned level = 0; level < 64; level++) {
        if ((tree->size >> level & 1) == 0) continue;
        if (begun)
            ht_merkle_node(tree->edge[level], root, root);
        else
            memcpy(root, tree->edge[level], HT_SHA256_SIZE);
        begun = true;
    }
}

/* ---- reading ---- */

/* The root of the complete subtree over 2^height hashes of a level of tiles (height < 8), the first of them `first`. */
static enum ht_status fold(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t first, unsigned height,
                           uint8_t hash[HT_SHA256_SIZE], struct ht_error *err)
{
    uint8_t stack[HT_TILE_HEIGHT][HT_SHA256_SIZE];
    const uint8_t *found = NULL;
    for (uint64_t i = 0; i < UINT64_C(1) << height; i++) {
        /* `first` is a multiple of 2^height, so either all lie in one row or each row is read from its beginning. */
        if (i % TREE_ROW_HASHES == 0) {
            enum ht_status status = find_hash(txn, table, level, first + i, &found, err);
            if (status != HT_OK) return status;
        } else {
            found += HT_SHA256_SIZE;
        }
        if (!is_hash(found)) return fail_hash(level, first + i, err);
        memcpy(hash, found, HT_SHA256_SIZE);
        unsigned at = 0;
        for (; i >> at & 1; at++)
            ht_merkle_node(stack[at], hash, hash);
        if (at < HT_TILE_HEIGHT) memcpy(stack[at], hash, HT_SHA256_SIZE);
    }
    return HT_OK;
}

enum ht_status tree_hashes(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t first, unsigned count,
                           struct ht_buffer *out, struct ht_error *err)
{
    const uint8_t *found = NULL;
    for (uint64_t i = first; i < first + count; i++) {
        if (found == NULL || i % TREE_ROW_HASHES == 0) {
            enum ht_status status = find_hash(txn, table, level, i, &found, err);
            if (status != HT_OK) return status;
        } else {
            found += HT_SHA256_SIZE;
        }
        if (!is_hash(found)) return fail_hash(level, i, err);
        ht_buffer_add_bytes(out, found, HT_SHA256_SIZE);
    }
    return ht_buffer_status(out, err);
}

enum ht_status tree_node(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t index, uint8_t hash[HT_SHA256_SIZE],
                         struct ht_error *err)
{
    unsigned height = level % HT_TILE_HEIGHT;
    return fold(txn, table, level / HT_TILE_HEIGHT, index << height, height, hash, err);
}

/* The greatest power of two below `size`, as its exponent: where RFC 6962 divides a tree. */
static unsigned split_of(uint64_t size)
{
    return 63 - (unsigned)__builtin_clzll(size - 1);
}

/* The root of the leaves from `first` (where a subtree of that size may begin) to first + size - 1. */
static enum ht_status range_root(MDB_txn *txn, MDB_dbi table, uint64_t first, uint64_t size,
                                 uint8_t root[HT_SHA256_SIZE], struct ht_error *err)
{
    bool begun = false;
    /* From the right: the smallest complete subtree is the last. */
    for (unsigned level = 0; level < 64 && size >> level != 0; level++) {
        uint8_t hash[HT_SHA256_SIZE];
        if ((size >> level & 1) == 0) continue;
        uint64_t before = size >> (level + 1) << (level + 1);
        enum ht_status status = tree_node(txn, table, level, (first + before) >> level, hash, err);
        if (status != HT_OK) return status;
        if (begun)
            ht_merkle_node(hash, root, root);
        else
            memcpy(root, hash, sizeof hash);
        begun = true;
    }
    return HT_OK;
}

enum ht_status tree_root_at(MDB_txn *txn, MDB_dbi table, uint64_t size, uint8_t root[HT_SHA256_SIZE],
                            struct ht_error *err)
{
    ht_merkle_empty(root);
    return range_root(txn, table, 0, size, root, err);
}

/* A proof is made from the root down and read from the leaf up. */
static void reverse(struct ht_merkle_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        uint8_t hash[HT_SHA256_SIZE];
        size_t other = proof->count - 1 - i;
        memcpy(hash, proof->hashes[i], sizeof hash);
        memcpy(proof->hashes[i], proof->hashes[other], sizeof hash);
        memcpy(proof->hashes[other], hash, sizeof hash);
    }
}

static enum ht_status add_range(struct ht_merkle_proof *proof, MDB_txn *txn, MDB_dbi table, uint64_t first,
                                uint64_t size, struct ht_error *err)
{
    assert(proof->count < HT_PROOF_HASHES);
    return range_root(txn, table, first, size, proof->hashes[proof->count++], err);
}

enum ht_status tree_inclusion(MDB_txn *txn, MDB_dbi table, uint64_t index, uint64_t size, struct ht_merkle_proof *proof,
                              struct ht_error *err)
{
    uint64_t first = 0;
    enum ht_status status = HT_OK;
    assert(index < size);
    proof->count = 0;
    while (size > 1 && status == HT_OK) {
        uint64_t left = UINT64_C(1) << split_of(size);
        if (index - first < left) {
            status = add_range(proof, txn, table, first + left, size - left, err);
            size = left;
        } else {
            status = add_range(proof, txn, table, first, left, err);
            first += left;
            size -= left;
        }
    }
    reverse(proof);
    return status;
}

enum ht_status tree_consistency(MDB_txn *txn, MDB_dbi table, uint64_t old_size, uint64_t size,
                                struct ht_merkle_proof *proof, struct ht_error *err)
{
    uint64_t first = 0, old_left = old_size;
    bool whole = true; /* the old tree is all of what is left, so its root is known to whoever asks */
    enum ht_status status = HT_OK;
    assert(old_size <= size);
    proof->count = 0;
    if (old_size == 0 || old_size == size) return HT_OK;
    while (old_left != size && status == HT_OK) {
        uint64_t left = UINT64_C(1) << split_of(size);
        if (old_left <= left) {
            status = add_range(proof, txn, table, first + left, size - left, err);
            size = left;
        } else {
            status = add_range(proof, txn, table, first, left, err);
            first += left;
            old_left -= left;
            size -= left;
            whole = false;
        }
    }
    if (status == HT_OK && !whole) status = add_range(proof, txn, table, first, size, err);
    reverse(proof);
    return status;
}
