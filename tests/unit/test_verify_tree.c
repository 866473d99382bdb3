/* What somebody might do to a trail who can write its files: edit, drop, reorder, truncate, roll back; with checksums
   and the whole tree made to fit. */
#define SCRATCH_FOLDER "/dev/shm"

#include "entries.h"

#include <pthread.h>

#include "../../store/checkpoint.h"
#include "../../store/files.h"
#include "../../store/index_env.h"
#include "../../store/record.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"
#include "hooktrail/keeping.h"
#include "hooktrail/keys.h"

#define EVENTS 280

struct bench {
    struct scratch scratch;
    char tables[512]; /* of what was found, each once */
    char first[320];  /* detail of it, but of the index */
    struct ht_verified verified;
    struct ht_buffer kept; /* a checkpoint, kept elsewhere */
};

static void keep_checkpoint(struct bench *bench, enum ht_log log)
{
    struct ht_reader *reader;
    assert_ok(ht_log_sign(bench->scratch.store, log, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    ht_buffer_clear(&bench->kept);
    assert_ok(ht_log_checkpoint(reader, log, &bench->kept, &scratch_error));
    ht_reader_end(reader);
    ht_reader_free(reader);
}

static void record_acts(struct bench *bench, int count)
{
    struct ht_act act = {.at = SCRATCH_NOW, .kind = HT_ACT_EXPORT, .who = HT_SLICE("cli:test")};
    for (int i = 0; i < count; i++)
        assert_ok(ht_act_record(bench->scratch.store, &act, &scratch_error));
}

/* A store that seals nothing, so that its records can be made to fit: whoever has the keys can do as much. */
static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct scratch *scratch = &bench->scratch;
    const struct ht_init_options options = {.unsealed = true};
    struct ht_error err = {0};
    assert_non_null(bench);
    snprintf(scratch->dir, sizeof scratch->dir, SCRATCH_FOLDER "/hooktrail-unit-XXXXXX");
    setenv("HOOKTRAIL_MAP_SIZE", "1073741824", 1);
    assert_non_null(mkdtemp(scratch->dir));
    if (ht_store_init(scratch->dir, &options, SCRATCH_NOW, &scratch->secrets, &err) != HT_OK)
        fail_msg("init: %s", err.detail);
    scratch_open(scratch);
    crowd_append(scratch->store, 1, EVENTS);
    record_acts(bench, 20);
    keep_checkpoint(bench, HT_LOG_ACTS);
    keep_checkpoint(bench, HT_LOG_EVENTS);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    scratch_drop(&bench->scratch);
    ht_buffer_release(&bench->kept);
    free(bench);
    return 0;
}

/* ---- verifying ---- */

static void note(void *context, const struct ht_finding *finding)
{
    struct bench *bench = context;
    if (bench->first[0] == '\0' && strncmp(finding->table, "index/", 6) != 0)
        snprintf(bench->first, sizeof bench->first, "%s: %s", finding->table, finding->detail);
    if (strstr(bench->tables, finding->table) != NULL) return;
    size_t size = strlen(bench->tables);
    snprintf(bench->tables + size, sizeof bench->tables - size, "%s ", finding->table);
}

static enum ht_status verify(struct bench *bench, bool with_kept, struct ht_error *err)
{
    struct ht_verify_options options = {.threads = 2};
    if (with_kept) options.checkpoint = ht_buffer_slice(&bench->kept);
    bench->tables[0] = bench->first[0] = '\0';
    return ht_verify(bench->scratch.store, &options, note, NULL, bench, &bench->verified, err);
}

static void expect_sound(struct bench *bench)
{
    struct ht_error err = {0};
    enum ht_status status = verify(bench, true, &err);
    if (status != HT_OK) fail_msg("%s %s in %s: %s", ht_status_title(status), err.detail, bench->tables, bench->first);
}

/* Found in just these tables ("a b "), whatever the index says. */
static void expect_found(struct bench *bench, bool with_kept, const char *tables)
{
    char found[sizeof bench->tables] = "";
    struct ht_error err = {0};
    enum ht_status status = verify(bench, with_kept, &err);
    for (char *rest = bench->tables, *table; (table = strsep(&rest, " ")) != NULL;) {
        if (*table == '\0' || strncmp(table, "index/", 6) == 0) continue;
        size_t size = strlen(found);
        snprintf(found + size, sizeof found - size, "%s ", table);
    }
    if (status != HT_CORRUPT || strcmp(found, tables) != 0)
        fail_msg("%s, found in “%s”, not in “%s”: %s", ht_status_title(status), found, tables, bench->first);
}

/* ---- changing a trail so that it looks sound ---- */

static MDB_txn *begin(struct bench *bench)
{
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(bench->scratch.store->trail.env, NULL, 0, &txn), 0);
    return txn;
}

