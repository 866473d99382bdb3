/* Checks the benchmarks' own parts before anything is measured with them: histogram, response parser, generator. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/conversation.h"
#include "common/dice.h"
#include "common/histogram.h"
#include "common/response.h"
#include "hooktrail/json.h"

static unsigned failures;

static void expect(bool holds, const char *what, uint64_t which)
{
    if (holds) return;
    failures++;
    fprintf(stderr, "check: %s (%llu)\n", what, (unsigned long long)which);
}

/* ---- histogram ---- */

#define VALUES 20000

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Quantiles against those of the sorted values, of which some are small, some vast. */
static void check_histogram(void)
{
    static struct histogram histogram;
    static uint64_t values[VALUES];
    struct dice dice = {1};
    histogram_clear(&histogram);
    expect(histogram_quantile(&histogram, 0.5) == 0, "an empty histogram has no quantile but 0", 0);
    for (size_t i = 0; i < VALUES; i++) {
        values[i] = dice_next(&dice) >> (24 + dice_below(&dice, 40));
        histogram_add(&histogram, values[i]);
    }
    qsort(values, VALUES, sizeof values[0], compare);
    for (uint32_t i = 0; i <= 1000; i++) {
        size_t rank = (size_t)ceil(i / 1000.0 * VALUES);
        uint64_t exact = values[rank > 0 ? rank - 1 : 0];
        uint64_t found = histogram_quantile(&histogram, i / 1000.0);
        expect(found >= exact && found - exact <= exact / 128, "quantile in thousandths is off", i);
    }
    expect(histogram.max == values[VALUES - 1], "the greatest value is not kept", 0);
    histogram_add(&histogram, UINT64_MAX);
    expect(histogram_quantile(&histogram, 1) == UINT64_MAX, "a value beyond the range is lost", 0);
}

/* ---- responses ---- */

/* Feeds `text` in two parts cut at each place, with the begin of another response behind it. */
static void check_response(const char *text, int status, uint64_t body, bool closes)
{
    static struct response response;
    size_t size = strlen(text);
    for (size_t cut = 0; cut <= size; cut++) {
        size_t first = 0, second = 0;
        response_begin(&response);
        enum response_result result = response_feed(&response, text, cut, &first);
        if (result == RESPONSE_MORE) result = response_feed(&response, text + cut, size - cut, &second);
        expect(result == RESPONSE_DONE && first + second == size - strlen("HTTP"), "a response ends elsewhere", cut);
        expect(response.status == status && response.body_bytes == body && response.closes == closes,
               "a response is read wrongly", cut);
    }
}

static void check_bad_response(const char *text)
{
    static struct response response;
    size_t used;
    response_begin(&response);
    expect(response_feed(&response, text, strlen(text), &used) == RESPONSE_BAD, "a bad response passes", strlen(text));
}

static void check_responses(void)
{
    check_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP", 200, 5, false);
    check_response("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nConnection: close\r\n\r\nHTTP", 503, 0, true);
    check_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10;x=y\r\n0123456789abcdef\r\n"
                   "0\r\nT: 1\r\n\r\nHTTP",
                   200, 21, false);
    check_bad_response("HTTP/1.1 200 OK\r\n\r\n");
    check_bad_response("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    check_bad_response("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
    check_bad_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n");
}

/* ---- the generator ---- */

#define PAYLOADS 4000
#define FIRST 20000 /* when conversations begin and end in every round */

/* FNV-1a: enough to tell a few thousand payloads apart. */
static uint64_t hash_of(struct ht_slice bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes.size; i++)
        hash = (hash ^ (uint8_t)bytes.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* A server would answer a payload that came before without storing it. */
static void check_distinct(uint64_t *hashes)
{
    qsort(hashes, PAYLOADS, sizeof hashes[0], compare);
    for (size_t i = 1; i < PAYLOADS; i++)
        expect(hashes[i] != hashes[i - 1], "a payload comes twice", i);
}

static void check_payloads(const struct conversation_options *options, struct ht_json *json)
{
    struct ht_buffer payload = {0}, again = {0};
    static uint64_t hashes[PAYLOADS];
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < PAYLOADS; i++) {
        uint64_t number = FIRST + PAYLOADS - 1 - i;
        ht_buffer_clear(&payload);
        conversation_payload(options, number, &payload);
        bytes += payload.size;
        hashes[i] = hash_of(ht_buffer_slice(&payload));
        if (i % 10 != 0) continue;
        ht_buffer_clear(&again);
        conversation_payload(options, number, &again);
        expect(ht_slice_equal(ht_buffer_slice(&payload), ht_buffer_slice(&again)), "a payload differs", number);
        expect(ht_json_parse(json, ht_buffer_slice(&payload), NULL) == HT_OK, "a payload is no JSON", number);
        expect(memmem(payload.data, payload.size, "[,", 2) == NULL, "a list begins with a comma", number);
    }
    check_distinct(hashes);
    double mean = (double)bytes / PAYLOADS / (double)options->body_size;
    expect(mean > 0.8 && mean < 1.2, "payloads are not of the size asked for", options->body_size);
    ht_buffer_release(&payload);
    ht_buffer_release(&again);
}

/* As many payloads name a conversation as it is said to have events. */
static void check_events(uint64_t number)
{
    const struct conversation_options options = CONVERSATION_DEFAULTS;
    char id[CONVERSATION_ID_SIZE], other[CONVERSATION_ID_SIZE];
    uint32_t event, events = conversation_events(&options, number, &event), found = 0;
    conversation_id(&options, number, id);
    for (uint64_t i = number - FIRST; i < number + FIRST; i++) {
        conversation_id(&options, i, other);
        if (strcmp(id, other) == 0) found++;
    }
    expect(found == events && event < events, "a conversation has another number of events", number);
}

static void check_generator(void)
{
    static const size_t sizes[] = {512, 2048, 8192};
    struct ht_json *json = ht_json_new();
    for (size_t i = 0; json != NULL && i < sizeof sizes / sizeof sizes[0]; i++) {
        check_payloads(&(struct conversation_options){i, sizes[i], CONVERSATION_GROWING, CONVERSATION_TRAINING}, json);
        check_payloads(&(struct conversation_options){i, sizes[i], CONVERSATION_NEW_ONLY, CONVERSATION_MEASURING},
                       json);
    }
    expect(json != NULL, "no memory", 0);
    ht_json_free(json);
    for (uint64_t i = 0; i < 10; i++)
        check_events(50000 + i * 1237);
}

int main(void)
{
    check_histogram();
    check_responses();
    check_generator();
    if (failures == 0) puts("check: the benchmarks' own parts are right");
    return failures == 0 ? 0 : 1;
}
