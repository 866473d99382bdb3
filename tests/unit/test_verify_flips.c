/* Single flipped bits, of whatever is live in trail and index: verify finds each. */
/* In memory: each run makes and syncs an index. */
#define SCRATCH_FOLDER "/dev/shm"

#include "entries.h"

#include <inttypes.h>
#include <sys/wait.h>

#include "../../query/cli/child.h"
#include "../../store/files.h"
#include "../../store/index_env.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"
#include "hooktrail/keeping.h"
#include "hooktrail/log.h"

#define EVENTS 300
#define FLIPS 1000
#define FILE_FLIPS 150
#define PAGE 4096

struct bench {
    struct scratch scratch;
    struct random random;
    char first[512];
};

static void name_all(struct bench *bench)
{
    static const struct ht_subject_ref subjects[] = {{HT_SUBJECT_SEQ, HT_SLICE("7")},
                                                     {HT_SUBJECT_SEQ, HT_SLICE("100")}};
    struct ht_act act = {.at = SCRATCH_NOW, .kind = HT_ACT_EXPORT, .who = HT_SLICE("cli:test")};
    struct ht_store *store = bench->scratch.store;
    struct ht_erased erased;
    crowd_append(store, 1, EVENTS);
    for (int i = 0; i < 20; i++)
        assert_ok(ht_act_record(store, &act, &scratch_error));
    assert_ok(ht_erase(store, subjects, 2, "asked for", SCRATCH_NOW, false, NULL, NULL, &erased, &scratch_error));
    assert_int_equal(erased.events, 2);
    for (int log = 0; log < HT_LOG_COUNT; log++)
        assert_ok(ht_log_sign(store, (enum ht_log)log, &scratch_error));
    assert_ok(ht_index_catch_up(store, NULL, NULL, NULL, &scratch_error));
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->random.state = 6962;
    scratch_make(&bench->scratch);
    name_all(bench);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static void note(void *context, const struct ht_finding *finding)
{
    struct bench *bench = context;
    if (bench->first[0] == '\0') snprintf(bench->first, sizeof bench->first, "%s: %s", finding->table, finding->detail);
}

static enum ht_status verify(struct bench *bench)
{
    struct ht_verified verified;
    bench->first[0] = '\0';
    return ht_verify(bench->scratch.store, NULL, note, NULL, bench, &verified, NULL);
}

static void expect_sound(struct bench *bench)
{
    enum ht_status status = verify(bench);
    if (status != HT_OK) fail_msg("%s: %s", ht_status_title(status), bench->first);
}

/* ---- values and keys, by way of LMDB ---- */

struct place {
    MDB_env *env;
    MDB_dbi table;
    const char *name;
};

static size_t places_of(struct bench *bench, struct place *places)
{
    struct trail_env *trail = &bench->scratch.store->trail;
    struct index_env *index = bench->scratch.store->index;
    const struct place of_trail[] = {
        {trail->env, trail->events, "events"},     {trail->env, trail->repeats, "repeats"},
        {trail->env, trail->tree, "tree"},         {trail->env, trail->acts, "acts"},
        {trail->env, trail->erased, "erased"},     {trail->env, trail->acts_tree, "acts_tree"},
        {trail->env, trail->erasures, "erasures"},
    };
    size_t count = 0;
    for (; count < sizeof of_trail / sizeof of_trail[0]; count++)
        places[count] = of_trail[count];
    for (int table = 0; table < INDEX_TABLES; table++)
        places[count++] = (struct place){index->env, index->tables[table], "index"};
    return count;
}

/* Every third bit in a record, every third in a tile, the others anywhere; a seventh of them in keys. */
static const struct place *choose(struct bench *bench, const struct place *places, size_t count, int round)
{
    for (;;) {
        uint32_t at = random_below(&bench->random, (uint32_t)count);
        const struct place *place = round % 3 == 0 ? &places[0] : round % 3 == 1 ? &places[2] : &places[at];
        if (count_entries(place->env, place->table) > 0) return place;
    }
}

static void flip(struct bench *bench, const struct place *place, bool in_key)
{
    static struct entry old, new;
    size_t entries = count_entries(place->env, place->table);
    uint32_t at = random_below(&bench->random, (uint32_t)entries);
    assert_true(find_entry(place->env, place->table, at, &old));
    in_key |= old.value_size == 0;
    new = old;
    uint32_t bit = random_below(&bench->random, 8 * (uint32_t)(in_key ? old.key_size : old.value_size));
    (in_key ? new.key : new.value)[bit / 8] ^= (uint8_t)(1 << bit % 8);
    bool was_there = replace_entry(&old, &new);
    if (verify(bench) != HT_CORRUPT)
        fail_msg("bit %u of the %s of entry %u of %s (table %u) went unnoticed", bit, in_key ? "key" : "value", at,
                 place->name, place->table);
    replace_entry(was_there ? NULL : &new, &old);
}

static void a_thousand_flipped_bits_are_found(void **state)
{
    struct bench *bench = *state;
    struct place places[32];
    size_t count = places_of(bench, places);
    assert_true(count <= sizeof places / sizeof places[0]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(mdb_env_set_flags(i == 0 ? places[0].env : places[count - 1].env, MDB_NOSYNC, 1), 0);
    expect_sound(bench);
    for (int round = 0; round < FLIPS; round++) {
        flip(bench, choose(bench, places, count, round), round % 7 == 0);
        if (round % 100 == 99) expect_sound(bench);
    }
}

/* ---- bytes of the files ---- */

/* Where an environment's file is mapped. */
static const uint8_t *map_of(const char *path)
{
    char line[PATH_MAX + 128];
    unsigned long begin = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (begin == 0 && fgets(line, sizeof line, maps) != NULL) {
        if (strstr(line, path) != NULL) assert_int_equal(sscanf(line, "%lx", &begin), 1);
    }
    fclose(maps);
    assert_true(begin != 0);
    return (const uint8_t *)(uintptr_t)begin; // NOLINT(performance-no-int-to-ptr)
}

struct spot {
    uint64_t offset;
    size_t size;
    bool leaf; /* in a leaf page, rather than in pages of its own */
};

/* What an index tells of itself (its format, trail, rules, number of erasures) decides whether it is used: one in which
   that has rotten is built anew when the store is opened, before anything could be found. */
static const struct place *choose_in_file(struct bench *bench, const struct place *places, size_t count, int round)
{
    const struct place *place;
    const struct index_env *index = bench->scratch.store->index;
    do
        place = choose(bench, places, count, round);
    while (place->env == index->env && place->table == index->tables[INDEX_META]);
    return place;
}

/* Where the value of a random entry lies in its file. */
static struct spot find_spot(struct bench *bench, const struct place *place, const uint8_t *map)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    uint32_t at = random_below(&bench->random, (uint32_t)count_entries(place->env, place->table));
    assert_int_equal(mdb_txn_begin(place->env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, place->table, &cursor), 0);
    for (uint32_t i = 0; i <= at; i++)
        assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), 0);
    const uint8_t *bytes = value.mv_data, *name = key.mv_data;
    struct spot spot = {.offset = (uint64_t)(bytes - map), .size = value.mv_size};
    spot.leaf = bytes - name == (ptrdiff_t)key.mv_size;
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return spot;
}

