/* Why a request to an object store failed: what libcurl, HTTP and the store's own answer say of it, and what the user
   is told. */
#ifndef EXPORT_PLACE_S3_FAILURE_H
#define EXPORT_PLACE_S3_FAILURE_H

#include <curl/curl.h>

#include "hooktrail/buffer.h"

struct export_s3_failure {
    CURLcode curl; /* CURLE_OK: an answer came */
    long http;
    char problem[CURL_ERROR_SIZE]; /* libcurl's words */
    char code[64];                 /* of the answer, as in "NoSuchKey"; empty if it has none */
    char message[160];             /* the store's words: hostile bytes, but well-formed XML characters */
    char region[64];               /* where the bucket is, if the answer says so */
};

/* Reads code, message and region from an answer's body. False, and all empty, if it is no error of an object store. */
bool export_s3_failure_parse(struct ht_slice body, struct export_s3_failure *failure);

/* Whether the same request may succeed a little later. */
bool export_s3_failure_is_transient(const struct export_s3_failure *failure);

/* Fills err: "WHAT: …". `what` names what was asked for, as "s3://bucket/key". */
enum ht_status export_s3_failure_tell(const struct export_s3_failure *failure, const char *what, struct ht_error *err);

#endif
