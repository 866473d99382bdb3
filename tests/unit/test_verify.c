#include "crowd.h"
#include "entries.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../../store/index_env.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/keeping.h"
#include "hooktrail/token.h"
#include "hooktrail/watermark.h"

#define EVENTS 60

struct bench {
    struct scratch scratch;
    uint64_t reported;
    uint64_t with_seq;
    uint64_t missing; /* findings that tell of missing records */
    char tables[256]; /* of what was found, each once */
    char first[256];
    uint64_t last_seq; /* of what was found */
    bool disordered;   /* the seqs of what was found in trail/events do not grow */
    unsigned threads;
    uint64_t stop_at; /* calls of progress until it says no; 0: never */
    uint64_t steps;
    uint64_t done; /* as progress was told last */
    uint64_t total;
    bool unsound; /* progress beyond its total, or an error other than the status */
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct ht_endpoint endpoint;
    struct ht_token token;
    struct ht_watermark mark = {
        .run = 1, .done.position.seq = 3, .running = true, .pending.position.seq = 7, .moved_at = SCRATCH_NOW};
    char secret[HT_SECRET_TEXT_SIZE];
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    struct ht_store *store = bench->scratch.store;
    assert_ok(ht_endpoint_rotate(store, 1, HT_ABSENT, SCRATCH_NOW, &endpoint, secret, &scratch_error));
    assert_ok(ht_endpoint_retire(store, 1, HT_ABSENT, SCRATCH_NOW, &scratch_error));
    assert_ok(ht_token_add(store, "second", HT_SCOPE_READ, HT_ABSENT, SCRATCH_NOW, &token, secret, &scratch_error));
    assert_ok(ht_token_revoke(store, 1, HT_ABSENT, SCRATCH_NOW, &scratch_error));
    crowd_append(store, 1, EVENTS);
    crowd_reject(store, 5);
    assert_ok(ht_watermark_set(store, "nightly", &mark, &scratch_error));
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
    if (bench->reported++ == 0) memcpy(bench->first, finding->detail, sizeof bench->first);
    bench->with_seq += finding->seq != 0;
    bench->missing += strcmp(finding->table, "trail/events") == 0 && strstr(finding->detail, "are missing") != NULL;
    if (strcmp(finding->table, "trail/events") == 0 && finding->seq != 0) {
        bench->disordered |= finding->seq <= bench->last_seq;
        bench->last_seq = finding->seq;
    }
    assert_true(finding->detail[0] != '\0' && memchr(finding->detail, '\0', sizeof finding->detail) != NULL);
    if (strstr(bench->tables, finding->table) != NULL) return;
    size_t size = strlen(bench->tables);
    snprintf(bench->tables + size, sizeof bench->tables - size, "%s ", finding->table);
}

static bool step(void *context, uint64_t done, uint64_t total)
{
    struct bench *bench = context;
    bench->unsound |= done > total || done < bench->done;
    bench->done = done;
    bench->total = total;
    return ++bench->steps != bench->stop_at;
}

static enum ht_status verify(struct bench *bench, struct ht_verified *verified)
{
    struct ht_error err = {0};
    const struct ht_verify_options options = {.threads = bench->threads};
    bench->reported = bench->with_seq = bench->missing = bench->last_seq = bench->steps = bench->done = bench->total =
        0;
    bench->tables[0] = bench->first[0] = '\0';
    enum ht_status status = ht_verify(bench->scratch.store, &options, note, step, bench, verified, &err);
    if (status != HT_OK && err.status != status) bench->unsound = true;
    return status;
}

static void expect_sound(struct bench *bench)
{
    struct ht_verified verified;
    enum ht_status status = verify(bench, &verified);
    if (status != HT_OK) fail_msg("%s in %s: %s", ht_status_title(status), bench->tables, bench->first);
    assert_int_equal(verified.findings, 0);
    assert_int_equal(bench->reported, 0);
    assert_false(bench->unsound);
}

/* Something is found, in this table among others. */
static void expect_found(struct bench *bench, const char *table)
{
    struct ht_verified verified;
    enum ht_status status = verify(bench, &verified);
    if (status != HT_CORRUPT || strstr(bench->tables, table) == NULL)
        fail_msg("nothing found in %s, but %s in %s", table, ht_status_title(status), bench->tables);
    assert_true(verified.findings > 0 && bench->reported > 0);
}

