/* Legal holds: added, listed, removed, and what they cover. */
#include "erase_support.h"

#include "../../store/hold.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "random.h"

static enum ht_status hold_add(struct bench *bench, enum ht_kind kind, const char *id, const char *note,
                               struct ht_hold *hold)
{
    struct ht_error err;
    enum ht_status status = ht_hold_add(bench->scratch.store, kind, ht_slice_from(id), note, SCRATCH_NOW, hold, &err);
    if (status != HT_OK) assert_null(strstr(err.detail, id));
    return status;
}

static uint32_t count_holds(struct bench *bench)
{
    struct ht_hold hold = {0};
    uint32_t count = 0;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    while (ht_hold_next(bench->reader, hold.id + 1, &hold, NULL) == HT_OK)
        count++;
    ht_reader_end(bench->reader);
    return count;
}

static void test_add_list_remove(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold, found;
    struct ht_slice id;
    bench_person(bench, "anna", "c1", NULL, 1);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c1", "case 12", &hold), HT_OK);
    assert_int_equal(hold.id, 1);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &hold), HT_OK);
    assert_int_equal(hold.id, 2);
    bench_reopen(bench);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_hold_next(bench->reader, 0, &found, &scratch_error));
    assert_int_equal(found.id, 1);
    assert_int_equal(found.kind, HT_KIND_CONVERSATION);
    assert_int_equal(found.since, SCRATCH_NOW);
    assert_string_equal(found.note, "case 12");
    assert_ok(ht_hold_id(bench->reader, &found, &id, &scratch_error));
    assert_true(ht_slice_is(id, "c1"));
    assert_ok(ht_hold_next(bench->reader, 2, &found, &scratch_error));
    assert_string_equal(found.note, "");
    assert_ok(ht_hold_id(bench->reader, &found, &id, &scratch_error));
    assert_true(ht_slice_is(id, "anna"));
    assert_int_equal(ht_hold_next(bench->reader, 3, &found, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    assert_ok(ht_hold_remove(bench->scratch.store, 2, SCRATCH_NOW, &scratch_error));
    assert_int_equal(ht_hold_remove(bench->scratch.store, 2, SCRATCH_NOW, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_hold_remove(bench->scratch.store, 7, SCRATCH_NOW, NULL), HT_NOT_FOUND);
    assert_int_equal(count_holds(bench), 1);
    /* A number is never given to another one. */
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &hold), HT_OK);
    assert_int_equal(hold.id, 3);
}

static void test_what_can_not_be_held(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_person(bench, "bert", "c2", NULL, 2);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "c1", NULL, &hold), HT_NOT_FOUND);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c3", NULL, &hold), HT_NOT_FOUND);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c1", "two\nlines", &hold), HT_INVALID);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c1", NULL, &hold), HT_OK);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c1", "again", &hold), HT_EXISTS);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c2", NULL, &hold), HT_OK);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c2", "again", &hold), HT_EXISTS);
    assert_ok(ht_hold_remove(bench->scratch.store, 2, SCRATCH_NOW, &scratch_error));
    assert_ok(ht_hold_remove(bench->scratch.store, 1, SCRATCH_NOW, &scratch_error));
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c1", NULL, &hold), HT_ERASED);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &hold), HT_ERASED);
    assert_int_equal(count_holds(bench), 0);
}

static uint32_t number_of(struct bench *bench, enum ht_kind kind, const char *id)
{
    uint32_t number;
    assert_ok(ht_index_number(bench->reader, kind, ht_slice_from(id), &number, &scratch_error));
    return number;
}

static void test_what_is_covered(void **state)
{
    struct bench *bench = *state;
    struct hold_cover cover = {0};
    struct ht_hold lead, conversation;
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_person(bench, "anna", "c2", NULL, 2);
    bench_person(bench, "bert", "c3", NULL, 3);
    bench_person(bench, NULL, "c4", NULL, 4);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &lead), HT_OK);
    assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, "c4", NULL, &conversation), HT_OK);
    /* A conversation that comes to a held lead later is covered too. */
    bench_person(bench, "anna", "c5", NULL, 5);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(hold_cover_gather(&cover, bench->reader, &scratch_error));
    const struct {
        const char *id;
        uint32_t hold;
    } cases[] = {{"c1", lead.id}, {"c2", lead.id}, {"c3", 0}, {"c4", conversation.id}, {"c5", lead.id}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hold_cover_find(&cover, number_of(bench, HT_KIND_CONVERSATION, cases[i].id), 0, 0),
                         cases[i].hold);
    assert_int_equal(hold_cover_find(&cover, 0, number_of(bench, HT_KIND_LEAD, "anna"), 0), lead.id);
    assert_int_equal(hold_cover_find(&cover, 0, number_of(bench, HT_KIND_LEAD, "bert"), 0), 0);
    assert_int_equal(hold_cover_find(&cover, 0, 0, 0), 0);
    ht_reader_end(bench->reader);
    hold_cover_release(&cover);
}

