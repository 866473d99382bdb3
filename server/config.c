#include "config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>

#include "hooktrail/encode.h"

#define MAX_FILE (1024 * 1024)

/* KIND_LIST is a text that a source may give in several pieces: they are joined by ", ". */
enum kind { KIND_TEXT, KIND_LIST, KIND_COUNT, KIND_BYTES, KIND_DURATION, KIND_SWITCH, KIND_WORD };

struct setting {
    const char *name;
    const char *fallback;
    const char *words; /* of KIND_WORD: "a|b|c" */
    const char *help;
    uint64_t min;
    uint64_t max;
    enum kind kind;
    bool reloadable;
};

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)
#define HOUR UINT64_C(3600000)

static const struct setting settings[HT_SETTING_COUNT] = {
    [HT_SETTING_LISTEN] = {"listen", "127.0.0.1:8787", NULL, "address and port to serve; port 0 picks one", 1, 255,
                           KIND_TEXT, false},
    [HT_SETTING_API_LISTEN] = {"api_listen", "", NULL, "serve all but /hooks here, and listen only /hooks", 0, 255,
                               KIND_TEXT, false},
    [HT_SETTING_API_HOSTS] = {"api_hosts", "", NULL, "host names by which the API may be asked", 0, 4095, KIND_LIST,
                              false},
    [HT_SETTING_TLS_CERTIFICATE] = {"tls_certificate", "", NULL, "PEM file of the certificate and its chain", 0, 4095,
                                    KIND_TEXT, false},
    [HT_SETTING_TLS_KEY] = {"tls_key", "", NULL, "PEM file of its private key", 0, 4095, KIND_TEXT, false},
    [HT_SETTING_DATA] = {"data", "", NULL, "the data directory", 0, 4095, KIND_TEXT, false},
    [HT_SETTING_BEHIND_PROXY] = {"behind_proxy", "off", NULL,
                                 "a proxy that speaks TLS stands before it and sets X-Forwarded-For", 0, 1, KIND_SWITCH,
                                 false},
    [HT_SETTING_TRUSTED_PROXIES] = {"trusted_proxies", "127.0.0.0/8, ::1", NULL,
                                    "addresses and networks whose X-Forwarded-For is believed", 0, 4095, KIND_LIST,
                                    false},
    [HT_SETTING_THREADS] = {"threads", "1", NULL, "threads that serve", 1, 64, KIND_COUNT, false},
    [HT_SETTING_MAX_BODY] = {"max_body", "1MiB", NULL, "largest body of a request", KIB, 64 * MIB, KIND_BYTES, false},
    [HT_SETTING_MAX_HEADER] = {"max_header", "16KiB", NULL, "largest head of a request", KIB, MIB, KIND_BYTES, false},
    [HT_SETTING_MAX_HEADERS] = {"max_headers", "64", NULL, "lines in the head of a request", 8, 1000, KIND_COUNT,
                                false},
    [HT_SETTING_MAX_CONNECTIONS] = {"max_connections", "1024", NULL, "connections served at once", 1, 1000000,
                                    KIND_COUNT, false},
    [HT_SETTING_API_CONNECTIONS] = {"api_connections", "128", NULL, "and beside them, at api_listen", 1, 1000000,
                                    KIND_COUNT, false},
    [HT_SETTING_MAX_PER_ADDRESS] = {"max_per_address", "256", NULL, "connections at once from one address; 0: any", 0,
                                    1000000, KIND_COUNT, true},
    [HT_SETTING_MAX_REQUESTS] = {"max_requests", "10000", NULL, "requests over one connection; 0: any", 0, 1000000000,
                                 KIND_COUNT, true},
    [HT_SETTING_CONNECTION_AGE] = {"connection_age", "1h", NULL, "a connection older than this ends with its reply",
                                   100, 24 * HOUR, KIND_DURATION, true},
    [HT_SETTING_MAX_STREAMS] = {"max_streams", "100", NULL, "live streams served at once", 0, 100000, KIND_COUNT, true},
    [HT_SETTING_MAX_READS] = {"max_reads", "256", NULL, "reads of the API under way at once", 0, 100000, KIND_COUNT,
                              true},
    [HT_SETTING_ENDPOINT_RATE] = {"endpoint_rate", "0", NULL, "deliveries a second to one endpoint; 0: any", 0, 1000000,
                                  KIND_COUNT, true},
    [HT_SETTING_FAILED_SECRETS] = {"failed_secrets", "60", NULL,
                                   "wrong secrets a minute from one address that are answered at once; 0: any", 0,
                                   1000000, KIND_COUNT, true},
    [HT_SETTING_QUEUE_EVENTS] = {"queue_events", "8192", NULL, "deliveries that may wait for their commit", 1, 1000000,
                                 KIND_COUNT, true},
    [HT_SETTING_QUEUE_BYTES] = {"queue_bytes", "64MiB", NULL, "and their bytes", 64 * KIB, 16 * GIB, KIND_BYTES, true},
    [HT_SETTING_REQUEST_TIMEOUT] = {"request_timeout", "30s", NULL, "time for a request to arrive in full", 100, HOUR,
                                    KIND_DURATION, true},
    [HT_SETTING_READ_TIMEOUT] = {"read_timeout", "60s", NULL, "time for a read of the API to be done", 1, HOUR,
                                 KIND_DURATION, true},
    [HT_SETTING_IDLE_TIMEOUT] = {"idle_timeout", "75s", NULL, "time that a connection may idle between requests", 100,
                                 24 * HOUR, KIND_DURATION, true},
    [HT_SETTING_WRITE_TIMEOUT] = {"write_timeout", "60s", NULL, "time for a client to take a reply", 100, HOUR,
                                  KIND_DURATION, true},
    [HT_SETTING_SESSION_IDLE] = {"session_idle", "30m", NULL, "time that a sign-in to the page lasts without a request",
                                 100, 12 * HOUR, KIND_DURATION, true},
    [HT_SETTING_SESSION_AGE] = {"session_age", "12h", NULL, "time that it lasts in all", 100, 12 * HOUR, KIND_DURATION,
                                true},
    [HT_SETTING_MAX_SESSIONS] = {"max_sessions", "256", NULL, "sign-ins at once; the one idle longest makes room", 1,
                                 10000, KIND_COUNT, false},
    [HT_SETTING_METRICS_PUBLIC] = {"metrics_public", "off", NULL, "serve /metrics without a token", 0, 1, KIND_SWITCH,
                                   true},
    [HT_SETTING_MAP_SIZE] = {"map_size", "1TiB", NULL, "address space of each environment", 16 * MIB, 64 * TIB,
                             KIND_BYTES, false},
    [HT_SETTING_RESERVE] = {"reserve", "64MiB", NULL, "refuse deliveries below this much free disk space", MIB, TIB,
                            KIND_BYTES, false},
    [HT_SETTING_REJECTED_COUNT] = {"rejected_count", "10000", NULL, "rejected deliveries kept at most", 1, 10000000,
                                   KIND_COUNT, false},
    [HT_SETTING_REJECTED_BYTES] = {"rejected_bytes", "64MiB", NULL, "and their bytes", 64 * KIB, TIB, KIND_BYTES,
                                   false},
    [HT_SETTING_ORIGIN] = {"origin", "", NULL, "the name that the log must have, if it is to be checked", 0, 255,
                           KIND_TEXT, false},
    [HT_SETTING_LOG_PUBLIC] = {"log_public", "off", NULL, "serve /log to everyone, without a token", 0, 1, KIND_SWITCH,
                               true},
    [HT_SETTING_WITNESS] = {"witness", "", NULL, "URL KEY, …: witnesses that are asked to cosign", 0, 8191, KIND_LIST,
                            false},
    [HT_SETTING_WITNESS_INTERVAL] = {"witness_interval", "60s", NULL, "ask each of them at most once in this time", 100,
                                     24 * HOUR, KIND_DURATION, true},
    [HT_SETTING_RETAIN] = {"retain", "", NULL, "what is erased when it is older, such as 400d", 0, 8191, KIND_LIST,
                           false},
    [HT_SETTING_AUDIT_READS] = {"audit_reads", "off", NULL, "record who reads personal data", 0, 1, KIND_SWITCH, false},
    [HT_SETTING_LOG_LEVEL] = {"log_level", "info", "error|warning|info|debug", "what is logged", 0, 3, KIND_WORD, true},
    [HT_SETTING_LOG_FORMAT] = {"log_format", "text", "text|json", "how it is logged", 0, 1, KIND_WORD, false},
};

