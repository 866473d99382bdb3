#include "checkpoint.h"
#include "erasures.h"
#include "hooktrail/encode.h"
#include "record.h"
#include "salvage_pour.h"
#include "seal.h"

/* ---- sweeping ---- */

static bool lacks(const struct pour *pour, enum salvage_series series, uint64_t number)
{
    struct ht_slice value;
    return trail_get(pour->txn, salvage_table(pour->salvage, series), number, &value) == MDB_NOTFOUND;
}

/* Beyond what the directory counts there may be more only if it is not the newest. */
static bool may_be(const struct salvage *salvage, enum salvage_series series, uint64_t number)
{
    if (number == 0) return false;
    return number <= salvage->end[series] || (!salvage->pages.exact && salvage_can_be(salvage, number));
}

static bool is_wanted(void *context, uint64_t number)
{
    const struct pour *pour = context;
    for (int series = 0; series < SALVAGE_SERIES; series++) {
        if (may_be(pour->salvage, (enum salvage_series)series, number) &&
            lacks(pour, (enum salvage_series)series, number))
            return true;
    }
    return false;
}

static bool is_zeros(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) return false;
    }
    return true;
}

/* An event from the other records of its version: docs/format.md. A rejected delivery has an HTTP status in bytes 10
   and 11, a repeated one its state in byte 10; one that is open has text where an open event has zeros. */
static bool is_event(const uint8_t *bytes, size_t size)
{
    if (size < RECORD_TOMBSTONE_SIZE || bytes[8] != RECORD_VERSION || !is_zeros(bytes + 10, 2) ||
        bytes[60] > RECORD_ZSTD)
        return false;
    if (bytes[seal_event.state] == SEAL_ERASED) return size == RECORD_TOMBSTONE_SIZE;
    if (size < RECORD_HEADER_SIZE + RECORD_SECRET_SIZE || !is_zeros(bytes + 88, 4)) return false;
    return bytes[seal_event.state] == SEAL_SEALED ||
           (bytes[seal_event.state] == SEAL_OPEN && is_zeros(bytes + 84, RECORD_HEADER_SIZE - 84));
}

static bool is_repeat(const uint8_t *bytes, size_t size)
{
    if (size < REPEAT_BLANK_SIZE || bytes[8] != REPEAT_VERSION || bytes[11] != 0) return false;
    if (bytes[seal_repeat.state] == SEAL_ERASED) return size == REPEAT_BLANK_SIZE;
    return bytes[seal_repeat.state] <= SEAL_SEALED && size >= REPEAT_HEADER_SIZE;
}

/* Three texts behind 20 bytes, each with its length. */
static bool is_act(const uint8_t *bytes, size_t size)
{
    size_t at = 20;
    if (size < at || bytes[8] != 1 || !is_zeros(bytes + 10, 2)) return false;
    for (int i = 0; i < 3 && at < size; i++)
        at += 1 + (size_t)bytes[at];
    return at == size;
}

static bool find_series(struct ht_slice value, enum salvage_series *series)
{
    const uint8_t *bytes = (const uint8_t *)value.data;
    struct erasures_row row;
    if (value.size < 12) return false;
    if (is_event(bytes, value.size))
        *series = SALVAGE_EVENTS;
    else if (is_repeat(bytes, value.size))
        *series = SALVAGE_REPEATS;
    else if (is_act(bytes, value.size))
        *series = SALVAGE_ACTS;
    else if (bytes[8] <= ERASURES_VERSION && erasures_read(value, 0, &row, NULL) == HT_OK)
        *series = SALVAGE_ERASURES;
    else
        return false;
    return true;
}

/* Whether the tree's hash of a number is that of this record's leaf; `known`: it has one. */
static bool is_leaf_of(const struct pour *pour, enum ht_log log, uint64_t number, struct ht_slice value, bool *known)
{
    uint8_t wanted[HT_SHA256_SIZE], hash[HT_SHA256_SIZE];
    struct ht_slice leaf;
    MDB_dbi tree = checkpoint_tree(pour->salvage->store, log);
    *known = tree_node(pour->txn, tree, 0, number - 1, wanted, NULL) == HT_OK;
    if (!*known || !checkpoint_leaf(log, number, value, &leaf)) return false;
    ht_merkle_leaf(leaf, hash);
    return memcmp(hash, wanted, sizeof hash) == 0;
}

/* Whether all else in the row in which the tree has a number's hash is right: it may be a rotten one, or an old one. */
static bool is_row_right(const struct pour *pour, enum ht_log log, uint64_t number)
{
    unsigned right = 0;
    MDB_dbi records = checkpoint_records(pour->salvage->store, log);
    uint64_t first = (number - 1) / TREE_ROW_HASHES * TREE_ROW_HASHES + 1;
    for (uint64_t other = first; other < first + TREE_ROW_HASHES; other++) {
        struct ht_slice value;
        bool known;
        if (trail_get(pour->txn, records, other, &value) != 0) continue;
        if (!is_leaf_of(pour, log, other, value, &known)) return false;
        right++;
    }
    return right > 0;
}

