/* Retention: policies, and what goes by age. */
#include "erase_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "../../store/seal.h"

#define NOW (SCRATCH_NOW + 400 * HT_DAY)

static struct ht_retain_policy policy_of(const char *text)
{
    struct ht_retain_policy policy;
    assert_ok(ht_retain_parse(ht_slice_from(text), &policy, &scratch_error));
    return policy;
}

static struct ht_erased retain(struct bench *bench, const char *text, bool dry_run)
{
    struct ht_erased erased;
    struct ht_retain_policy policy = policy_of(text);
    assert_ok(ht_retain(bench->scratch.store, &policy, NOW, dry_run, NULL, NULL, &erased, &scratch_error));
    return erased;
}

/* ---- policies ---- */

static void test_policies(void **state)
{
    (void)state;
    struct ht_retain_policy policy = policy_of("400d, type=new_question 90d,agent=a-1 forever , type=x agent=a-1 36h");
    assert_int_equal(policy.count, 4);
    assert_string_equal(policy.rules[0].type, "");
    assert_string_equal(policy.rules[0].agent, "");
    assert_int_equal(policy.rules[0].age, 400 * HT_DAY);
    assert_string_equal(policy.rules[1].type, "new-question");
    assert_int_equal(policy.rules[1].age, 90 * HT_DAY);
    assert_string_equal(policy.rules[2].agent, "a-1");
    assert_int_equal(policy.rules[2].age, INT64_MAX);
    assert_string_equal(policy.rules[3].type, "x");
    assert_string_equal(policy.rules[3].agent, "a-1");
    assert_int_equal(policy.rules[3].age, 36 * 3600 * HT_SECOND);
    assert_int_equal(policy_of("90s").rules[0].age, 90 * HT_SECOND);
    assert_int_equal(policy_of("2w").rules[0].age, 14 * HT_DAY);
    assert_int_equal(policy_of("5m").rules[0].age, 300 * HT_SECOND);
    assert_int_equal(policy_of("99999999999999w").rules[0].age, INT64_MAX);
}

static void test_what_is_no_policy(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "400",
        "d",
        "0d",
        "400d,",
        ",400d",
        "400d 90d",
        "400y",
        "-4d",
        "type=x",
        "type= 4d",
        "agent= 4d",
        "type=x type=y 4d",
        "400d type=x",
        "400d, 90d",
        "4d4",
        "type=x 4d, type=X 5d",
        "type=a/b 4d",
        "forever forever",
        "colour=x 4d",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ht_retain_policy policy;
        struct ht_error err = {0};
        if (ht_retain_parse(ht_slice_from(bad[i]), &policy, &err) != HT_INVALID) fail_msg("'%s' passed", bad[i]);
        assert_true(err.detail[0] != '\0');
    }
    struct ht_buffer many = {0};
    struct ht_retain_policy policy;
    for (int i = 0; i <= HT_RETAIN_RULES; i++)
        ht_buffer_printf(&many, "%sagent=a-%d 4d", i == 0 ? "" : ",", i);
    assert_int_equal(ht_retain_parse(ht_buffer_slice(&many), &policy, NULL), HT_INVALID);
    ht_buffer_release(&many);
    assert_int_equal(ht_retain_parse(HT_ABSENT, &policy, NULL), HT_INVALID);
}

/* ---- what goes ---- */

static uint64_t add(struct bench *bench, const char *type, const char *agent, int64_t age, unsigned n)
{
    char payload[256];
    snprintf(payload, sizeof payload, "{\"event\":\"%s\",\"agent_id\":\"%s\",\"conversation_id\":\"c-%u\",\"n\":%u}",
             type, agent, n, n);
    return bench_add(bench, payload, NOW - age);
}