/* An event of a few leads, conversations and visitors, mostly with an opening message, which ties conversations to what
   came without them. */
static void add_random(struct bench *bench, struct random *random, unsigned n, unsigned round)
{
    char payload[512];
    uint32_t lead = random_below(random, 12), conversation = random_below(random, 12);
    uint32_t visitor = random_below(random, 40), opening = random_below(random, 16);
    int size = snprintf(payload, sizeof payload, "{\"event\":\"new-session\",\"agent_id\":\"a\",\"n\":%u", n);
#define ADD(...) size += snprintf(payload + size, sizeof payload - (size_t)size, __VA_ARGS__)
    if (lead < 4) ADD(",\"lead\":{\"id\":\"l%u-%u\"}", lead, round);
    if (conversation < 6) ADD(",\"conversation_id\":\"c%u-%u\"", conversation, round);
    if (visitor < 30) ADD(",\"visitor_id\":\"v%u-%u\"", visitor, round);
    if (opening < 12)
        ADD(",\"messages\":[{\"role\":\"user\",\"content\":\"hello %u-%u\",\"created_at\":\"2024-01-01T00:00:%02uZ\"}]",
            opening, round, opening);
    ADD("}");
#undef ADD
    bench_add(bench, payload, SCRATCH_NOW + n);
}

static bool expect_same_cover(struct bench *bench, struct hold_cover *kept)
{
    struct hold_cover fresh = {0};
    size_t size = kept->held.size;
    bench_catch_up(bench);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(hold_cover_gather(kept, bench->reader, &scratch_error));
    assert_ok(hold_cover_gather(&fresh, bench->reader, &scratch_error));
    assert_int_equal(kept->seq, fresh.seq);
    assert_int_equal(kept->held.size, fresh.held.size);
    if (fresh.held.size > 0) assert_memory_equal(kept->held.data, fresh.held.data, fresh.held.size);
    ht_reader_end(bench->reader);
    hold_cover_release(&fresh);
    return kept->held.size != size;
}

/* A cover that looks only at what has come is the same as one that is gathered then. */
static void test_a_cover_that_is_kept_is_as_good_as_a_new_one(void **state)
{
    struct bench *bench = *state;
    struct random random = {7};
    struct hold_cover kept = {0};
    struct ht_hold holds[2];
    unsigned n = 0, grew = 0;
    for (unsigned round = 0; round < 24; round++) {
        char lead[16], conversation[16], payload[512];
        snprintf(lead, sizeof lead, "l0-%u", round);
        snprintf(conversation, sizeof conversation, "c0-%u", round);
        bench_add(bench, payload_of(payload, lead, NULL, NULL, 100000 + round), SCRATCH_NOW);
        bench_add(bench, payload_of(payload, NULL, conversation, NULL, 200000 + round), SCRATCH_NOW);
        expect_same_cover(bench, &kept);
        assert_int_equal(hold_add(bench, HT_KIND_LEAD, lead, NULL, &holds[0]), HT_OK);
        assert_int_equal(hold_add(bench, HT_KIND_CONVERSATION, conversation, NULL, &holds[1]), HT_OK);
        for (unsigned step = 0; step < 20; step++) {
            for (uint32_t more = random_below(&random, 4); more > 0; more--)
                add_random(bench, &random, ++n, round);
            grew += expect_same_cover(bench, &kept);
        }
        assert_ok(ht_hold_remove(bench->scratch.store, holds[round % 2].id, SCRATCH_NOW, &scratch_error));
        if (round % 4 == 3) assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    }
    assert_true(grew > 50);
    hold_cover_release(&kept);
}

/* The opening message ties an older event, and its visitor with it, to a conversation that is covered already. */
static void test_a_cover_takes_what_a_conversation_claims(void **state)
{
    struct bench *bench = *state;
    struct hold_cover kept = {0};
    struct ht_hold hold;
#define OPENING ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\",\"created_at\":\"2024-01-01T00:00:00Z\"}]}"
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_catch_up(bench);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &hold), HT_OK);
    expect_same_cover(bench, &kept);
    bench_add(bench, "{\"agent_id\":\"a\",\"visitor_id\":\"v1\"" OPENING, SCRATCH_NOW);
    assert_false(expect_same_cover(bench, &kept));
    bench_add(bench, "{\"agent_id\":\"a\",\"conversation_id\":\"c1\"" OPENING, SCRATCH_NOW);
    assert_true(expect_same_cover(bench, &kept));
#undef OPENING
    hold_cover_release(&kept);
}

/* Another index may have other numbers for the same. */
static void test_a_cover_is_of_one_index(void **state)
{
    struct bench *bench = *state;
    struct hold_cover kept = {0};
    struct ht_hold hold;
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_person(bench, "bert", "c2", NULL, 2);
    bench_catch_up(bench);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "bert", NULL, &hold), HT_OK);
    expect_same_cover(bench, &kept);
    bench_erase(bench, HT_SUBJECT_LEAD, "anna");
    expect_same_cover(bench, &kept);
    hold_cover_release(&kept);
}

