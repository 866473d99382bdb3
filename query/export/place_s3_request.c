#include "place_s3_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "hooktrail/encode.h"

#define TRIES 5
#define FIRST_PAUSE_MS 1000L /* doubles each time */
#define CONNECT_MS 10000L
#define SILENCE_S 60L /* without a byte in either direction */
#define MAX_ERROR_BODY ((size_t)65536)
#define MARK_HEADER "x-amz-meta-hooktrail-upload"

static enum ht_status no_memory(struct ht_error *err)
{
    return ht_fail(err, HT_NO_MEMORY, "out of memory for a request");
}

enum ht_status export_s3_open(struct export_s3 *s3, const char *url, struct ht_error *err)
{
    *s3 = (struct export_s3){0};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return no_memory(err);
    enum ht_status status = export_s3_settings_read(url, &s3->settings, err);
    if (status != HT_OK) return status;
    s3->curl = curl_easy_init();
    return s3->curl ? HT_OK : no_memory(err);
}

void export_s3_close(struct export_s3 *s3)
{
    if (s3->curl) curl_easy_cleanup(s3->curl);
    export_s3_settings_release(&s3->settings);
}

void export_s3_answer_release(struct export_s3_answer *answer)
{
    ht_buffer_release(&answer->body);
}

void export_s3_escape(struct ht_buffer *out, const char *text, bool slashes)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text) || (slashes && *text == '/'))
            ht_buffer_add_byte(out, *text);
        else
            ht_buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

/* ---- the answer ---- */

struct exchange {
    struct export_s3 *s3;
    const struct export_s3_request *request;
    struct export_s3_answer *answer;
    size_t most;
    bool too_large;
};

static size_t take_body(char *data, size_t one, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct ht_buffer *body = &exchange->answer->body;
    size_t size = one * count;
    long http = 0;
    curl_easy_getinfo(exchange->s3->curl, CURLINFO_RESPONSE_CODE, &http);
    if (http >= 300) { /* as much of an error as we want to know */
        size_t room = body->size < MAX_ERROR_BODY ? MAX_ERROR_BODY - body->size : 0;
        ht_buffer_add_bytes(body, data, size < room ? size : room);
        return size;
    }
    exchange->too_large = size > exchange->most - body->size;
    if (exchange->too_large) return 0;
    ht_buffer_add_bytes(body, data, size);
    return size;
}

/* The value of a header's line, if it is this one; it has to be of printable ASCII without what XML and we escape. */
static void take_value(struct ht_slice line, const char *name, char *to, size_t capacity)
{
    size_t size = strlen(name);
    if (line.size <= size || strncasecmp(line.data, name, size) != 0 || line.data[size] != ':') return;
    const char *begin = line.data + size + 1, *end = line.data + line.size;
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (begin < end && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
        end--;
    for (const char *at = begin; at < end; at++) {
        if (*at <= ' ' || *at > '~' || strchr("<>&", *at)) return;
    }
    if ((size_t)(end - begin) < capacity) snprintf(to, capacity, "%.*s", (int)(end - begin), begin);
}

static size_t take_header(char *data, size_t one, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct ht_slice line = ht_slice_of(data, one * count);
    take_value(line, "etag", exchange->answer->etag, sizeof exchange->answer->etag);
    take_value(line, MARK_HEADER, exchange->answer->mark, sizeof exchange->answer->mark);
    return line.size;
}

/* ---- the request ---- */

static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer) *headers = longer;
    return longer != NULL;
}

/* All of them are signed. There must be none of the form "Name:", which takes one away from libcurl: it would sign it.
 */
static bool make_headers(const struct export_s3_request *request, struct ht_buffer *token, struct curl_slist **headers)
{
    struct ht_buffer line = {0};
    uint8_t sha256[HT_SHA256_SIZE];
    if (!request->sha256) ht_sha256(request->body, sha256);
    ht_buffer_add_text(&line, "x-amz-content-sha256: ");
    ht_hex_add(&line, request->sha256 ? request->sha256 : sha256, HT_SHA256_SIZE);
    bool done = add_header(headers, ht_buffer_text(&line));
    if (request->body.size > 0) {
        ht_buffer_clear(&line);
        ht_buffer_printf(&line, "Content-Type: %s", request->type ? request->type : "application/octet-stream");
        done = done && add_header(headers, ht_buffer_text(&line));
    }
    if (request->header) done = done && add_header(headers, request->header);
    if (token->size > 0) {
        ht_buffer_clear(&line);
        if (ht_buffer_reserve(&line, token->size + 64))
            ht_buffer_printf(&line, "x-amz-security-token: %s", ht_buffer_text(token));
        done = done && add_header(headers, ht_buffer_text(&line));
    }
    done = done && !line.failed;
    ht_buffer_wipe(&line);
    return done;
}

static void drop_headers(struct curl_slist *headers)
{
    for (struct curl_slist *header = headers; header; header = header->next)
        explicit_bzero(header->data, strlen(header->data)); /* a session token, perhaps */
    curl_slist_free_all(headers);
}

/* The authorities that AWS's tools and curl(1) would believe: libcurl by itself doesn't look into the environment. */
static bool set_authorities(CURL *curl)
{
    static const char *const variables[] = {"AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *file = getenv(variables[i]);
        if (file && file[0]) return curl_easy_setopt(curl, CURLOPT_CAINFO, file) == CURLE_OK;
    }
    return true;
}