static void test_the_most_specific_rule_decides(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *type;
        const char *agent;
        int days;
        bool goes;
    } cases[] = {
        {"new-session", "a-1", 101, true}, {"new-session", "a-1", 99, false},  {"new-question", "a-1", 11, true},
        {"new-question", "a-1", 9, false}, {"new-session", "a-2", 300, false}, {"new-question", "a-2", 300, false},
        {"new-lead", "a-2", 2, true},      {"new-lead", "a-2", 0, false},      {"new-lead", "a-1", 2, false},
        {"new-lead", "a-3", 101, true},
    };
    enum { COUNT = sizeof cases / sizeof *cases };
    uint64_t seqs[COUNT];
    unsigned wanted = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        seqs[i] = add(bench, cases[i].type, cases[i].agent, cases[i].days * HT_DAY, i);
        wanted += cases[i].goes;
    }
    const char *policy = "100d, type=new-question 10d, agent=a-2 forever, agent=a-2 type=new-lead 1d, agent=other 1s";
    struct ht_erased said = retain(bench, policy, true);
    struct ht_erased erased = retain(bench, policy, false);
    assert_int_equal(erased.events, wanted);
    assert_int_equal(erased.conversations, wanted);
    for (unsigned i = 0; i < COUNT; i++) {
        if (bench_read(bench, seqs[i], NULL) != (cases[i].goes ? HT_ERASED : HT_OK)) fail_msg("case %u", i);
    }
    assert_true(said.number == 0 && erased.number == 1);
    said.number = erased.number;
    assert_memory_equal(&said, &erased, sizeof said);
    assert_int_equal(retain(bench, policy, false).events, 0);
    assert_int_equal(retain(bench, "forever", false).events, 0);
    expect_sound(bench);
}

static void test_an_age_is_exceeded_before_it_counts(void **state)
{
    struct bench *bench = *state;
    uint64_t older = add(bench, "new-session", "a-1", 10 * HT_DAY + 1, 1);
    uint64_t just = add(bench, "new-session", "a-1", 10 * HT_DAY, 2);
    assert_int_equal(retain(bench, "10d, agent=other 5d", false).events, 1);
    expect_erased(bench, older);
    expect_there(bench, just);
}

static void test_by_batches(void **state)
{
    struct bench *bench = *state;
    struct ht_erasure erasure;
    struct bench_list list = {0};
    uint64_t sum = 0;
    enum { EVENTS = 2300 };
    /* Few persons, so that batches share keys: what is resealed by one is erased by the next. */
    for (unsigned n = 1; n <= EVENTS; n++) {
        char payload[512], lead[16], conversation[16];
        snprintf(lead, sizeof lead, "l-%u", n % 7);
        snprintf(conversation, sizeof conversation, "c-%u", n % 90);
        payload_of(payload, n % 2 == 0 ? lead : NULL, conversation, NULL, n);
        bench_queue(bench, &list, payload, n <= EVENTS - 50 ? NOW - 100 * HT_DAY : NOW);
    }
    bench_flush(bench, &list);
    struct ht_erased erased = retain(bench, "50d", false);
    assert_int_equal(erased.events, EVENTS - 50);
    assert_int_equal(erased.number, 3);
    for (unsigned n = 1; n <= EVENTS; n++)
        if (bench_read(bench, n, NULL) != (n <= EVENTS - 50 ? HT_ERASED : HT_OK)) fail_msg("event %u", n);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    for (uint64_t number = 1; number <= 3; number++) {
        assert_ok(ht_erasure_get(bench->reader, number, &erasure, &scratch_error));
        assert_true(erasure.retention);
        assert_true(erasure.events <= 1000);
        sum += erasure.events;
    }
    ht_reader_end(bench->reader);
    assert_int_equal(sum, EVENTS - 50);
    expect_sound(bench);
}

