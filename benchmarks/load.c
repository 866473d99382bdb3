/* Loads any HTTP server and tells how many requests it answers and how long each takes: see common/client.h for how. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/client.h"
#include "common/clock.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"

struct load {
    struct client_options client;
    struct conversation_options conversations;
    char host[64];
    const char *path;        /* of POSTs; NULL: $HOOKTRAIL_ENDPOINT */
    const char *body;        /* POSTs of this file, or NULL: generated payloads */
    const char *paths;       /* GETs of these, or NULL: POSTs */
    const char *percentiles; /* the file for the distribution of latencies, or NULL */
    uint64_t first;
    uint64_t bodies;
    bool authorize;
    bool json;
    bool help;
};

static const char usage[] =
    "usage: load --server ADDRESS:PORT [options]\n"
    "Loads an HTTP server (hooktraild or any other) over kept-alive connections: POSTs generated payloads, each once;\n"
    "or POSTs a file, or GETs paths, again and again. Exits 0 if all answers were 200, 1 if not.\n"
    "  --connections N        kept-alive connections, one request at a time each (64)\n"
    "  --rate N               requests per second, latency from when each was due; 0: as fast as answered (0)\n"
    "  --seconds N            that count (5)\n"
    "  --warm-up N            seconds before, that do not (1)\n"
    "  --path PATH            of POSTs ($HOOKTRAIL_ENDPOINT, else /hooks/any)\n"
    "  --body FILE            its bytes as the body of every POST\n"
    "  --paths FILE           GETs of the paths in it, one a line\n"
    "  --authorize            POSTs, too, carry `Authorization: Bearer $HOOKTRAIL_TOKEN`, as GETs do if it is set\n"
    "  --bodies N             payloads made beforehand; the run ends when they are used up (50000)\n"
    "  --first N              number of the first payload (0)\n"
    "  --again                begin anew when the payloads are used up: for a server that doesn't tell repeats apart\n"
    "  --json                 the result as one line of JSON\n"
    "  --percentiles FILE     writes the latencies in ms to it, as HdrHistogram's plotter reads them\n"
    "  --help                 prints this\n"
    "Payloads:\n" CONVERSATION_USAGE;

static bool parse_server(struct load *load, const char *text)
{
    uint64_t port;
    const char *colon = strrchr(text, ':');
    char address[INET_ADDRSTRLEN];
    if (colon == NULL || (size_t)(colon - text) >= sizeof address) return false;
    snprintf(address, sizeof address, "%.*s", (int)(colon - text), text);
    snprintf(load->host, sizeof load->host, "%s", text);
    if (ht_parse_u64(ht_slice_from(colon + 1), &port) != HT_OK || port > UINT16_MAX) return false;
    load->client.server.sin_family = AF_INET;
    load->client.server.sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, address, &load->client.server.sin_addr) == 1;
}

/* A number of seconds or requests, with decimals. */
static bool parse_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && *number >= 0 && *number <= 1e9;
}

static bool set(struct load *load, int option, const char *value)
{
    double number = 0;
    if (strchr("crtuBf", option) != NULL && !parse_number(value, &number)) return false;
    switch (option) {
    case 'c':
        load->client.connections = (uint32_t)number;
        return number >= 1 && number <= 10000;
    case 'r':
        load->client.rate = number;
        return true;
    case 't':
        load->client.run = (uint64_t)(number * 1e9);
        return number > 0;
    case 'u':
        load->client.warm_up = (uint64_t)(number * 1e9);
        return true;
    case 'B':
        load->bodies = (uint64_t)number;
        return number >= 1;
    case 'f':
        load->first = (uint64_t)number;
        return true;
    case 'H':
        return parse_server(load, value);
    case 'a':
        load->client.again = true;
        return true;
    case 'P':
        load->path = value;
        return value[0] == '/';
    case 'b':
        load->client.again = true;
        load->body = value;
        return true;
    case 'p':
        load->client.again = true;
        load->paths = value;
        return true;
    case 'A':
        load->authorize = true;
        return true;
    case 'j':
        load->json = true;
        return true;
    case 'q':
        load->percentiles = value;
        return true;
    case 'h':
        load->help = true;
        return true;
    default:
        return conversation_set(&load->conversations, (char)option, value);
    }
}

