/* Targets of requests ("/v1/events?agent=a%20b") against a table of routes like ours: what is captured and what stands
   in the query decodes to what was meant, and says the same when every byte of it is percent-encoded.

   Covers: server/router.c query/filter.c */
#include <stdlib.h>

#include "../../server/router.h"
#include "hooktrail/filter.h"
#include "hooktrail/time.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW (INT64_C(1800000000) * HT_SECOND)

static const struct ht_route routes[] = {
    {"/healthz", "health", NULL, HT_METHOD_GET, 0, HT_FACE_API},
    {"/hooks/{}", "ingest", NULL, HT_METHOD_POST, 0, HT_FACE_API},
    {"/hooks/{}/{}", "ingest", NULL, HT_METHOD_POST, 0, HT_FACE_API},
    {"/v1/events", "events", NULL, HT_METHOD_GET, 0, HT_FACE_API},
    {"/v1/events/{}", "event", NULL, HT_METHOD_GET, 0, HT_FACE_API},
    {"/v1/events/{}/payload", "payload", NULL, HT_METHOD_GET, 0, HT_FACE_API},
    {"/v1/rejected/{}", "rejected", NULL, HT_METHOD_GET, 0, HT_FACE_API},
    {"/v1/rejected/{}", "drop", NULL, HT_METHOD_DELETE, 0, HT_FACE_API},
    {"/log/{}/tile/{*}", "tile", NULL, HT_METHOD_GET, 0, HT_FACE_API},
};
#define ROUTES (sizeof routes / sizeof routes[0])

static void add_encoded(struct ht_buffer *out, struct ht_slice text)
{
    for (size_t i = 0; i < text.size; i++)
        ht_buffer_printf(out, "%%%02x", (unsigned char)text.data[i]);
}

/* ---- the path ---- */

static void check_capture(struct ht_slice capture)
{
    struct ht_buffer encoded = {0}, again = {0};
    if (!capture.data) return;
    require(capture.size == 0 || !memchr(capture.data, '\0', capture.size));
    add_encoded(&encoded, capture);
    require(ht_router_decode(ht_buffer_slice(&encoded), false, &again));
    require(ht_slice_equal(ht_buffer_slice(&again), capture));
    ht_buffer_release(&encoded);
    ht_buffer_release(&again);
}

static void check_match(const struct ht_match *match, unsigned method)
{
    struct ht_buffer allow = {0};
    require(match->route == NULL || match->route->method == method);
    require(match->route == NULL || (match->allowed & method));
    for (size_t i = 0; match->route && i < HT_ROUTE_CAPTURES; i++)
        check_capture(match->captures[i]);
    ht_router_allow(match->allowed, &allow);
    require((allow.size > 0) == (match->allowed != 0));
    ht_buffer_release(&allow);
}

/* ---- the query ---- */

/* Takes the query into the filter as the API does, and writes it down with every byte encoded. */
static bool take_query(struct ht_slice query, struct ht_filter *filter, struct ht_buffer *encoded)
{
    struct ht_buffer scratch = {0};
    struct ht_slice name, value;
    struct ht_error err = {0};
    bool valid = true, fits = true;
    ht_filter_init(filter);
    while (fits && ht_router_next_pair(&query, &scratch, &name, &value, &valid)) {
        fits = valid && ht_filter_set(filter, name, value, NOW, &err) == HT_OK;
        require(fits || !valid || err.detail[0] != '\0');
        if (encoded->size > 0) ht_buffer_add_byte(encoded, '&');
        add_encoded(encoded, name);
        ht_buffer_add_byte(encoded, '=');
        add_encoded(encoded, value);
    }
    ht_buffer_release(&scratch);
    return fits;
}

static bool same_id(const struct ht_filter_id *a, const struct ht_filter_id *b)
{
    return a->set == b->set && a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

static void require_same(const struct ht_filter *a, const struct ht_filter *b)
{
    require(same_id(&a->agent, &b->agent) && same_id(&a->conversation, &b->conversation));
    require(same_id(&a->lead, &b->lead) && same_id(&a->visitor, &b->visitor));
    require(a->type_count == b->type_count && a->given == b->given);
    for (uint32_t i = 0; i < a->type_count; i++)
        require(strcmp(a->types[i], b->types[i]) == 0);
    require(a->since == b->since && a->until == b->until && a->after == b->after && a->before == b->before);
    require(a->ascending == b->ascending && a->limit == b->limit && strcmp(a->cursor, b->cursor) == 0);
}

static void check_query(struct ht_slice query)
{
    struct ht_filter once, twice;
    struct ht_buffer encoded = {0}, again = {0};
    if (take_query(query, &once, &encoded)) {
        require(take_query(ht_buffer_slice(&encoded), &twice, &again));
        require_same(&once, &twice);
        require(ht_slice_equal(ht_buffer_slice(&encoded), ht_buffer_slice(&again)));
    }
    ht_buffer_release(&encoded);
    ht_buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_match match;
    for (unsigned method = HT_METHOD_GET; method <= HT_METHOD_OTHER; method *= 2) {
        ht_router_match(routes, ROUTES, HT_FACE_API, method, ht_slice_of(data, size), &match);
        check_match(&match, method);
        if (method == HT_METHOD_GET) check_query(match.query);
        ht_buffer_release(&match.decoded);
    }
    return 0;
}
