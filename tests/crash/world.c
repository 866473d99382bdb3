#include "world.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hooktrail/encode.h"
#include "hooktrail/json.h"
#include "hooktrail/keeping.h"
#include "hooktrail/time.h"

static const char *const part_names[WORLD_PARTS] = {"full", "new", "restored", "export"};

struct world {
    char data[PATH_MAX];
    char parts[WORLD_PARTS][PATH_MAX];
    char again[PATH_MAX]; /* what a backup is restored to */
};

static bool has_word(struct ht_slice words, const char *word)
{
    return memmem(words.data, words.size, word, strlen(word) + 1) != NULL;
}

enum world_part world_part_of(struct ht_slice words)
{
    if (has_word(words, "backup")) return has_word(words, "--since") ? WORLD_NEW : WORLD_FULL;
    if (has_word(words, "restore")) return WORLD_RESTORED;
    return has_word(words, "export") ? WORLD_EXPORT : WORLD_NONE;
}

static bool is_there(const struct world *world, enum world_part part)
{
    return access(world->parts[part], F_OK) == 0;
}

static void join(char path[PATH_MAX], const char *dir, const char *name)
{
    if (snprintf(path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX) abort();
}

/* ---- backups ---- */

static enum ht_status make_backup(const struct world *world, enum world_part part, struct ht_error *why)
{
    struct ht_store *store = NULL;
    struct ht_verified verified;
    struct ht_increment increment;
    const int64_t now = ht_time_now();
    const char *to = world->parts[part];
    enum ht_status status = ht_store_open(world->data, NULL, &store, why);
    if (status == HT_OK && part == WORLD_FULL) status = ht_backup(store, to, now, NULL, NULL, &verified, why);
    if (status == HT_OK && part == WORLD_NEW)
        status = ht_backup_since(store, world->parts[WORLD_FULL], to, now, NULL, NULL, &increment, why);
    ht_store_close(store);
    return status;
}

static enum ht_status restore(const struct world *world, const char *to, struct ht_error *why)
{
    struct ht_restored restored;
    const char *increment = world->parts[WORLD_NEW];
    const struct ht_restore_options options = {.backup = world->parts[WORLD_FULL],
                                               .increments = &increment,
                                               .increment_count = is_there(world, WORLD_NEW) ? 1 : 0,
                                               .now = ht_time_now()};
    return ht_restore(&options, to, NULL, NULL, &restored, why);
}

/* One that is there restores to a sound store; one that isn't can be made, and does so then. */
static enum ht_status check_backups(const struct world *world, struct ht_error *why)
{
    enum ht_status status = HT_OK;
    if (!is_there(world, WORLD_FULL)) status = make_backup(world, WORLD_FULL, why);
    if (status == HT_OK && !is_there(world, WORLD_NEW)) status = make_backup(world, WORLD_NEW, why);
    return status == HT_OK ? restore(world, world->again, why) : status;
}

static enum check_result check_restored(const struct world *world, struct ht_error *why)
{
    static const struct promises none;
    const struct expectation sound = {.promises = &none, .made = true};
    if (!is_there(world, WORLD_RESTORED) && restore(world, world->parts[WORLD_RESTORED], why) != HT_OK)
        return CHECK_BROKEN;
    return check_store(world->parts[WORLD_RESTORED], &sound, why);
}

/* ---- export ---- */

static bool read_file(const char *path, struct ht_buffer *bytes)
{
    char part[4096];
    FILE *file = fopen(path, "re");
    ht_buffer_clear(bytes);
    for (size_t got; file != NULL && (got = fread(part, 1, sizeof part, file)) > 0;)
        ht_buffer_add_bytes(bytes, part, got);
    if (file != NULL) fclose(file);
    return file != NULL && !bytes->failed;
}

/* A file of rows has one at least. */
static enum ht_status check_lines(const char *path, struct ht_error *why)
{
    struct ht_buffer bytes = {0};
    bool whole = read_file(path, &bytes) && bytes.size > 0 && bytes.data[bytes.size - 1] == '\n' &&
                 memchr(bytes.data, '\0', bytes.size) == NULL;
    ht_buffer_release(&bytes);
    return whole ? HT_OK : ht_fail(why, HT_CORRUPT, "the exported file %.200s is not whole", path);
}

/* Every file that has its name. Counts them. */
static enum ht_status check_files(const char *path, size_t *count, struct ht_error *why)
{
    enum ht_status status = HT_OK;
    struct dirent *entry;
    DIR *folder = opendir(path);
    while (folder != NULL && status == HT_OK && (entry = readdir(folder)) != NULL) {
        char below[PATH_MAX];
        const size_t size = strlen(entry->d_name);
        if (entry->d_name[0] == '.') continue;
        join(below, path, entry->d_name);
        if (entry->d_type == DT_DIR) status = check_files(below, count, why);
        if (size < 8 || strcmp(entry->d_name + size - 7, ".ndjson") != 0) continue;
        (*count)++;
        status = check_lines(below, why);
    }
    if (folder != NULL) closedir(folder);
    return status;
}

/* Whether a file has the digest that the manifest gives it. */
static bool is_as_named(const char *dir, const struct ht_json *json, uint32_t file)
{
    uint8_t digest[HT_SHA256_SIZE];
    struct ht_buffer path = {0}, bytes = {0}, hex = {0};
    struct ht_slice name = ht_json_raw(json, ht_json_member(json, file, "name"));
    ht_buffer_printf(&path, "%s/%.*s", dir, HT_SLICE_ARGS(name));
    bool read = read_file(ht_buffer_text(&path), &bytes);
    ht_sha256(ht_buffer_slice(&bytes), digest);
    ht_hex_add(&hex, digest, sizeof digest);
    bool same = ht_slice_equal(ht_json_raw(json, ht_json_member(json, file, "sha256")), ht_buffer_slice(&hex));
    ht_buffer_release(&path);
    ht_buffer_release(&bytes);
    ht_buffer_release(&hex);
    return read && same;
}

static enum ht_status check_manifest(const char *dir, const char *name, struct ht_error *why)
{
    char path[PATH_MAX];
    struct ht_buffer text = {0};
    struct ht_json *json = ht_json_new();
    enum ht_status status = HT_OK;
    join(path, dir, name);
    if (!read_file(path, &text) || ht_json_parse(json, ht_buffer_slice(&text), NULL) != HT_OK) {
        status = ht_fail(why, HT_CORRUPT, "_SUCCESS names %.200s, which is no manifest", name);
    } else {
        uint32_t files = ht_json_member(json, 0, "files");
        for (uint32_t at = ht_json_first(json, files); at != HT_JSON_NONE; at = ht_json_after(json, files, at))
            if (!is_as_named(dir, json, at)) status = ht_fail(why, HT_CORRUPT, "a file is not as %.200s has it", name);
    }
    ht_json_free(json);
    ht_buffer_release(&text);
    return status;
}

/* _SUCCESS comes last: where it is, all that its manifest names is there. */
static enum ht_status check_export(const struct world *world, bool returned, struct ht_error *why)
{
    char path[PATH_MAX];
    struct ht_buffer name = {0};
    const char *dir = world->parts[WORLD_EXPORT];
    size_t count = 0;
    enum ht_status status = check_files(dir, &count, why);
    join(path, dir, "_SUCCESS");
    bool finished = read_file(path, &name);
    if (name.size > 0) name.size--; /* the newline */
    if (status == HT_OK && finished) status = check_manifest(dir, ht_buffer_text(&name), why);
    ht_buffer_release(&name);
    if (status != HT_OK || !returned || (finished && count > 0)) return status;
    return ht_fail(why, HT_NOT_FOUND, "what was exported is not there");
}

/* ---- all of it ---- */

static enum ht_status check_returned(const struct world *world, const bool returned[WORLD_PARTS], struct ht_error *why)
{
    for (int part = 0; part < WORLD_PARTS; part++)
        if (returned[part] && !is_there(world, (enum world_part)part))
            return ht_fail(why, HT_NOT_FOUND, "%s is not there, though it was made", part_names[part]);
    return HT_OK;
}

enum check_result check_world(const char *dir, const struct expectation *expectation, const bool returned[WORLD_PARTS],
                              struct ht_error *why)
{
    struct world world;
    join(world.data, dir, "data");
    join(world.again, dir, "again");
    for (int part = 0; part < WORLD_PARTS; part++)
        join(world.parts[part], dir, part_names[part]);
    if (check_returned(&world, returned, why) != HT_OK) return CHECK_LOST;
    if (!expectation->made) return check_store(world.data, expectation, why);
    enum ht_status status = check_export(&world, returned[WORLD_EXPORT], why);
    if (status == HT_OK) status = check_backups(&world, why);
    if (status != HT_OK) return status == HT_NOT_FOUND ? CHECK_LOST : CHECK_BROKEN;
    enum check_result result = check_restored(&world, why);
    return result == CHECK_FINE ? check_store(world.data, expectation, why) : result;
}