static const struct ht_unit time_units[] = {{"ms", 1},      {"", 1000},  {"s", 1000}, {"m", 60000},
                                            {"min", 60000}, {"h", HOUR}, {NULL, 0}};

static bool parse_switch(struct ht_slice text, uint64_t *value)
{
    static const char *const words[][2] = {{"off", "on"}, {"false", "true"}, {"no", "yes"}, {"0", "1"}};
    for (size_t i = 0; i < 8; i++) {
        if (!ht_slice_is_word(text, words[i / 2][i % 2])) continue;
        *value = i % 2;
        return true;
    }
    return false;
}

static bool parse_word(struct ht_slice text, const char *words, uint64_t *value)
{
    for (uint64_t place = 0;; place++) {
        size_t size = strcspn(words, "|");
        if (ht_slice_equal(text, ht_slice_of(words, size))) {
            *value = place;
            return true;
        }
        if (words[size] == '\0') return false;
        words += size + 1;
    }
}

static bool parse_number(const struct setting *setting, struct ht_slice text, uint64_t *value)
{
    switch (setting->kind) {
    case KIND_COUNT:
        return ht_parse_u64(text, value) == HT_OK;
    case KIND_BYTES:
        return ht_parse_bytes(text, value) == HT_OK;
    case KIND_DURATION:
        return ht_parse_measure(text, time_units, value) == HT_OK;
    case KIND_SWITCH:
        return parse_switch(text, value);
    case KIND_WORD:
        return parse_word(text, setting->words, value);
    case KIND_TEXT:
    case KIND_LIST:
        break;
    }
    return false;
}

