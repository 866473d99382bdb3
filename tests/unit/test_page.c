#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/page.h"

static void test_types(void **state)
{
    (void)state;
    assert_string_equal(ht_page_type(HT_SLICE("index.html")), "text/html; charset=utf-8");
    assert_string_equal(ht_page_type(HT_SLICE("app-0f3a.js")), "text/javascript; charset=utf-8");
    assert_string_equal(ht_page_type(HT_SLICE("app.js.css")), "text/css; charset=utf-8");
    assert_string_equal(ht_page_type(HT_SLICE("mark.svg")), "image/svg+xml");
    assert_null(ht_page_type(HT_SLICE(".js")));
    assert_null(ht_page_type(HT_SLICE("app.js.map")));
    assert_null(ht_page_type(HT_SLICE("js")));
    assert_null(ht_page_type(HT_SLICE("")));
}

/* Whatever the document names is there: what it loads is under /assets/, in quotes. */
static void test_the_document_and_what_it_loads_are_built_in(void **state)
{
    (void)state;
    static struct ht_page page;
    static const char before[] = "\"/assets/";
    ht_page_init(&page);
    struct ht_slice text = page.document.document;
    size_t found = 0;
    const char *at = text.data;
    while ((at = memmem(at, text.size - (size_t)(at - text.data), before, sizeof before - 1))) {
        at += sizeof before - 1;
        const char *end = memchr(at, '"', text.size - (size_t)(at - text.data));
        assert_non_null(end);
        bool there = false;
        for (size_t i = 0; i < page.count; i++)
            there |= ht_slice_is(ht_slice_of(at, (size_t)(end - at)), page.names[i]);
        assert_true(there);
        found++;
    }
    assert_true(found >= 2);
    ht_page_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_the_document_and_what_it_loads_are_built_in),
    };
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
