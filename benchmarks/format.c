/* How fast rows of events become the bytes of a file, and how few: each format with each codec, in turns, on one core.
   Nothing is read from a store or written to a disk. A line of JSON for each. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "../query/export/compress.h"
#include "../query/export/format.h"
#include "common/clock.h"
#include "common/conversation.h"
#include "hooktrail/encode.h"
#include "hooktrail/reading.h"
#include "hooktrail/sha256.h"
#include "hooktrail/time.h"

#define EVENTS 20000 /* made beforehand, and written round by round */
#define COLUMNS 17
#define FIRST_TIME INT64_C(1763990400000000)

struct event {
    struct ht_buffer memory;
    struct export_value values[COLUMNS];
};

static struct export_value number_value(int64_t number)
{
    return (struct export_value){.present = true, .number = number};
}

/* Copies a text to the event's memory, which has room enough and does not move. */
static struct export_value text_value(struct event *event, struct ht_slice text)
{
    size_t at = event->memory.size;
    if (!text.data) return (struct export_value){.present = false};
    ht_buffer_add(&event->memory, text);
    return (struct export_value){.present = true, .text = ht_slice_of(event->memory.data + at, text.size)};
}

static struct export_value digest_value(struct event *event, struct ht_slice payload)
{
    uint8_t digest[HT_SHA256_SIZE];
    size_t at = event->memory.size;
    ht_sha256(payload, digest);
    ht_hex_add(&event->memory, digest, sizeof digest);
    return (struct export_value){.present = true, .text = ht_slice_of(event->memory.data + at, sizeof digest * 2)};
}

/* In the order of the columns of `events` (query/export/table.c). */
static void fill(struct event *event, const struct ht_facts *facts, uint32_t number, struct ht_slice payload)
{
    const struct export_value values[COLUMNS] = {
        text_value(event, HT_SLICE("00112233445566778899aabbccddeeff")),
        number_value(number + 1),
        text_value(event, facts->type),
        number_value(FIRST_TIME + number * INT64_C(2345678)),
        number_value(facts->occurred_at),
        text_value(event, facts->agent_id),
        text_value(event, facts->agent_name),
        text_value(event, facts->conversation_id),
        text_value(event, facts->lead_id),
        text_value(event, facts->visitor_id),
        number_value(0),
        digest_value(event, payload),
        number_value((int64_t)payload.size),
        number_value(1),
        text_value(event, facts->warnings),
        text_value(event, payload),
        {.present = false},
    };
    memcpy(event->values, values, sizeof values);
}

static enum ht_status make_events(const struct conversation_options *options, struct event *events, uint64_t *bytes,
                                  struct ht_error *err)
{
    struct ht_buffer payload = {0};
    struct ht_json *json = ht_json_new();
    struct ht_reading *reading = ht_reading_new();
    enum ht_status status = json && reading ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory");
    for (uint32_t i = 0; i < EVENTS && status == HT_OK; i++) {
        struct ht_delivery delivery = {.received_at = FIRST_TIME + i * INT64_C(2345678)};
        struct ht_facts facts;
        ht_buffer_clear(&payload);
        conversation_payload(options, i, &payload);
        *bytes += payload.size;
        status = ht_json_parse(json, ht_buffer_slice(&payload), err);
        if (status == HT_OK) status = ht_reading_extract(reading, json, &delivery, &facts, err);
        if (status != HT_OK) break;
        if (ht_buffer_reserve(&events[i].memory, payload.size + 4096))
            fill(&events[i], &facts, i, ht_buffer_slice(&payload));
        status = ht_buffer_status(&events[i].memory, err);
    }
    ht_reading_free(reading);
    ht_json_free(json);
    ht_buffer_release(&payload);
    return status;
}

struct way {
    const struct export_format *format;
    enum export_codec codec;
    const char *codec_name;
};

static enum ht_status add_rows(const struct way *way, struct export_encoder *encoder,
                               struct export_compressor *compressor, const struct event *events, uint64_t rounds,
                               struct ht_buffer out[2], uint64_t *written, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint64_t i = 0; i < rounds * EVENTS && status == HT_OK; i++) {
        struct export_row row = {events[i % EVENTS].values, i + 1, 0};
        status = way->format->add(encoder, &row, &out[0], err);
        if (status == HT_OK && out[0].size > 0)
            status = export_compressor_add(compressor, ht_buffer_slice(&out[0]), &out[1], err);
        *written += out[1].size;
        ht_buffer_clear(&out[0]);
        ht_buffer_clear(&out[1]);
    }
    return status;
}

