#include "backup_point.h"

#include <inttypes.h>
#include <sodium.h>

#include "hooktrail/encode.h"
#include "keyring_slots.h"
#include "seal.h"
#include "tree.h"

/* One row per member: reading, writing and comparing go by them. */
static const struct {
    const char *name;
    size_t at;
} numbers[] = {
    {"events", offsetof(struct backup_point, events)},
    {"repeats", offsetof(struct backup_point, repeats)},
    {"acts", offsetof(struct backup_point, acts)},
    {"erasures", offsetof(struct backup_point, erasures)},
    {"rejected", offsetof(struct backup_point, rejected)},
    {"rejected_key", offsetof(struct backup_point, rejected_key)},
    {"keys", offsetof(struct backup_point, keys)},
};
static const struct {
    const char *name;
    size_t at;
} digests[] = {
    {"events_root", offsetof(struct backup_point, events_root)},
    {"acts_root", offsetof(struct backup_point, acts_root)},
    {"wrapping", offsetof(struct backup_point, wrapping)},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0], DIGESTS = sizeof digests / sizeof digests[0] };

static uint64_t number_of(const struct backup_point *point, size_t i)
{
    return *(const uint64_t *)(const void *)((const char *)point + numbers[i].at);
}

static const char *digest_of(const struct backup_point *point, size_t i)
{
    return (const char *)point + digests[i].at;
}

void backup_digest_text(const uint8_t digest[HT_SHA256_SIZE], char text[BACKUP_DIGEST])
{
    sodium_bin2hex(text, BACKUP_DIGEST, digest, HT_SHA256_SIZE);
}

/* ---- reading a trail ---- */

static enum ht_status read_root(MDB_txn *txn, MDB_dbi tree, uint64_t size, char text[BACKUP_DIGEST],
                                struct ht_error *err)
{
    uint8_t root[HT_SHA256_SIZE];
    enum ht_status status = tree_root_at(txn, tree, size, root, err);
    if (status == HT_OK) backup_digest_text(root, text);
    return status;
}

enum ht_status backup_point_read(struct ht_store *store, MDB_txn *txn, struct backup_point *point, struct ht_error *err)
{
    const struct trail_env *trail = &store->trail;
    uint8_t wrapping[HT_SHA256_SIZE];
    *point = (struct backup_point){0};
    enum ht_status status = trail_last(txn, trail->events, &point->events, err);
    if (status == HT_OK) status = trail_last(txn, trail->repeats, &point->repeats, err);
    if (status == HT_OK) status = trail_last(txn, trail->acts, &point->acts, err);
    if (status == HT_OK) status = trail_last(txn, trail->erasures, &point->erasures, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, "rejected.last", &point->rejected, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, "rejected.key", &point->rejected_key, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, SEAL_KEYS_COUNTER, &point->keys, err);
    if (status == HT_OK) status = read_root(txn, trail->tree, point->events, point->events_root, err);
    if (status == HT_OK) status = read_root(txn, trail->acts_tree, point->acts, point->acts_root, err);
    if (status == HT_OK) status = keyring_slots_wrapping(store->dir, wrapping, err);
    if (status == HT_OK) backup_digest_text(wrapping, point->wrapping);
    return status;
}

/* ---- comparing ---- */

static enum ht_status began_with(MDB_txn *txn, MDB_dbi tree, uint64_t size, const char *root, const char *what,
                                 const char *from, struct ht_error *err)
{
    char found[BACKUP_DIGEST] = "";
    enum ht_status status = read_root(txn, tree, size, found, err);
    if (status != HT_OK || strcmp(found, root) == 0) return status;
    return ht_fail(err, HT_INVALID,
                   "the first %" PRIu64 " %s of the store are not those that %s has: the store has gone another way "
                   "since, as one that was restored does. Make a full backup",
                   size, what, from);
}

