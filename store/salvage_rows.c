#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#include "checkpoint.h"
#include "erasures_log.h"
#include "files.h"
#include "hooktrail/encode.h"
#include "record.h"
#include "salvage.h"
#include "seal.h"
#include "secret.h"

#define LONGEST_BESIDE ((size_t)1 << 24)
#define BATCH_ROWS 8192 /* of one transaction at most */
#define BATCH_BYTES (UINT64_C(32) << 20)

/* ---- rows by themselves ---- */

typedef bool is_sound(struct ht_slice key, struct ht_slice value);

static bool is_numbered(struct ht_slice key, struct ht_slice value)
{
    return key.size == 8 && record_intact(value, ht_get_be64((const uint8_t *)key.data));
}

static bool is_checked_id(struct ht_slice key, struct ht_slice value)
{
    return key.size == 4 && record_intact(value, ht_get_be32((const uint8_t *)key.data));
}

static bool is_id(struct ht_slice key, struct ht_slice value)
{
    return key.size == 4 && value.size > 0;
}

static bool is_lead(struct ht_slice key, struct ht_slice value)
{
    return key.size == SECRET_HASH && value.size == 4;
}

static bool is_named(struct ht_slice key, struct ht_slice value)
{
    return key.size > 0 && key.size <= NAME_MAX_SIZE && value.size > 0;
}

/* Rows above the leaves are computed again. */
static bool is_leaf_row(struct ht_slice key, struct ht_slice value)
{
    return key.size == 9 && (uint8_t)key.data[0] == 255 && value.size == TREE_ROW_SIZE;
}

static bool is_note(struct ht_slice key, struct ht_slice value)
{
    return key.size == 1 && value.size > 0 && value.size <= HT_NOTE_SIZE;
}

/* Every table of the trail but for `meta`, which comes first, and `erased`, which follows from the erasures. Of the
   series, what is not sound is told of by its number when it turns out to be missing. */
static const struct {
    const char *name;
    const char *told; /* its name in findings */
    size_t handle;
    is_sound *sound;
    bool is_series;
    enum salvage_series series;
} tables[] = {
    {"events", "trail/events", offsetof(struct trail_env, events), is_numbered, true, SALVAGE_EVENTS},
    {"repeats", "trail/repeats", offsetof(struct trail_env, repeats), is_numbered, true, SALVAGE_REPEATS},
    {"acts", "trail/acts", offsetof(struct trail_env, acts), is_numbered, true, SALVAGE_ACTS},
    {"erasures", "trail/erasures", offsetof(struct trail_env, erasures), is_numbered, true, SALVAGE_ERASURES},
    {"endpoints", "trail/endpoints", offsetof(struct trail_env, endpoints), is_id, false, 0},
    {"secrets", "trail/secrets", offsetof(struct trail_env, secrets), is_lead, false, 0},
    {"tokens", "trail/tokens", offsetof(struct trail_env, tokens), is_id, false, 0},
    {"bearers", "trail/bearers", offsetof(struct trail_env, bearers), is_lead, false, 0},
    {"rejected", "trail/rejected", offsetof(struct trail_env, rejected), is_numbered, false, 0},
    {"watermarks", "trail/watermarks", offsetof(struct trail_env, watermarks), is_named, false, 0},
    {"holds", "trail/holds", offsetof(struct trail_env, holds), is_checked_id, false, 0},
    {"tree", "trail/tree", offsetof(struct trail_env, tree), is_leaf_row, false, 0},
    {"acts_tree", "trail/acts_tree", offsetof(struct trail_env, acts_tree), is_leaf_row, false, 0},
    {"checkpoints", "trail/checkpoints", offsetof(struct trail_env, checkpoints), is_note, false, 0},
};

static MDB_dbi handle_of(const struct salvage *salvage, size_t offset)
{
    return *(const MDB_dbi *)(const void *)((const char *)&salvage->store->trail + offset);
}

MDB_dbi salvage_table(const struct salvage *salvage, enum salvage_series series)
{
    return handle_of(salvage, tables[series].handle); /* the series are the first rows */
}

void salvage_tell(struct salvage *salvage, const char *table, uint64_t seq, const char *format, ...)
{
    struct ht_finding finding = {.table = table, .seq = seq, .lost = true};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding.detail, sizeof finding.detail, format, arguments);
    va_end(arguments);
    salvage->salvaged->findings++;
    if (salvage->report != NULL) salvage->report(salvage->context, &finding);
}

/* ---- writing ---- */

/* Rows on their way into the new trail, in transactions of many. */
struct pour {
    struct salvage *salvage;
    size_t table; /* of `tables`, where a walk is */
    uint64_t unsound;
    MDB_txn *txn; /* NULL: to be begun */
    uint64_t rows;
    uint64_t bytes;
    struct ht_buffer plain; /* what was sealed */
};

static enum ht_status begin(struct pour *pour, struct ht_error *err)
{
    return pour->txn != NULL ? HT_OK : trail_change_begin(pour->salvage->store, &pour->txn, err);
}

