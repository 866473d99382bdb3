#include <inttypes.h>
#include <sodium.h>

#include "checkpoint.h"
#include "erasures_log.h"
#include "files.h"
#include "hooktrail/encode.h"
#include "record.h"
#include "salvage_pour.h"
#include "secret.h"

#define LONGEST_BESIDE ((size_t)1 << 24)
#define GREATEST_FORMAT 1000 /* more is damage */

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

/* ---- walking ---- */

struct walk {
    struct pour pour;
    size_t table; /* of `tables` */
    uint64_t unsound;
};

static enum ht_status take_row(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct walk *walk = context;
    if (tables[walk->table].sound(key, value))
        return pour_put(&walk->pour, handle_of(walk->pour.salvage, tables[walk->table].handle), key, value, err);
    bool upper = value.size == TREE_ROW_SIZE && tables[walk->table].sound == is_leaf_row;
    walk->unsound += !upper;
    if (walk->table == SALVAGE_EVENTS && key.size == 8)
        pour_keep_leaf(walk->pour.salvage, ht_get_be64((const uint8_t *)key.data), value);
    return ht_buffer_status(&walk->pour.salvage->leaves, err);
}

static void tell_unread(struct salvage *salvage, const struct walk *walk, uint64_t unread)
{
    const char *name = tables[walk->table].told;
    bool whole = unread == 0 && walk->unsound == 0;
    if (tables[walk->table].sound == is_note) salvage->notes_whole = whole && salvage->pages.exact;
    if (whole) return;
    salvage->damaged = true;
    salvage->unread += unread + walk->unsound;
    if (tables[walk->table].is_series || tables[walk->table].sound == is_leaf_row) return; /* told of by number */
    salvage_tell(salvage, name, 0, "%" PRIu64 " of its pages or rows can't be read: what they held is lost",
                 unread + walk->unsound);
}

static enum ht_status walk_table(struct walk *walk, struct ht_error *err)
{
    struct salvage *salvage = walk->pour.salvage;
    struct pages_table table;
    uint64_t unread = 0;
    walk->unsound = 0;
    enum ht_status status = pages_find(&salvage->pages, tables[walk->table].name, &table, err);
    if (status == HT_OK) {
        if (tables[walk->table].is_series && salvage_can_be(salvage, table.entries))
            salvage->end[tables[walk->table].series] = table.entries;
        status = pages_walk(&salvage->pages, table.root, take_row, walk, &unread, err);
    } else if (status == HT_CORRUPT || status == HT_NOT_FOUND) {
        unread = 1;
        status = HT_OK;
    }
    tell_unread(salvage, walk, unread);
    return status;
}

enum ht_status salvage_walk(struct salvage *salvage, struct ht_error *err)
{
    struct walk walk = {.pour = {.salvage = salvage}};
    enum ht_status status = HT_OK;
    for (; walk.table < sizeof tables / sizeof *tables && status == HT_OK; walk.table++)
        status = walk_table(&walk, err);
    return pour_end(&walk.pour, status, err);
}

/* ---- meta ---- */

static const char id_key[] = "trail_id";

static enum ht_status take_meta(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct walk *walk = context;
    struct ht_store *store = walk->pour.salvage->store;
    MDB_val name = val_of(key.data, key.size), data = val_of(value.data, value.size);
    if (ht_slice_is(key, "format")) {
        uint32_t format = value.size == 4 ? ht_get_be32((const uint8_t *)value.data) : FORMAT_VERSION;
        if (format == FORMAT_VERSION || format > GREATEST_FORMAT) return HT_OK;
        return ht_fail(err, HT_VERSION, "the trail has format %" PRIu32 "; this hooktrail (%s) salvages only %d",
                       format, ht_version(), FORMAT_VERSION);
    }
    bool is_trail_id = ht_slice_is(key, id_key) && value.size == HT_TRAIL_ID_SIZE;
    if (!is_trail_id && (key.size > NAME_MAX_SIZE || value.size != 8)) {
        walk->unsound++;
        return HT_OK;
    }
    if (is_trail_id) memcpy(store->trail_id, value.data, HT_TRAIL_ID_SIZE);
    enum ht_status status = pour_begin(&walk->pour, err);
    if (status != HT_OK) return status;
    int code = mdb_put(walk->pour.txn, store->trail.meta, &name, &data, 0);
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
    struct walk *walk = context;
    return has_id(walk->pour.salvage) ? HT_OK : take_meta(context, key, value, err);
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
    struct walk walk = {.pour = {.salvage = salvage}};
    return pour_end(&walk.pour, take_meta(&walk, ht_slice_from(id_key), ht_slice_of(id, HT_TRAIL_ID_SIZE), err), err);
}

enum ht_status salvage_meta(struct salvage *salvage, struct ht_error *err)
{
    struct walk walk = {.pour = {.salvage = salvage}};
    struct pages_table table;
    uint64_t unread = 0;
    enum ht_status status = pages_find(&salvage->pages, "meta", &table, err);
    if (status == HT_OK) status = pages_walk(&salvage->pages, table.root, take_meta, &walk, &unread, err);
    if (status == HT_CORRUPT || status == HT_NOT_FOUND) {
        unread = 1;
        status = HT_OK;
    }
    if (unread + walk.unsound > 0) {
        salvage->damaged = true;
        salvage_tell(salvage, "trail/meta", 0, "its counters can't all be read: they are counted anew");
    }
    if (status == HT_OK && !has_id(salvage))
        status = pages_sweep(&salvage->pages, is_id_key, take_id, &walk, NULL, NULL, err);
    status = pour_end(&walk.pour, status, err);
    if (status != HT_OK || has_id(salvage)) return status;
    uint8_t id[HT_TRAIL_ID_SIZE];
    if (salvage_other_id(salvage, id)) return salvage_set_id(salvage, id, err);
    return ht_fail(err, HT_CORRUPT, "the trail's id is nowhere to be found: there is nothing of a trail in this file");
}