static void commit(MDB_txn *txn)
{
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void get(struct bench *bench, MDB_txn *txn, uint64_t seq, struct ht_buffer *record)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    assert_int_equal(mdb_get(txn, bench->scratch.store->trail.events, &key, &value), 0);
    ht_buffer_clear(record);
    ht_buffer_add(record, val_slice(value));
}

/* With the checksum of its new place. */
static void put(struct bench *bench, MDB_txn *txn, uint64_t seq, struct ht_buffer *record)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    ht_put_be64((uint8_t *)record->data, record_checksum(record_digest(ht_buffer_slice(record)), seq));
    MDB_val key = val_of(bytes, sizeof bytes), value = val_of(record->data, record->size);
    assert_int_equal(mdb_put(txn, bench->scratch.store->trail.events, &key, &value, 0), 0);
}

static void del(struct bench *bench, MDB_txn *txn, uint64_t seq)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    MDB_val key = val_of(bytes, sizeof bytes);
    assert_int_equal(mdb_del(txn, bench->scratch.store->trail.events, &key, NULL), 0);
}

/* The whole tree anew, of the records as they are. */
static void grow_tree(struct bench *bench, MDB_txn *txn)
{
    struct tree tree;
    uint64_t last;
    struct ht_buffer record = {0};
    struct trail_env *trail = &bench->scratch.store->trail;
    assert_int_equal(mdb_drop(txn, trail->tree, 0), 0);
    assert_ok(trail_last(txn, trail->events, &last, &scratch_error));
    assert_ok(tree_load(&tree, txn, trail->tree, 0, &scratch_error));
    for (uint64_t seq = 1; seq <= last; seq++) {
        get(bench, txn, seq, &record);
        assert_ok(tree_append(&tree, txn, record_leaf(ht_buffer_slice(&record)), &scratch_error));
    }
    assert_ok(tree_store(&tree, txn, &scratch_error));
    ht_buffer_release(&record);
}

static void drop_checkpoint(struct bench *bench, MDB_txn *txn)
{
    assert_int_equal(mdb_drop(txn, bench->scratch.store->trail.checkpoints, 0), 0);
}

static void remove_head(struct bench *bench)
{
    char path[PATH_MAX];
    assert_ok(files_join(path, bench->scratch.dir, "heads/events", &scratch_error));
    assert_int_equal(unlink(path), 0);
}

/* What is left to find a changed trail, as more and more is made to fit it: in the end nothing but a checkpoint that
   was kept elsewhere. */