static enum ht_status write_file(const struct way *way, const struct event *events, uint64_t rounds, uint64_t *written,
                                 struct ht_error *err)
{
    struct export_format_options options = {.codec = way->codec};
    struct export_encoder *encoder = NULL;
    struct export_compressor *compressor = NULL;
    struct ht_buffer out[2] = {{0}, {0}};
    enum ht_status status = way->format->begin(&options, &export_tables[EXPORT_EVENTS], &out[0], &encoder, err);
    if (status == HT_OK)
        status = export_compressor_new(way->format->compresses ? EXPORT_PLAIN : way->codec, &compressor, err);
    if (status == HT_OK) status = add_rows(way, encoder, compressor, events, rounds, out, written, err);
    if (status == HT_OK) status = way->format->end(encoder, &out[0], err);
    if (status == HT_OK) status = export_compressor_add(compressor, ht_buffer_slice(&out[0]), &out[1], err);
    if (status == HT_OK) status = export_compressor_end(compressor, &out[1], err);
    *written += out[1].size;
    way->format->free(encoder);
    export_compressor_free(compressor);
    ht_buffer_release(&out[0]);
    ht_buffer_release(&out[1]);
    return status;
}

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / (double)CLOCK_SECOND;
}

static enum ht_status measure(const struct way *way, const struct event *events, uint64_t rounds, uint64_t bytes,
                              struct ht_error *err)
{
    struct rusage usage;
    uint64_t written = 0;
    double begin = processor_seconds();
    enum ht_status status = write_file(way, events, rounds, &written, err);
    double seconds = processor_seconds() - begin, count = (double)(rounds * EVENTS);
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"format\":\"%s\",\"codec\":\"%s\",\"events\":%.0f,\"cpu_seconds\":%.3f,\"events_per_second\":%.0f,"
           "\"payload_mb_per_second\":%.0f,\"bytes_per_event\":%.1f,\"ratio\":%.3f,\"max_rss_mib\":%ld}\n",
           way->format->name, way->codec_name, count, seconds, count / seconds,
           (double)(rounds * bytes) / seconds / 1e6, (double)written / count,
           (double)(rounds * bytes) / (double)written, usage.ru_maxrss / 1024);
    fflush(stdout);
    return status;
}

static const struct way ways[] = {
    {&export_ndjson, EXPORT_PLAIN, "plain"},    {&export_ndjson, EXPORT_ZSTD, "zstd"},
    {&export_ndjson, EXPORT_GZIP, "gzip"},      {&export_csv, EXPORT_PLAIN, "plain"},
    {&export_csv, EXPORT_ZSTD, "zstd"},         {&export_csv, EXPORT_GZIP, "gzip"},
    {&export_parquet, EXPORT_PLAIN, "plain"},   {&export_parquet, EXPORT_ZSTD, "zstd"},
    {&export_parquet, EXPORT_SNAPPY, "snappy"}, {&export_parquet, EXPORT_GZIP, "gzip"},
};

static const char usage_text[] =
    "usage: format [options] [FORMAT-CODEC…]\n  --rounds N             of 20,000 events (1)\n" CONVERSATION_USAGE;

static bool is_wanted(const struct way *way, char **names)
{
    char name[32];
    if (!*names) return true;
    snprintf(name, sizeof name, "%s-%s", way->format->name, way->codec_name);
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        CONVERSATION_LONG_OPTIONS, {"rounds", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    struct conversation_options conversations = CONVERSATION_DEFAULTS;
    struct ht_error err = {0};
    uint64_t rounds = 1, bytes = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'r' ? ht_parse_u64(ht_slice_from(optarg), &rounds) == HT_OK
                          : conversation_set(&conversations, (char)option, optarg))
            continue;
        fputs(usage_text, stderr);
        return 2;
    }
    struct event *events = calloc(EVENTS, sizeof *events);
    enum ht_status status = events ? make_events(&conversations, events, &bytes, &err) : HT_NO_MEMORY;
    for (size_t i = 0; i < sizeof ways / sizeof *ways && status == HT_OK; i++) {
        if (is_wanted(&ways[i], argv + optind)) status = measure(&ways[i], events, rounds, bytes, &err);
    }
    for (uint32_t i = 0; events && i < EVENTS; i++)
        ht_buffer_release(&events[i].memory);
    free(events);
    if (status != HT_OK) fprintf(stderr, "format: %s\n", err.detail);
    return status == HT_OK ? 0 : 1;
}
