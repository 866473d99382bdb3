/* Erasure: what goes, what stays, what a death in the midst of it leaves. */
#include "erase_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "../../store/erase_apply.h"
#include "../../store/erase_select.h"
#include "../../store/erasures_log.h"
#include "../../store/keyring_file.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/held.h"
#include "random.h"

/* ---- what goes ---- */

static void test_a_lead_goes_with_all_of_its_conversations(void **state)
{
    struct bench *bench = *state;
    uint64_t a1 = bench_person(bench, "anna", "c1", "v1", 1);
    uint64_t a2 = bench_person(bench, NULL, "c1", NULL, 2);
    uint64_t a3 = bench_person(bench, NULL, NULL, "v1", 3);
    uint64_t a4 = bench_person(bench, "anna", NULL, NULL, 4);
    uint64_t b1 = bench_person(bench, "bert", "c2", "v2", 5);
    uint64_t b2 = bench_person(bench, NULL, NULL, "v2", 6);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    const uint64_t gone[] = {a1, a2, a3, a4}, there[] = {b1, b2};
    for (size_t i = 0; i < 4; i++)
        expect_erased(bench, gone[i]);
    for (size_t i = 0; i < 2; i++)
        expect_there(bench, there[i]);
    assert_int_equal(erased.number, 1);
    assert_int_equal(erased.events, 4);
    assert_int_equal(erased.conversations, 1);
    assert_int_equal(erased.leads, 1);
    assert_int_equal(find_entity(bench, HT_KIND_LEAD, "anna"), HT_NOT_FOUND);
    assert_int_equal(find_entity(bench, HT_KIND_CONVERSATION, "c1"), HT_NOT_FOUND);
    assert_int_equal(find_entity(bench, HT_KIND_VISITOR, "v1"), HT_NOT_FOUND);
    assert_int_equal(find_entity(bench, HT_KIND_LEAD, "bert"), HT_OK);
    assert_int_equal(erasure_of(bench, HT_KIND_LEAD, "anna"), 1);
    assert_int_equal(erasure_of(bench, HT_KIND_CONVERSATION, "c1"), 1);
    assert_int_equal(erasure_of(bench, HT_KIND_LEAD, "bert"), 0);
    expect_sound(bench);
}

static void test_keys_are_destroyed_and_those_who_share_them_get_others(void **state)
{
    struct bench *bench = *state;
    uint64_t a1 = bench_person(bench, "anna", "shared", NULL, 1);
    uint64_t b1 = bench_person(bench, "bert", "shared", NULL, 2); /* bert's key is in anna's conversation */
    uint64_t b2 = bench_person(bench, "bert", "other", NULL, 3);
    uint64_t b3 = bench_person(bench, "bert", NULL, NULL, 4);
    uint32_t anna = bench_header(bench, a1).key, bert = bench_header(bench, b1).key;
    assert_int_equal(bench_header(bench, b2).key, bert);
    assert_int_not_equal(anna, bert);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    expect_erased(bench, a1);
    expect_erased(bench, b1);
    expect_there(bench, b2);
    expect_there(bench, b3);
    assert_int_equal(erased.keys, 2);
    assert_int_equal(erased.resealed, 2);
    assert_int_equal(key_state(bench, anna), HT_ERASED);
    assert_int_equal(key_state(bench, bert), HT_ERASED);
    uint32_t anew = bench_header(bench, b2).key;
    assert_int_not_equal(anew, bert);
    assert_int_equal(bench_header(bench, b3).key, anew);
    /* The next of bert's, by this appender and by another, goes on under the new key. */
    assert_int_equal(bench_header(bench, bench_person(bench, "bert", NULL, NULL, 5)).key, anew);
    bench_reopen(bench);
    assert_int_equal(bench_header(bench, bench_person(bench, "bert", NULL, NULL, 6)).key, anew);
    expect_sound(bench);
}

static void zero_key(struct bench *bench, uint32_t key)
{
    char path[128];
    static const uint8_t nothing[KEYRING_SLOT];
    bench_close(bench);
    snprintf(path, sizeof path, "%s/%s", bench->scratch.dir, KEYRING_NAME);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, nothing, sizeof nothing, keyring_offset(key)), sizeof nothing);
    close(fd);
    bench_reopen(bench);
}

static void test_survivors_whose_key_is_lost_stop_nothing(void **state)
{
    struct bench *bench = *state;
    uint64_t a1 = bench_person(bench, "anna", "shared", NULL, 1);
    uint64_t b1 = bench_person(bench, "bert", "shared", NULL, 2);
    uint64_t b2 = bench_person(bench, "bert", "other", NULL, 3), c1 = bench_person(bench, "carl", NULL, NULL, 4);
    bench_catch_up(bench);
    zero_key(bench, bench_header(bench, b2).key);
    assert_int_equal(bench_erase(bench, HT_SUBJECT_LEAD, "anna").events, 2);
    assert_int_not_equal(bench_header(bench, a1).erasure, 0);
    assert_int_not_equal(bench_header(bench, b1).erasure, 0);
    assert_int_equal(bench_header(bench, b2).erasure, 0);
    expect_there(bench, c1);
}