/* A reader's snapshot of the index is older than the one of the trail: it may see a hold, and not yet what is held. */
static void test_a_cover_that_lacked_something_looks_again(void **state)
{
    struct bench *bench = *state;
    struct hold_cover kept = {0};
    struct ht_hold hold;
    bench_person(bench, "anna", "c1", NULL, 1);
    bench_catch_up(bench);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    bench_person(bench, "bert", "c2", NULL, 2);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "bert", NULL, &hold), HT_OK);
    mdb_txn_reset(bench->reader->trail_txn);
    assert_int_equal(mdb_txn_renew(bench->reader->trail_txn), 0);
    assert_ok(hold_cover_gather(&kept, bench->reader, &scratch_error));
    assert_int_equal(kept.held.size, 0);
    ht_reader_end(bench->reader);
    assert_true(expect_same_cover(bench, &kept));
    hold_cover_release(&kept);
}

static void expect_named(struct bench *bench, struct hold_needles *held, const char *text, bool wanted)
{
    bool found;
    bench_catch_up(bench);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(hold_needles_gather(held, bench->reader, &scratch_error));
    ht_reader_end(bench->reader);
    assert_ok(needles_find(&held->needles, ht_slice_from(text), &found, &scratch_error));
    assert_int_equal(found, wanted);
}

/* Payloads are read once for each hold. */
static void test_what_names_the_held_is_gathered_once(void **state)
{
    struct bench *bench = *state;
    struct hold_needles held = {0};
    struct ht_hold hold;
    hold_needles_init(&held);
    bench_person(bench, "anna", NULL, NULL, 1);
    bench_person(bench, "bert", NULL, NULL, 2);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &hold), HT_OK);
    expect_named(bench, &held, "{anna@example.com", true);
    bench_add(bench, "{\"lead\":{\"id\":\"anna\",\"email\":\"new@example.com\"}}", SCRATCH_NOW);
    expect_named(bench, &held, "{new@example.com", false);
    expect_named(bench, &held, "{bert@example.com", false);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "bert", NULL, &hold), HT_OK);
    expect_named(bench, &held, "{bert@example.com", true);
    expect_named(bench, &held, "{new@example.com", false);
    hold_needles_release(&held);
}

static void test_acts_tell_of_holds_but_not_of_whom(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    struct ht_act act;
    uint64_t last;
    bench_person(bench, "anna", NULL, NULL, 1);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", "about anna", &hold), HT_OK);
    assert_ok(ht_hold_remove(bench->scratch.store, hold.id, SCRATCH_NOW, &scratch_error));
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_act_last(bench->reader, &last, &scratch_error));
    for (uint64_t seq = last - 1; seq <= last; seq++) {
        assert_ok(ht_act_get(bench->reader, seq, &act, &scratch_error));
        assert_int_equal(act.kind, seq == last ? HT_ACT_HOLD_REMOVE : HT_ACT_HOLD_ADD);
        assert_true(ht_slice_is(act.object, "hold 1"));
        assert_null(memmem(act.detail.data, act.detail.size, "anna", 4));
    }
    ht_reader_end(bench->reader);
}

static void test_a_damaged_hold_is_told(void **state)
{
    struct bench *bench = *state;
    struct ht_hold hold;
    struct ht_error err;
    MDB_txn *txn;
    uint8_t bytes[4], copy[512];
    bench_person(bench, "anna", NULL, NULL, 1);
    assert_int_equal(hold_add(bench, HT_KIND_LEAD, "anna", NULL, &hold), HT_OK);
    ht_put_be32(bytes, hold.id);
    assert_ok(trail_change_begin(bench->scratch.store, &txn, &scratch_error));
    MDB_val key = val_of(bytes, sizeof bytes), value;
    assert_int_equal(mdb_get(txn, bench->scratch.store->trail.holds, &key, &value), 0);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[value.mv_size - 1] ^= 1;
    value = val_of(copy, value.mv_size);
    assert_int_equal(mdb_put(txn, bench->scratch.store->trail.holds, &key, &value, 0), 0);
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
    /* Nothing is erased while it isn't known what is held. */
    struct ht_erased erased;
    assert_int_equal(bench_erase_as(bench, HT_SUBJECT_LEAD, "anna", false, &erased, &err), HT_CORRUPT);
    expect_there(bench, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_add_list_remove),
        TEST(test_what_can_not_be_held),
        TEST(test_what_is_covered),
        TEST(test_a_cover_that_is_kept_is_as_good_as_a_new_one),
        TEST(test_a_cover_takes_what_a_conversation_claims),
        TEST(test_a_cover_is_of_one_index),
        TEST(test_a_cover_that_lacked_something_looks_again),
        TEST(test_what_names_the_held_is_gathered_once),
        TEST(test_acts_tell_of_holds_but_not_of_whom),
        TEST(test_a_damaged_hold_is_told),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