static enum ht_status refuse(const struct setting *setting, struct ht_error *err)
{
    const char *name = setting->name;
    switch (setting->kind) {
    case KIND_BYTES:
        return ht_fail_field(err, HT_INVALID, name, "%s wants bytes from %llu to %llu, such as 512KiB or 2MiB", name,
                             (unsigned long long)setting->min, (unsigned long long)setting->max);
    case KIND_DURATION:
        return ht_fail_field(err, HT_INVALID, name, "%s wants a time from %llums to %llus, such as 500ms, 30s or 5m",
                             name, (unsigned long long)setting->min, (unsigned long long)(setting->max / 1000));
    case KIND_COUNT:
        return ht_fail_field(err, HT_INVALID, name, "%s wants a number from %llu to %llu", name,
                             (unsigned long long)setting->min, (unsigned long long)setting->max);
    case KIND_SWITCH:
        return ht_fail_field(err, HT_INVALID, name, "%s wants on or off", name);
    case KIND_WORD:
        return ht_fail_field(err, HT_INVALID, name, "%s wants one of %s", name, setting->words);
    case KIND_TEXT:
    case KIND_LIST:
        break;
    }
    return ht_fail_field(err, HT_INVALID, name, "%s wants a text of %llu to %llu bytes without NUL", name,
                         (unsigned long long)setting->min, (unsigned long long)setting->max);
}

static bool is_text(const struct setting *setting)
{
    return setting->kind == KIND_TEXT || setting->kind == KIND_LIST;
}

static enum ht_status set_text(struct ht_config *config, size_t place, struct ht_slice value, bool adds,
                               struct ht_error *err)
{
    const struct setting *setting = &settings[place];
    struct ht_buffer *text = &config->texts[place];
    size_t before = adds ? text->size + 2 : 0;
    if (value.size < setting->min || before + value.size > setting->max || memchr(value.data, '\0', value.size))
        return refuse(setting, err);
    if (adds)
        ht_buffer_add_text(text, ", ");
    else
        ht_buffer_clear(text);
    ht_buffer_add(text, value);
    ht_buffer_text(text);
    return ht_buffer_status(text, err);
}