static void test_a_conversation_that_goes_on_is_named_by_its_tombstones(void **state)
{
    struct bench *bench = *state;
    char seq[32];
    uint64_t first = bench_person(bench, NULL, "c1", NULL, 1), second = bench_person(bench, NULL, "c1", NULL, 2);
    static const uint8_t none[HT_REF_SIZE];
    snprintf(seq, sizeof seq, "%llu", (unsigned long long)first);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_SEQ, seq);
    assert_int_equal(erased.events, 1);
    assert_int_equal(erased.conversations, 0);
    assert_memory_not_equal(bench_header(bench, first).conversation, none, sizeof none);
    expect_there(bench, second);
    assert_int_equal(erasure_of(bench, HT_KIND_CONVERSATION, "c1"), 0);
    expect_sound(bench);
    /* When the rest goes, so does the reference to it. */
    erased = bench_erase(bench, HT_SUBJECT_CONVERSATION, "c1");
    assert_int_equal(erased.events, 1);
    assert_int_equal(erased.conversations, 1);
    assert_memory_equal(bench_header(bench, first).conversation, none, sizeof none);
    assert_memory_equal(bench_header(bench, second).conversation, none, sizeof none);
    assert_int_equal(bench_header(bench, first).erasure, 1);
    assert_int_equal(bench_header(bench, second).erasure, 2);
    assert_int_equal(erasure_of(bench, HT_KIND_CONVERSATION, "c1"), 2);
    expect_sound(bench);
}

static void test_leaves_stay(void **state)
{
    struct bench *bench = *state;
    uint64_t seq = bench_person(bench, "anna", "c1", NULL, 1);
    struct ht_record_header before = bench_header(bench, seq);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    struct ht_record_header after = bench_header(bench, seq);
    assert_memory_equal(before.commitment, after.commitment, sizeof before.commitment);
    assert_int_equal(before.received_at, after.received_at);
    assert_int_equal(before.size, after.size);
    assert_int_equal(after.key, 0);
}

static void test_by_address_in_any_case(void **state)
{
    struct bench *bench = *state;
    uint64_t anna = bench_person(bench, "anna", NULL, NULL, 1), bert = bench_person(bench, "bert", NULL, NULL, 2);
    bench_erase(bench, HT_SUBJECT_EMAIL, " ANNA@Example.COM ");
    expect_erased(bench, anna);
    expect_there(bench, bert);
}

/* A contact without an id is nobody's lead, and all the same a person's, with the conversation that it came from. */
static void test_by_address_where_no_lead_has_an_id(void **state)
{
    struct bench *bench = *state;
    uint64_t lead = bench_person(bench, "carol", "c1", NULL, 1);
    uint64_t stray = bench_add(bench,
                               "{\"event\":\"new-contact\",\"conversation\":{\"id\":\"c2\"},\"visitor_id\":\"v2\","
                               "\"lead\":{\"email\":\"Carol@example.com\",\"phone\":\"+1\"}}",
                               SCRATCH_NOW + 2 * HT_SECOND);
    uint64_t alone = bench_add(bench, "{\"event\":\"new-contact\",\"contact\":{\"email\":\"carol@example.com\"}}",
                               SCRATCH_NOW + 3 * HT_SECOND);
    uint64_t said = bench_person(bench, NULL, "c2", NULL, 4);
    uint64_t seen = bench_person(bench, NULL, NULL, "v2", 5);
    uint64_t other = bench_person(bench, NULL, "c3", "v3", 6);
    bench_reject(bench, "carol@example.com, and no JSON", SCRATCH_NOW);
    bench_catch_up(bench);
    struct ht_held held;
    const struct ht_subject_ref carol = {HT_SUBJECT_EMAIL, HT_SLICE("carol@example.com")};
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_held_find(bench->reader, &carol, true, &held, &scratch_error));
    ht_reader_end(bench->reader);
    assert_int_equal(ht_numbers_count(&held.events), 5);
    ht_held_release(&held);
    expect_sound(bench);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_EMAIL, "carol@example.com");
    assert_int_equal(erased.events, 5);
    assert_int_equal(erased.leads, 1);
    assert_int_equal(erased.rejected, 1);
    const uint64_t gone[] = {lead, stray, alone, said, seen};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        expect_erased(bench, gone[i]);
    expect_there(bench, other);
    expect_sound(bench);
}

static void test_several_subjects_at_once(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    struct ht_error err;
    struct ht_subject_ref subjects[] = {{HT_SUBJECT_LEAD, HT_SLICE("anna")}, {HT_SUBJECT_CONVERSATION, HT_SLICE("c9")}};
    uint64_t anna = bench_person(bench, "anna", NULL, NULL, 1), other = bench_person(bench, NULL, "c9", NULL, 2);
    struct ht_subject_ref unknown[] = {subjects[0], {HT_SUBJECT_LEAD, HT_SLICE("nobody")}};
    assert_int_equal(ht_erase(bench->scratch.store, unknown, 2, "", SCRATCH_NOW, false, NULL, NULL, &erased, &err),
                     HT_NOT_FOUND);
    expect_there(bench, anna);
    assert_ok(ht_erase(bench->scratch.store, subjects, 2, "", SCRATCH_NOW, false, NULL, NULL, &erased, &scratch_error));
    assert_int_equal(erased.events, 2);
    expect_erased(bench, anna);
    expect_erased(bench, other);
}

