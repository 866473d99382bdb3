#include "hooktrail/status.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct status_row {
    const char *title;
    int http;
    int exit;
};

static const struct status_row statuses[] = {
    [HT_OK] = {"ok", 200, 0},
    [HT_INVALID] = {"invalid input", 400, 2},
    [HT_UNAUTHORIZED] = {"unauthorized", 401, 1},
    [HT_FORBIDDEN] = {"forbidden", 403, 1},
    [HT_NOT_FOUND] = {"not found", 404, 3},
    [HT_NOT_ALLOWED] = {"method not allowed", 405, 2},
    [HT_EXISTS] = {"exists already", 409, 1},
    [HT_GONE] = {"gone", 410, 1},
    [HT_ERASED] = {"erased", 410, 3},
    [HT_TOO_LARGE] = {"too large", 413, 1},
    [HT_MISDIRECTED] = {"misdirected", 421, 1},
    [HT_UNPROCESSABLE] = {"unprocessable", 422, 1},
    [HT_LIMITED] = {"too many requests", 429, 5},
    [HT_CORRUPT] = {"corrupt data", 500, 4},
    [HT_VERSION] = {"unknown version", 500, 1},
    [HT_IO] = {"input/output error", 500, 1},
    [HT_NO_MEMORY] = {"out of memory", 503, 5},
    [HT_BUSY] = {"busy", 503, 5},
    [HT_FULL] = {"full", 503, 5},
    [HT_STOPPING] = {"shutting down", 503, 5},
};

_Static_assert(sizeof statuses / sizeof statuses[0] == HT_STATUS_COUNT, "every status needs its row");

/* The arguments may point into *err itself, when a cause is wrapped: so the new one is made aside. */
HT_PRINTF(5, 0)
static void fill(struct ht_error *err, enum ht_status status, uint64_t offset, const char *pointer, const char *format,
                 va_list arguments)
{
    assert(status > HT_OK && status < HT_STATUS_COUNT);
    if (!err) return;
    struct ht_error filled = {.status = status, .offset = offset};
    snprintf(filled.pointer, sizeof filled.pointer, "%s", pointer);
    vsnprintf(filled.detail, sizeof filled.detail, format, arguments);
    *err = filled;
}

enum ht_status ht_fail(struct ht_error *err, enum ht_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, status, HT_NO_OFFSET, "", format, arguments);
    va_end(arguments);
    return status;
}

enum ht_status ht_fail_at(struct ht_error *err, enum ht_status status, uint64_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, status, offset, "", format, arguments);
    va_end(arguments);
    return status;
}

enum ht_status ht_fail_field(struct ht_error *err, enum ht_status status, const char *pointer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, status, HT_NO_OFFSET, pointer, format, arguments);
    va_end(arguments);
    return status;
}

static enum ht_status status_of(int error)
{
    if (error == ENOSPC || error == EDQUOT) return HT_FULL;
    return error == ENOMEM ? HT_NO_MEMORY : HT_IO;
}

enum ht_status ht_fail_errno(struct ht_error *err, int error, const char *format, ...)
{
    enum ht_status status = status_of(error);
    struct ht_error context;
    va_list arguments;
    va_start(arguments, format);
    fill(&context, status, HT_NO_OFFSET, "", format, arguments);
    va_end(arguments);
    const char *reason = strerrordesc_np(error);
    if (reason) return ht_fail(err, status, "%s: %s", context.detail, reason);
    return ht_fail(err, status, "%s: error %d", context.detail, error);
}

static const struct status_row *row_of(enum ht_status status)
{
    assert((unsigned)status < HT_STATUS_COUNT);
    return &statuses[status];
}

const char *ht_status_title(enum ht_status status)
{
    return row_of(status)->title;
}

int ht_status_http(enum ht_status status)
{
    return row_of(status)->http;
}

int ht_status_exit(enum ht_status status)
{
    return row_of(status)->exit;
}

const char *ht_version(void)
{
    return HOOKTRAIL_VERSION;
}

const char *ht_user_agent(void)
{
    return "hooktrail/" HOOKTRAIL_VERSION;
}
