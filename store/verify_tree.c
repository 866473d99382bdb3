#include "verify_tree.h"

#include <inttypes.h>
#include <stdlib.h>

#include "checkpoint.h"
#include "hooktrail/encode.h"

#define KEY_SIZE 9
#define SPAN_ROWS 500

enum ht_status verify_tree_init(struct verify_tree *tree, enum ht_log log, uint64_t size, struct ht_error *err)
{
    bool events = log == HT_LOG_EVENTS;
    *tree = (struct verify_tree){.log = log, .size = size};
    tree->records = events ? "trail/events" : "trail/acts";
    tree->table = events ? "trail/tree" : "trail/acts_tree";
    tree->tops = calloc((size_t)(size / HT_TILE_WIDTH) + 1, sizeof *tree->tops);
    return tree->tops != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory for a Merkle tree");
}

void verify_tree_release(struct verify_tree *tree)
{
    free(tree->tops);
}

/* ---- rows ---- */

/* The row of a level as it should be: `count` hashes, and zeros behind them unless `open`: then what is there came
   later than the run began. */
struct row {
    unsigned level;
    uint64_t number;
    uint8_t (*hashes)[HT_SHA256_SIZE];
    const bool *known; /* NULL: all */
    size_t count;
    bool open;
};

static void report_hash(struct verify *verify, const struct verify_tree *tree, const struct row *row, size_t i)
{
    uint64_t index = row->number * TREE_ROW_HASHES + i;
    if (row->level == 0)
        verify_found(verify, tree->table, index + 1, "the leaf of number %" PRIu64 " is not that of its record",
                     index + 1);
    else
        verify_found(verify, tree->table, 0,
                     "hash %" PRIu64 " of level %u is not what the records make: %" PRIu64 " to %" PRIu64, index,
                     row->level, (index << (8 * row->level)) + 1, (index + 1) << (8 * row->level));
}

static void compare_hashes(struct verify *verify, const struct verify_tree *tree, const struct row *row,
                           const uint8_t *stored)
{
    static const uint8_t none[HT_SHA256_SIZE];
    for (size_t i = 0; i < row->count; i++) {
        const uint8_t *hash = stored + i * HT_SHA256_SIZE;
        if (row->known != NULL && !row->known[i])
            memcpy(row->hashes[i], hash, HT_SHA256_SIZE);
        else if (memcmp(row->hashes[i], hash, HT_SHA256_SIZE) != 0)
            report_hash(verify, tree, row, i);
    }
    for (size_t i = row->count; i < TREE_ROW_HASHES && !row->open; i++) {
        if (memcmp(stored + i * HT_SHA256_SIZE, none, sizeof none) == 0) continue;
        verify_found(verify, tree->table, 0, "level %u goes on behind its end, with hash %" PRIu64, row->level,
                     row->number * TREE_ROW_HASHES + i);
    }
}

static enum ht_status compare_row(struct verify *verify, const struct verify_tree *tree, const struct row *row,
                                  struct ht_error *err)
{
    uint8_t bytes[KEY_SIZE];
    MDB_val value;
    bytes[0] = (uint8_t)(255 - row->level);
    ht_put_be64(bytes + 1, row->number);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_get(verify->reader->trail_txn, checkpoint_tree(verify->store, tree->log), &key, &value);
    if (code != 0 && code != MDB_NOTFOUND)
        return verify_judge(verify, env_fail(err, code, "reading the tree"), tree->table, 0, err);
    if (code == 0 && value.mv_size == TREE_ROW_SIZE) {
        compare_hashes(verify, tree, row, value.mv_data);
        return HT_OK;
    }
    verify_found(verify, tree->table, 0, "row %" PRIu64 " of level %u %s", row->number, row->level,
                 code == 0 ? "has another size" : "is missing");
    return HT_OK;
}

/* Compares hashes of a level from index `first` on, a multiple of 16, with its rows. `now`: how many the level has in
   this snapshot. */