static void expect_found_to_the_last(struct bench *bench)
{
    struct ht_error err = {0};
    MDB_txn *txn = begin(bench);
    grow_tree(bench, txn);
    commit(txn);
    expect_found(bench, false, "trail/checkpoints heads/events ");
    txn = begin(bench);
    drop_checkpoint(bench, txn);
    commit(txn);
    expect_found(bench, false, "trail/checkpoints heads/events ");
    remove_head(bench);
    expect_found(bench, false, "trail/checkpoints ");
    /* Whoever has the signing key too. */
    assert_ok(ht_log_sign(bench->scratch.store, HT_LOG_EVENTS, &scratch_error));
    enum ht_status status = verify(bench, false, &err);
    assert_true(status == HT_OK || strncmp(bench->tables, "index/", 6) == 0 ||
                strstr(bench->tables, "trail/repeats") != NULL);
    assert_int_equal(verify(bench, true, &err), HT_CORRUPT);
    assert_non_null(strstr(bench->tables, "trail/tree"));
}

/* ---- tests ---- */

static void a_sound_trail_has_no_findings(void **state)
{
    struct bench *bench = *state;
    expect_sound(bench);
    assert_int_equal(bench->verified.events, EVENTS);
    assert_true(bench->verified.acts >= 20);
    assert_int_equal(bench->verified.erased, 0);
    assert_false(bench->verified.locked);
    crowd_append(bench->scratch.store, EVENTS + 1, EVENTS + 200);
    expect_sound(bench);
    keep_checkpoint(bench, HT_LOG_ACTS);
    record_acts(bench, 3);
    expect_sound(bench);
}

static void an_edited_event_is_found(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer record = {0};
    MDB_txn *txn = begin(bench);
    get(bench, txn, 7, &record);
    record.data[RECORD_RECEIVED_AT + 7] ^= 1;
    put(bench, txn, 7, &record);
    commit(txn);
    expect_found(bench, false, "trail/tree ");
    assert_non_null(strstr(bench->first, "number 7 is not that of its record"));
    expect_found_to_the_last(bench);
    ht_buffer_release(&record);
}

/* A payload that does not fit its digest can be read all the same, and is what the index was made of. */
static void a_false_commitment_is_no_fault_of_the_index(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer record = {0};
    MDB_txn *txn = begin(bench);
    get(bench, txn, 7, &record);
    record.data[RECORD_HEADER_SIZE] ^= 1; /* of the salt */
    put(bench, txn, 7, &record);
    commit(txn);
    expect_found(bench, false, "trail/events ");
    assert_non_null(strstr(bench->first, "its commitment does not fit"));
    assert_null(strstr(bench->tables, "index/"));
    ht_buffer_release(&record);
}

static void a_dropped_event_is_found(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer record = {0};
    MDB_txn *txn = begin(bench);
    del(bench, txn, 100);
    commit(txn);
    expect_found(bench, false, "trail/events ");
    txn = begin(bench);
    for (uint64_t seq = 101; seq <= EVENTS; seq++) {
        get(bench, txn, seq, &record);
        put(bench, txn, seq - 1, &record);
    }
    del(bench, txn, EVENTS);
    commit(txn);
    expect_found(bench, false, "trail/tree trail/checkpoints heads/events ");
    expect_found_to_the_last(bench);
    ht_buffer_release(&record);
}

static void reordered_events_are_found(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer a = {0}, b = {0};
    MDB_txn *txn = begin(bench);
    get(bench, txn, 30, &a);
    get(bench, txn, 40, &b);
    put(bench, txn, 40, &a);
    put(bench, txn, 30, &b);
    commit(txn);
    expect_found(bench, false, "trail/tree ");
    expect_found_to_the_last(bench);
    ht_buffer_release(&a);
    ht_buffer_release(&b);
}

static void a_truncated_trail_is_found(void **state)
{
    struct bench *bench = *state;
    MDB_txn *txn = begin(bench);
    for (uint64_t seq = EVENTS - 30; seq <= EVENTS; seq++)
        del(bench, txn, seq);
    commit(txn);
    expect_found(bench, false, "trail/tree trail/repeats trail/checkpoints heads/events ");
    txn = begin(bench);
    MDB_val key, value;
    MDB_cursor *cursor;
    assert_int_equal(mdb_cursor_open(txn, bench->scratch.store->trail.repeats, &cursor), 0);
    for (int i = 0; i < 4 && mdb_cursor_get(cursor, &key, &value, MDB_LAST) == 0; i++)
        assert_int_equal(mdb_cursor_del(cursor, 0), 0);
    mdb_cursor_close(cursor);
    commit(txn);
    expect_found_to_the_last(bench);
}