/* False if the tree knows the number's leaf, and it is another's: of a transaction that was never committed. */
static bool fits_tree(const struct pour *pour, enum ht_log log, uint64_t number, struct ht_slice value)
{
    bool known;
    return is_leaf_of(pour, log, number, value, &known) || !known || !is_row_right(pour, log, number);
}

/* Whether what is sealed opens: one that was sealed anew lies in old pages under a key that is gone. */
static bool opens(struct pour *pour, enum salvage_series series, uint64_t number, struct ht_slice value)
{
    struct ht_slice opened;
    const struct seal_layout *layout = series == SALVAGE_EVENTS ? &seal_event : &seal_repeat;
    if ((uint8_t)value.data[layout->state] == SEAL_ERASED) return true;
    return seal_read(pour->salvage->store, layout, number, value, &pour->plain, &opened, NULL) == HT_OK;
}

static bool is_good(struct pour *pour, enum salvage_series series, uint64_t number, struct ht_slice value)
{
    switch (series) {
    case SALVAGE_EVENTS:
        return fits_tree(pour, HT_LOG_EVENTS, number, value) && opens(pour, series, number, value);
    case SALVAGE_REPEATS:
        return opens(pour, series, number, value);
    case SALVAGE_ACTS:
        return fits_tree(pour, HT_LOG_ACTS, number, value);
    case SALVAGE_ERASURES:
    case SALVAGE_SERIES:
    default:
        return true;
    }
}

static enum ht_status take_missing(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct pour *pour = context;
    enum salvage_series series;
    uint64_t number = ht_get_be64((const uint8_t *)key.data);
    if (!find_series(value, &series) || !may_be(pour->salvage, series, number) || !lacks(pour, series, number))
        return HT_OK;
    bool good = record_intact(value, number) && is_good(pour, series, number, value);
    if (!good && series == SALVAGE_EVENTS) pour_keep_leaf(pour->salvage, number, value);
    enum ht_status status = good ? pour_put(pour, salvage_table(pour->salvage, series), key, value, err)
                                 : ht_buffer_status(&pour->salvage->leaves, err);
    return status == HT_OK ? pour_begin(pour, err) : status;
}

/* The series' ends, now that their tables are there: a row may lie behind what the directory counts. */
static enum ht_status find_ends(struct pour *pour, bool *whole, struct ht_error *err)
{
    *whole = true;
    for (int series = 0; series < SALVAGE_SERIES; series++) {
        MDB_stat stat;
        uint64_t last = 0;
        MDB_dbi table = salvage_table(pour->salvage, (enum salvage_series)series);
        enum ht_status status = trail_last(pour->txn, table, &last, err);
        if (status != HT_OK) return status;
        int code = mdb_stat(pour->txn, table, &stat);
        if (code != 0) return env_fail(err, code, "counting rows");
        if (last > pour->salvage->end[series]) pour->salvage->end[series] = last;
        *whole &= stat.ms_entries == pour->salvage->end[series];
    }
    return HT_OK;
}

/* What the directory counts may be a rotten number: behind what was found, or signed, there can't have been more than
   the pages that are unread could hold. */
static enum ht_status bound_ends(const struct pour *pour, struct ht_error *err)
{
    struct salvage *salvage = pour->salvage;
    const struct pages *pages = &salvage->pages;
    uint64_t room = (salvage->unread + pages->promised - pages->count + 1) * salvage_rows_of_page(salvage);
    for (int series = 0; series < SALVAGE_SERIES; series++) {
        uint64_t last = 0;
        enum ht_status status = trail_last(pour->txn, salvage_table(salvage, (enum salvage_series)series), &last, err);
        if (status != HT_OK) return status;
        if (last < salvage->proven[series]) last = salvage->proven[series];
        if (salvage->end[series] > last + room) salvage->end[series] = last + room;
    }
    return HT_OK;
}

enum ht_status salvage_sweep(struct salvage *salvage, struct ht_error *err)
{
    struct pour pour = {.salvage = salvage};
    bool whole = true;
    enum ht_status status = pour_begin(&pour, err);
    if (status == HT_OK) status = find_ends(&pour, &whole, err);
    if (status == HT_OK && (!whole || !salvage->pages.exact)) {
        status = pages_sweep(&salvage->pages, is_wanted, take_missing, &pour, salvage->progress, salvage->context, err);
        if (status == HT_OK) status = pour_begin(&pour, err);
        if (status == HT_OK) status = find_ends(&pour, &whole, err);
        if (status == HT_OK) status = bound_ends(&pour, err);
    }
    return pour_end(&pour, status, err);
}
