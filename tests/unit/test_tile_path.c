#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/tile_path.h"
#include "random.h"

/* By the definition: groups of three digits, an x before all but the last. */
static void format_index(uint64_t index, char out[64])
{
    char digits[32], *to = out;
    int size = snprintf(digits, sizeof digits, "%021llu", (unsigned long long)index);
    const char *at = digits;
    while (size > 3 && memcmp(at, "000", 3) == 0)
        at += 3, size -= 3;
    for (; size > 3; at += 3, size -= 3)
        to += snprintf(to, 6, "x%.3s/", at);
    snprintf(to, 4, "%.3s", at);
}

static void test_the_specification_s_example(void **state)
{
    (void)state;
    struct ht_tile_path path;
    assert_true(ht_tile_path_parse(HT_SLICE("0/x001/x234/067"), true, &path));
    assert_int_equal(path.index, 1234067);
    assert_int_equal(path.level, 0);
    assert_int_equal(path.width, 256);
    assert_true(ht_tile_path_parse(HT_SLICE("63/273.p/112"), true, &path));
    assert_int_equal(path.index, 273);
    assert_int_equal(path.level, 63);
    assert_int_equal(path.width, 112);
    assert_true(ht_tile_path_parse(HT_SLICE("000.p/1"), false, &path));
    assert_int_equal(path.index, 0);
    assert_int_equal(path.width, 1);
}

static void test_every_index_has_its_path(void **state)
{
    (void)state;
    static const uint64_t edges[] = {0, 1, 999, 1000, 1001, 999999, 1000000, UINT64_MAX / 256, UINT64_MAX};
    struct random random = {4};
    for (size_t i = 0; i < 5000; i++) {
        struct ht_tile_path path;
        char index_text[64], text[96];
        uint64_t index = i < sizeof edges / sizeof edges[0] ? edges[i] : random_next(&random) >> (i % 64);
        unsigned level = (unsigned)(i % 64), width = (unsigned)(i % 256);
        format_index(index, index_text);
        if (width == 0)
            snprintf(text, sizeof text, "%u/%s", level, index_text);
        else
            snprintf(text, sizeof text, "%u/%s.p/%u", level, index_text, width);
        assert_true(ht_tile_path_parse(ht_slice_from(text), true, &path));
        assert_true(path.index == index && path.level == level && path.width == (width ? width : 256));
        const char *rest = strchr(text, '/') + 1;
        assert_true(ht_tile_path_parse(ht_slice_from(rest), false, &path));
        assert_true(path.index == index && path.level == 0 && path.width == (width ? width : 256));
    }
}

static void test_there_is_no_second_form(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "0",
                                        "0/",
                                        "/000",
                                        "0/0",
                                        "0/00",
                                        "0/0000",
                                        "0/1",
                                        "0/x000/001",
                                        "0/x000/x001/001",
                                        "0/x001",
                                        "0/x001/",
                                        "0/x01/001",
                                        "0/X001/001",
                                        "0/001/001",
                                        "0/x001//001",
                                        "0/x001/001/",
                                        "0/ 00",
                                        "0/-01",
                                        "0/+01",
                                        "00/000",
                                        "01/000",
                                        "64/000",
                                        "100/000",
                                        "4294967296/000",
                                        "-1/000",
                                        "x/000",
                                        "entries/000",
                                        "0/000.p",
                                        "0/000.p/",
                                        "0/000.p/0",
                                        "0/000.p/01",
                                        "0/000.p/256",
                                        "0/000.p/4294967297",
                                        "0/000.p/1/",
                                        "0/000.p/1.p/1",
                                        "0/000p/1",
                                        "0/../000",
                                        "0/000?",
                                        "0/000 ",
                                        "0/x018/x446/x744/x073/x709/x551/616", /* 2^64 */
                                        "0/x999/x999/x999/x999/x999/x999/999",
                                        "0/x001/x000/x000/x000/x000/x000/x000/000"};
    struct ht_tile_path path;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *exact = malloc(strlen(texts[i]) + 1); /* reads beyond it would be found */
        memcpy(exact, texts[i], strlen(texts[i]));
        if (ht_tile_path_parse(ht_slice_of(exact, strlen(texts[i])), true, &path))
            fail_msg("\"%s\" is taken", texts[i]);
        free(exact);
    }
    assert_false(ht_tile_path_parse(HT_SLICE("0/000"), false, &path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_specification_s_example),
        cmocka_unit_test(test_every_index_has_its_path),
        cmocka_unit_test(test_there_is_no_second_form),
    };
    return cmocka_run_group_tests_name("tile_path", tests, NULL, NULL);
}