static void test_what_is_held_stays(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    uint64_t held = bench_person(bench, "anna", "c1", NULL, 1), quiet = bench_person(bench, NULL, "c1", NULL, 2);
    uint64_t other = bench_person(bench, "bert", "c2", NULL, 3);
    uint64_t visit = bench_person(bench, "anna", NULL, "v1", 4), seen = bench_person(bench, NULL, NULL, "v1", 5);
    struct ht_erased erased;
    bench_reject(bench, "{anna", NOW - 20 * HT_DAY);
    bench_reject(bench, "{bert", NOW - 20 * HT_DAY);
    assert_ok(
        ht_hold_add(bench->scratch.store, HT_KIND_LEAD, HT_SLICE("anna"), NULL, SCRATCH_NOW, &hold, &scratch_error));
    assert_int_equal(retain(bench, "10d", true).events, 1);
    erased = retain(bench, "10d", false);
    assert_int_equal(erased.events, 1);
    assert_int_equal(erased.rejected, 1);
    const uint64_t there[] = {held, quiet, visit, seen};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        expect_there(bench, there[i]);
    expect_erased(bench, other);
    assert_ok(ht_hold_remove(bench->scratch.store, hold.id, SCRATCH_NOW, &scratch_error));
    erased = retain(bench, "10d", false);
    assert_int_equal(erased.events, 4);
    assert_int_equal(erased.rejected, 1);
    expect_erased(bench, held);
}

static void test_rejected_deliveries_go_by_the_rule_for_everything(void **state)
{
    struct bench *bench = *state;
    struct ht_rejected_totals totals;
    bench_reject(bench, "{old", NOW - 20 * HT_DAY);
    bench_reject(bench, "{new", NOW);
    assert_int_equal(retain(bench, "type=new-question 10d", false).rejected, 0);
    assert_int_equal(retain(bench, "10d", true).rejected, 1);
    assert_int_equal(retain(bench, "10d", false).rejected, 1);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_rejected_totals(bench->reader, &totals, &scratch_error));
    ht_reader_end(bench->reader);
    assert_int_equal(totals.count, 1);
    assert_int_equal(retain(bench, "10d", false).number, 0);
    expect_sound(bench);
}

/* ---- beside others ---- */

static void add_two_leads(struct bench *bench, unsigned count)
{
    struct bench_list list = {0};
    char payload[512];
    for (unsigned n = 1; n <= count; n++) {
        payload_of(payload, n % 2 == 0 ? "l-1" : "l-2", n % 3 == 0 ? "c-1" : NULL, NULL, n);
        bench_queue(bench, &list, payload, SCRATCH_NOW);
    }
    bench_flush(bench, &list);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)done;
    unsigned *calls = context;
    return total <= 40 || ++*calls < 2;
}

static void test_it_can_be_stopped_and_goes_on(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    unsigned calls = 0;
    struct ht_retain_policy policy = policy_of("10d");
    add_two_leads(bench, 2500);
    bench_catch_up(bench);
    assert_int_equal(ht_retain(bench->scratch.store, &policy, NOW, false, stop_at_once, &calls, &erased, NULL),
                     HT_STOPPING);
    assert_int_equal(erased.events, 1000);
    assert_int_equal(retain(bench, "10d", false).events, 1500);
    expect_sound(bench);
}

/* Another process that erases something between two batches, having rebuilt the index, for nobody keeps it from that.
 */
struct meddling {
    pid_t pid;
    int go;   /* a byte in this pipe, and it begins */
    int lock; /* of rebuilds, so that the retention goes on without it; -1: meddled already */
};

static bool meddle(void *context, uint64_t done, uint64_t total)
{
    struct meddling *meddling = context;
    int how;
    if (done < 1000 || total < 2000 || meddling->lock < 0) return true;
    close(meddling->lock);
    meddling->lock = -1;
    assert_int_equal(write(meddling->go, "", 1), 1);
    assert_int_equal(waitpid(meddling->pid, &how, 0), meddling->pid);
    assert_int_equal(how, 0);
    return true;
}