static bool set_signature(struct export_s3 *s3)
{
    char scope[96];
    struct export_s3_credentials *credentials = &s3->settings.credentials;
    snprintf(scope, sizeof scope, "aws:amz:%s:s3", s3->settings.region);
    return curl_easy_setopt(s3->curl, CURLOPT_AWS_SIGV4, scope) == CURLE_OK &&
           curl_easy_setopt(s3->curl, CURLOPT_USERNAME, ht_buffer_text(&credentials->key_id)) == CURLE_OK &&
           curl_easy_setopt(s3->curl, CURLOPT_PASSWORD, ht_buffer_text(&credentials->secret)) == CURLE_OK;
}

/* The path has to be escaped as S3 signs it, which is more than URLs want: "date%3D2026-11-24". */
static bool set_url(struct export_s3 *s3, const struct export_s3_request *request)
{
    struct ht_buffer url = {0};
    ht_buffer_add_text(&url, s3->settings.base);
    export_s3_escape(&url, request->key, true);
    if (request->key[0] == '\0') url.size--; /* a bucket's name has no slash behind */
    if (request->query) ht_buffer_printf(&url, "?%s", request->query);
    bool done = curl_easy_setopt(s3->curl, CURLOPT_URL, ht_buffer_text(&url)) == CURLE_OK &&
                curl_easy_setopt(s3->curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK;
    bool failed = url.failed;
    ht_buffer_release(&url);
    return done && !failed;
}

static bool set_body(CURL *curl, const struct export_s3_request *request)
{
    bool has_body = strcmp(request->method, "PUT") == 0 || strcmp(request->method, "POST") == 0;
    if (strcmp(request->method, "HEAD") == 0) return curl_easy_setopt(curl, CURLOPT_NOBODY, 1L) == CURLE_OK;
    return curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK &&
           (!has_body ||
            (curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size) == CURLE_OK &&
             curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data ? request->body.data : "") == CURLE_OK));
}

static bool set_way(CURL *curl)
{
    return curl_easy_setopt(curl, CURLOPT_USERAGENT, ht_user_agent()) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S) == CURLE_OK && set_authorities(curl);
}

static bool set_answer(CURL *curl, struct exchange *exchange)
{
    return curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->answer->failure.problem) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange) == CURLE_OK;
}

/* ---- tries ---- */

static void clear(struct exchange *exchange)
{
    struct export_s3_answer *answer = exchange->answer;
    ht_buffer_clear(&answer->body);
    answer->etag[0] = answer->mark[0] = '\0';
    answer->failure = (struct export_s3_failure){0};
    exchange->too_large = false;
}

/* True if it was done. What a POST does may fail when its answer has begun already: an error with status 200. */
static bool try_once(struct exchange *exchange)
{
    struct export_s3_answer *answer = exchange->answer;
    struct export_s3_failure *failure = &answer->failure;
    curl_off_t size = -1;
    clear(exchange);
    failure->curl = curl_easy_perform(exchange->s3->curl);
    if (failure->curl != CURLE_OK) return false;
    curl_easy_getinfo(exchange->s3->curl, CURLINFO_RESPONSE_CODE, &failure->http);
    curl_easy_getinfo(exchange->s3->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    answer->size = size > 0 ? (uint64_t)size : 0;
    bool done = failure->http >= 200 && failure->http < 300;
    if (done && strcmp(exchange->request->method, "POST") != 0) return true;
    return !export_s3_failure_parse(ht_buffer_slice(&answer->body), failure) && done;
}

/* Half of `ms` and up to as much again. */
static void pause_about(long ms)
{
    uint32_t random = 0;
    (void)!getrandom(&random, sizeof random, 0);
    ms = ms / 2 + (long)(random % (uint32_t)(ms / 2 + 1));
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static enum ht_status try_often(struct exchange *exchange, struct ht_error *err)
{
    struct export_s3 *s3 = exchange->s3;
    const struct export_s3_request *request = exchange->request;
    char what[200];
    bool done = try_once(exchange);
    for (int retry = 1; !done && retry < TRIES && !request->once && !exchange->too_large; retry++) {
        if (!export_s3_failure_is_transient(&exchange->answer->failure)) break;
        pause_about(FIRST_PAUSE_MS << (retry - 1));
        done = try_once(exchange);
    }
    if (done) return ht_buffer_status(&exchange->answer->body, err);
    snprintf(what, sizeof what, "s3://%s/%s", s3->settings.bucket, request->key);
    if (exchange->too_large) return ht_fail(err, HT_TOO_LARGE, "%s has more than %zu bytes", what, exchange->most);
    return export_s3_failure_tell(&exchange->answer->failure, what, err);
}

enum ht_status export_s3_perform(struct export_s3 *s3, const struct export_s3_request *request,
                                 struct export_s3_answer *answer, struct ht_error *err)
{
    struct exchange exchange = {
        .s3 = s3, .request = request, .answer = answer, .most = request->most ? request->most : EXPORT_S3_ANSWER};
    struct curl_slist *headers = NULL;
    enum ht_status status;
    curl_easy_reset(s3->curl); /* keeps connections */
    if (make_headers(request, &s3->settings.credentials.token, &headers) &&
        curl_easy_setopt(s3->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK && set_way(s3->curl) && set_signature(s3) &&
        set_url(s3, request) && set_body(s3->curl, request) && set_answer(s3->curl, &exchange))
        status = try_often(&exchange, err);
    else
        status = no_memory(err);
    curl_easy_reset(s3->curl);
    drop_headers(headers);
    return status;
}