static bool parse(int argc, char **argv, struct load *load)
{
    static const struct option options[] = {CONVERSATION_LONG_OPTIONS,
                                            {"server", required_argument, NULL, 'H'},
                                            {"connections", required_argument, NULL, 'c'},
                                            {"rate", required_argument, NULL, 'r'},
                                            {"seconds", required_argument, NULL, 't'},
                                            {"warm-up", required_argument, NULL, 'u'},
                                            {"bodies", required_argument, NULL, 'B'},
                                            {"first", required_argument, NULL, 'f'},
                                            {"again", no_argument, NULL, 'a'},
                                            {"path", required_argument, NULL, 'P'},
                                            {"body", required_argument, NULL, 'b'},
                                            {"paths", required_argument, NULL, 'p'},
                                            {"authorize", no_argument, NULL, 'A'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"percentiles", required_argument, NULL, 'q'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (!set(load, option, optarg)) return false;
    }
    return load->help || (optind == argc && load->client.server.sin_port != 0);
}

static double cpu_seconds(void)
{
    struct rusage usage_now;
    getrusage(RUSAGE_SELF, &usage_now);
    return (double)(usage_now.ru_utime.tv_sec + usage_now.ru_stime.tv_sec) +
           (double)(usage_now.ru_utime.tv_usec + usage_now.ru_stime.tv_usec) / 1e6;
}

static void emit_number(struct ht_emit *emit, const char *key, double number)
{
    char text[40];
    snprintf(text, sizeof text, "%.1f", number);
    ht_emit_key(emit, key);
    ht_emit_raw(emit, ht_slice_from(text));
}

static void emit_statuses(struct ht_emit *emit, const struct client_result *result)
{
    char name[8];
    ht_emit_key(emit, "status");
    ht_emit_object(emit);
    for (unsigned status = 0; status < CLIENT_STATUSES; status++) {
        if (result->status[status] == 0) continue;
        snprintf(name, sizeof name, "%u", status);
        ht_emit_key(emit, name);
        ht_emit_uint(emit, result->status[status]);
    }
    ht_emit_end_object(emit);
}

static const struct {
    const char *name;
    double quantile;
} quantiles[] = {{"p50_us", 0.5}, {"p90_us", 0.9}, {"p99_us", 0.99}, {"p999_us", 0.999}, {"max_us", 1}};

/* Of those that were sent: the first ones of many conversations are shorter than what comes later. */
static double mean_sent(const struct requests *requests, uint64_t sent)
{
    size_t count = sent < requests->count ? (size_t)sent : requests->count;
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        struct ht_slice request = requests_at(requests, i);
        const char *head = memmem(request.data, request.size, "\r\n\r\n", 4);
        bytes += request.size - (size_t)(head - request.data) - 4;
    }
    return count > 0 ? (double)bytes / (double)count : 0;
}

static double mean_body(const struct load *load, const struct requests *requests, const struct client_result *result)
{
    if (load->paths == NULL) return mean_sent(requests, result->sent);
    uint64_t answers = result->status[200];
    return answers > 0 ? (double)result->response_bytes / (double)answers : 0;
}

static void print_json(const struct load *load, const struct requests *requests, const struct client_result *result,
                       double cpu)
{
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "loop");
    ht_emit_text(&emit, load->client.rate > 0 ? "open" : "closed");
    ht_emit_key(&emit, "connections");
    ht_emit_uint(&emit, load->client.connections);
    emit_number(&emit, "rate", load->client.rate);
    emit_number(&emit, "seconds", result->seconds);
    emit_number(&emit, "per_second", (double)result->ok_in_time / result->seconds);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        emit_number(&emit, quantiles[i].name,
                    (double)histogram_quantile(&result->latency, quantiles[i].quantile) / 1e3);
    emit_number(&emit, "body_bytes", mean_body(load, requests, result));
    emit_statuses(&emit, result);
    ht_emit_key(&emit, "broken");
    ht_emit_uint(&emit, result->broken);
    ht_emit_key(&emit, "unanswered");
    ht_emit_uint(&emit, result->unanswered);
    ht_emit_key(&emit, "sent");
    ht_emit_uint(&emit, result->sent);
    emit_number(&emit, "client_cpu_seconds", cpu);
    ht_emit_end_object(&emit);
    puts(ht_buffer_text(&out));
    ht_buffer_release(&out);
}

