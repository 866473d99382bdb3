/* How a URL becomes a connection to ClickHouse, and a statement an answer; and nothing of a password an error. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "target_clickhouse.h"

#define MAX_ANSWER (1u << 20)
#define TOKENS_SINCE 2203 /* and DateTime64, Bool: older servers get the older dialect */

/* ---- the URL ---- */

static bool is_plain_name(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t size = strlen(name);
    return size > 0 && size < CLICKHOUSE_NAME_SIZE && strchr(first, name[0]) && strspn(name, rest) == size;
}

static bool take_database(struct clickhouse *clickhouse, CURLU *url)
{
    char *path = NULL, *query = NULL;
    bool sound = curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
                 curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_NO_QUERY;
    const char *name = sound && strcmp(path, "/") != 0 ? path + 1 : EXPORT_DDL_SCHEMA;
    sound = sound && is_plain_name(name);
    if (sound) snprintf(clickhouse->database, sizeof clickhouse->database, "%s", name);
    curl_free(path);
    curl_free(query);
    return sound;
}

static bool take_address(struct clickhouse *clickhouse, CURLU *url)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    bool sound = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && !strchr(host, '@');
    bool tls = sound && strcmp(scheme, "clickhouses") == 0;
    sound = sound && (tls || strcmp(scheme, "clickhouse") == 0);
    if (sound && curl_url_get(url, CURLUPART_PORT, &port, 0) != CURLUE_OK) port = NULL;
    int size = sound
                   ? snprintf(clickhouse->address, sizeof clickhouse->address, "http%s://%s:%s/", tls ? "s" : "", host,
                              port  ? port
                              : tls ? "8443"
                                    : "8123")
                   : 0;
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return size > 0 && (size_t)size < sizeof clickhouse->address;
}

/* Of the URL, else of the environment; libcurl keeps copies. */
static void take_part(CURL *curl, CURLoption option, CURLU *url, CURLUPart part, const char *variable)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, CURLU_URLDECODE) != CURLUE_OK) text = NULL;
    const char *value = text ? text : getenv(variable);
    if (value) (void)curl_easy_setopt(curl, option, value);
    curl_free(text);
}

static enum ht_status take_url(struct clickhouse *clickhouse, const char *text, struct ht_error *err)
{
    CURLU *url = curl_url();
    if (!url) return ht_fail(err, HT_NO_MEMORY, "out of memory for an export");
    bool sound = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                 take_database(clickhouse, url) && take_address(clickhouse, url);
    if (sound) {
        take_part(clickhouse->curl, CURLOPT_USERNAME, url, CURLUPART_USER, "CLICKHOUSE_USER");
        take_part(clickhouse->curl, CURLOPT_PASSWORD, url, CURLUPART_PASSWORD, "CLICKHOUSE_PASSWORD");
    }
    curl_url_cleanup(url);
    if (sound) return HT_OK;
    return ht_fail_field(
        err, HT_INVALID, "to",
        "not clickhouse://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE (in a password, @ is %%40, / is %%2F, "
        ": is %%3A, %% is %%25; a database is named by letters, digits and _)");
}

/* ---- statements ---- */

static size_t take_answer(char *data, size_t size, size_t count, void *context)
{
    struct ht_buffer *answer = context;
    if (answer->size + count > MAX_ANSWER) return 0;
    ht_buffer_add_bytes(answer, data, size * count);
    return answer->failed ? 0 : size * count;
}

/* NOT_ENOUGH_SPACE is 243; where a write fails the error has errno, and its text. CANNOT_ASSIGN_OPTIMIZE is 388. */
static enum ht_status status_of(long http, const char *text)
{
    if (http == 401 || http == 403) return HT_UNAUTHORIZED;
    if (strncmp(text, "Code: 388", 9) == 0) return HT_BUSY;
    return strstr(text, "Code: 243") || strstr(text, "No space left on device") ? HT_FULL : HT_IO;
}

/* Of the server's error the first line, without what it quotes behind. */
static enum ht_status fail(struct clickhouse *clickhouse, const char *doing, CURLcode code, struct ht_error *err)
{
    long http = 0;
    if (code != CURLE_OK)
        return ht_fail(err, HT_IO, "%s: %s", doing,
                       clickhouse->error[0] ? clickhouse->error : curl_easy_strerror(code));
    (void)curl_easy_getinfo(clickhouse->curl, CURLINFO_RESPONSE_CODE, &http);
    const char *text = ht_buffer_text(&clickhouse->answer);
    int size = (int)strcspn(text, "\n");
    return ht_fail(err, status_of(http, text), "%s: HTTP %ld, %.*s", doing, http, size < 250 ? size : 250, text);
}