static enum ht_status end(struct pour *pour, enum ht_status status, struct ht_error *err)
{
    MDB_txn *txn = pour->txn;
    pour->txn = NULL;
    pour->rows = pour->bytes = 0;
    ht_buffer_wipe(&pour->plain);
    return txn != NULL ? trail_change_end(txn, status, err) : status;
}

/* The first row with a key stays: a walk comes by the newest, a sweep by what is missing. */
static enum ht_status put(struct pour *pour, MDB_dbi table, struct ht_slice key, struct ht_slice value,
                          struct ht_error *err)
{
    MDB_val name = val_of(key.data, key.size), data = val_of(value.data, value.size);
    enum ht_status status = begin(pour, err);
    if (status != HT_OK) return status;
    int code = mdb_put(pour->txn, table, &name, &data, MDB_APPEND);
    if (code == MDB_KEYEXIST) code = mdb_put(pour->txn, table, &name, &data, MDB_NOOVERWRITE);
    if (code != 0 && code != MDB_KEYEXIST) return env_fail(err, code, "writing the new trail");
    pour->bytes += value.size;
    return ++pour->rows < BATCH_ROWS && pour->bytes < BATCH_BYTES ? HT_OK : end(pour, HT_OK, err);
}

/* ---- walking ---- */

static void keep_leaf(struct salvage *salvage, uint64_t seq, struct ht_slice value)
{
    struct salvage_leaf leaf = {.seq = seq};
    if (value.size < RECORD_LEAF + HT_LEAF_SIZE) return;
    memcpy(leaf.leaf, record_leaf(value).data, HT_LEAF_SIZE);
    ht_buffer_add_bytes(&salvage->leaves, &leaf, sizeof leaf);
}

static enum ht_status take_row(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct pour *pour = context;
    if (tables[pour->table].sound(key, value))
        return put(pour, handle_of(pour->salvage, tables[pour->table].handle), key, value, err);
    bool upper = value.size == TREE_ROW_SIZE && tables[pour->table].sound == is_leaf_row;
    pour->unsound += !upper;
    if (pour->table == SALVAGE_EVENTS && key.size == 8)
        keep_leaf(pour->salvage, ht_get_be64((const uint8_t *)key.data), value);
    return ht_buffer_status(&pour->salvage->leaves, err);
}

static void tell_unread(struct salvage *salvage, const struct pour *pour, uint64_t unread)
{
    const char *name = tables[pour->table].told;
    bool whole = unread == 0 && pour->unsound == 0;
    if (tables[pour->table].sound == is_note) salvage->notes_whole = whole && salvage->pages.exact;
    if (whole) return;
    salvage->damaged = true;
    if (tables[pour->table].is_series || tables[pour->table].sound == is_leaf_row) return; /* told of by number */
    salvage_tell(salvage, name, 0, "%" PRIu64 " of its pages or rows can't be read: what they held is lost",
                 unread + pour->unsound);
}

static enum ht_status walk_table(struct pour *pour, struct ht_error *err)
{
    struct salvage *salvage = pour->salvage;
    struct pages_table table;
    uint64_t unread = 0;
    pour->unsound = 0;
    enum ht_status status = pages_find(&salvage->pages, tables[pour->table].name, &table, err);
    if (status == HT_OK) {
        if (tables[pour->table].is_series && salvage_can_be(salvage, table.entries))
            salvage->end[tables[pour->table].series] = table.entries;
        status = pages_walk(&salvage->pages, table.root, take_row, pour, &unread, err);
    } else if (status == HT_CORRUPT || status == HT_NOT_FOUND) {
        unread = 1;
        status = HT_OK;
    }
    tell_unread(salvage, pour, unread);
    return status;
}

enum ht_status salvage_walk(struct salvage *salvage, struct ht_error *err)
{
    struct pour pour = {.salvage = salvage};
    enum ht_status status = HT_OK;
    for (; pour.table < sizeof tables / sizeof *tables && status == HT_OK; pour.table++)
        status = walk_table(&pour, err);
    return end(&pour, status, err);
}

/* ---- meta ---- */

static const char id_key[] = "trail_id";

static enum ht_status take_meta(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct pour *pour = context;
    struct ht_store *store = pour->salvage->store;
    MDB_val name = val_of(key.data, key.size), data = val_of(value.data, value.size);
    if (ht_slice_is(key, "format")) {
        uint32_t format = value.size == 4 ? ht_get_be32((const uint8_t *)value.data) : FORMAT_VERSION;
        if (format == FORMAT_VERSION) return HT_OK;
        return ht_fail(err, HT_VERSION, "the trail has format %" PRIu32 "; this hooktrail (%s) salvages only %d",
                       format, ht_version(), FORMAT_VERSION);
    }
    bool is_trail_id = ht_slice_is(key, id_key) && value.size == HT_TRAIL_ID_SIZE;
    if (!is_trail_id && (key.size > NAME_MAX_SIZE || value.size != 8)) {
        pour->unsound++;
        return HT_OK;
    }
    if (is_trail_id) memcpy(store->trail_id, value.data, HT_TRAIL_ID_SIZE);
    enum ht_status status = begin(pour, err);
    if (status != HT_OK) return status;
    int code = mdb_put(pour->txn, store->trail.meta, &name, &data, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "writing the new trail");
}