static void print_text(const struct load *load, const struct requests *requests, const struct client_result *result,
                       double cpu)
{
    printf("%u connections, %s loop, %.1f s, bodies of %.0f bytes\n", load->client.connections,
           load->client.rate > 0 ? "open" : "closed", result->seconds, mean_body(load, requests, result));
    printf("%.0f requests/s answered 200; the client used %.1f s of CPU\n",
           (double)result->ok_in_time / result->seconds, cpu);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        printf("  %-8s %10.1f\n", quantiles[i].name,
               (double)histogram_quantile(&result->latency, quantiles[i].quantile) / 1e3);
    for (unsigned status = 0; status < CLIENT_STATUSES; status++) {
        if (result->status[status] > 0)
            printf("  status %u: %llu\n", status, (unsigned long long)result->status[status]);
    }
    if (result->broken > 0) printf("  broken: %llu\n", (unsigned long long)result->broken);
    if (result->unanswered > 0) printf("  unanswered: %llu\n", (unsigned long long)result->unanswered);
}

static bool all_ok(const struct client_result *result)
{
    uint64_t others = result->broken + result->unanswered;
    for (unsigned status = 0; status < CLIENT_STATUSES; status++)
        others += status == 200 ? 0 : result->status[status];
    return others == 0 && result->status[200] > 0;
}

static bool write_percentiles(const char *path, const struct histogram *latency)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) return false;
    histogram_print(latency, 1e6, file);
    bool written = ferror(file) == 0;
    return fclose(file) == 0 && written;
}

static enum ht_status make_requests(const struct load *load, struct requests *requests, struct ht_error *err)
{
    const char *endpoint = getenv("HOOKTRAIL_ENDPOINT"), *token = getenv("HOOKTRAIL_TOKEN");
    const struct requests_target target = {
        .host = load->host,
        .path = load->path != NULL ? load->path
                : endpoint != NULL ? endpoint
                                   : "/hooks/any",
        .token = load->paths != NULL || load->authorize ? token : NULL,
    };
    *requests = (struct requests){0};
    if (load->authorize && token == NULL) return ht_fail(err, HT_INVALID, "HOOKTRAIL_TOKEN is not set");
    if (load->paths != NULL) return requests_get(requests, &target, load->paths, err);
    if (load->body != NULL) return requests_post_file(requests, &target, load->body, err);
    return requests_post(requests, &target, &load->conversations, load->first, load->bodies, err);
}

static enum ht_status run(const struct load *load, struct requests *requests, struct client_result *result,
                          struct ht_error *err)
{
    enum ht_status status = make_requests(load, requests, err);
    double before = cpu_seconds();
    if (status == HT_OK) status = client_run(&load->client, requests, result, err);
    if (status != HT_OK) return status;
    (load->json ? print_json : print_text)(load, requests, result, cpu_seconds() - before);
    if (load->percentiles != NULL && !write_percentiles(load->percentiles, &result->latency))
        return ht_fail_errno(err, errno, "%s", load->percentiles);
    return HT_OK;
}

int main(int argc, char **argv)
{
    struct load load = {.conversations = CONVERSATION_DEFAULTS, .bodies = 50000};
    struct requests requests;
    struct ht_error err = {0};
    struct client_result *result = malloc(sizeof *result);
    load.client.connections = 64;
    load.client.run = 5 * CLOCK_SECOND;
    load.client.warm_up = CLOCK_SECOND;
    if (result == NULL || !parse(argc, argv, &load) || load.help) {
        fputs(usage, load.help ? stdout : stderr);
        free(result);
        return load.help ? 0 : 2;
    }
    enum ht_status status = run(&load, &requests, result, &err);
    if (status != HT_OK) fprintf(stderr, "load: %s\n", err.detail);
    bool ok = status == HT_OK && all_ok(result);
    requests_release(&requests);
    free(result);
    return ok ? 0 : 1;
}