enum ht_status backup_point_passed(struct ht_store *store, MDB_txn *txn, const struct backup_point *point,
                                   const char *from, struct ht_error *err)
{
    struct backup_point here;
    enum ht_status status = backup_point_read(store, txn, &here, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < NUMBERS; i++) {
        if (number_of(point, i) <= number_of(&here, i)) continue;
        return ht_fail(err, HT_INVALID,
                       "%s is ahead of the store: it has come to %" PRIu64 " %s, the store to %" PRIu64
                       ". Make a full backup",
                       from, number_of(point, i), numbers[i].name, number_of(&here, i));
    }
    status = began_with(txn, store->trail.tree, point->events, point->events_root, "events", from, err);
    if (status != HT_OK) return status;
    return began_with(txn, store->trail.acts_tree, point->acts, point->acts_root, "acts", from, err);
}

enum ht_status backup_point_same(const struct backup_point *point, const struct backup_point *wanted,
                                 struct ht_error *err)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        if (number_of(point, i) == number_of(wanted, i)) continue;
        return ht_fail(err, HT_CORRUPT, "%s: %" PRIu64 " where %" PRIu64 " should be", numbers[i].name,
                       number_of(point, i), number_of(wanted, i));
    }
    for (size_t i = 0; i < DIGESTS; i++) {
        if (strcmp(digest_of(point, i), digest_of(wanted, i)) == 0) continue;
        return ht_fail(err, HT_CORRUPT, "%s: %.16s… where %.16s… should be", digests[i].name, digest_of(point, i),
                       digest_of(wanted, i));
    }
    return HT_OK;
}

/* ---- as text ---- */

void backup_point_emit(struct ht_emit *emit, const struct backup_point *point)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        ht_emit_key(emit, numbers[i].name);
        ht_emit_uint(emit, number_of(point, i));
    }
    for (size_t i = 0; i < DIGESTS; i++) {
        ht_emit_key(emit, digests[i].name);
        ht_emit_text(emit, digest_of(point, i));
    }
}

enum ht_status backup_number_parse(const struct ht_json *json, uint32_t object, const char *name, uint64_t *value,
                                   struct ht_error *err)
{
    uint32_t node = ht_json_member(json, object, name);
    if (ht_json_type(json, node) == HT_JSON_NUMBER && ht_parse_u64(ht_json_raw(json, node), value) == HT_OK)
        return HT_OK;
    return ht_fail(err, HT_CORRUPT, "%s is missing or no whole number", name);
}

enum ht_status backup_digest_parse(const struct ht_json *json, uint32_t object, const char *name,
                                   char text[BACKUP_DIGEST], struct ht_error *err)
{
    uint32_t node = ht_json_member(json, object, name);
    struct ht_slice raw = ht_json_raw(json, node);
    bool sound = ht_json_type(json, node) == HT_JSON_STRING && raw.size == BACKUP_DIGEST - 1;
    for (size_t i = 0; sound && i < raw.size; i++)
        sound = strchr("0123456789abcdef", raw.data[i]) != NULL;
    if (!sound) return ht_fail(err, HT_CORRUPT, "%s is missing or no SHA-256", name);
    memcpy(text, raw.data, raw.size);
    text[raw.size] = '\0';
    return HT_OK;
}

enum ht_status backup_point_parse(const struct ht_json *json, uint32_t object, struct backup_point *point,
                                  struct ht_error *err)
{
    enum ht_status status = HT_OK;
    *point = (struct backup_point){0};
    for (size_t i = 0; status == HT_OK && i < NUMBERS; i++) {
        uint64_t *to = (uint64_t *)(void *)((char *)point + numbers[i].at);
        status = backup_number_parse(json, object, numbers[i].name, to, err);
    }
    for (size_t i = 0; status == HT_OK && i < DIGESTS; i++)
        status = backup_digest_parse(json, object, digests[i].name, (char *)point + digests[i].at, err);
    return status;
}
