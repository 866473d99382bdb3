#include "profile.h"

#include <sodium.h>
#include <stdlib.h>

#include "canonical.h"
#include "hooktrail/encode.h"

/* Where the object at hand comes from. */
struct source {
    const struct ht_json *json;
    int64_t at;
    uint64_t seq;
};

void profile_init(struct profile *profile)
{
    *profile = (struct profile){0};
    ht_emit_init(&profile->changes_emit, &profile->changes);
}

void profile_release(struct profile *profile)
{
    for (uint32_t i = 0; i < profile->count; i++) {
        ht_buffer_release(&profile->fields[i].name);
        ht_buffer_release(&profile->fields[i].value);
    }
    free(profile->fields);
    hash_table_release(&profile->table);
    ht_buffer_release(&profile->changes);
    ht_buffer_release(&profile->scratch);
    ht_buffer_release(&profile->text);
    *profile = (struct profile){0};
}

/* ---- fields ---- */

static struct hash_table_keys keys_of(const struct profile *profile)
{
    return (struct hash_table_keys){profile->fields ? profile->fields->hash : NULL, sizeof *profile->fields};
}

static void hash_field(uint32_t group, struct ht_slice name, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_generichash_state state;
    uint8_t number[4];
    ht_put_be32(number, group);
    crypto_generichash_init(&state, NULL, 0, HASH_TABLE_KEY_SIZE);
    crypto_generichash_update(&state, number, sizeof number);
    if (name.size > 0) crypto_generichash_update(&state, (const unsigned char *)name.data, name.size);
    crypto_generichash_final(&state, hash, HASH_TABLE_KEY_SIZE);
}

static enum ht_status add_field(struct profile *profile, uint32_t group, struct ht_slice name,
                                const uint8_t hash[HASH_TABLE_KEY_SIZE], struct ht_error *err)
{
    if (profile->count == profile->capacity) {
        uint32_t capacity = profile->capacity > 0 ? profile->capacity * 2 : 16;
        struct profile_field *fields = realloc(profile->fields, capacity * sizeof *fields);
        if (!fields) return ht_fail(err, HT_NO_MEMORY, "out of memory for a profile");
        profile->fields = fields;
        profile->capacity = capacity;
    }
    struct profile_field *field = &profile->fields[profile->count++];
    *field = (struct profile_field){.group = group};
    memcpy(field->hash, hash, sizeof field->hash);
    ht_buffer_add(&field->name, name);
    return ht_buffer_status(&field->name, err);
}

/* The field of this name, made if need be; *index is HASH_TABLE_NONE if there are too many already. */
static enum ht_status find_field(struct profile *profile, uint32_t group, struct ht_slice name, uint32_t *index,
                                 struct ht_error *err)
{
    uint8_t hash[HASH_TABLE_KEY_SIZE];
    hash_field(group, name, hash);
    enum ht_status status = hash_table_grow(&profile->table, err);
    if (status != HT_OK) return status;
    uint32_t *slot = hash_table_slot(&profile->table, keys_of(profile), hash);
    *index = *slot;
    if (*slot != HASH_TABLE_NONE) return HT_OK;
    if (profile->count == PROFILE_MAX_FIELDS) {
        profile->cut = true;
        return HT_OK;
    }
    status = add_field(profile, group, name, hash, err);
    if (status != HT_OK) return status;
    *index = profile->count - 1;
    *slot = *index;
    profile->table.used++;
    return HT_OK;
}

/* ---- changes ---- */

/* The name as a literal if it is one of those whose members are fields of their own, else absent. */
static struct ht_slice group_name(struct ht_slice name)
{
    if (ht_slice_is(name, "attributes")) return HT_SLICE("attributes");
    return ht_slice_is(name, "account") ? HT_SLICE("account") : HT_ABSENT;
}

/* A field that is called "attributes.plan" itself becomes "attributes\.plan", so that it is not taken for the member
   of a group; one with backslashes there already gets one more. */
static void add_own_name(struct ht_buffer *out, struct ht_slice name)
{
    const char *dot = name.size > 0 ? memchr(name.data, '.', name.size) : NULL;
    size_t before = dot ? (size_t)(dot - name.data) : name.size, group = before;
    while (group > 0 && name.data[group - 1] == '\\')
        group--;
    ht_buffer_add_bytes(out, name.data, before);
    if (dot && group_name(ht_slice_of(name.data, group)).data) ht_buffer_add_byte(out, '\\');
    ht_buffer_add_bytes(out, name.data + before, name.size - before);
}

