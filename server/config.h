/* The daemon's settings: one table of names, types, defaults and ranges, filled from defaults, file, environment and
   command line, in this order of growing precedence. */
#ifndef HT_SERVER_CONFIG_H
#define HT_SERVER_CONFIG_H

#include <stdatomic.h>
#include <stdio.h>

#include "hooktrail/buffer.h"

/* The order is that of the table in config.c. */
enum ht_setting {
    HT_SETTING_LISTEN,
    HT_SETTING_API_LISTEN,
    HT_SETTING_API_HOSTS,
    HT_SETTING_TLS_CERTIFICATE,
    HT_SETTING_TLS_KEY,
    HT_SETTING_DATA,
    HT_SETTING_BEHIND_PROXY,
    HT_SETTING_TRUSTED_PROXIES,
    HT_SETTING_THREADS,
    HT_SETTING_MAX_BODY,
    HT_SETTING_MAX_HEADER,
    HT_SETTING_MAX_HEADERS,
    HT_SETTING_MAX_CONNECTIONS,
    HT_SETTING_API_CONNECTIONS,
    HT_SETTING_MAX_PER_ADDRESS,
    HT_SETTING_MAX_REQUESTS,
    HT_SETTING_CONNECTION_AGE,
    HT_SETTING_MAX_STREAMS,
    HT_SETTING_MAX_READS,
    HT_SETTING_ENDPOINT_RATE,
    HT_SETTING_FAILED_SECRETS,
    HT_SETTING_QUEUE_EVENTS,
    HT_SETTING_QUEUE_BYTES,
    HT_SETTING_REQUEST_TIMEOUT,
    HT_SETTING_READ_TIMEOUT,
    HT_SETTING_IDLE_TIMEOUT,
    HT_SETTING_WRITE_TIMEOUT,
    HT_SETTING_SESSION_IDLE,
    HT_SETTING_SESSION_AGE,
    HT_SETTING_MAX_SESSIONS,
    HT_SETTING_METRICS_PUBLIC,
    HT_SETTING_MAP_SIZE,
    HT_SETTING_RESERVE,
    HT_SETTING_REJECTED_COUNT,
    HT_SETTING_REJECTED_BYTES,
    HT_SETTING_ORIGIN,
    HT_SETTING_LOG_PUBLIC,
    HT_SETTING_WITNESS,
    HT_SETTING_WITNESS_INTERVAL,
    HT_SETTING_RETAIN,
    HT_SETTING_AUDIT_READS,
    HT_SETTING_LOG_LEVEL,
    HT_SETTING_LOG_FORMAT,
    HT_SETTING_COUNT
};

/* Where a value came from; later ones win. */
enum ht_source { HT_SOURCE_DEFAULT, HT_SOURCE_FILE, HT_SOURCE_ENVIRONMENT, HT_SOURCE_OPTION };

struct ht_config {
    _Atomic uint64_t numbers[HT_SETTING_COUNT]; /* bytes, counts, milliseconds, 0 or 1, place in the list of words */
    struct ht_buffer texts[HT_SETTING_COUNT];   /* of the settings that are texts */
    enum ht_source sources[HT_SETTING_COUNT];
};

/* Every setting at its default. Release when done. */
HT_MUST_CHECK enum ht_status ht_config_init(struct ht_config *config, struct ht_error *err);
void ht_config_release(struct ht_config *config);

/* Sets one from its text, unless a source of higher precedence has done so. HT_INVALID, naming the setting, what is
   wrong and what is allowed. */
HT_MUST_CHECK enum ht_status ht_config_set(struct ht_config *config, struct ht_slice name, struct ht_slice value,
                                           enum ht_source source, struct ht_error *err);

/* Reads a file's text: "name = value" lines, '#' or ';' before a comment. `file` is for messages: HT_INVALID says
   "file:line: what". */
HT_MUST_CHECK enum ht_status ht_config_parse(struct ht_config *config, struct ht_slice text, const char *file,
                                             struct ht_error *err);
/* The same for the file at `path`, of at most 1 MiB. */
HT_MUST_CHECK enum ht_status ht_config_read(struct ht_config *config, const char *path, struct ht_error *err);

/* Takes HOOKTRAIL_NAME for every setting, as far as it is set and not empty. Call before threads start. */
HT_MUST_CHECK enum ht_status ht_config_environment(struct ht_config *config, struct ht_error *err);

/* Takes the values that may change while running from `fresh`. Any thread may read numbers meanwhile. Puts the names of
   the others that differ, which want a restart, into `differing`, which has room for HT_SETTING_COUNT; returns how many
   there are. */
size_t ht_config_reload(struct ht_config *config, const struct ht_config *fresh, const char *differing[]);

static inline uint64_t ht_config_number(const struct ht_config *config, enum ht_setting setting)
{
    return atomic_load_explicit(&config->numbers[setting], memory_order_relaxed);
}

/* NUL-terminated; "" if unset. */
const char *ht_config_text(const struct ht_config *config, enum ht_setting setting);

/* One line for each setting: name, default, help. For --help. */
void ht_config_describe(FILE *out);

#endif