static void test_repeated_deliveries_keep_no_headers(void **state)
{
    struct bench *bench = *state;
    struct ht_repeat repeat;
    uint64_t anna = bench_person(bench, "anna", NULL, NULL, 1), bert = bench_person(bench, "bert", NULL, NULL, 2);
    assert_int_equal(bench_person(bench, "anna", NULL, NULL, 1), anna);
    assert_int_equal(bench_person(bench, "bert", NULL, NULL, 2), bert);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_trail_repeat(bench->reader, 1, bench->unpacker, &repeat, &scratch_error));
    assert_int_equal(repeat.seq, anna);
    assert_int_equal(repeat.delivery.header_count, 0);
    assert_null(repeat.delivery.sender.data);
    assert_int_equal(repeat.delivery.received_at, SCRATCH_NOW + HT_SECOND);
    assert_ok(ht_trail_repeat(bench->reader, 2, bench->unpacker, &repeat, &scratch_error));
    assert_int_equal(repeat.delivery.header_count, 1);
    ht_reader_end(bench->reader);
    expect_sound(bench);
}

/* Those of events that stay under another key are sealed anew with them, whether the index has them yet or not. */
static void test_repeated_deliveries_of_others_stay_readable(void **state)
{
    struct bench *bench = *state;
    struct ht_repeat repeat;
    bench_person(bench, "anna", "shared", NULL, 1);
    bench_person(bench, "bert", "shared", NULL, 2);
    uint64_t bert = bench_person(bench, "bert", NULL, NULL, 3);
    for (unsigned n = 1; n <= 3; n++)
        bench_person(bench, n == 1 ? "anna" : "bert", n < 3 ? "shared" : NULL, NULL, n);
    uint32_t key = bench_header(bench, bert).key;
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_int_equal(erased.resealed, 1);
    assert_int_not_equal(bench_header(bench, bert).key, key);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    for (uint64_t number = 1; number <= 3; number++) {
        assert_ok(ht_trail_repeat(bench->reader, number, bench->unpacker, &repeat, &scratch_error));
        assert_int_equal(repeat.seq, number);
        assert_int_equal(repeat.delivery.header_count, number == 3 ? 1 : 0);
    }
    ht_reader_end(bench->reader);
    expect_sound(bench);
}

/* What was erased a moment ago, and comes once more, is an event of its own. */
static void test_what_comes_again_is_new(void **state)
{
    struct bench *bench = *state;
    uint64_t anna = bench_person(bench, "anna", NULL, NULL, 1);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    uint64_t again = bench_person(bench, "anna", NULL, NULL, 1);
    assert_int_not_equal(again, anna);
    assert_int_equal(bench_person(bench, "anna", NULL, NULL, 1), again);
    expect_there(bench, again);
    expect_sound(bench);
    assert_int_equal(bench_erase(bench, HT_SUBJECT_LEAD, "anna").events, 1);
    assert_int_equal(erasure_of(bench, HT_KIND_LEAD, "anna"), 2);
}

/* ---- rejected deliveries ---- */

static void expect_rejected(struct bench *bench, uint64_t number, bool there)
{
    struct ht_rejected rejected;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    enum ht_status status = ht_rejected_get(bench->reader, number, &rejected, NULL);
    ht_reader_end(bench->reader);
    if (status != (there ? HT_OK : HT_NOT_FOUND))
        fail_msg("rejected %llu: %s", (unsigned long long)number, ht_status_title(status));
}

static void test_rejected_deliveries_that_name_the_person_go(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *body;
        bool goes;
    } cases[] = {
        {"{\"lead\":\"anna\"", true},
        {"mail to ANNA@example.com, please", true},
        {"{\"x\":\"\\u0061nn\\u0061@example.com\"", true},
        {"{\"x\":\"before\\nanna@example.com\"", true},
        {"{\"conversation\":\"c1\"", true},
        {"hannah", false},
        {"annas", false},
        {"{\"conversation\":\"c11\"", false},
        {"bert@example.com", false},
        {"", false},
    };
    enum { COUNT = sizeof cases / sizeof *cases };
    uint64_t numbers[COUNT], key = 0;
    bool usable = true;
    bench_person(bench, "anna", "c1", NULL, 1);
    uint64_t bert = bench_person(bench, "bert", NULL, NULL, 2);
    for (size_t i = 0; i < COUNT; i++)
        numbers[i] = bench_reject(bench, cases[i].body, SCRATCH_NOW);
    assert_ok(trail_counter_now(bench->scratch.store, "rejected.key", &key, &scratch_error));
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_int_equal(erased.rejected, 5);
    /* The key that all of them shared: whoever kept the old pages has nothing of them. */
    assert_ok(keyring_usable(bench->scratch.store->keyring, (uint32_t)key, &usable, &scratch_error));
    assert_true(key != 0 && !usable);
    for (size_t i = 0; i < COUNT; i++)
        expect_rejected(bench, numbers[i], !cases[i].goes);
    expect_there(bench, bert);
    expect_sound(bench);
}