/* No two fields of a profile have the same. */
static void emit_field_name(struct profile *profile, const struct profile_field *field, struct ht_emit *emit)
{
    size_t kept = profile->scratch.size;
    if (field->group == HASH_TABLE_NONE) {
        add_own_name(&profile->scratch, ht_buffer_slice(&field->name));
    } else {
        ht_buffer_add(&profile->scratch, ht_buffer_slice(&profile->fields[field->group].name));
        ht_buffer_add_byte(&profile->scratch, '.');
        ht_buffer_add(&profile->scratch, ht_buffer_slice(&field->name));
    }
    struct ht_slice names = ht_buffer_slice(&profile->scratch);
    ht_emit_string(emit, ht_slice_of(names.data + kept, names.size - kept));
    profile->scratch.size = kept;
}

/* Lines go to the caller, event by event; an array has bounds. */
static bool is_recorded(struct profile *profile, const struct profile_field *field, struct ht_slice to,
                        const struct source *source)
{
    size_t size = profile->changes.size + field->value.size + to.size;
    if (profile->as_lines) return source->seq > profile->after;
    if (profile->change_count == PROFILE_MAX_CHANGES || size > PROFILE_MAX_CHANGE_BYTES) profile->changes_cut = true;
    return !profile->changes_cut;
}

static void record_change(struct profile *profile, const struct profile_field *field, struct ht_slice to,
                          const struct source *source)
{
    struct ht_emit *emit = &profile->changes_emit;
    if (!is_recorded(profile, field, to, source)) return;
    if (profile->change_count++ > 0 && !profile->as_lines) ht_buffer_add_byte(&profile->changes, ',');
    ht_emit_object(emit);
    ht_emit_key(emit, "at");
    ht_emit_time(emit, source->at);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, source->seq);
    ht_emit_key(emit, "field");
    emit_field_name(profile, field, emit);
    ht_emit_key(emit, "from");
    ht_emit_raw(emit, ht_buffer_slice(&field->value)); /* empty is null */
    ht_emit_key(emit, "to");
    ht_emit_raw(emit, to);
    ht_emit_end_object(emit);
    if (profile->as_lines) ht_buffer_add_byte(&profile->changes, '\n');
}

/* Gives a field a value, empty for none. */
static enum ht_status set_value(struct profile *profile, uint32_t index, struct ht_slice value,
                                const struct source *source, struct ht_error *err)
{
    struct profile_field *field = &profile->fields[index];
    if (ht_slice_equal(ht_buffer_slice(&field->value), value)) return HT_OK;
    size_t bytes = profile->bytes - field->value.size + value.size;
    if (bytes > PROFILE_MAX_BYTES) {
        profile->cut = true;
        return HT_OK;
    }
    record_change(profile, field, value, source);
    ht_buffer_clear(&field->value);
    ht_buffer_add(&field->value, value);
    profile->bytes = bytes;
    return ht_buffer_status(&field->value, err);
}

static enum ht_status take_field(struct profile *profile, uint32_t group, struct ht_slice name, uint32_t node,
                                 const struct source *source, struct ht_error *err)
{
    uint32_t index;
    enum ht_status status = find_field(profile, group, name, &index, err);
    if (status != HT_OK || index == HASH_TABLE_NONE) return status;
    ht_buffer_clear(&profile->text);
    if (ht_json_type(source->json, node) != HT_JSON_NULL) {
        status = canonical_add(source->json, node, &profile->scratch, &profile->text, err);
        if (status == HT_OK) status = ht_buffer_status(&profile->text, err);
    }
    return status == HT_OK ? set_value(profile, index, ht_buffer_slice(&profile->text), source, err) : status;
}

/* ---- groups ---- */

static enum ht_status take_members(struct profile *profile, uint32_t group, uint32_t node, const struct source *source,
                                   struct ht_error *err)
{
    const struct ht_json *json = source->json;
    enum ht_status status = HT_OK;
    for (uint32_t key = ht_json_first(json, node); key != HT_JSON_NONE && status == HT_OK;
         key = ht_json_after(json, node, key)) {
        size_t kept = profile->scratch.size;
        struct ht_slice name = ht_json_string(json, key, &profile->scratch);
        status = take_field(profile, group, name, key + 1, source, err);
        profile->scratch.size = kept;
    }
    return status;
}