/* With the store closed: LMDB's environments don't outlive a fork. */
static void fork_meddler(struct bench *bench, struct meddling *meddling)
{
    int go[2];
    assert_int_equal(pipe(go), 0);
    meddling->pid = fork();
    assert_true(meddling->pid >= 0);
    meddling->go = go[1];
    if (meddling->pid == 0) {
        char byte;
        struct ht_erased erased;
        const struct ht_subject_ref young = {HT_SUBJECT_CONVERSATION, HT_SLICE("c-young")};
        close(go[1]);
        if (read(go[0], &byte, 1) != 1) _exit(1);
        scratch_open(&bench->scratch);
        _exit(ht_erase(bench->scratch.store, &young, 1, "", NOW, false, NULL, NULL, &erased, NULL) == HT_OK ? 0 : 2);
    }
    close(go[0]);
}

static void test_others_erase_in_between(void **state)
{
    struct bench *bench = *state;
    char path[128];
    struct ht_erased erased;
    struct meddling meddling;
    struct ht_retain_policy policy = policy_of("10d");
    bench_close(bench);
    fork_meddler(bench, &meddling);
    bench_reopen(bench);
    add_two_leads(bench, 2500);
    uint64_t gone = bench_add(bench, "{\"lead_id\":\"l-1\",\"conversation_id\":\"c-young\"}", NOW);
    uint64_t there = bench_add(bench, "{\"lead_id\":\"l-1\",\"n\":1}", NOW);
    bench_catch_up(bench);
    snprintf(path, sizeof path, "%s/rebuild.lock", bench->scratch.dir);
    meddling.lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(flock(meddling.lock, LOCK_EX), 0);
    assert_ok(ht_retain(bench->scratch.store, &policy, NOW, false, meddle, &meddling, &erased, &scratch_error));
    assert_int_equal(meddling.lock, -1);
    close(meddling.go);
    assert_int_equal(erased.events, 2500);
    expect_erased(bench, 1);
    expect_erased(bench, 2500);
    expect_erased(bench, gone);
    expect_there(bench, there);
    expect_sound(bench);
}

struct holding {
    struct bench *bench;
    struct ht_hold hold; /* its id is 0 until it is there */
};

static bool hold_then(void *context, uint64_t done, uint64_t total)
{
    struct holding *holding = context;
    (void)done;
    if (total != 2500 || holding->hold.id != 0) return true;
    return ht_hold_add(holding->bench->scratch.store, HT_KIND_LEAD, HT_SLICE("l-1"), NULL, NOW, &holding->hold, NULL) ==
           HT_OK;
}

/* A hold that comes when what is to go has been gathered is not too late. */
static void test_what_is_held_meanwhile_stays(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    struct holding holding = {.bench = bench};
    struct ht_retain_policy policy = policy_of("10d");
    add_two_leads(bench, 2500);
    bench_catch_up(bench);
    assert_ok(ht_retain(bench->scratch.store, &policy, NOW, false, hold_then, &holding, &erased, &scratch_error));
    for (unsigned n = 1; n <= 2500; n++) /* "l-1", and what is of the conversation that it shares */
        if (bench_read(bench, n, NULL) != (n % 2 == 0 || n % 3 == 0 ? HT_OK : HT_ERASED)) fail_msg("event %u", n);
    expect_sound(bench);
}

/* Keys are used up, so those who stay can't be sealed anew. */
static void test_what_fails_has_erased_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    MDB_txn *txn = NULL;
    struct ht_store *store = bench->scratch.store;
    struct ht_retain_policy policy = policy_of("10d");
    uint64_t old = bench_person(bench, "anna", NULL, NULL, 1);
    uint64_t young = bench_add(bench, "{\"lead_id\":\"anna\"}", NOW);
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    assert_ok(trail_counter_set(store, txn, SEAL_KEYS_COUNTER, UINT32_MAX, &scratch_error));
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
    assert_int_equal(ht_retain(store, &policy, NOW, false, NULL, NULL, &erased, NULL), HT_FULL);
    assert_true(erased.events == 0 && erased.number == 0);
    expect_there(bench, old);
    expect_there(bench, young);
}