static void test_somebody_known_by_a_rejected_delivery_alone(void **state)
{
    struct bench *bench = *state;
    uint64_t number = bench_reject(bench, "{\"email\":\"carla@example.com\"", SCRATCH_NOW);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_EMAIL, "carla@example.com");
    assert_int_equal(erased.events, 0);
    assert_int_equal(erased.rejected, 1);
    expect_rejected(bench, number, false);
    expect_sound(bench);
}

/* ---- what it refuses, and what it tells ---- */

static void test_a_dry_run_changes_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_erased said, done;
    uint64_t seq = bench_person(bench, "anna", "c1", NULL, 1);
    bench_person(bench, "bert", "c1", NULL, 2);
    bench_person(bench, "bert", NULL, NULL, 3);
    bench_reject(bench, "anna", SCRATCH_NOW);
    assert_ok(bench_erase_as(bench, HT_SUBJECT_LEAD, "anna", true, &said, &scratch_error));
    expect_there(bench, seq);
    expect_rejected(bench, 1, true);
    assert_int_equal(said.number, 0);
    done = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    said.number = done.number;
    assert_memory_equal(&said, &done, sizeof said);
}

static void test_unknown_and_erased_before(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    struct ht_error err;
    uint64_t seq = bench_person(bench, "anna", "c1", NULL, 1);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_LEAD, "nobody", false, &erased, &err), HT_NOT_FOUND);
    assert_null(strstr(err.detail, "nobody"));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_EMAIL, "nobody@example.com", false, &erased, &err), HT_NOT_FOUND);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_CONVERSATION, "c2", false, &erased, &err), HT_NOT_FOUND);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_SEQ, "77", false, &erased, &err), HT_NOT_FOUND);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_SEQ, "one", false, &erased, &err), HT_INVALID);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_LEAD, "anna", false, &erased, &err), HT_ERASED);
    assert_non_null(strstr(err.detail, "on request"));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_CONVERSATION, "c1", false, &erased, &err), HT_ERASED);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_SEQ, "1", false, &erased, &err), HT_ERASED);
    assert_int_equal(seq, 1);
}

static void test_a_reason_is_one_line(void **state)
{
    struct bench *bench = *state;
    struct ht_erased erased;
    struct ht_error err;
    struct ht_subject_ref subject = {HT_SUBJECT_LEAD, HT_SLICE("anna")};
    char much[HT_REASON_SIZE + 1];
    bench_person(bench, "anna", NULL, NULL, 1);
    memset(much, 'x', HT_REASON_SIZE);
    much[HT_REASON_SIZE] = '\0';
    const char *const bad[] = {much, "two\nlines", "\xff"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            ht_erase(bench->scratch.store, &subject, 1, bad[i], SCRATCH_NOW, false, NULL, NULL, &erased, &err),
            HT_INVALID);
    assert_int_equal(ht_erase(bench->scratch.store, NULL, 0, "", SCRATCH_NOW, false, NULL, NULL, &erased, &err),
                     HT_INVALID);
}

static void test_what_is_held_stays(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    struct ht_erased erased;
    struct ht_error err;
    uint64_t a1 = bench_person(bench, "anna", "c1", NULL, 1);
    bench_person(bench, "anna", "c2", NULL, 2);
    assert_ok(ht_hold_add(bench->scratch.store, HT_KIND_CONVERSATION, HT_SLICE("c1"), "case 12", SCRATCH_NOW, &hold,
                          &scratch_error));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_LEAD, "anna", false, &erased, &err), HT_BUSY);
    assert_non_null(strstr(err.detail, "hold 1"));
    assert_non_null(strstr(err.detail, "case 12"));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_LEAD, "anna", true, &erased, &err), HT_BUSY);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_SEQ, "1", false, &erased, &err), HT_BUSY);
    expect_there(bench, a1);
    assert_ok(ht_hold_remove(bench->scratch.store, hold.id, SCRATCH_NOW, &scratch_error));
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    expect_erased(bench, a1);
}

static void test_a_held_lead_covers_its_conversations(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    struct ht_erased erased;
    struct ht_error err;
    bench_person(bench, "anna", "c1", NULL, 1);
    uint64_t quiet = bench_person(bench, NULL, "c1", NULL, 2);
    char seq[32];
    snprintf(seq, sizeof seq, "%llu", (unsigned long long)quiet);
    assert_ok(
        ht_hold_add(bench->scratch.store, HT_KIND_LEAD, HT_SLICE("anna"), NULL, SCRATCH_NOW, &hold, &scratch_error));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_CONVERSATION, "c1", false, &erased, &err), HT_BUSY);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_SEQ, seq, false, &erased, &err), HT_BUSY);
}

/* All that an erasure of the lead would take: also what only a visitor ties to it, and what names it but was rejected.
 */
