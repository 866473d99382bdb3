#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/session.h"

static const struct ht_session_limits limits = {.idle = 1000, .age = 5000};

static void hash_of(uint8_t seed, uint8_t hash[HT_SESSION_HASH])
{
    uint8_t random[32];
    char text[HT_SESSION_TEXT];
    memset(random, seed, sizeof random);
    ht_session_text(random, text);
    ht_session_hash(ht_slice_from(text), hash);
}

static struct ht_sessions *sessions_of(size_t most)
{
    struct ht_error err;
    struct ht_sessions *sessions;
    assert_int_equal(ht_sessions_new(most, &sessions, &err), HT_OK);
    return sessions;
}

static void begin(struct ht_sessions *sessions, uint8_t seed, uint32_t token, int64_t now)
{
    uint8_t hash[HT_SESSION_HASH];
    hash_of(seed, hash);
    ht_sessions_begin(sessions, hash, token, &limits, now);
}

/* 0 if there is no such session. */
static uint32_t token_of(struct ht_sessions *sessions, uint8_t seed, int64_t now, bool use)
{
    struct ht_session found;
    uint8_t hash[HT_SESSION_HASH];
    hash_of(seed, hash);
    return ht_sessions_find(sessions, hash, &limits, now, use, &found) ? found.token : 0;
}

static void test_only_its_own_secret_finds_a_session(void **state)
{
    (void)state;
    struct ht_sessions *sessions = sessions_of(4);
    begin(sessions, 1, 7, 0);
    begin(sessions, 2, 8, 0);
    assert_int_equal(token_of(sessions, 1, 1, false), 7);
    assert_int_equal(token_of(sessions, 2, 1, false), 8);
    assert_int_equal(token_of(sessions, 3, 1, false), 0);
    ht_sessions_free(sessions);
}

static void test_idle_ends_it_and_use_puts_that_off(void **state)
{
    (void)state;
    struct ht_sessions *sessions = sessions_of(4);
    begin(sessions, 1, 7, 0);
    assert_int_equal(token_of(sessions, 1, 999, false), 7);
    assert_int_equal(token_of(sessions, 1, 1000, false), 0);
    begin(sessions, 1, 7, 0);
    assert_int_equal(token_of(sessions, 1, 999, true), 7);
    assert_int_equal(token_of(sessions, 1, 1998, false), 7);
    assert_int_equal(token_of(sessions, 1, 1999, false), 0);
    ht_sessions_free(sessions);
}

/* A time from before, by another thread whose clock was read first, takes nothing back. */
static void test_use_never_goes_back(void **state)
{
    (void)state;
    struct ht_sessions *sessions = sessions_of(4);
    begin(sessions, 1, 7, 100);
    assert_int_equal(token_of(sessions, 1, 50, true), 7);
    assert_int_equal(token_of(sessions, 1, 1099, false), 7);
    ht_sessions_free(sessions);
}

static void test_age_ends_it_however_much_it_is_used(void **state)
{
    (void)state;
    struct ht_sessions *sessions = sessions_of(4);
    begin(sessions, 1, 7, 0);
    for (int64_t now = 500; now < 5000; now += 500)
        assert_int_equal(token_of(sessions, 1, now, true), 7);
    assert_int_equal(token_of(sessions, 1, 5000, true), 0);
    ht_sessions_free(sessions);
}

static void test_the_idlest_makes_room(void **state)
{
    (void)state;
    struct ht_sessions *sessions = sessions_of(3);
    begin(sessions, 1, 1, 0);
    begin(sessions, 2, 2, 10);
    begin(sessions, 3, 3, 20);
    assert_int_equal(token_of(sessions, 1, 30, true), 1);
    begin(sessions, 4, 4, 40);
    assert_int_equal(ht_sessions_count(sessions, &limits, 40), 3);
    assert_int_equal(token_of(sessions, 2, 40, false), 0);
    assert_int_equal(token_of(sessions, 1, 40, false), 1);
    assert_int_equal(token_of(sessions, 3, 40, false), 3);
    assert_int_equal(token_of(sessions, 4, 40, false), 4);
    ht_sessions_free(sessions);
}

static void test_what_has_ended_makes_room_first(void **state)
{
    (void)state;
    struct ht_sessions *sessions = sessions_of(2);
    begin(sessions, 1, 1, 0);
    begin(sessions, 2, 2, 900);
    begin(sessions, 3, 3, 1500);
    assert_int_equal(token_of(sessions, 1, 1500, false), 0);
    assert_int_equal(token_of(sessions, 2, 1500, false), 2);
    assert_int_equal(token_of(sessions, 3, 1500, false), 3);
    ht_sessions_free(sessions);
}

static void test_signing_out_and_revoking(void **state)
{
    (void)state;
    uint8_t hash[HT_SESSION_HASH];
    struct ht_sessions *sessions = sessions_of(8);
    for (uint8_t seed = 1; seed <= 6; seed++)
        begin(sessions, seed, seed % 2 + 1, 0);
    hash_of(1, hash);
    ht_sessions_end(sessions, hash);
    ht_sessions_end(sessions, hash);
    assert_int_equal(token_of(sessions, 1, 1, false), 0);
    assert_int_equal(ht_sessions_count(sessions, &limits, 1), 5);
    ht_sessions_end_of(sessions, 1);
    assert_int_equal(ht_sessions_count(sessions, &limits, 1), 2);
    assert_int_equal(token_of(sessions, 3, 1, false), 2);
    assert_int_equal(token_of(sessions, 5, 1, false), 2);
    ht_sessions_end_of(sessions, 99);
    assert_int_equal(ht_sessions_count(sessions, &limits, 1000), 0);
    ht_sessions_free(sessions);
}

static void test_texts(void **state)
{
    (void)state;
    uint8_t random[32] = {0};
    char text[HT_SESSION_TEXT], csrf[HT_SESSION_TEXT], again[HT_SESSION_TEXT], other[HT_SESSION_TEXT];
    ht_session_text(random, text);
    assert_int_equal(strlen(text), HT_SESSION_TEXT - 1);
    ht_session_csrf(ht_slice_from(text), csrf);
    ht_session_csrf(ht_slice_from(text), again);
    ht_session_csrf(HT_SLICE("another"), other);
    assert_int_equal(strlen(csrf), HT_SESSION_TEXT - 1);
    assert_string_equal(csrf, again);
    assert_string_not_equal(csrf, other);
    assert_string_not_equal(csrf, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_its_own_secret_finds_a_session),
        cmocka_unit_test(test_idle_ends_it_and_use_puts_that_off),
        cmocka_unit_test(test_use_never_goes_back),
        cmocka_unit_test(test_age_ends_it_however_much_it_is_used),
        cmocka_unit_test(test_the_idlest_makes_room),
        cmocka_unit_test(test_what_has_ended_makes_room_first),
        cmocka_unit_test(test_signing_out_and_revoking),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
