/* For unit tests of the export's formats: cmocka, bytes compared exactly, rows of one column. */
#ifndef TESTS_EXPORT_SUPPORT_H
#define TESTS_EXPORT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../query/export/format.h"

#define assert_done(call)                                                                                              \
    do {                                                                                                               \
        struct ht_error support_error = {0};                                                                           \
        struct ht_error *err = &support_error;                                                                         \
        enum ht_status support_status = (call);                                                                        \
        if (support_status != HT_OK) fail_msg("%s: %s", #call, err->detail);                                           \
    } while (0)

/* A literal, NULs in it and all. */
#define assert_bytes(buffer, literal)                                                                                  \
    do {                                                                                                               \
        struct ht_slice support_bytes = ht_buffer_slice(buffer);                                                       \
        assert_int_equal(support_bytes.size, sizeof(literal) - 1);                                                     \
        assert_memory_equal(support_bytes.data, literal, sizeof(literal) - 1);                                         \
    } while (0)

static const struct export_value support_null = {.present = false};

static inline struct export_value support_number(int64_t number)
{
    return (struct export_value){.present = true, .number = number};
}

static inline struct export_value support_text(const void *data, size_t size)
{
    return (struct export_value){.present = true, .text = ht_slice_of(data, size)};
}
#define TEXT(literal) support_text((literal), sizeof(literal) - 1)

#endif