static bool has_id(const struct salvage *salvage)
{
    static const uint8_t none[HT_TRAIL_ID_SIZE];
    return memcmp(salvage->store->trail_id, none, sizeof none) != 0;
}

static bool is_id_key(void *context, uint64_t number)
{
    (void)context;
    return number == ht_get_be64((const uint8_t *)id_key);
}

/* It never changes: the first that is found, in whatever page, is it. */
static enum ht_status take_id(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct pour *pour = context;
    return has_id(pour->salvage) ? HT_OK : take_meta(context, key, value, err);
}

/* The id as a file beside the trail has it, behind `prefix`; false if it has none. */
static bool read_id(const struct salvage *salvage, const char *file, struct ht_slice prefix, bool hex,
                    uint8_t id[HT_TRAIL_ID_SIZE])
{
    char path[PATH_MAX];
    struct ht_buffer bytes = {0};
    size_t size = hex ? (size_t)2 * HT_TRAIL_ID_SIZE : HT_TRAIL_ID_SIZE;
    bool found = files_join(path, salvage->options->from, file, NULL) == HT_OK &&
                 files_read(path, LONGEST_BESIDE, &bytes, NULL) == HT_OK && bytes.size >= prefix.size + size &&
                 memcmp(bytes.data, prefix.data, prefix.size) == 0;
    if (found && hex)
        found = sodium_hex2bin(id, HT_TRAIL_ID_SIZE, bytes.data + prefix.size, size, NULL, NULL, NULL) == 0;
    else if (found)
        memcpy(id, bytes.data + prefix.size, HT_TRAIL_ID_SIZE);
    ht_buffer_release(&bytes);
    return found;
}

bool salvage_other_id(const struct salvage *salvage, uint8_t id[HT_TRAIL_ID_SIZE])
{
    const uint8_t *known = salvage->store->trail_id;
    if (read_id(salvage, ERASURES_LOG_NAME, HT_SLICE("hooktrail/eras/1"), false, id) &&
        memcmp(id, known, HT_TRAIL_ID_SIZE) != 0)
        return true;
    return read_id(salvage, "keys/log.pub", HT_SLICE("hooktrail/"), true, id) &&
           memcmp(id, known, HT_TRAIL_ID_SIZE) != 0;
}

enum ht_status salvage_set_id(struct salvage *salvage, const uint8_t id[HT_TRAIL_ID_SIZE], struct ht_error *err)
{
    struct pour pour = {.salvage = salvage};
    return end(&pour, take_meta(&pour, ht_slice_from(id_key), ht_slice_of(id, HT_TRAIL_ID_SIZE), err), err);
}

enum ht_status salvage_meta(struct salvage *salvage, struct ht_error *err)
{
    struct pour pour = {.salvage = salvage};
    struct pages_table table;
    uint64_t unread = 0;
    enum ht_status status = pages_find(&salvage->pages, "meta", &table, err);
    if (status == HT_OK) status = pages_walk(&salvage->pages, table.root, take_meta, &pour, &unread, err);
    if (status == HT_CORRUPT || status == HT_NOT_FOUND) {
        unread = 1;
        status = HT_OK;
    }
    if (unread + pour.unsound > 0) {
        salvage->damaged = true;
        salvage_tell(salvage, "trail/meta", 0, "its counters can't all be read: they are counted anew");
    }
    if (status == HT_OK && !has_id(salvage))
        status = pages_sweep(&salvage->pages, is_id_key, take_id, &pour, NULL, NULL, err);
    status = end(&pour, status, err);
    if (status != HT_OK || has_id(salvage)) return status;
    uint8_t id[HT_TRAIL_ID_SIZE];
    if (salvage_other_id(salvage, id)) return salvage_set_id(salvage, id, err);
    return ht_fail(err, HT_CORRUPT, "the trail's id is nowhere to be found: there is nothing of a trail in this file");
}

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
    else if (bytes[8] == ERASURES_VERSION && erasures_read(value, 0, &row, NULL) == HT_OK)
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
    if (!good && series == SALVAGE_EVENTS) keep_leaf(pour->salvage, number, value);
    enum ht_status status = good ? put(pour, salvage_table(pour->salvage, series), key, value, err)
                                 : ht_buffer_status(&pour->salvage->leaves, err);
    return status == HT_OK ? begin(pour, err) : status;
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

enum ht_status salvage_sweep(struct salvage *salvage, struct ht_error *err)
{
    struct pour pour = {.salvage = salvage};
    bool whole = true;
    enum ht_status status = begin(&pour, err);
    if (status == HT_OK) status = find_ends(&pour, &whole, err);
    if (status == HT_OK && (!whole || !salvage->pages.exact)) {
        status = pages_sweep(&salvage->pages, is_wanted, take_missing, &pour, salvage->progress, salvage->context, err);
        if (status == HT_OK) status = begin(&pour, err);
        if (status == HT_OK) status = find_ends(&pour, &whole, err);
    }
    return end(&pour, status, err);
}