static enum ht_status clear_members(struct profile *profile, uint32_t group, const struct source *source,
                                    struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = group + 1; i < profile->count && status == HT_OK; i++) {
        if (profile->fields[i].group == group) status = set_value(profile, i, HT_SLICE(""), source, err);
    }
    return status;
}

/* An object's members are fields of their own; anything else is one value, in whose place there are no members. */
static enum ht_status take_group(struct profile *profile, struct ht_slice name, uint32_t node,
                                 const struct source *source, struct ht_error *err)
{
    uint32_t group;
    enum ht_status status = find_field(profile, HASH_TABLE_NONE, name, &group, err);
    if (status != HT_OK || group == HASH_TABLE_NONE) return status;
    if (ht_json_type(source->json, node) != HT_JSON_OBJECT) {
        status = clear_members(profile, group, source, err);
        profile->fields[group].is_group = false;
        return status == HT_OK ? take_field(profile, HASH_TABLE_NONE, name, node, source, err) : status;
    }
    profile->fields[group].is_group = true;
    status = set_value(profile, group, HT_SLICE(""), source, err);
    return status == HT_OK ? take_members(profile, group, node, source, err) : status;
}

enum ht_status profile_apply(struct profile *profile, const struct ht_json *json, uint32_t node, int64_t at,
                             uint64_t seq, struct ht_error *err)
{
    const struct source source = {json, at, seq};
    enum ht_status status = HT_OK;
    if (ht_json_type(json, node) != HT_JSON_OBJECT) return HT_OK;
    ht_buffer_clear(&profile->scratch);
    for (uint32_t key = ht_json_first(json, node); key != HT_JSON_NONE && status == HT_OK;
         key = ht_json_after(json, node, key)) {
        ht_buffer_clear(&profile->scratch);
        struct ht_slice name = ht_json_string(json, key, &profile->scratch);
        struct ht_slice group = group_name(name);
        if (ht_slice_is(name, "id")) continue;
        status = group.data ? take_group(profile, group, key + 1, &source, err)
                            : take_field(profile, HASH_TABLE_NONE, name, key + 1, &source, err);
        if (status == HT_OK) status = ht_buffer_status(&profile->scratch, err);
    }
    return status == HT_OK ? ht_buffer_status(&profile->changes, err) : status;
}

/* ---- emitting ---- */

static bool is_taken(struct ht_slice name, const char *const taken[])
{
    for (; *taken; taken++) {
        if (ht_slice_is(name, *taken)) return true;
    }
    return false;
}

static void emit_members(const struct profile *profile, uint32_t group, const char *const taken[],
                         struct ht_emit *emit);

static void emit_value(const struct profile *profile, uint32_t index, struct ht_emit *emit)
{
    static const char *const none[] = {NULL};
    const struct profile_field *field = &profile->fields[index];
    if (!field->is_group) {
        ht_emit_raw(emit, ht_buffer_slice(&field->value)); /* empty is null */
        return;
    }
    ht_emit_object(emit);
    emit_members(profile, index, none, emit);
    ht_emit_end_object(emit);
}

/* Two levels deep at most: what is in a group is no group. */
static void emit_members(const struct profile *profile, uint32_t group, const char *const taken[], struct ht_emit *emit)
{
    for (uint32_t i = 0; i < profile->count; i++) {
        struct ht_slice name = ht_buffer_slice(&profile->fields[i].name);
        if (profile->fields[i].group != group || is_taken(name, taken)) continue;
        ht_emit_key_slice(emit, name);
        emit_value(profile, i, emit);
    }
}

void profile_emit_members(const struct profile *profile, const char *const taken[], struct ht_emit *emit)
{
    emit_members(profile, HASH_TABLE_NONE, taken, emit);
}

void profile_emit_changes(struct profile *profile, struct ht_emit *emit)
{
    ht_emit_array(emit);
    if (profile->changes.size > 0) ht_emit_raw(emit, ht_buffer_slice(&profile->changes));
    ht_emit_end_array(emit);
    if (profile->changes.failed) emit->out->failed = true;
}