static void flip_file(const char *path, uint64_t offset, uint8_t mask)
{
    uint8_t byte;
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
    assert_int_equal(fread(&byte, 1, 1, file), 1);
    byte ^= mask;
    assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
    assert_int_equal(fwrite(&byte, 1, 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

/* What all tables of an environment hold, as one number: in a process of its own, which rotten pages may crash. 0 if
   they do. */
static uint64_t digest_of(const char *path)
{
    int ends[2];
    uint64_t digest = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        crypto_generichash_state state;
        MDB_env *env;
        MDB_txn *txn;
        MDB_dbi tables;
        MDB_cursor *names, *cursor;
        MDB_val name, value, key;
        if (freopen("/dev/null", "w", stderr) == NULL) _exit(1);
        crypto_generichash_init(&state, NULL, 0, sizeof digest * 2);
        if (env_open(path, (size_t)1 << 30, MDB_RDONLY, 40, &env, NULL) != HT_OK) _exit(1);
        if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 || mdb_dbi_open(txn, NULL, 0, &tables) != 0) _exit(1);
        if (mdb_cursor_open(txn, tables, &names) != 0) _exit(1);
        while (mdb_cursor_get(names, &name, &value, MDB_NEXT) == 0) {
            MDB_dbi table;
            char text[64] = "";
            memcpy(text, name.mv_data, name.mv_size < 63 ? name.mv_size : 63);
            crypto_generichash_update(&state, name.mv_data, name.mv_size);
            if (mdb_dbi_open(txn, text, 0, &table) != 0 || mdb_cursor_open(txn, table, &cursor) != 0) _exit(1);
            int code;
            while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
                crypto_generichash_update(&state, key.mv_data, key.mv_size);
                crypto_generichash_update(&state, value.mv_data, value.mv_size);
            }
            if (code != MDB_NOTFOUND) _exit(1);
            mdb_cursor_close(cursor);
        }
        uint8_t hash[16];
        crypto_generichash_final(&state, hash, sizeof hash);
        memcpy(&digest, hash, sizeof digest);
        _exit(write(ends[1], &digest, sizeof digest) == sizeof digest ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &digest, sizeof digest) != sizeof digest) digest = 0;
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return digest;
}