static void a_trail_that_was_rolled_back_is_found(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer old = {0};
    char path[PATH_MAX];
    assert_ok(files_join(path, bench->scratch.dir, "trail/data.mdb", &scratch_error));
    ht_store_close(bench->scratch.store);
    assert_ok(files_read(path, (size_t)1 << 28, &old, &scratch_error));
    scratch_open(&bench->scratch);
    crowd_append(bench->scratch.store, EVENTS + 1, EVENTS + 20);
    keep_checkpoint(bench, HT_LOG_EVENTS);
    expect_sound(bench);
    ht_store_close(bench->scratch.store);
    assert_ok(files_replace(path, ht_buffer_slice(&old), &scratch_error));
    scratch_open(&bench->scratch);
    expect_found(bench, false, "heads/events ");
    remove_head(bench);
    expect_found(bench, true, "trail/tree ");
    assert_non_null(strstr(bench->first, "gone back: it has 280 events"));
    ht_buffer_release(&old);
}

static void an_edited_act_is_found(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry old, new;
    assert_true(find_entry(trail->env, trail->acts, 4, &old));
    new = old;
    new.value[19] ^= 1; /* of its time */
    replace_entry(&old, &new);
    expect_found(bench, false, "trail/acts ");
    struct ht_slice record = ht_slice_of(new.value, new.value_size);
    ht_put_be64(new.value, record_checksum(record_digest(record), ht_get_be64(new.key)));
    replace_entry(&old, NULL);
    replace_entry(NULL, &new);
    expect_found(bench, false, "trail/acts_tree ");
    replace_entry(&new, NULL);
    expect_found(bench, false, "trail/acts ");
}

static void what_the_tree_has_too_much_is_found(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry row, extra;
    assert_true(find_entry(trail->env, trail->tree, 0, &row)); /* the row of level 1: one hash, and zeros */
    assert_int_equal(row.key[0], 254);
    extra = row;
    extra.value[TREE_ROW_SIZE - 1] = 1;
    replace_entry(&row, NULL);
    expect_found(bench, false, "trail/tree trail/checkpoints heads/events ");
    replace_entry(NULL, &extra);
    expect_found(bench, false, "trail/tree ");
    replace_entry(&extra, &row);
    for (int i = 0; i < 4; i++) {
        extra = row;
        if (i == 0) extra.key[0] = 253; /* a level that is not there yet */
        if (i == 1) extra.key[8] = 1;   /* a row behind the end of level 1 */
        if (i == 2) extra.key_size = 8; /* no key at all */
        if (i == 3) extra.key[0] = 0;   /* a level that can't be */
        replace_entry(NULL, &extra);
        expect_found(bench, false, "trail/tree ");
        replace_entry(&extra, NULL);
    }
    expect_sound(bench);
}

static void checkpoints_are_checked(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry row, other;
    struct ht_error err = {0};
    assert_true(find_entry(trail->env, trail->checkpoints, 0, &row));
    other = row;
    other.value[row.value_size - 10] ^= 1;
    replace_entry(&row, NULL);
    replace_entry(NULL, &other);
    expect_found(bench, false, "trail/checkpoints ");
    replace_entry(&other, &row);
    other = row;
    other.key[0] = 7;
    replace_entry(NULL, &other);
    expect_found(bench, false, "trail/checkpoints ");
    replace_entry(&other, NULL);
    expect_sound(bench);
    char *digit = &bench->kept.data[bench->kept.size - 10]; /* of the signature, in base64 */
    *digit = *digit == 'A' ? 'B' : 'A';
    enum ht_status status = verify(bench, true, &err);
    assert_true(status == HT_CORRUPT);
    assert_string_equal(bench->tables, "checkpoint ");
    ht_buffer_clear(&bench->kept);
    ht_buffer_add_text(&bench->kept, "this is no checkpoint\n");
    assert_int_equal(verify(bench, true, &err), HT_INVALID);
}