static enum ht_status compare_rows(struct verify *verify, const struct verify_tree *tree, unsigned level,
                                   uint64_t first, uint8_t (*hashes)[HT_SHA256_SIZE], const bool *known, size_t count,
                                   uint64_t now, struct ht_error *err)
{
    for (size_t at = 0; at < count; at += TREE_ROW_HASHES) {
        size_t left = count - at;
        struct row row = {.level = level, .number = (first + at) / TREE_ROW_HASHES, .hashes = hashes + at};
        row.known = known != NULL ? known + at : NULL;
        row.count = left < TREE_ROW_HASHES ? left : TREE_ROW_HASHES;
        row.open = first + at + row.count < now;
        enum ht_status status = compare_row(verify, tree, &row, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* ---- levels ---- */

/* The root of a full tile; its hashes are used up. */
static void fold_tile(uint8_t (*hashes)[HT_SHA256_SIZE], uint8_t top[HT_SHA256_SIZE])
{
    for (size_t width = HT_TILE_WIDTH; width > 1; width /= 2) {
        for (size_t i = 0; i < width / 2; i++)
            ht_merkle_node(hashes[2 * i], hashes[2 * i + 1], hashes[i]);
    }
    memcpy(top, hashes[0], HT_SHA256_SIZE);
}

enum ht_status verify_tree_leaves(struct verify *verify, struct verify_tree *tree, uint64_t first,
                                  uint8_t (*leaves)[HT_SHA256_SIZE], const bool *known, size_t count,
                                  struct ht_error *err)
{
    uint64_t now;
    MDB_dbi records = checkpoint_records(verify->store, tree->log);
    enum ht_status status = trail_last(verify->reader->trail_txn, records, &now, err);
    if (status == HT_OK) status = compare_rows(verify, tree, 0, first, leaves, known, count, now, err);
    for (size_t at = 0; at + HT_TILE_WIDTH <= count && status == HT_OK; at += HT_TILE_WIDTH)
        fold_tile(leaves + at, tree->tops[(first + at) / HT_TILE_WIDTH]);
    return status;
}

/* One level above the leaves, in spans. */
static enum ht_status compare_level(struct verify *verify, const struct verify_tree *tree, unsigned level,
                                    uint64_t count, struct ht_error *err)
{
    enum { SPAN = SPAN_ROWS * TREE_ROW_HASHES };
    enum ht_status status = HT_OK;
    for (uint64_t first = 0; first < count && status == HT_OK; first += SPAN) {
        uint64_t now = 0, left = count - first;
        status = ht_reader_begin(verify->reader, err);
        if (status != HT_OK) return status;
        status = trail_last(verify->reader->trail_txn, checkpoint_records(verify->store, tree->log), &now, err);
        if (status == HT_OK)
            status = compare_rows(verify, tree, level, first, tree->tops + first, NULL,
                                  left < SPAN ? (size_t)left : SPAN, now >> (HT_TILE_HEIGHT * level), err);
        ht_reader_end(verify->reader);
    }
    return status;
}

static uint64_t rows_of(uint64_t size)
{
    uint64_t rows = 0;
    for (; size > 0; size >>= HT_TILE_HEIGHT)
        rows += (size + TREE_ROW_HASHES - 1) / TREE_ROW_HASHES;
    return rows;
}

static enum ht_status count_rows(struct verify *verify, struct verify_tree *tree, struct ht_error *err)
{
    MDB_stat stat;
    uint64_t now = 0;
    const struct ht_store *store = verify->store;
    enum ht_status status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    MDB_txn *txn = verify->reader->trail_txn;
    status = trail_last(txn, checkpoint_records(store, tree->log), &now, err);
    int code = mdb_stat(txn, checkpoint_tree(store, tree->log), &stat);
    if (status == HT_OK && code != 0) status = env_fail(err, code, "counting the tree's rows");
    ht_reader_end(verify->reader);
    if (status != HT_OK) return status;
    tree->odd = stat.ms_entries != rows_of(now);
    if (tree->odd)
        verify_found(verify, tree->table, 0, "it has %zu rows, where %" PRIu64 " of %s make %" PRIu64, stat.ms_entries,
                     now, tree->records, rows_of(now));
    return HT_OK;
}

static enum ht_status compare_levels(struct verify *verify, struct verify_tree *tree, struct ht_error *err)
{
    uint64_t count = tree->size >> HT_TILE_HEIGHT;
    for (unsigned level = 1; count > 0; level++) {
        enum ht_status status = compare_level(verify, tree, level, count, err);
        if (status != HT_OK) return status;
        count >>= HT_TILE_HEIGHT;
        for (uint64_t i = 0; i < count; i++)
            fold_tile(tree->tops + i * HT_TILE_WIDTH, tree->tops[i]);
    }
    return HT_OK;
}

/* ---- rows that should not be ---- */

static enum ht_status visit_row(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    const struct verify_tree *tree = state;
    uint64_t now;
    (void)value; /* compared already */
    enum ht_status status =
        trail_last(verify->reader->trail_txn, checkpoint_records(verify->store, tree->log), &now, err);
    if (status != HT_OK) return status;
    if (key.mv_size != KEY_SIZE) {
        verify_found(verify, tree->table, 0, "a key of %zu bytes where one of %d should be", key.mv_size, KEY_SIZE);
        return HT_OK;
    }
    const uint8_t *bytes = key.mv_data;
    unsigned level = 255u - bytes[0];
    uint64_t row = ht_get_be64(bytes + 1), count = level < 8 ? now >> (HT_TILE_HEIGHT * level) : 0;
    if (row >= (count + TREE_ROW_HASHES - 1) / TREE_ROW_HASHES)
        verify_found(verify, tree->table, 0,
                     "row %" PRIu64 " of level %u lies behind the end: the tree goes on further "
                     "than the %s",
                     row, level, tree->records);
    return HT_OK;
}

enum ht_status verify_tree_finish(struct verify *verify, struct verify_tree *tree, struct ht_error *err)
{
    enum ht_status status = compare_levels(verify, tree, err);
    if (status == HT_OK) status = count_rows(verify, tree, err);
    if (status != HT_OK || !tree->odd) return status;
    return verify_walk(verify, checkpoint_tree(verify->store, tree->log), tree->table, visit_row, tree, err);
}
