#include "poster.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CONNECT_MS 5000L
#define TOTAL_MS 15000L
#define POLL_MS 1000

struct ht_poster {
    CURLM *multi; /* for its poll, which can be woken */
    CURL *curl;
    struct curl_slist *headers;
    atomic_bool interrupted;
    char problem[CURL_ERROR_SIZE];
    struct ht_buffer *body; /* of the answer under way */
    size_t max_answer;
    bool too_large;
};

static enum ht_status no_memory(struct ht_error *err)
{
    return ht_fail(err, HT_NO_MEMORY, "out of memory for a request");
}

enum ht_status ht_poster_set_up(struct ht_error *err)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? HT_OK : no_memory(err);
}

static size_t take_body(char *data, size_t one, size_t count, void *context)
{
    struct ht_poster *poster = context;
    size_t size = one * count;
    poster->too_large = size > poster->max_answer - poster->body->size;
    if (poster->too_large) return 0;
    ht_buffer_add_bytes(poster->body, data, size);
    return size;
}

static bool add_header(struct ht_poster *poster, const char *line)
{
    struct curl_slist *longer = curl_slist_append(poster->headers, line);
    if (longer) poster->headers = longer;
    return longer != NULL;
}

static bool set_options(struct ht_poster *poster)
{
    CURL *curl = poster->curl;
    return curl_easy_setopt(curl, CURLOPT_HTTPHEADER, poster->headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, ht_user_agent()) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           /* A name that is being looked up doesn't hold up the end. */
           curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, poster->problem) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, poster) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK;
}

enum ht_status ht_poster_new(struct ht_poster **out, struct ht_error *err)
{
    struct ht_poster *poster = calloc(1, sizeof *poster);
    if (!poster) return no_memory(err);
    poster->multi = curl_multi_init();
    poster->curl = curl_easy_init();
    if (poster->multi && poster->curl && add_header(poster, "Content-Type: text/plain; charset=utf-8") &&
        add_header(poster, "Expect:") && set_options(poster)) {
        *out = poster;
        return HT_OK;
    }
    ht_poster_free(poster);
    return no_memory(err);
}

void ht_poster_free(struct ht_poster *poster)
{
    if (!poster) return;
    if (poster->curl) curl_easy_cleanup(poster->curl);
    if (poster->multi) curl_multi_cleanup(poster->multi);
    curl_slist_free_all(poster->headers);
    free(poster);
}

void ht_poster_interrupt(struct ht_poster *poster)
{
    atomic_store(&poster->interrupted, true);
    curl_multi_wakeup(poster->multi);
}

static CURLcode result_of(struct ht_poster *poster)
{
    int left;
    CURLMsg *message = curl_multi_info_read(poster->multi, &left);
    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

static CURLcode perform(struct ht_poster *poster)
{
    int running = 1;
    CURLMcode code = CURLM_OK;
    while (code == CURLM_OK && !atomic_load(&poster->interrupted)) {
        code = curl_multi_perform(poster->multi, &running);
        if (code == CURLM_OK && running == 0) return result_of(poster);
        if (code == CURLM_OK) code = curl_multi_poll(poster->multi, NULL, 0, POLL_MS, NULL);
    }
    return CURLE_ABORTED_BY_CALLBACK;
}

static enum ht_status run(struct ht_poster *poster, struct ht_error *err)
{
    poster->too_large = false;
    poster->problem[0] = '\0';
    if (curl_multi_add_handle(poster->multi, poster->curl) != CURLM_OK) return no_memory(err);
    CURLcode code = perform(poster);
    curl_multi_remove_handle(poster->multi, poster->curl);
    if (atomic_load(&poster->interrupted)) return ht_fail(err, HT_STOPPING, "the request was given up");
    if (poster->too_large) return ht_fail(err, HT_TOO_LARGE, "its answer has more than %zu bytes", poster->max_answer);
    if (code == CURLE_OK) return HT_OK;
    return ht_fail(err, HT_BUSY, "%s", poster->problem[0] ? poster->problem : curl_easy_strerror(code));
}

enum ht_status ht_poster_send(struct ht_poster *poster, const char *url, struct ht_slice body, size_t max_answer,
                              struct ht_poster_answer *answer, struct ht_error *err)
{
    long code = 0;
    const char *type = NULL;
    *answer = (struct ht_poster_answer){0};
    poster->body = &answer->body;
    poster->max_answer = max_answer;
    if (curl_easy_setopt(poster->curl, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(poster->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.size) != CURLE_OK ||
        curl_easy_setopt(poster->curl, CURLOPT_POSTFIELDS, body.data) != CURLE_OK)
        return no_memory(err);
    enum ht_status status = run(poster, err);
    if (status != HT_OK) return status;
    curl_easy_getinfo(poster->curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(poster->curl, CURLINFO_CONTENT_TYPE, &type);
    answer->code = (int)code;
    if (type) ht_buffer_add_text(&answer->content_type, type);
    return ht_buffer_status(&answer->body, err);
}