/* ---- erasures ---- */

static void erase_seq(struct ht_store *store, uint64_t seq)
{
    char text[32];
    struct ht_erased erased;
    snprintf(text, sizeof text, "%llu", (unsigned long long)seq);
    const struct ht_subject_ref subject = {HT_SUBJECT_SEQ, ht_slice_from(text)};
    assert_ok(ht_erase(store, &subject, 1, "asked for", SCRATCH_NOW, false, NULL, NULL, &erased, &scratch_error));
    assert_int_equal(erased.events, 1);
}

static void what_was_erased_is_still_proven(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer record = {0}, tombstone = {0};
    static const uint8_t none[HT_REF_SIZE];
    for (uint64_t seq = 50; seq < 60; seq++)
        erase_seq(bench->scratch.store, seq);
    expect_sound(bench);
    assert_int_equal(bench->verified.events, EVENTS);
    assert_int_equal(bench->verified.erased, 10);
    /* That something was erased can't be made up, nor undone. */
    for (int i = 0; i < 2; i++) {
        MDB_txn *txn = begin(bench);
        get(bench, txn, 70, &record);
        assert_ok(record_tombstone(ht_buffer_slice(&record), 70, i == 0 ? 3 : 77, none, &tombstone, &scratch_error));
        put(bench, txn, 70, &tombstone);
        commit(txn);
        expect_found(bench, false, "trail/events ");
        txn = begin(bench);
        put(bench, txn, 70, &record);
        commit(txn);
    }
    MDB_txn *txn = begin(bench);
    get(bench, txn, 55, &tombstone);
    get(bench, txn, 54, &record);
    record.data[RECORD_TOMBSTONE_SIZE - 17] ^= 1; /* the number of the erasure */
    put(bench, txn, 54, &record);
    commit(txn);
    expect_found(bench, false, "trail/events trail/erasures ");
    ht_buffer_release(&record);
    ht_buffer_release(&tombstone);
}

/* ---- sealed stores ---- */

static int set_up_sealed(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    crowd_append(bench->scratch.store, 1, EVENTS);
    erase_seq(bench->scratch.store, 9);
    keep_checkpoint(bench, HT_LOG_EVENTS);
    *state = bench;
    return 0;
}

static void without_the_master_key_the_tree_is_verified(void **state)
{
    struct bench *bench = *state;
    char path[PATH_MAX], aside[PATH_MAX];
    static struct entry old, new;
    expect_sound(bench);
    assert_ok(files_join(path, bench->scratch.dir, "keys/master.key", &scratch_error));
    assert_ok(files_join(aside, bench->scratch.dir, "keys/aside", &scratch_error));
    ht_store_close(bench->scratch.store);
    bench->scratch.store = NULL;
    assert_int_equal(rename(path, aside), 0);
    const struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1, .without_master_key = true};
    assert_ok(ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, &scratch_error));
    expect_sound(bench);
    assert_true(bench->verified.locked);
    assert_int_equal(bench->verified.events, EVENTS);
    assert_int_equal(bench->verified.erased, 1);
    assert_int_equal(bench->verified.bytes, 0);
    struct trail_env *trail = &bench->scratch.store->trail;
    assert_true(find_entry(trail->env, trail->events, 11, &old));
    new = old;
    new.value[30] ^= 1;
    ht_put_be64(new.value, record_checksum(record_digest(ht_slice_of(new.value, new.value_size)), 12));
    replace_entry(&old, NULL);
    replace_entry(NULL, &new);
    expect_found(bench, false, "trail/tree ");
}