static enum ht_status set_place(struct ht_config *config, size_t place, struct ht_slice value, enum ht_source source,
                                struct ht_error *err)
{
    const struct setting *setting = &settings[place];
    if (is_text(setting)) {
        if (source < config->sources[place]) return HT_OK;
        bool adds = setting->kind == KIND_LIST && source == config->sources[place] && config->texts[place].size > 0;
        config->sources[place] = source;
        return set_text(config, place, value, adds, err);
    }
    uint64_t number;
    if (!parse_number(setting, value, &number) || number < setting->min || number > setting->max)
        return refuse(setting, err);
    if (source < config->sources[place]) return HT_OK;
    config->sources[place] = source;
    atomic_store_explicit(&config->numbers[place], number, memory_order_relaxed);
    return HT_OK;
}

enum ht_status ht_config_init(struct ht_config *config, struct ht_error *err)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < HT_SETTING_COUNT; i++) {
        enum ht_status status = set_place(config, i, ht_slice_from(settings[i].fallback), HT_SOURCE_DEFAULT, err);
        if (status == HT_OK) continue;
        ht_config_release(config);
        return status;
    }
    return HT_OK;
}

void ht_config_release(struct ht_config *config)
{
    for (size_t i = 0; i < HT_SETTING_COUNT; i++)
        ht_buffer_release(&config->texts[i]);
}

enum ht_status ht_config_set(struct ht_config *config, struct ht_slice name, struct ht_slice value,
                             enum ht_source source, struct ht_error *err)
{
    for (size_t i = 0; i < HT_SETTING_COUNT; i++) {
        if (ht_slice_is(name, settings[i].name)) return set_place(config, i, value, source, err);
    }
    return ht_fail(err, HT_INVALID, "there is no setting \"%.*s\"; hooktraild --help lists them all",
                   (int)(name.size < 64 ? name.size : 64), name.data);
}

/* What inih's callbacks share. The reader counts the lines, since the handler isn't told. */
struct parse {
    struct ht_config *config;
    struct ht_slice rest;
    int line;
    int failed_line; /* of the first error that a setting had; 0: none */
    struct ht_error *err;
};

/* Gives inih one line without the blanks before it, for it would take an indented line as more of the value above. */
static char *next_line(char *line, int capacity, void *context)
{
    struct parse *parse = context;
    if (parse->rest.size == 0 || parse->failed_line) return NULL;
    parse->line++;
    const char *end = memchr(parse->rest.data, '\n', parse->rest.size);
    size_t size = end ? (size_t)(end - parse->rest.data) + 1 : parse->rest.size;
    size_t blanks = 0;
    while (blanks < size && (parse->rest.data[blanks] == ' ' || parse->rest.data[blanks] == '\t'))
        blanks++;
    if (size - blanks >= (size_t)capacity) {
        parse->failed_line = parse->line;
        ht_fail(parse->err, HT_INVALID, "the line is longer than %d bytes", capacity - 2);
        return NULL;
    }
    memcpy(line, parse->rest.data + blanks, size - blanks);
    line[size - blanks] = '\0';
    parse->rest = ht_slice_of(parse->rest.data + size, parse->rest.size - size);
    return line;
}

static int take_pair(void *context, const char *section, const char *name, const char *value)
{
    struct parse *parse = context;
    if (parse->failed_line) return 0;
    enum ht_status status;
    if (section[0] != '\0')
        status = ht_fail(parse->err, HT_INVALID, "there are no sections, but [%.64s] is one", section);
    else if (!value)
        status = ht_fail(parse->err, HT_INVALID, "\"%.64s\" has no value", name);
    else
        status = ht_config_set(parse->config, ht_slice_from(name), ht_slice_from(value), HT_SOURCE_FILE, parse->err);
    if (status == HT_OK) return 1;
    parse->failed_line = parse->line;
    return 0;
}