/* As `hooktrail verify` has it: a crash is a finding. */
static enum ht_status verify_in_child(struct bench *bench)
{
    struct ht_verified verified;
    struct ht_error err = {0};
    bench->first[0] = '\0';
    enum ht_status status = ht_child_verify(bench->scratch.dir, NULL, note, bench, &verified, &err);
    if (status == HT_CORRUPT && bench->first[0] == '\0') snprintf(bench->first, sizeof bench->first, "%s", err.detail);
    return status;
}

static void bits_of_the_files_are_found(void **state)
{
    struct bench *bench = *state;
    struct place places[32];
    static struct spot spots[FILE_FLIPS];
    const char *files[FILE_FLIPS];
    char folders[2][PATH_MAX], paths[2][PATH_MAX];
    for (int i = 0; i < 2; i++) {
        assert_ok(files_join(folders[i], bench->scratch.dir, i == 0 ? "trail" : "index", &scratch_error));
        assert_ok(files_join(paths[i], folders[i], "data.mdb", &scratch_error));
    }
    size_t count = places_of(bench, places);
    for (int i = 0; i < FILE_FLIPS; i++) {
        const struct place *place = choose_in_file(bench, places, count, i);
        bool trail = place->env == bench->scratch.store->trail.env;
        files[i] = trail ? paths[0] : paths[1];
        spots[i] = find_spot(bench, place, map_of(files[i]));
    }
    ht_store_close(bench->scratch.store);
    bench->scratch.store = NULL;
    assert_int_equal(verify_in_child(bench), HT_OK);
    for (int i = 0; i < FILE_FLIPS; i++) {
        bool structure = i % 3 == 2 && spots[i].leaf;
        uint64_t page = spots[i].offset / PAGE * PAGE;
        uint64_t offset = structure ? page + random_below(&bench->random, PAGE)
                                    : spots[i].offset + random_below(&bench->random, (uint32_t)spots[i].size);
        uint8_t mask = (uint8_t)(1 << random_below(&bench->random, 8));
        const char *folder = files[i] == paths[0] ? folders[0] : folders[1];
        uint64_t before = structure ? digest_of(folder) : 0;
        flip_file(files[i], offset, mask);
        enum ht_status status = verify_in_child(bench);
        /* Not every bit of a page means something: one that changes nothing that can be read is no fault. */
        bool harmless = structure && status == HT_OK && before != 0 && digest_of(folder) == before;
        if (status == HT_OK && !harmless)
            fail_msg("%s: bit %02x at %" PRIu64 " (of a %s) went unnoticed", files[i], mask, offset,
                     structure ? "page" : "value");
        flip_file(files[i], offset, mask);
    }
    if (verify_in_child(bench) != HT_OK) fail_msg("at the end: %s", bench->first);
    scratch_open(&bench->scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thousand_flipped_bits_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bits_of_the_files_are_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