static void expect_no_leftovers(const struct bench *bench)
{
    struct dirent *entry;
    DIR *folder = opendir(bench->scratch.dir);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL)
        assert_null(strstr(entry->d_name, "verify"));
    closedir(folder);
}

static struct index_env *index_of(struct bench *bench)
{
    return bench->scratch.store->index;
}

/* ---- tests ---- */

static void a_sound_store_has_no_findings(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    assert_int_equal(verify(bench, &verified), HT_OK);
    assert_int_equal(verified.events, EVENTS);
    assert_int_equal(verified.repeats, EVENTS / 9);
    assert_true(verified.bytes > EVENTS * 30);
    assert_true(verified.index_rows > 5 * EVENTS);
    assert_true(bench->steps > 10);
    expect_no_leftovers(bench);
    assert_ok(ht_verify(bench->scratch.store, NULL, NULL, NULL, NULL, &verified, &scratch_error));
}

/* What is wrong with the index is then not looked for. */
static void the_trail_alone_can_be_checked(void **state)
{
    struct bench *bench = *state;
    struct random random = {.state = 3};
    struct ht_verified verified;
    const struct ht_verify_options options = {.without_index = true};
    assert_ok(ht_verify(bench->scratch.store, &options, note, step, bench, &verified, &scratch_error));
    assert_int_equal(verified.events, EVENTS);
    assert_int_equal(verified.index_rows, 0);
    assert_false(bench->unsound);
    struct index_env *index = index_of(bench);
    MDB_txn *txn;
    uint8_t seq[8];
    ht_put_be64(seq, 1 + random_below(&random, EVENTS));
    MDB_val key = val_of(seq, sizeof seq);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_del(txn, index->tables[INDEX_ROWS], &key, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    assert_ok(ht_verify(bench->scratch.store, &options, note, step, bench, &verified, &scratch_error));
    assert_int_equal(verify(bench, &verified), HT_CORRUPT);
}

/* Each event moves it once, although it is looked at for itself and for the index. */
static void progress_counts_each_event_once(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    for (bench->threads = 0; bench->threads < 4; bench->threads++) {
        expect_sound(bench);
        assert_int_equal(bench->done, EVENTS);
        assert_int_equal(bench->total, EVENTS);
    }
    bench->done = 0;
    const struct ht_verify_options options = {.without_index = true};
    assert_ok(ht_verify(bench->scratch.store, &options, note, step, bench, &verified, &scratch_error));
    assert_int_equal(bench->done, EVENTS);
    assert_int_equal(bench->total, EVENTS);
}

static void an_empty_store_is_sound(void **state)
{
    (void)state;
    struct bench bench = {.steps = 0};
    scratch_make(&bench.scratch);
    expect_sound(&bench);
    scratch_drop(&bench.scratch);
}

/* One flipped bit in a value, or in a key, of some entry; found; turned back. */
static void flip(struct bench *bench, MDB_env *env, MDB_dbi table, struct random *random, bool in_key)
{
    static struct entry old, new;
    size_t entries = count_entries(env, table);
    if (entries == 0) fail_msg("table %u is empty", table);
    assert_true(find_entry(env, table, random_below(random, (uint32_t)entries), &old));
    new = old;
    uint32_t bit = random_below(random, 8 * (uint32_t)(in_key ? old.key_size : old.value_size));
    (in_key ? new.key : new.value)[bit / 8] ^= (uint8_t)(1 << bit % 8);
    bool was_there = replace_entry(&old, &new);
    struct ht_verified verified;
    if (verify(bench, &verified) != HT_CORRUPT)
        fail_msg("bit %u of the %s of an entry in table %u went unnoticed", bit, in_key ? "key" : "value", table);
    replace_entry(was_there ? NULL : &new, &old);
}

static void each_flipped_bit_of_a_record_is_found(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    struct random random = {.state = 1};
    const MDB_dbi tables[] = {trail->events, trail->events, trail->events, trail->repeats, trail->rejected};
    for (unsigned i = 0; i < 60; i++)
        flip(bench, trail->env, tables[i % (sizeof tables / sizeof tables[0])], &random, i % 7 == 0);
    expect_sound(bench);
}

static void each_flipped_bit_of_the_index_is_found(void **state)
{
    struct bench *bench = *state;
    struct random random = {.state = 2};
    for (unsigned i = 0; i < 6 * INDEX_TABLES; i++) {
        enum index_table table = (enum index_table)(i % INDEX_TABLES);
        flip(bench, index_of(bench)->env, index_of(bench)->tables[table], &random, i / INDEX_TABLES % 2 == 1);
    }
    expect_sound(bench);
}

static void secrets_and_their_owners_lead_to_each_other(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    struct random random = {.state = 3};
    for (unsigned i = 0; i < 4; i++) {
        flip(bench, trail->env, trail->secrets, &random, i % 2 == 1);
        flip(bench, trail->env, trail->bearers, &random, i % 2 == 1);
        flip(bench, trail->env, trail->endpoints, &random, true);
    }
    static struct entry entry;
    assert_true(find_entry(trail->env, trail->tokens, 0, &entry));
    replace_entry(&entry, NULL);
    expect_found(bench, "trail/bearers");
    replace_entry(NULL, &entry);
    assert_true(find_entry(trail->env, trail->endpoints, 0, &entry));
    replace_entry(&entry, NULL);
    expect_found(bench, "trail/events");
}

static void a_missing_event_or_repeat_is_found(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry event, repeat;
    assert_true(find_entry(trail->env, trail->events, 4, &event));
    assert_true(find_entry(trail->env, trail->repeats, 2, &repeat));
    replace_entry(&event, NULL);
    expect_found(bench, "trail/events");
    assert_string_equal(bench->first, "5 to 5 are missing");
    replace_entry(NULL, &event);
    replace_entry(&repeat, NULL);
    expect_found(bench, "trail/repeats");
    replace_entry(NULL, &repeat);
    /* The index still has what the trail's end has lost. */
    assert_true(find_entry(trail->env, trail->events, EVENTS - 1, &event));
    replace_entry(&event, NULL);
    expect_found(bench, "index/");
}

/* Whichever thread came upon them; and what is missing in a row is one finding, however long the row is. */
static void findings_come_in_the_order_of_events(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry entry, rotten;
    crowd_append(bench->scratch.store, EVENTS + 1, 1500);
    for (size_t seq = 7; seq < 1500; seq += 23) {
        assert_true(find_entry(trail->env, trail->events, seq - 1, &entry));
        rotten = entry;
        rotten.value[20] ^= 1;
        replace_entry(&entry, &rotten);
    }
    for (uint64_t seq = 900; seq > 200; seq--) {
        assert_true(find_entry(trail->env, trail->events, seq - 1, &entry));
        replace_entry(&entry, NULL);
    }
    for (bench->threads = 1; bench->threads < 5; bench->threads++) {
        struct ht_verified verified;
        assert_int_equal(verify(bench, &verified), HT_CORRUPT);
        assert_false(bench->disordered);
        assert_non_null(strstr(bench->first, "event 7"));
        assert_int_equal(verified.events, 800);
        assert_int_equal(bench->missing, 1);
        assert_int_equal(bench->done, 1500);
    }
}

static void a_number_out_of_all_bounds_is_found(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry event, moved;
    assert_true(find_entry(trail->env, trail->events, EVENTS - 1, &event));
    moved = event;
    moved.key[0] ^= 0x80;
    replace_entry(&event, &moved);
    expect_found(bench, "trail/events");
    replace_entry(&moved, &event);
    /* Nor does an index that claims as much keep it busy for ever. */
    struct entry position = {.env = index_of(bench)->env, .table = index_of(bench)->tables[INDEX_META]};
    memcpy(position.key, "position", position.key_size = 8);
    position.value_size = 16;
    ht_put_be64(position.value, UINT64_C(1) << 62);
    struct entry old = position;
    ht_put_be64(old.value, EVENTS);
    replace_entry(&event, &moved);
    replace_entry(&old, &position);
    expect_found(bench, "index/meta");
    replace_entry(&position, NULL);
    expect_found(bench, "index/meta");
    assert_false(bench->unsound);
}

static void a_record_under_another_number_is_found(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    static struct entry a, b, swapped;
    assert_true(find_entry(trail->env, trail->events, 10, &a));
    assert_true(find_entry(trail->env, trail->events, 20, &b));
    swapped = a;
    memcpy(swapped.value, b.value, b.value_size);
    swapped.value_size = b.value_size;
    replace_entry(&a, &swapped);
    expect_found(bench, "trail/events");
}

static void what_an_index_table_lacks_or_has_too_much_is_named(void **state)
{
    struct bench *bench = *state;
    struct index_env *index = index_of(bench);
    static struct entry entry, other;
    assert_true(find_entry(index->env, index->tables[INDEX_ROWS], 11, &entry));
    replace_entry(&entry, NULL);
    expect_found(bench, "index/rows");
    assert_string_equal(bench->first, "seq 12: is missing from the index");
    assert_int_equal(bench->with_seq, 1);
    other = entry;
    ht_put_be32(other.value + 32, 77);
    replace_entry(NULL, &other);
    expect_found(bench, "index/rows");
    assert_string_equal(bench->first, "seq 12: differs from what the trail says in lead");
    replace_entry(&other, &entry);
    assert_true(find_entry(index->env, index->tables[INDEX_POSTINGS], 0, &entry));
    ht_put_be64(entry.value, 500);
    replace_entry(NULL, &entry);
    expect_found(bench, "index/postings");
    assert_string_equal(bench->first, "agent number 1, seq 500: is in the index, but the trail has no such thing");
    replace_entry(&entry, NULL);
    expect_sound(bench);
}

static void counters_and_watermarks_are_checked(void **state)
{
    struct bench *bench = *state;
    struct ht_store *store = bench->scratch.store;
    struct trail_env *trail = &store->trail;
    struct ht_watermark mark = {.done.position.seq = EVENTS + 1};
    static struct entry entry;
    assert_true(find_entry(trail->env, trail->rejected, 1, &entry));
    replace_entry(&entry, NULL);
    expect_found(bench, "trail/meta");
    replace_entry(NULL, &entry);
    expect_sound(bench);
    assert_ok(ht_watermark_set(store, "nightly", &mark, &scratch_error));
    expect_found(bench, "trail/watermarks");
    mark = (struct ht_watermark){.done.position.seq = 5, .running = true, .pending.position.seq = 4};
    assert_ok(ht_watermark_set(store, "nightly", &mark, &scratch_error));
    expect_found(bench, "trail/watermarks");
}

static void findings_beyond_a_thousand_are_counted_only(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    MDB_txn *txn;
    crowd_append(bench->scratch.store, EVENTS + 1, 700);
    struct index_env *index = index_of(bench);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_drop(txn, index->tables[INDEX_POSTINGS], 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    assert_int_equal(verify(bench, &verified), HT_CORRUPT);
    assert_int_equal(bench->reported, 1000);
    assert_true(verified.findings > 1200);
}

static void an_index_that_is_behind_is_sound(void **state)
{
    struct bench *bench = *state;
    struct ht_appender *appender;
    assert_ok(ht_appender_new(bench->scratch.store, &appender, &scratch_error));
    scratch_append(appender, "{\"lead_id\":\"new\"}", SCRATCH_NOW, NULL);
    scratch_append(appender, "{\"lead_id\":\"new\"}", SCRATCH_NOW, NULL);
    ht_appender_free(appender);
    expect_sound(bench);
}

/* What is behind the index's position is checked all the same, and is nothing that the index lacks. */
static void events_behind_the_index_are_only_checked(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    struct ht_appender *appender;
    static struct entry entry, rotten;
    assert_ok(ht_appender_new(bench->scratch.store, &appender, &scratch_error));
    for (int i = 0; i < 3; i++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"lead_id\":\"late-%d\"}", i);
        scratch_append(appender, payload, SCRATCH_NOW, NULL);
    }
    ht_appender_free(appender);
    assert_true(find_entry(trail->env, trail->events, EVENTS + 1, &entry));
    rotten = entry;
    rotten.value[rotten.value_size - 1] ^= 1;
    replace_entry(&entry, &rotten);
    struct ht_verified verified;
    assert_int_equal(verify(bench, &verified), HT_CORRUPT);
    assert_int_equal(verified.events, EVENTS + 3);
    assert_string_equal(bench->tables, "trail/events ");
    replace_entry(&rotten, &entry);
    expect_sound(bench);
}

/* An index that can't be copied keeps nobody from being told of the trail. */
static void the_trail_is_checked_though_there_is_no_room_for_the_index(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    struct ht_verified verified;
    struct rlimit old, small = {.rlim_cur = 8192};
    static struct entry entry, rotten;
    assert_true(find_entry(trail->env, trail->events, 20, &entry));
    rotten = entry;
    rotten.value[20] ^= 1;
    replace_entry(&entry, &rotten);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum ht_status status = verify(bench, &verified);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_DFL);
    if (status != HT_IO) fail_msg("%s in %s", ht_status_title(status), bench->tables);
    assert_int_equal(verified.events, EVENTS);
    assert_string_equal(bench->tables, "trail/events ");
    assert_int_equal(bench->done, EVENTS);
    expect_no_leftovers(bench);
}