static void test_a_held_lead_covers_what_goes_with_it(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    struct ht_erased erased;
    struct ht_error err;
    char seq[32];
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_person(bench, NULL, "c1", "v1", 2);
    uint64_t seen = bench_person(bench, NULL, NULL, "v1", 3);
    uint64_t bert = bench_person(bench, "bert", NULL, "v1", 4), carl = bench_person(bench, "carl", NULL, NULL, 5);
    snprintf(seq, sizeof seq, "%llu", (unsigned long long)seen);
    bench_reject(bench, "{anna and carl", SCRATCH_NOW);
    bench_reject(bench, "{carl", SCRATCH_NOW);
    bench_reject(bench, "{anna@example.com and dora@example.com", SCRATCH_NOW);
    assert_ok(
        ht_hold_add(bench->scratch.store, HT_KIND_LEAD, HT_SLICE("anna"), NULL, SCRATCH_NOW, &hold, &scratch_error));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_SEQ, seq, false, &erased, &err), HT_BUSY);
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_LEAD, "bert", false, &erased, &err), HT_BUSY);
    assert_non_null(strstr(err.detail, "hold 1"));
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_EMAIL, "dora@example.com", false, &erased, &err), HT_BUSY);
    assert_int_equal(bench_erase(bench, HT_SUBJECT_LEAD, "carl").rejected, 1);
    expect_erased(bench, carl);
    expect_there(bench, seen);
    expect_there(bench, bert);
    assert_ok(ht_hold_remove(bench->scratch.store, hold.id, SCRATCH_NOW, &scratch_error));
    assert_int_equal(bench_erase(bench, HT_SUBJECT_EMAIL, "dora@example.com").rejected, 1);
    erased = bench_erase(bench, HT_SUBJECT_LEAD, "bert");
    assert_int_equal(erased.events, 2);
    expect_sound(bench);
}

static void test_the_erasure_is_told(void **state)
{
    struct bench *bench = *state;
    struct ht_erasure erasure;
    struct ht_act act;
    uint64_t last, first, end;
    for (unsigned n = 1; n <= 6; n++)
        bench_person(bench, n == 3 ? "bert" : "anna", NULL, NULL, n);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_erasure_last(bench->reader, &last, &scratch_error));
    assert_int_equal(last, 1);
    assert_ok(ht_erasure_get(bench->reader, 1, &erasure, &scratch_error));
    assert_int_equal(erasure.events, 5);
    assert_int_equal(erasure.at, SCRATCH_NOW + HT_DAY);
    assert_false(erasure.retention);
    assert_string_equal(erasure.reason, "on request");
    assert_ok(ht_erasure_range(bench->reader, 1, 0, &first, &end, &scratch_error));
    assert_true(first == 1 && end == 2);
    assert_ok(ht_erasure_range(bench->reader, 1, end, &first, &end, &scratch_error));
    assert_true(first == 4 && end == 6);
    assert_int_equal(ht_erasure_range(bench->reader, 1, end, &first, &end, NULL), HT_NOT_FOUND);
    assert_ok(ht_act_last(bench->reader, &last, &scratch_error));
    assert_ok(ht_act_get(bench->reader, last, &act, &scratch_error));
    assert_int_equal(act.kind, HT_ACT_ERASE);
    assert_true(ht_slice_is(act.object, "erasure 1"));
    assert_null(memmem(act.detail.data, act.detail.size, "anna", 4));
    ht_reader_end(bench->reader);
}

/* ---- while others append ---- */

static atomic_bool commit_rests;
static sem_t commit_has_the_lock;

/* In the place of libc's in the whole program: LMDB syncs while it holds the write lock. */
int fdatasync(int fd)
{
    if (atomic_exchange(&commit_rests, false)) {
        const struct timespec rest = {.tv_nsec = 300000000};
        sem_post(&commit_has_the_lock);
        nanosleep(&rest, NULL);
    }
    return (int)syscall(SYS_fdatasync, fd);
}

struct commit {
    struct ht_appender *appender;
    struct ht_append *append;
    enum ht_status status;
};

static void *run_commit(void *context)
{
    struct commit *commit = context;
    struct ht_position end;
    commit->status = ht_appender_commit(commit->appender, commit->append, &end, NULL);
    return NULL;
}

/* An event for whose commit the erasure has to wait: its first look at the index can't know of it. */
static void test_what_comes_just_before_goes_too(void **state)
{
    struct bench *bench = *state;
    char payload[512];
    pthread_t thread;
    bench_person(bench, "anna", "c1", "v1", 1);
    bench_catch_up(bench);
    struct commit commit = {.appender = bench->appender, .status = HT_IO};
    commit.append = bench_pack(bench, payload_of(payload, "anna", "c2", NULL, 2), SCRATCH_NOW);
    assert_int_equal(sem_init(&commit_has_the_lock, 0, 0), 0);
    atomic_store(&commit_rests, true);
    assert_int_equal(pthread_create(&thread, NULL, run_commit, &commit), 0);
    sem_wait(&commit_has_the_lock);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    pthread_join(thread, NULL);
    assert_int_equal(commit.status, HT_OK);
    assert_int_equal(erased.events, 2);
    expect_erased(bench, 1);
    expect_erased(bench, 2);
    sem_destroy(&commit_has_the_lock);
    ht_append_release(commit.append);
    free(commit.append);
}

/* ---- deaths ---- */

