#include "crowd.h"

#include "../../store/files.h"
#include "../../store/index_env.h"
#include "hooktrail/erasure.h"
#include "hooktrail/keeping.h"

#define EVENTS 60

static int set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    assert_non_null(scratch);
    scratch_make(scratch);
    crowd_append(scratch->store, 1, EVENTS);
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    scratch_drop(*state);
    free(*state);
    return 0;
}

static void note(void *context, const struct ht_finding *finding)
{
    char *first = context;
    if (first[0] == '\0') snprintf(first, 300, "%s: %s", finding->table, finding->detail);
}

static void expect_sound(struct scratch *scratch)
{
    struct ht_verified verified;
    char first[300] = "";
    struct ht_error err = {0};
    enum ht_status status = ht_verify(scratch->store, NULL, note, NULL, first, &verified, &err);
    if (status != HT_OK) fail_msg("%s %s, %s", ht_status_title(status), err.detail, first);
    assert_true(verified.index_rows > 5 * EVENTS);
}

/* In index/meta, as bytes at rest change. */
static void flip(struct scratch *scratch, const char *name, size_t at)
{
    struct index_env *index = scratch->store->index;
    uint8_t bytes[128];
    MDB_txn *txn;
    MDB_val key = val_of(name, strlen(name)), value;
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_get(txn, index->tables[INDEX_META], &key, &value), 0);
    assert_true(at < value.mv_size && value.mv_size <= sizeof bytes);
    memcpy(bytes, value.mv_data, value.mv_size);
    bytes[at] ^= 1;
    value.mv_data = bytes;
    assert_int_equal(mdb_put(txn, index->tables[INDEX_META], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void each_byte_of_meta_counts(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *name;
        size_t size;
    } entries[] = {{"format", 4},  {"trail", 16},   {"rules", 8}, {"position", 16},
                   {"counts", 28}, {"erasures", 8}, {"key", 72}};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        for (size_t at = 0; at < entries[i].size; at += 3) {
            struct ht_verified verified;
            char first[300] = "";
            struct ht_error err = {0};
            flip(scratch, entries[i].name, at);
            enum ht_status status = ht_verify(scratch->store, NULL, note, NULL, first, &verified, &err);
            if (status != HT_CORRUPT || strncmp(first, "index/", 6) != 0)
                fail_msg("%s, byte %zu: %s %s", entries[i].name, at, ht_status_title(status), first);
            flip(scratch, entries[i].name, at);
        }
    }
    expect_sound(scratch);
}

/* ---- erasure ---- */

static void erase(struct scratch *scratch, const char *seq)
{
    struct ht_subject_ref subject = {HT_SUBJECT_SEQ, ht_slice_from(seq)};
    struct ht_erased erased;
    assert_ok(ht_erase(scratch->store, &subject, 1, "", SCRATCH_NOW, false, NULL, NULL, &erased, &scratch_error));
    assert_int_equal(erased.events, 1);
}

static void an_index_after_an_erasure_is_sound(void **state)
{
    struct scratch *scratch = *state;
    erase(scratch, "7");
    expect_sound(scratch);
    crowd_append(scratch->store, EVENTS + 1, EVENTS + 20);
    expect_sound(scratch);
}

/* As a program that was killed between the steps of an erasure leaves it. */
static void a_stale_index_is_rebuilt_first(void **state)
{
    struct scratch *scratch = *state;
    char place[PATH_MAX], saved[PATH_MAX], command[3 * PATH_MAX];
    bool stale = false;
    assert_ok(files_join(place, scratch->dir, "index", &scratch_error));
    assert_ok(files_join(saved, scratch->dir, "saved", &scratch_error));
    ht_store_close(scratch->store);
    snprintf(command, sizeof command, "cp -a %s %s", place, saved);
    assert_int_equal(system(command), 0);
    scratch_open(scratch);
    erase(scratch, "7");
    ht_store_close(scratch->store);
    files_remove_tree(place);
    assert_int_equal(rename(saved, place), 0);
    scratch_open(scratch);
    assert_ok(index_env_stale(scratch->store, &stale, &scratch_error));
    assert_true(stale);
    expect_sound(scratch);
    assert_ok(index_env_stale(scratch->store, &stale, &scratch_error));
    assert_false(stale);
}

struct meddling {
    struct scratch *scratch;
    unsigned erased;
    unsigned most;
    bool busy;
};

/* Whatever verify is at: an erasure in between is none of its findings. */
static bool erase_meanwhile(void *context, uint64_t done, uint64_t total)
{
    struct meddling *meddling = context;
    char seq[8];
    (void)total;
    if (done < EVENTS || meddling->busy || meddling->erased == meddling->most) return true;
    meddling->busy = true;
    snprintf(seq, sizeof seq, "%u", 10 + ++meddling->erased);
    erase(meddling->scratch, seq);
    meddling->busy = false;
    return true;
}

static void an_erasure_meanwhile_is_no_finding(void **state)
{
    struct meddling meddling = {.scratch = *state, .most = 2};
    struct ht_verified verified;
    struct ht_error err = {0};
    enum ht_status status = ht_verify(meddling.scratch->store, NULL, NULL, erase_meanwhile, &meddling, &verified, &err);
    if (status != HT_OK) fail_msg("%s %s", ht_status_title(status), err.detail);
    assert_int_equal(meddling.erased, 2);
    assert_int_equal(verified.events, EVENTS); /* checked once, however often they are read for the index */
    expect_sound(meddling.scratch);
}

static void erasures_without_end_keep_the_index_busy(void **state)
{
    struct meddling meddling = {.scratch = *state, .most = EVENTS - 10};
    struct ht_verified verified;
    struct ht_error err = {0};
    enum ht_status status = ht_verify(meddling.scratch->store, NULL, NULL, erase_meanwhile, &meddling, &verified, &err);
    assert_int_equal(status, HT_BUSY);
    assert_string_equal(err.detail, "an erasure is under way: verify again");
    assert_int_equal(verified.findings, 0);
    assert_int_equal(verified.events, EVENTS);
    assert_true(meddling.erased < meddling.most);
    expect_sound(meddling.scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_byte_of_meta_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_after_an_erasure_is_sound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stale_index_is_rebuilt_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_erasure_meanwhile_is_no_finding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(erasures_without_end_keep_the_index_busy, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