/* The trail comes first, also where it is known at once that the index can't be compared. */
static void what_is_wrong_with_the_index_is_told_last(void **state)
{
    struct bench *bench = *state;
    struct trail_env *trail = &bench->scratch.store->trail;
    struct ht_verified verified;
    struct entry position = {.env = index_of(bench)->env, .table = index_of(bench)->tables[INDEX_META]};
    static struct entry entry, rotten;
    assert_true(find_entry(trail->env, trail->events, 20, &entry));
    rotten = entry;
    rotten.value[20] ^= 1;
    replace_entry(&entry, &rotten);
    memcpy(position.key, "position", position.key_size = 8);
    replace_entry(&position, NULL);
    assert_int_equal(verify(bench, &verified), HT_CORRUPT);
    assert_string_equal(bench->tables, "trail/events index/meta ");
    assert_int_equal(bench->done, EVENTS);
    expect_no_leftovers(bench);
}

static void a_run_stops_where_it_is_told(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    expect_sound(bench);
    uint64_t steps = bench->steps;
    for (uint64_t at = 1; at <= steps; at++) {
        bench->stop_at = at;
        assert_int_equal(verify(bench, &verified), HT_STOPPING);
        assert_int_equal(bench->steps, at);
        expect_no_leftovers(bench);
    }
}