enum death { IN_TRANSACTION, BEFORE_KEYS, BEFORE_LOG, IN_LOG, BEFORE_NOTE, BEFORE_INDEX, DEATHS };

static void append_to_log(struct ht_store *store, struct ht_slice marks, struct ht_error *err)
{
    struct erasures_log log;
    MDB_txn *txn;
    uint8_t bytes[8];
    ht_put_be64(bytes, 1);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    assert_ok(erasures_log_open(store, true, &log, &scratch_error));
    assert_int_equal(mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_get(txn, store->trail.erasures, &key, &value), 0);
    assert_ok(erasures_log_append(&log, val_slice(value), marks, &scratch_error));
    mdb_txn_abort(txn);
    erasures_log_close(&log);
    (void)err;
}

static void cut_log(struct bench *bench)
{
    char path[128];
    struct stat stat_of;
    snprintf(path, sizeof path, "%s/erasures.log", bench->scratch.dir);
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(truncate(path, stat_of.st_size - 5), 0);
}

/* The steps one by one, up to where the process dies. */
static void erase_and_die(struct bench *bench, enum death death)
{
    struct ht_store *store = bench->scratch.store;
    struct ht_subject_ref subject = {HT_SUBJECT_LEAD, HT_SLICE("anna")};
    struct erase_about about = {.at = SCRATCH_NOW, .reason = "on request"};
    struct erase_selection selection = {0};
    struct erase_plan plan = {0};
    struct ht_buffer marks = {0};
    MDB_txn *txn;
    uint64_t number;
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(erase_select(bench->reader, &subject, 1, &selection, &plan.wanted, &scratch_error));
    assert_ok(erase_plan_make(&plan, bench->reader, NULL, &scratch_error));
    for (size_t i = 0; i < erase_plan_events(&plan); i++) {
        struct ht_record_header header;
        assert_ok(ht_trail_header(bench->reader, erase_plan_event(&plan, i)->seq, &header, &scratch_error));
        ht_buffer_add_bytes(&marks, header.commitment, ERASURES_LOG_MARK);
    }
    ht_reader_end(bench->reader);
    assert_ok(erase_apply(store, txn, &plan, &about, NULL, &number, &scratch_error));
    if (death == IN_TRANSACTION) _exit(0);
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
    if (death == BEFORE_KEYS) _exit(0);
    if (death != BEFORE_INDEX) {
        for (size_t i = 0; i < erase_set_count(&plan.keys); i++) {
            uint32_t key = (uint32_t)erase_set_at(&plan.keys, i);
            assert_ok(keyring_destroy(store->keyring, &key, 1, &scratch_error));
        }
        if (death == BEFORE_LOG) _exit(0);
        append_to_log(store, ht_buffer_slice(&marks), NULL);
        if (death == IN_LOG) cut_log(bench);
        _exit(0);
    }
    assert_ok(erase_finish(store, &scratch_error));
    _exit(0);
}

static void expect_log(struct bench *bench, uint64_t last)
{
    struct erasures_log log;
    struct erasures_frame frame;
    struct ht_buffer buffer = {0};
    uint64_t offset = 0;
    assert_ok(erasures_log_open(bench->scratch.store, false, &log, &scratch_error));
    assert_int_equal(log.last, last);
    for (uint64_t number = 1; number <= last; number++) {
        assert_ok(erasures_log_next(&log, &offset, &buffer, &frame, &scratch_error));
        assert_int_equal(frame.number, number);
    }
    assert_int_equal(erasures_log_next(&log, &offset, &buffer, &frame, NULL), HT_NOT_FOUND);
    erasures_log_close(&log);
    ht_buffer_release(&buffer);
}

