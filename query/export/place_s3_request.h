/* Requests to one bucket, by libcurl, signed (AWS Signature Version 4), and tried again where that may help.

   A failure that may pass (429, 500, 502, 503, 504, what breaks on the way) is met by up to five tries, with pauses of
   1, 2, 4 and 8 s, each shortened by up to a half, so that many who were turned away don't come back at once. libcurl
   keeps the secret in memory of its own until the end. One thread. */
#ifndef EXPORT_PLACE_S3_REQUEST_H
#define EXPORT_PLACE_S3_REQUEST_H

#include "hooktrail/sha256.h"
#include "place_s3_failure.h"
#include "place_s3_settings.h"

#define EXPORT_S3_ANSWER ((size_t)8 * 1024 * 1024) /* a list of 1,000 keys has 1 MiB or so */

struct export_s3 {
    struct export_s3_settings settings;
    CURL *curl;
};

struct export_s3_request {
    const char *method; /* "GET", "HEAD", "PUT", "POST", "DELETE" */
    const char *key;    /* whole, not escaped; "" is the bucket */
    const char *query;  /* "name=value&…", escaped, in the order of the names, each with its "="; NULL if none */
    const char *type;   /* of the body's content, NULL: application/octet-stream */
    const char *header; /* one more line, "name: value"; NULL if none */
    struct ht_slice body;
    const uint8_t *sha256; /* of the body; NULL: it is digested here */
    size_t most;           /* bytes that the answer's body may have; 0: EXPORT_S3_ANSWER */
    bool once;             /* no second try */
};

/* To be released whatever was returned. */
struct export_s3_answer {
    struct ht_buffer body;
    uint64_t size;  /* Content-Length, where there is one */
    char etag[160]; /* with its quotes; empty if there is none, or one that is not of printable ASCII */
    char mark[48];  /* x-amz-meta-hooktrail-upload */
    struct export_s3_failure failure;
};

/* What export_s3_settings_read returns; HT_NO_MEMORY. Asks the bucket nothing. To be closed whatever was returned. */
HT_MUST_CHECK enum ht_status export_s3_open(struct export_s3 *s3, const char *url, struct ht_error *err);
void export_s3_close(struct export_s3 *s3);

/* HT_OK for an answer of 2xx that is none of an error (some come with 200). Else what export_s3_failure_tell makes of
   it, with answer->failure; HT_TOO_LARGE. */
HT_MUST_CHECK enum ht_status export_s3_perform(struct export_s3 *s3, const struct export_s3_request *request,
                                               struct export_s3_answer *answer, struct ht_error *err);
void export_s3_answer_release(struct export_s3_answer *answer);

/* Adds `text` with all but A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986, section 2.1), but slashes where `slashes` says so. */
void export_s3_escape(struct ht_buffer *out, const char *text, bool slashes);

#endif