/* One who sends something once the first batch is gone, and reads it while the run goes on. */
struct waiting {
    struct bench *bench;
    unsigned batches; /* gathered so far */
    uint64_t seq;     /* of what was sent */
    bool readable;
};

static bool send_and_wait(void *context, uint64_t done, uint64_t total)
{
    struct waiting *waiting = context;
    struct bench *bench = waiting->bench;
    struct ht_row row;
    (void)done;
    if (total != 2500) return true; /* of a rebuild, which sees what was sent as well */
    waiting->batches++;
    if (waiting->batches == 2) {
        waiting->seq = bench_add(bench, "{\"lead_id\":\"l-9\"}", NOW);
        bench_catch_up(bench);
        assert_ok(ht_reader_begin(bench->reader, &scratch_error));
        waiting->readable = ht_index_row(bench->reader, waiting->seq, &row, NULL) == HT_OK;
        ht_reader_end(bench->reader);
    }
    return true;
}

static void test_what_comes_meanwhile_can_be_read(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    struct waiting waiting = {.bench = bench};
    struct ht_retain_policy policy = policy_of("10d");
    add_two_leads(bench, 2500);
    bench_catch_up(bench);
    assert_ok(ht_retain(bench->scratch.store, &policy, NOW, false, send_and_wait, &waiting, &erased, &scratch_error));
    assert_true(waiting.readable);
    assert_int_equal(erased.events, 2500);
    expect_there(bench, waiting.seq);
    expect_sound(bench);
}

struct writing {
    struct bench *bench;
    atomic_bool stop;
    unsigned written;
};

static void *write_on(void *context)
{
    struct writing *writing = context;
    while (!atomic_load(&writing->stop) && writing->written < 400) {
        char lead[16];
        snprintf(lead, sizeof lead, "l-%u", writing->written % 7);
        bench_person(writing->bench, lead, NULL, NULL, 10000 + ++writing->written);
    }
    return NULL;
}

/* Events that come in meanwhile, under keys that are being destroyed, stay readable. */
static void test_beside_ingest(void **state)
{
    struct bench *bench = *state;
    struct writing writing = {.bench = bench};
    pthread_t thread;
    struct bench_list list = {0};
    for (unsigned n = 1; n <= 1500; n++) {
        char lead[16], payload[512];
        snprintf(lead, sizeof lead, "l-%u", n % 7);
        bench_queue(bench, &list, payload_of(payload, lead, NULL, NULL, n), SCRATCH_NOW + n * HT_SECOND);
    }
    bench_flush(bench, &list);
    struct ht_retain_policy policy;
    struct ht_erased erased;
    assert_ok(ht_retain_parse(HT_SLICE("1s"), &policy, &scratch_error));
    assert_int_equal(pthread_create(&thread, NULL, write_on, &writing), 0);
    assert_ok(ht_retain(bench->scratch.store, &policy, SCRATCH_NOW + 9000 * HT_SECOND, false, NULL, NULL, &erased,
                        &scratch_error));
    atomic_store(&writing.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(erased.events, 1500);
    for (unsigned n = 1; n <= 1500 + writing.written; n++)
        if (bench_read(bench, n, NULL) != (n <= 1500 ? HT_ERASED : HT_OK)) fail_msg("event %u", n);
    expect_sound(bench);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_what_is_no_policy),
        TEST(test_the_most_specific_rule_decides),
        TEST(test_an_age_is_exceeded_before_it_counts),
        TEST(test_by_batches),
        TEST(test_what_is_held_stays),
        TEST(test_rejected_deliveries_go_by_the_rule_for_everything),
        TEST(test_it_can_be_stopped_and_goes_on),
        TEST(test_others_erase_in_between),
        TEST(test_what_is_held_meanwhile_stays),
        TEST(test_what_fails_has_erased_nothing),
        TEST(test_what_comes_meanwhile_can_be_read),
        TEST(test_beside_ingest),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