static void expect_done(struct bench *bench, uint64_t number)
{
    MDB_txn *txn;
    struct erasures_row row;
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    assert_int_equal(mdb_txn_begin(bench->scratch.store->trail.env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_get(txn, bench->scratch.store->trail.erasures, &key, &value), 0);
    assert_ok(erasures_decode(val_slice(value), number, &row, &scratch_error));
    assert_true((row.flags & ERASURES_DONE) != 0);
    mdb_txn_abort(txn);
}

static void die_once(struct bench *bench, enum death death)
{
    int died;
    uint64_t anna = bench_person(bench, "anna", "c1", NULL, 1), bert = bench_person(bench, "bert", "c1", NULL, 2);
    uint64_t other = bench_person(bench, "bert", NULL, NULL, 3);
    uint32_t key = bench_header(bench, anna).key, shared = bench_header(bench, bert).key;
    bench_catch_up(bench);
    bench_close(bench);
    pid_t child = fork();
    if (child == 0) {
        bench_reopen(bench);
        erase_and_die(bench, death);
    }
    assert_int_equal(waitpid(child, &died, 0), child);
    assert_true(WIFEXITED(died) && WEXITSTATUS(died) == 0);
    bench_reopen(bench);
    expect_there(bench, other);
    if (death == IN_TRANSACTION) {
        expect_there(bench, anna);
        expect_there(bench, bert);
        bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    }
    expect_erased(bench, anna);
    expect_erased(bench, bert);
    assert_int_equal(key_state(bench, key), HT_ERASED);
    assert_int_equal(key_state(bench, shared), HT_ERASED);
    expect_log(bench, 1);
    expect_done(bench, 1);
    expect_sound(bench);
    assert_int_equal(find_entity(bench, HT_KIND_LEAD, "anna"), HT_NOT_FOUND);
    assert_int_equal(find_entity(bench, HT_KIND_LEAD, "bert"), HT_OK);
}

static void test_a_death_at_each_step(void **state)
{
    (void)state;
    for (int death = IN_TRANSACTION; death < DEATHS; death++) {
        void *bench;
        bench_set_up(&bench);
        die_once(bench, (enum death)death);
        bench_tear_down(&bench);
    }
}

static void test_the_log_is_written_again_when_it_is_lost(void **state)
{
    struct bench *bench = *state;
    char path[128];
    bench_person(bench, "anna", NULL, NULL, 1);
    bench_person(bench, "bert", NULL, NULL, 2);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    bench_erase(bench, HT_SUBJECT_LEAD, "bert");
    expect_log(bench, 2);
    snprintf(path, sizeof path, "%s/erasures.log", bench->scratch.dir);
    assert_int_equal(unlink(path), 0);
    bench_reopen(bench);
    expect_log(bench, 2);
    cut_log(bench);
    bench_reopen(bench);
    expect_log(bench, 2);
}

/* Without the master key an erasure is still ended: that its keys go needs none. */
static void test_an_interrupted_erasure_is_ended_without_the_master_key(void **state)
{
    struct bench *bench = *state;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .without_master_key = true};
    struct ht_store *store;
    char path[128], aside[128];
    int died;
    uint32_t key = bench_header(bench, bench_person(bench, "anna", NULL, NULL, 1)).key;
    bench_catch_up(bench);
    bench_close(bench);
    pid_t child = fork();
    if (child == 0) {
        bench_reopen(bench);
        erase_and_die(bench, BEFORE_KEYS);
    }
    assert_int_equal(waitpid(child, &died, 0), child);
    snprintf(path, sizeof path, "%s/keys/master.key", bench->scratch.dir);
    snprintf(aside, sizeof aside, "%s/aside", bench->scratch.dir);
    assert_int_equal(rename(path, aside), 0);
    assert_ok(ht_store_open(bench->scratch.dir, &options, &store, &scratch_error));
    ht_store_close(store);
    assert_int_equal(rename(aside, path), 0);
    bench_reopen(bench);
    assert_int_equal(key_state(bench, key), HT_ERASED);
    expect_log(bench, 1);
    expect_done(bench, 1);
}

/* ---- a store that seals nothing ---- */

static int set_up_unsealed(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct ht_init_options options = {.unsealed = true};
    struct ht_error err = {0};
    assert_non_null(bench);
    snprintf(bench->scratch.dir, sizeof bench->scratch.dir, "/tmp/hooktrail-unit-XXXXXX");
    setenv("HOOKTRAIL_MAP_SIZE", "1073741824", 1);
    assert_non_null(mkdtemp(bench->scratch.dir));
    if (ht_store_init(bench->scratch.dir, &options, SCRATCH_NOW, &bench->scratch.secrets, &err) != HT_OK)
        fail_msg("init: %s", err.detail);
    scratch_open(&bench->scratch);
    bench_open(bench);
    *state = bench;
    return 0;
}

static void test_a_store_that_seals_nothing(void **state)
{
    struct bench *bench = *state;
    uint64_t anna = bench_person(bench, "anna", "c1", NULL, 1), bert = bench_person(bench, "bert", NULL, NULL, 2);
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_reject(bench, "{anna", SCRATCH_NOW);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_int_equal(erased.events, 1);
    assert_int_equal(erased.rejected, 1);
    assert_int_equal(erased.keys, 0);
    expect_erased(bench, anna);
    expect_there(bench, bert);
    expect_log(bench, 1);
    expect_sound(bench);
}

/* ---- anything, in any order ---- */

#define MODEL_EVENTS 400
#define MODEL_NAMES 5

struct model {
    char payloads[MODEL_EVENTS + 1][512];
    int leads[MODEL_EVENTS + 1]; /* -1: none */
    int conversations[MODEL_EVENTS + 1];
    int visitors[MODEL_EVENTS + 1];
    bool gone[MODEL_EVENTS + 1];
    unsigned count;
};

static void model_add(struct model *model, struct bench *bench, struct random *random)
{
    char names[3][16];
    unsigned n = ++model->count;
    int *const ids[] = {&model->leads[n], &model->conversations[n], &model->visitors[n]};
    for (size_t i = 0; i < 3; i++) {
        *ids[i] = (int)random_below(random, MODEL_NAMES + 3) - 3;
        snprintf(names[i], sizeof names[i], "%c-%d", "lcv"[i], *ids[i]);
    }
    payload_of(model->payloads[n], *ids[0] < 0 ? NULL : names[0], *ids[1] < 0 ? NULL : names[1],
               *ids[2] < 0 ? NULL : names[2], n);
    assert_int_equal(bench_add(bench, model->payloads[n], SCRATCH_NOW + n), n);
}

