/* Private to query/: a lead's profile, merged over time from the objects that its events carry, and how it changed.

   Top-level fields are compared one by one; those of "attributes" and "account" one level deeper, as "attributes.plan".
   A top-level field that is called so itself is told of as "attributes\.plan": no two fields have one name.
   A field that an object lacks stays as it was; null clears it. Values are compared, kept and shown as canonical JSON.
   "id" is no field: it is who the lead is. */
#ifndef QUERY_PROFILE_H
#define QUERY_PROFILE_H

#include "hash_table.h"
#include "hooktrail/emit.h"
#include "hooktrail/json.h"

#define PROFILE_MAX_FIELDS 1000
#define PROFILE_MAX_BYTES (4u << 20) /* of values kept */
#define PROFILE_MAX_CHANGES 10000    /* the first ones are kept, but as lines */
#define PROFILE_MAX_CHANGE_BYTES (4u << 20)

struct profile_field {
    uint8_t hash[HASH_TABLE_KEY_SIZE]; /* of group and name */
    struct ht_buffer name;
    struct ht_buffer value; /* empty: none, or cleared */
    uint32_t group;         /* the field in which it is, or HASH_TABLE_NONE */
    bool is_group;          /* it was an object whose members are fields of their own */
};

struct profile {
    struct profile_field *fields; /* as they were first seen */
    uint32_t count;
    uint32_t capacity;
    struct hash_table table;
    size_t bytes;   /* of all values */
    bool cut;       /* there was more than is kept */
    bool as_lines;  /* changes are lines, not an array, which the caller takes and clears: set before the first one */
    uint64_t after; /* as lines: changes by events up to this seq are not told */
    struct ht_buffer changes;
    struct ht_emit changes_emit; /* writes to changes */
    uint32_t change_count;
    bool changes_cut;
    struct ht_buffer scratch;
    struct ht_buffer text; /* of the value at hand */
};

void profile_init(struct profile *profile); /* stays where it is until release */
void profile_release(struct profile *profile);

/* Takes in the object at `node` (anything else tells nothing), carried by event `seq` that occurred at `at`. Calls come
   in ascending seq. */
HT_MUST_CHECK enum ht_status profile_apply(struct profile *profile, const struct ht_json *json, uint32_t node,
                                           int64_t at, uint64_t seq, struct ht_error *err);

/* Emits the fields as members of the open object, but those named in `taken` (NULL ends it), which the caller emits. */
void profile_emit_members(const struct profile *profile, const char *const taken[], struct ht_emit *emit);

/* Emits the array of changes: {"at","seq","field","from","to"}. Not with `as_lines`, which has them in `changes`. */
void profile_emit_changes(struct profile *profile, struct ht_emit *emit);

#endif
