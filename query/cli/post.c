#include "post.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TIMEOUT_MS 10000L
#define FIRST_PAUSE_MS 500
#define MAX_ANSWER ((size_t)64 * 1024)
#define MAX_TYPE_SIZE 64

struct ht_post {
    CURL *curl;
    CURLU *url;
    struct curl_slist *headers;
    char problem[CURL_ERROR_SIZE];
};

static enum ht_status no_memory(struct ht_error *err)
{
    return ht_fail(err, HT_NO_MEMORY, "out of memory for a request");
}

static bool is_type(const char *type)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t size = strlen(type);
    return size > 0 && size <= MAX_TYPE_SIZE && strspn(type, allowed) == size;
}

/* Puts "/TYPE" behind the URL's path. */
static enum ht_status append_type(CURLU *url, const char *type, struct ht_error *err)
{
    char *path = NULL;
    struct ht_buffer longer = {0};
    if (!is_type(type)) return ht_fail(err, HT_INVALID, "a type is 1 to %d of A-Z a-z 0-9 _ -", MAX_TYPE_SIZE);
    if (curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK) return no_memory(err);
    size_t size = strlen(path);
    while (size > 0 && path[size - 1] == '/')
        size--;
    ht_buffer_printf(&longer, "%.*s/%s", (int)size, path, type);
    CURLUcode code = curl_url_set(url, CURLUPART_PATH, ht_buffer_text(&longer), 0);
    explicit_bzero(path, strlen(path));
    curl_free(path);
    ht_buffer_wipe(&longer);
    return code == CURLUE_OK ? HT_OK : no_memory(err);
}

static enum ht_status parse_url(struct ht_post *post, const char *url, const char *type, struct ht_error *err)
{
    char *scheme = NULL;
    post->url = curl_url();
    if (!post->url) return no_memory(err);
    if (curl_url_set(post->url, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(post->url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return ht_fail(err, HT_INVALID, "the endpoint's URL is not one, like https://host/hooks/secret");
    bool known = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    curl_free(scheme);
    if (!known) return ht_fail(err, HT_INVALID, "the endpoint's URL must begin with http:// or https://");
    return type ? append_type(post->url, type, err) : HT_OK;
}

static bool add_header(struct ht_post *post, const char *line)
{
    struct curl_slist *longer = curl_slist_append(post->headers, line);
    if (longer) post->headers = longer;
    return longer != NULL;
}

static size_t take_answer(char *data, size_t one, size_t count, void *context)
{
    struct ht_buffer *body = context;
    size_t size = one * count;
    size_t room = body->size < MAX_ANSWER ? MAX_ANSWER - body->size : 0;
    ht_buffer_add_bytes(body, data, size < room ? size : room);
    return size;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

/* The authorities that curl(1) would believe: libcurl by itself doesn't look into the environment. */
static bool set_authorities(CURL *curl)
{
    const char *file = variable("CURL_CA_BUNDLE"), *dir = NULL;
    if (!file) {
        file = variable("SSL_CERT_FILE");
        dir = variable("SSL_CERT_DIR");
    }
    return (!file || curl_easy_setopt(curl, CURLOPT_CAINFO, file) == CURLE_OK) &&
           (!dir || curl_easy_setopt(curl, CURLOPT_CAPATH, dir) == CURLE_OK);
}

static bool set_options(struct ht_post *post)
{
    CURL *curl = post->curl;
    return curl_easy_setopt(curl, CURLOPT_CURLU, post->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, ht_user_agent()) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, post->problem) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer) == CURLE_OK && set_authorities(curl);
}

static enum ht_status prepare(struct ht_post *post, const char *url, const char *type, struct ht_error *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return no_memory(err);
    enum ht_status status = parse_url(post, url, type, err);
    if (status != HT_OK) return status;
    post->curl = curl_easy_init();
    if (!post->curl || !add_header(post, "Content-Type: application/json") || !add_header(post, "Expect:"))
        return no_memory(err);
    return set_options(post) ? HT_OK : no_memory(err);
}

enum ht_status ht_post_new(const char *url, const char *type, struct ht_post **post, struct ht_error *err)
{
    *post = calloc(1, sizeof **post);
    if (!*post) return no_memory(err);
    enum ht_status status = prepare(*post, url, type, err);
    if (status == HT_OK) return HT_OK;
    ht_post_free(*post);
    *post = NULL;
    return status;
}

void ht_post_free(struct ht_post *post)
{
    if (!post) return;
    if (post->curl) curl_easy_cleanup(post->curl);
    if (post->url) curl_url_cleanup(post->url);
    curl_slist_free_all(post->headers);
    free(post);
}

static void pause_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static void try_once(struct ht_post *post, struct ht_answer *answer)
{
    ht_buffer_clear(&answer->body);
    answer->tries++;
    answer->http = 0;
    answer->problem[0] = '\0';
    post->problem[0] = '\0';
    CURLcode code = curl_easy_perform(post->curl);
    if (code == CURLE_OK)
        curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &answer->http);
    else
        snprintf(answer->problem, sizeof answer->problem, "%s",
                 post->problem[0] ? post->problem : curl_easy_strerror(code));
}

static bool is_settled(const struct ht_answer *answer)
{
    return answer->http != 0 && answer->http < 500;
}

enum ht_status ht_post_send(struct ht_post *post, struct ht_slice body, struct ht_answer *answer, struct ht_error *err)
{
    *answer = (struct ht_answer){0};
    if (curl_easy_setopt(post->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.size) != CURLE_OK ||
        curl_easy_setopt(post->curl, CURLOPT_POSTFIELDS, body.data) != CURLE_OK ||
        curl_easy_setopt(post->curl, CURLOPT_WRITEDATA, &answer->body) != CURLE_OK)
        return no_memory(err);
    try_once(post, answer);
    for (int retry = 0; retry < HT_POST_RETRIES && !is_settled(answer); retry++) {
        pause_ms(FIRST_PAUSE_MS << retry);
        try_once(post, answer);
    }
    return ht_buffer_status(&answer->body, err);
}