static void model_erase_lead(struct model *model, int lead)
{
    bool whole[MODEL_NAMES] = {false}, visitors[MODEL_NAMES] = {false};
    for (unsigned n = 1; n <= model->count; n++)
        if (!model->gone[n] && model->leads[n] == lead && model->conversations[n] >= 0)
            whole[model->conversations[n]] = true;
    for (unsigned n = 1; n <= model->count; n++) {
        bool in = model->leads[n] == lead || (model->conversations[n] >= 0 && whole[model->conversations[n]]);
        if (model->gone[n] || !in) continue;
        model->gone[n] = true;
        if (model->visitors[n] >= 0) visitors[model->visitors[n]] = true;
    }
    for (unsigned n = 1; n <= model->count; n++) {
        bool loose = model->leads[n] < 0 && model->conversations[n] < 0 && model->visitors[n] >= 0;
        if (loose && visitors[model->visitors[n]]) model->gone[n] = true;
    }
}

static void model_erase_one(struct model *model, struct bench *bench, struct random *random)
{
    char id[32];
    struct ht_erased erased;
    struct ht_error err;
    int which = (int)random_below(random, MODEL_NAMES);
    enum ht_subject kind = (enum ht_subject)random_below(random, 3);
    if (kind == HT_SUBJECT_EMAIL) {
        kind = HT_SUBJECT_SEQ;
        which = 1 + (int)random_below(random, model->count);
    }
    bool there = false;
    for (unsigned n = 1; n <= model->count; n++)
        there |= !model->gone[n] && which == (kind == HT_SUBJECT_LEAD           ? model->leads[n]
                                              : kind == HT_SUBJECT_CONVERSATION ? model->conversations[n]
                                                                                : (int)n);
    snprintf(id, sizeof id, kind == HT_SUBJECT_LEAD ? "l-%d" : kind == HT_SUBJECT_CONVERSATION ? "c-%d" : "%d", which);
    enum ht_status status = bench_erase_as(bench, kind, id, false, &erased, &err);
    if (there != (status == HT_OK)) fail_msg("%s: %s", id, status == HT_OK ? "was erased again" : err.detail);
    if (!there) return;
    if (kind == HT_SUBJECT_LEAD) model_erase_lead(model, which);
    for (unsigned n = 1; n <= model->count; n++)
        if (kind == HT_SUBJECT_SEQ ? (int)n == which
                                   : kind == HT_SUBJECT_CONVERSATION && model->conversations[n] == which)
            model->gone[n] = true;
}

static void model_check(const struct model *model, struct bench *bench)
{
    for (unsigned n = 1; n <= model->count; n++) {
        enum ht_status status = bench_read(bench, n, model->payloads[n]);
        if (status != (model->gone[n] ? HT_ERASED : HT_OK))
            fail_msg("event %u is %s: %s", n, ht_status_title(status), model->payloads[n]);
    }
}

/* Against a model that knows nothing of keys: what is not to go stays readable, whatever keys it shared. */
static void test_any_order_of_events_and_erasures(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct random random = {.state = seed};
        struct model *model = calloc(1, sizeof *model);
        void *bench;
        bench_set_up(&bench);
        while (model->count < 120) {
            for (unsigned some = 1 + random_below(&random, 30); some > 0 && model->count < 120; some--)
                model_add(model, bench, &random);
            if (random_below(&random, 3) == 0) bench_reopen(bench);
            model_erase_one(model, bench, &random);
            model_check(model, bench);
        }
        expect_sound(bench);
        bench_tear_down(&bench);
        free(model);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_lead_goes_with_all_of_its_conversations),
        TEST(test_keys_are_destroyed_and_those_who_share_them_get_others),
        TEST(test_survivors_whose_key_is_lost_stop_nothing),
        TEST(test_a_conversation_that_goes_on_is_named_by_its_tombstones),
        TEST(test_leaves_stay),
        TEST(test_by_address_in_any_case),
        TEST(test_by_address_where_no_lead_has_an_id),
        TEST(test_several_subjects_at_once),
        TEST(test_repeated_deliveries_keep_no_headers),
        TEST(test_repeated_deliveries_of_others_stay_readable),
        TEST(test_what_comes_again_is_new),
        TEST(test_rejected_deliveries_that_name_the_person_go),
        TEST(test_somebody_known_by_a_rejected_delivery_alone),
        TEST(test_a_dry_run_changes_nothing),
        TEST(test_unknown_and_erased_before),
        TEST(test_a_reason_is_one_line),
        TEST(test_what_is_held_stays),
        TEST(test_a_held_lead_covers_its_conversations),
        TEST(test_a_held_lead_covers_what_goes_with_it),
        TEST(test_the_erasure_is_told),
        TEST(test_what_comes_just_before_goes_too),
        TEST(test_the_log_is_written_again_when_it_is_lost),
        TEST(test_an_interrupted_erasure_is_ended_without_the_master_key),
        cmocka_unit_test_setup_teardown(test_a_store_that_seals_nothing, set_up_unsealed, bench_tear_down),
        cmocka_unit_test(test_a_death_at_each_step),
        cmocka_unit_test(test_any_order_of_events_and_erasures),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