static void a_destroyed_key_is_found(void **state)
{
    struct bench *bench = *state;
    char path[PATH_MAX];
    struct ht_buffer keys = {0};
    assert_ok(files_join(path, bench->scratch.dir, "keys/data.keys", &scratch_error));
    assert_ok(files_read(path, (size_t)1 << 26, &keys, &scratch_error));
    ht_store_close(bench->scratch.store);
    bench->scratch.store = NULL;
    for (int i = 0; i < 2; i++) {
        struct ht_buffer changed = {0};
        ht_buffer_add(&changed, ht_buffer_slice(&keys));
        if (i == 0) changed.data[128 + 72 * 20 + 30] ^= 1;
        if (i == 1) memset(changed.data + 128 + 72 * 20, 0, 72);
        assert_ok(files_replace(path, ht_buffer_slice(&changed), &scratch_error));
        scratch_open(&bench->scratch);
        expect_found(bench, true, i == 0 ? "trail/events keys/data.keys " : "trail/events ");
        ht_store_close(bench->scratch.store);
        bench->scratch.store = NULL;
        ht_buffer_release(&changed);
    }
    assert_ok(files_replace(path, ht_buffer_slice(&keys), &scratch_error));
    scratch_open(&bench->scratch);
    expect_sound(bench);
    ht_buffer_release(&keys);
}

static void old_keys_and_names_are_no_findings(void **state)
{
    struct bench *bench = *state;
    assert_ok(ht_keys_rotate_signing(bench->scratch.store, NULL, SCRATCH_NOW, &scratch_error));
    expect_sound(bench);
    assert_ok(ht_keys_rotate_signing(bench->scratch.store, "log.example.com", SCRATCH_NOW, &scratch_error));
    expect_sound(bench);
    ht_store_close(bench->scratch.store);
    scratch_open(&bench->scratch);
    crowd_append(bench->scratch.store, EVENTS + 1, EVENTS + 10);
    expect_sound(bench);
}

static void *erase_on(void *context)
{
    struct crowd_busy *busy = context;
    for (uint64_t seq = 20; !atomic_load(&busy->stop) && seq < EVENTS; seq++)
        erase_seq(busy->store, seq);
    return NULL;
}

static void events_and_erasures_meanwhile_are_no_findings(void **state)
{
    struct bench *bench = *state;
    struct crowd_busy appending = {.store = bench->scratch.store}, erasing = {.store = bench->scratch.store};
    struct ht_error err = {0};
    pthread_t threads[2];
    enum ht_status status = HT_OK;
    assert_int_equal(pthread_create(&threads[0], NULL, crowd_append_on, &appending), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, erase_on, &erasing), 0);
    for (int i = 0; i < 12 && (status == HT_OK || status == HT_BUSY); i++)
        status = verify(bench, true, &err);
    atomic_store(&appending.stop, true); /* before any assertion: a failed one would close the store under them */
    atomic_store(&erasing.stop, true);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    if (status != HT_OK && status != HT_BUSY)
        fail_msg("%s in %s: %s", ht_status_title(status), bench->tables, bench->first);
    expect_sound(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sound_trail_has_no_findings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_edited_event_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_false_commitment_is_no_fault_of_the_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dropped_event_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reordered_events_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_truncated_trail_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_trail_that_was_rolled_back_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_edited_act_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_tree_has_too_much_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(checkpoints_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_erased_is_still_proven, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_the_master_key_the_tree_is_verified, set_up_sealed, tear_down),
        cmocka_unit_test_setup_teardown(a_destroyed_key_is_found, set_up_sealed, tear_down),
        cmocka_unit_test_setup_teardown(old_keys_and_names_are_no_findings, set_up_sealed, tear_down),
        cmocka_unit_test_setup_teardown(events_and_erasures_meanwhile_are_no_findings, set_up_sealed, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