static void what_a_killed_run_left_is_removed(void **state)
{
    struct bench *bench = *state;
    char path[512];
    snprintf(path, sizeof path, "%s/verify.tmp-abcdef", bench->scratch.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/verify.tmp-abcdef/stored", bench->scratch.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_sound(bench);
    expect_no_leftovers(bench);
}

static void a_store_that_is_written_meanwhile_has_no_findings(void **state)
{
    struct bench *bench = *state;
    struct crowd_busy busy = {.store = bench->scratch.store};
    struct ht_verified verified;
    enum ht_status status = HT_OK;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, crowd_append_on, &busy), 0);
    for (int i = 0; i < 10 && status == HT_OK; i++)
        status = verify(bench, &verified);
    atomic_store(&busy.stop, true); /* before any assertion: a failed one would close the store under the thread */
    assert_int_equal(pthread_join(thread, NULL), 0);
    if (status != HT_OK) fail_msg("%s in %s: %s", ht_status_title(status), bench->tables, bench->first);
    expect_sound(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sound_store_has_no_findings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_trail_alone_can_be_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(progress_counts_each_event_once, set_up, tear_down),
        cmocka_unit_test(an_empty_store_is_sound),
        cmocka_unit_test_setup_teardown(each_flipped_bit_of_a_record_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_flipped_bit_of_the_index_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_and_their_owners_lead_to_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_event_or_repeat_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(findings_come_in_the_order_of_events, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_out_of_all_bounds_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_under_another_number_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_an_index_table_lacks_or_has_too_much_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counters_and_watermarks_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(findings_beyond_a_thousand_are_counted_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_that_is_behind_is_sound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_behind_the_index_are_only_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_trail_is_checked_though_there_is_no_room_for_the_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_the_index_is_told_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_stops_where_it_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_killed_run_left_is_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_store_that_is_written_meanwhile_has_no_findings, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
