/* What a call came to: one code, and for outside input where and why it failed. */
#ifndef HOOKTRAIL_STATUS_H
#define HOOKTRAIL_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HT_MUST_CHECK __attribute__((warn_unused_result))
#define HT_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* The order is that of the table in status.c, from which text, HTTP status and exit code come. */
enum ht_status {
    HT_OK = 0,
    HT_INVALID,       /* malformed input: JSON, a filter, a cursor           400, exit 2 */
    HT_UNAUTHORIZED,  /* no token, or an unknown or revoked one              401, exit 1 */
    HT_FORBIDDEN,     /* the token lacks the scope                           403, exit 1 */
    HT_NOT_FOUND,     /* no such event, entity, endpoint, token              404, exit 3 */
    HT_NOT_ALLOWED,   /* the route has other methods                         405, exit 2 */
    HT_EXISTS,        /* made already                                        409, exit 1 */
    HT_GONE,          /* a retired endpoint                                  410, exit 1 */
    HT_ERASED,        /* was there, and was erased on request or by age     410, exit 3 */
    HT_TOO_LARGE,     /* beyond a limit                                      413, exit 1 */
    HT_MISDIRECTED,   /* asked by a host name that is none of ours           421, exit 1 */
    HT_UNPROCESSABLE, /* JSON, but nothing says what it is or whose          422, exit 1 */
    HT_LIMITED,       /* more than one's share                               429, exit 5 */
    HT_CORRUPT,       /* stored bytes are not what was written               500, exit 4 */
    HT_VERSION,       /* written by a newer hooktrail                        500, exit 1 */
    HT_IO,            /* the operating system refused                        500, exit 1 */
    HT_NO_MEMORY,     /*                                                     503, exit 5 */
    HT_BUSY,          /* somebody else holds it, or a queue is full          503, exit 5 */
    HT_FULL,          /* disk, map or quota is full                          503, exit 5 */
    HT_STOPPING,      /* the daemon is shutting down                         503, exit 5 */
    HT_STATUS_COUNT
};

#define HT_NO_OFFSET UINT64_MAX

/* Filled by the call that failed; plain memory, nothing to release. detail and pointer may quote hostile bytes:
   escape them for the medium they go to. */
struct ht_error {
    enum ht_status status;
    uint64_t offset;   /* byte in the input, or HT_NO_OFFSET */
    char pointer[128]; /* RFC 6901 pointer(s) into the document, or name of the parameter; empty if none */
    char detail[384];  /* one sentence in lower case without a full stop: what is wrong and what to do */
};

/* Fill *err (may be NULL) and return `status`, so that a caller can say `return ht_fail(…)`. Never called with HT_OK.
 */
enum ht_status ht_fail(struct ht_error *err, enum ht_status status, const char *format, ...) HT_PRINTF(3, 4);
enum ht_status ht_fail_at(struct ht_error *err, enum ht_status status, uint64_t offset, const char *format, ...)
    HT_PRINTF(4, 5);
enum ht_status ht_fail_field(struct ht_error *err, enum ht_status status, const char *pointer, const char *format, ...)
    HT_PRINTF(4, 5);

/* Like ht_fail, with ": " and the text of errno value `error` behind; ENOSPC and EDQUOT become HT_FULL,
   ENOMEM HT_NO_MEMORY, all others HT_IO. */
enum ht_status ht_fail_errno(struct ht_error *err, int error, const char *format, ...) HT_PRINTF(3, 4);

/* The one table: a short title ("not found"), the HTTP status, the exit code. */
const char *ht_status_title(enum ht_status status);
int ht_status_http(enum ht_status status);
int ht_status_exit(enum ht_status status);

/* The version of the library, e.g. "0.1.0". */
const char *ht_version(void);
/* The same as HTTP wants it, "hooktrail/0.1.0". */
const char *ht_user_agent(void);

#endif