enum ht_status ht_config_parse(struct ht_config *config, struct ht_slice text, const char *file, struct ht_error *err)
{
    struct ht_error cause = {0};
    if (memchr(text.data, '\0', text.size)) return ht_fail(err, HT_INVALID, "%s: has a NUL byte in it", file);
    struct parse parse = {.config = config, .rest = text, .err = &cause};
    int line = ini_parse_stream(next_line, &parse, take_pair, &parse);
    if (line == 0 && parse.failed_line == 0) return HT_OK;
    if (line < 0) return ht_fail(err, HT_NO_MEMORY, "%s: out of memory", file);
    if (parse.failed_line && (line == 0 || parse.failed_line <= line))
        return ht_fail(err, cause.status, "%s:%d: %s", file, parse.failed_line, cause.detail);
    return ht_fail(err, HT_INVALID, "%s:%d: expected \"name = value\"", file, line);
}

enum ht_status ht_config_read(struct ht_config *config, const char *path, struct ht_error *err)
{
    FILE *file = fopen(path, "re");
    if (!file) return ht_fail_errno(err, errno, "can't read the configuration %s", path);
    struct ht_buffer text = {0};
    enum ht_status status = HT_OK;
    char *room = ht_buffer_reserve(&text, MAX_FILE + 1);
    if (room) text.size = fread(room, 1, MAX_FILE + 1, file);
    if (ferror(file))
        status = ht_fail_errno(err, errno, "can't read the configuration %s", path);
    else if (text.size > MAX_FILE)
        status = ht_fail(err, HT_INVALID, "%s is larger than 1 MiB and so no configuration", path);
    else
        status = ht_buffer_status(&text, err);
    if (status == HT_OK) status = ht_config_parse(config, ht_buffer_slice(&text), path, err);
    fclose(file);
    ht_buffer_release(&text);
    return status;
}

static void variable_of(char variable[64], const char *name)
{
    int size = snprintf(variable, 64, "HOOKTRAIL_%s", name);
    for (int i = 0; i < size; i++)
        variable[i] = (char)toupper((unsigned char)variable[i]);
}

enum ht_status ht_config_environment(struct ht_config *config, struct ht_error *err)
{
    for (size_t i = 0; i < HT_SETTING_COUNT; i++) {
        char variable[64];
        variable_of(variable, settings[i].name);
        const char *value = getenv(variable);
        if (!value || value[0] == '\0') continue;
        enum ht_status status = set_place(config, i, ht_slice_from(value), HT_SOURCE_ENVIRONMENT, err);
        if (status != HT_OK) return ht_fail_field(err, status, err->pointer, "%s: %s", variable, err->detail);
    }
    return HT_OK;
}

size_t ht_config_reload(struct ht_config *config, const struct ht_config *fresh, const char *differing[])
{
    size_t count = 0;
    for (size_t i = 0; i < HT_SETTING_COUNT; i++) {
        uint64_t number = ht_config_number(fresh, (enum ht_setting)i);
        bool same = number == ht_config_number(config, (enum ht_setting)i) &&
                    ht_slice_equal(ht_buffer_slice(&config->texts[i]), ht_buffer_slice(&fresh->texts[i]));
        if (same) continue;
        if (settings[i].reloadable)
            atomic_store_explicit(&config->numbers[i], number, memory_order_relaxed);
        else
            differing[count++] = settings[i].name;
    }
    return count;
}

const char *ht_config_text(const struct ht_config *config, enum ht_setting setting)
{
    assert(is_text(&settings[setting]));
    return config->texts[setting].data ? config->texts[setting].data : "";
}

void ht_config_describe(FILE *out)
{
    for (size_t i = 0; i < HT_SETTING_COUNT; i++) {
        const struct setting *setting = &settings[i];
        fprintf(out, "  %-16s %s", setting->name, setting->help);
        if (setting->words) fprintf(out, ": %s", setting->words);
        if (setting->fallback[0] != '\0') fprintf(out, " (%s)", setting->fallback);
        fputc('\n', out);
    }
}
