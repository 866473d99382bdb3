/* Finding ids and addresses in bytes of any form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../store/erase_needles.h"
#include "random.h"

static bool finds(struct needles *needles, struct ht_slice bytes)
{
    bool found;
    struct ht_error err = {0};
    if (needles_find(needles, bytes, &found, &err) != HT_OK) fail_msg("%s", err.detail);
    return found;
}

static void add(struct needles *needles, const char *text)
{
    if (needles_add(needles, ht_slice_from(text), NULL) != HT_OK) fail_msg("'%s' can't be added", text);
}

static void test_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *needle;
        const char *bytes;
        bool found;
    } cases[] = {
        {"anna", "anna", true},
        {"anna", "ANNA", true},
        {"ANNA", "anna", true},
        {" anna\n", "anna", true},
        {"anna", "(anna)", true},
        {"anna", "an", false},
        {"anna", "hannah", false},
        {"anna", "anna_1", false},
        {"anna", "anna-1", false},
        {"anna", "x.anna", false},
        {"anna", "-anna-", true},
        {"anna", "I am anna. She", true},
        {"anna", "anna+1", true},
        {"L-1", "{\"lead\":\"L-1\"", true},
        {"L-1", "L-1-2", false},
        {"L-1", "XL-1 A-L-1", false},
        {"L-1", "L-1-2, L-1.", true},
        {"jane@example.com", "mary.jane@example.com", false},
        {"jane@example.com", "mary-jane@example.com", false},
        {"jane@example.com", "mary+jane@example.com", false},
        {"jane@example.com", "mary%jane@example.com", false},
        {"neil@example.com", "o'neil@example.com", false},
        {"jane@example.com", "jane@example.com.au", false},
        {"jane@example.com", "jane@example.com-x.org", false},
        {"jane@example.com", "mary\\u002ejane@example.com", false},
        {"jane@example.com", "Write to jane@example.com.", true},
        {"jane@example.com", "jane@example.com. Or don't.", true},
        {"jane@example.com", "'jane@example.com'", true},
        {"jane@example.com", "email=jane@example.com&x", true},
        {"jane@example.com", "<jane@example.com>", true},
        {"jane@example.com", "mary.jane@example.com, JANE@example.com", true},
        {"jane+x@example.com", "jane+x@example.com", true},
        {"anna", "annanna anna", true},
        {"42", "{\"id\":42}", true},
        {"42", "{\"id\":421}", false},
        {"{x}", "a{x}b", true},
        {"a@b.c", "mailto:a@b.c?x", true},
        {"a@b.c", "\"\\u0061\\u0040B.c\"", true},
        {"a@b.c", "\"\\u0041@b\\u002ec\"", true},
        {"a/b", "\"a\\/b\"", true},
        {"a\"b", "\"a\\\"b\"", true},
        {"anna", "x\\nanna", true},
        {"j\xc3\xb6rg", "\"J\\u00f6rg\"", true},
        {"\xf0\x9f\x98\x80", "\\ud83d\\ude00", true},
        {"anna", "\\", false},
        {"anna", "\\u", false},
        {"anna", "\\u00", false},
        {"anna", "\\ud83d", false},
        {"anna", "\\ud83d\\u0041", false},
        {"anna", "", false},
        {"", "anna", false},
        {" ", " ", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct needles needles = {0};
        needles_init(&needles);
        add(&needles, cases[i].needle);
        if (finds(&needles, ht_slice_from(cases[i].bytes)) != cases[i].found)
            fail_msg("'%s' in '%s'", cases[i].needle, cases[i].bytes);
        needles_release(&needles);
    }
}

static void test_several_of_several_lengths(void **state)
{
    (void)state;
    struct needles needles = {0};
    char text[32];
    needles_init(&needles);
    assert_false(finds(&needles, HT_SLICE("anything")));
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text, "id-%d", i * 7);
        add(&needles, text);
        add(&needles, text);
    }
    assert_true(finds(&needles, HT_SLICE("... ID-7, ...")));
    assert_true(finds(&needles, HT_SLICE("id-13993")));
    assert_false(finds(&needles, HT_SLICE("id-8 id-13 id-14000")));
    needles_release(&needles);
}

static bool is_word(char byte)
{
    return byte == 'a' || byte == 'b';
}

/* Whether a word that ends with `end` goes on in the `left` bytes that lead away from it, by a letter or joined. */
static bool goes_on(char end, const char *next, int step, size_t left)
{
    if (left == 0 || !is_word(end)) return false;
    return is_word(*next) || (*next == '-' && left > 1 && is_word(next[step]));
}

/* The definition, place by place. */
static bool stands_in(struct ht_slice bytes, const char *needle)
{
    size_t size = strlen(needle);
    for (size_t at = 0; at + size <= bytes.size; at++) {
        if (memcmp(bytes.data + at, needle, size) != 0) continue;
        if (!goes_on(needle[0], bytes.data + at - 1, -1, at) &&
            !goes_on(needle[size - 1], bytes.data + at + size, 1, bytes.size - at - size))
            return true;
    }
    return false;
}

static void make(struct random *random, char *to, size_t most)
{
    size_t size = 1 + random_below(random, (uint32_t)most);
    for (size_t i = 0; i < size; i++)
        to[i] = "ab-"[random_below(random, 3)];
    to[size] = '\0';
}

static void test_against_the_definition(void **state)
{
    (void)state;
    struct random random = {.state = 3};
    for (int i = 0; i < 20000; i++) {
        struct needles needles = {0};
        char texts[3][8], bytes[24];
        bool wanted = false;
        needles_init(&needles);
        make(&random, bytes, sizeof bytes - 1);
        for (size_t n = 0; n < 3; n++) {
            make(&random, texts[n], 4);
            add(&needles, texts[n]);
            wanted |= stands_in(ht_slice_from(bytes), texts[n]);
        }
        if (finds(&needles, ht_slice_from(bytes)) != wanted)
            fail_msg("'%s' '%s' '%s' in '%s'", texts[0], texts[1], texts[2], bytes);
        needles_release(&needles);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_stands),
        cmocka_unit_test(test_several_of_several_lengths),
        cmocka_unit_test(test_against_the_definition),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
