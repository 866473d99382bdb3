#include "place_s3_failure.h"

#include <stdio.h>

#include "place_s3_xml.h"

/* ---- what the store says ---- */

static void keep(char *to, size_t capacity, struct ht_slice text)
{
    snprintf(to, capacity, "%.*s", HT_SLICE_ARGS(text));
}

static enum ht_status take(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    struct export_s3_failure *failure = context;
    (void)err;
    if (strcmp(path, "Error/Code") == 0) keep(failure->code, sizeof failure->code, text);
    if (strcmp(path, "Error/Message") == 0) keep(failure->message, sizeof failure->message, text);
    if (strcmp(path, "Error/Region") == 0) keep(failure->region, sizeof failure->region, text);
    return HT_OK;
}

bool export_s3_failure_parse(struct ht_slice body, struct export_s3_failure *failure)
{
    failure->code[0] = failure->message[0] = failure->region[0] = '\0';
    if (export_s3_xml_walk(body, take, failure, NULL) == HT_OK && failure->code[0]) return true;
    failure->code[0] = failure->message[0] = failure->region[0] = '\0';
    return false;
}

/* ---- what it means ---- */

#define OTHER_REGION "the bucket is in another region: set AWS_REGION"

/* By the answer's code: AWS's "Error responses" of the S3 API, and the names that Ceph and MinIO have of their own. */
static const struct meaning {
    const char *code;
    enum ht_status status;
    bool transient;
    const char *advice;
} meanings[] = {
    {"SignatureDoesNotMatch", HT_FORBIDDEN, false, "the secret access key is not the right one"},
    {"InvalidAccessKeyId", HT_FORBIDDEN, false, "the access key id is not known there"},
    {"InvalidToken", HT_FORBIDDEN, false, "the session token is not the right one"},
    {"ExpiredToken", HT_FORBIDDEN, false, "the session token has expired"},
    {"RequestTimeTooSkewed", HT_FORBIDDEN, false, "the clock of this machine is not right"},
    {"AccessDenied", HT_FORBIDDEN, false, "the credentials do not allow it"},
    {"NoSuchBucket", HT_INVALID, false, "there is no such bucket: make it first"},
    {"InvalidBucketName", HT_INVALID, false, "that is no name for a bucket there"},
    {"PermanentRedirect", HT_INVALID, false, OTHER_REGION},
    {"TemporaryRedirect", HT_INVALID, false, OTHER_REGION},
    {"AuthorizationHeaderMalformed", HT_INVALID, false, OTHER_REGION},
    {"NoSuchKey", HT_NOT_FOUND, false, "there is no such file"},
    {"NoSuchUpload", HT_IO, false, "the upload was given up from elsewhere: does another export write there?"},
    {"EntityTooLarge", HT_TOO_LARGE, false, "it is larger than the store takes"},
    {"QuotaExceeded", HT_FULL, false, "the store is full"},
    {"XMinioStorageFull", HT_FULL, false, "the store is full"},
    {"RequestTimeout", HT_IO, true, "the store waited in vain for the request"},
    {"OperationAborted", HT_BUSY, true, "the store is busy"},
    {"InternalError", HT_IO, true, "the store failed"},
    {"SlowDown", HT_BUSY, true, "the store is busy"},
    {"ServiceUnavailable", HT_BUSY, true, "the store is busy"},
};

/* By the HTTP status, where there is no code, or none that is known. */
static const struct {
    long http;
    struct meaning meaning;
} by_http[] = {
    {301, {"", HT_INVALID, false, OTHER_REGION}},
    {307, {"", HT_INVALID, false, OTHER_REGION}},
    {401, {"", HT_FORBIDDEN, false, "the credentials are not right"}},
    {403, {"", HT_FORBIDDEN, false, "the credentials do not allow it"}},
    {404, {"", HT_NOT_FOUND, false, "there is no such file"}},
    {408, {"", HT_IO, true, "the store waited in vain for the request"}},
    {429, {"", HT_BUSY, true, "the store is busy"}},
    {500, {"", HT_IO, true, "the store failed"}},
    {502, {"", HT_IO, true, "the store can't be reached"}},
    {503, {"", HT_BUSY, true, "the store is busy"}},
    {504, {"", HT_IO, true, "the store can't be reached"}},
    {507, {"", HT_FULL, false, "the store is full"}},
};

static const struct meaning *meaning_of(const struct export_s3_failure *failure)
{
    static const struct meaning unknown = {"", HT_IO, false, "the store refused"};
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (strcmp(meanings[i].code, failure->code) == 0) return &meanings[i];
    }
    for (size_t i = 0; i < sizeof by_http / sizeof by_http[0]; i++) {
        if (by_http[i].http == failure->http) return &by_http[i].meaning;
    }
    return &unknown;
}

/* Of what goes wrong on the way only what tells of a fault in the settings is for good: a certificate that is not
   believed, files and URLs that are none. */
static bool is_transient_on_the_way(CURLcode code)
{
    static const CURLcode transient[] = {
        CURLE_COULDNT_RESOLVE_PROXY,
        CURLE_COULDNT_RESOLVE_HOST,
        CURLE_COULDNT_CONNECT,
        CURLE_WEIRD_SERVER_REPLY,
        CURLE_PARTIAL_FILE,
        CURLE_OPERATION_TIMEDOUT,
        CURLE_SSL_CONNECT_ERROR,
        CURLE_GOT_NOTHING,
        CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,
        CURLE_SEND_FAIL_REWIND,
        CURLE_HTTP2,
        CURLE_HTTP2_STREAM,
    };
    for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++) {
        if (transient[i] == code) return true;
    }
    return false;
}

bool export_s3_failure_is_transient(const struct export_s3_failure *failure)
{
    if (failure->curl != CURLE_OK) return is_transient_on_the_way(failure->curl);
    return meaning_of(failure)->transient;
}

static enum ht_status tell_of_the_way(const struct export_s3_failure *failure, const char *what, struct ht_error *err)
{
    if (failure->curl == CURLE_OUT_OF_MEMORY) return ht_fail(err, HT_NO_MEMORY, "out of memory for a request");
    return ht_fail(err, HT_IO, "%.120s: %s", what,
                   failure->problem[0] ? failure->problem : curl_easy_strerror(failure->curl));
}

enum ht_status export_s3_failure_tell(const struct export_s3_failure *failure, const char *what, struct ht_error *err)
{
    if (failure->curl != CURLE_OK) return tell_of_the_way(failure, what, err);
    const struct meaning *meaning = meaning_of(failure);
    const char *region = meaning->advice && strcmp(meaning->advice, OTHER_REGION) == 0 ? failure->region : "";
    return ht_fail(err, meaning->status, "%.120s: %s%s%s (%ld%s%s%s%s)", what, meaning->advice, region[0] ? "=" : "",
                   region, failure->http, failure->code[0] ? " " : "", failure->code, failure->message[0] ? ": " : "",
                   failure->message);
}