static void add_parameter(struct ht_buffer *out, const char *name, struct ht_slice value)
{
    static const char digits[] = "0123456789ABCDEF";
    ht_buffer_printf(out, "&%s=", name);
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!plain) {
            ht_buffer_add_byte(out, '%');
            ht_buffer_add_byte(out, digits[c >> 4]);
            c = (unsigned char)digits[c & 15];
        }
        ht_buffer_add_byte(out, (char)c);
    }
}

/* A statement with data goes in the address, the data in the body; one without, in the body. */
static CURLcode perform(struct clickhouse *clickhouse, const char *address, struct ht_slice body)
{
    CURL *curl = clickhouse->curl;
    ht_buffer_clear(&clickhouse->answer);
    clickhouse->error[0] = 0;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, address);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.size);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data);
    return code == CURLE_OK ? curl_easy_perform(curl) : code;
}

enum ht_status clickhouse_do(struct clickhouse *clickhouse, const char *doing, struct ht_slice sql,
                             struct ht_slice body, const char *token, struct ht_error *err)
{
    struct ht_buffer address = {0};
    long http = 0;
    /* An OPTIMIZE that did not merge is an error, of which no other statement knows. */
    ht_buffer_printf(&address, "%s?optimize_throw_if_noop=1", clickhouse->address);
    if (body.data) add_parameter(&address, "query", sql);
    if (token && clickhouse->version >= TOKENS_SINCE) {
        if (*token)
            add_parameter(&address, "insert_deduplication_token", ht_slice_from(token));
        else
            add_parameter(&address, "insert_deduplicate", HT_SLICE("0"));
    }
    enum ht_status status = ht_buffer_status(&address, err);
    if (status == HT_OK) {
        CURLcode code = perform(clickhouse, ht_buffer_text(&address), body.data ? body : sql);
        if (code == CURLE_OK) (void)curl_easy_getinfo(clickhouse->curl, CURLINFO_RESPONSE_CODE, &http);
        if (http != 200) status = fail(clickhouse, doing, code, err);
    }
    ht_buffer_release(&address);
    return status;
}

enum ht_status clickhouse_do_taken(struct clickhouse *clickhouse, const char *doing, struct ht_buffer *takes,
                                   struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(takes, err);
    if (status == HT_OK) status = clickhouse_do(clickhouse, doing, ht_buffer_slice(takes), HT_ABSENT, NULL, err);
    ht_buffer_release(takes);
    return status;
}

void clickhouse_add_literal(struct ht_buffer *out, const char *text)
{
    ht_buffer_add_byte(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') ht_buffer_add_byte(out, '\\');
        ht_buffer_add_byte(out, *text);
    }
    ht_buffer_add_byte(out, '\'');
}

/* ---- the connection ---- */

/* "18.16.1": the older dialect for what is not known to have the types of the newer one. */
static enum ht_status ask_version(struct clickhouse *clickhouse, struct ht_error *err)
{
    enum ht_status status =
        clickhouse_do(clickhouse, "cannot connect to ClickHouse", HT_SLICE("SELECT version()"), HT_ABSENT, NULL, err);
    if (status != HT_OK) return status;
    unsigned major = 0, minor = 0;
    if (sscanf(ht_buffer_text(&clickhouse->answer), "%4u.%2u", &major, &minor) != 2) /* NOLINT(cert-err34-c) */
        return ht_fail(err, HT_IO, "what answers is no ClickHouse: it does not tell its version");
    clickhouse->version = major * 100 + minor;
    bool new = clickhouse->version >= TOKENS_SINCE;
    clickhouse->dialect = export_dialect_find(new ? HT_SLICE("clickhouse") : HT_SLICE("clickhouse-18"));
    return HT_OK;
}

static CURLcode set_up(struct clickhouse *clickhouse)
{
    CURL *curl = clickhouse->curl;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, clickhouse->error);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEDATA, &clickhouse->answer);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_TIMEOUT, 3600L); /* one statement */
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    return code;
}

enum ht_status clickhouse_connect(struct clickhouse *clickhouse, const char *url, struct ht_error *err)
{
    clickhouse->curl = curl_easy_init();
    if (!clickhouse->curl || set_up(clickhouse) != CURLE_OK)
        return ht_fail(err, HT_NO_MEMORY, "libcurl cannot be set up for an export");
    enum ht_status status = take_url(clickhouse, url, err);
    return status == HT_OK ? ask_version(clickhouse, err) : status;
}
