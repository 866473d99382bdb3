#include "reply.h"

#include <event2/buffer.h>
#include <stdio.h>

#include "hooktrail/emit.h"
#include "negotiate.h"

#define PACK_FROM 1024
#define FOR_GOOD "public, max-age=31536000, immutable"
#define PROBLEM_TYPE "application/problem+json"

static const struct {
    int code;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
};

const char *ht_reply_phrase(int code)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (phrases[i].code == code) return phrases[i].phrase;
    }
    return "Status";
}

#define POLICY "Content-Security-Policy"
#define POLICY_OF_PAGE                                                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "   \
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

static const struct ht_reply_header common[] = {
    {"X-Content-Type-Options", "nosniff"},
    {POLICY, "default-src 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {NULL, NULL},
};

const struct ht_reply_header *ht_reply_common(void)
{
    return common;
}

static void add_least(struct ht_request *request, const char *type, const char *cache)
{
    if (type) ht_request_add_header(request, "Content-Type", type);
    ht_request_add_header(request, "X-Request-Id", request->id);
    ht_request_add_header(request, "Cache-Control", cache);
}

/* `policy` NULL: the common one. */
static void add_all(struct ht_request *request, const char *type, const char *cache, const char *policy)
{
    add_least(request, type, cache);
    for (const struct ht_reply_header *header = common; header->name; header++) {
        bool is_policy = policy && strcmp(header->name, POLICY) == 0;
        ht_request_add_header(request, header->name, is_policy ? policy : header->value);
    }
}

static void add_common(struct ht_request *request, const char *type, const char *cache)
{
    add_all(request, type, cache, NULL);
}

static void finish(struct ht_request *request, int code, struct ht_slice body)
{
    struct evbuffer *out = evbuffer_new();
    if (out && evbuffer_add(out, body.data, body.size) != 0) {
        evbuffer_free(out);
        out = NULL;
    }
    ht_request_finish(request, out ? code : 503, out);
}

void ht_reply_json(struct ht_request *request, int code, struct ht_slice json)
{
    add_common(request, "application/json", "no-store");
    finish(request, code, json);
}

void ht_reply_built(struct ht_request *request, int code, struct ht_buffer *json)
{
    struct ht_error err;
    if (ht_buffer_status(json, &err) == HT_OK)
        ht_reply_json(request, code, ht_buffer_slice(json));
    else
        ht_reply_problem(request, &err);
    ht_buffer_wipe(json);
}

void ht_reply_receipt(struct ht_request *request, struct ht_slice json)
{
    add_least(request, "application/json", "no-store");
    finish(request, 200, json);
}

void ht_reply_empty(struct ht_request *request, int code)
{
    add_common(request, NULL, "no-store");
    ht_request_finish(request, code, NULL);
}

static bool is_unchanged(struct ht_request *request, const char *etag)
{
    return ht_negotiate_matches(ht_request_header(request, "If-None-Match"), ht_slice_from(etag));
}

/* With a content coding, if it is worth it and the client likes that. */
static void finish_packed(struct ht_request *request, struct ht_slice bytes)
{
    enum ht_coding coding =
        bytes.size >= PACK_FROM ? ht_negotiate(ht_request_header(request, "Accept-Encoding")) : HT_CODING_IDENTITY;
    struct ht_buffer packed = {0};
    bool is_packed = ht_negotiate_pack(coding, bytes, &packed);
    if (is_packed) ht_request_add_header(request, "Content-Encoding", ht_negotiate_name(coding));
    finish(request, 200, is_packed ? ht_buffer_slice(&packed) : bytes);
    ht_buffer_release(&packed);
}

/* What a document with a tag says of itself. */
struct manner {
    const char *cache;
    const char *vary;
    const char *policy; /* NULL: the common one */
};
static const struct manner of_data = {"private, no-cache", "Accept-Encoding, Authorization, Cookie", NULL};
static const struct manner of_page = {"no-cache", "Accept-Encoding", POLICY_OF_PAGE};
static const struct manner of_asset = {FOR_GOOD, "Accept-Encoding", NULL};

/* False if the client has the document: the request is answered. */
static bool begin_document(struct ht_request *request, const struct manner *manner, const char *type,
                           const char tag[HT_TAG_SIZE])
{
    char weak[HT_TAG_SIZE + 2];
    bool unchanged = is_unchanged(request, tag);
    snprintf(weak, sizeof weak, "W/%s", tag);
    add_all(request, unchanged ? NULL : type, manner->cache, manner->policy);
    ht_request_add_header(request, "ETag", weak);
    ht_request_add_header(request, "Vary", manner->vary);
    if (unchanged) ht_request_finish(request, 304, NULL);
    return !unchanged;
}

void ht_reply_document(struct ht_request *request, const char *type, struct ht_slice document)
{
    char tag[HT_TAG_SIZE];
    ht_kept_tag(document, tag);
    if (begin_document(request, &of_data, type, tag)) finish_packed(request, document);
}

static void reply_kept(struct ht_request *request, const struct manner *manner, const struct ht_kept *kept)
{
    if (!begin_document(request, manner, kept->type, kept->tag)) return;
    enum ht_coding coding = ht_negotiate(ht_request_header(request, "Accept-Encoding"));
    struct ht_slice body = kept->document;
    if (kept->packed[coding].size > 0) {
        ht_request_add_header(request, "Content-Encoding", ht_negotiate_name(coding));
        body = ht_buffer_slice(&kept->packed[coding]);
    }
    struct evbuffer *out = evbuffer_new();
    if (out && evbuffer_add_reference(out, body.data, body.size, NULL, NULL) != 0) {
        evbuffer_free(out);
        out = NULL;
    }
    ht_request_finish(request, out ? 200 : 503, out);
}

void ht_reply_kept(struct ht_request *request, const struct ht_kept *kept)
{
    reply_kept(request, &of_data, kept);
}

void ht_reply_page(struct ht_request *request, const struct ht_kept *kept, bool lasts)
{
    reply_kept(request, lasts ? &of_asset : &of_page, kept);
}

void ht_reply_lasting(struct ht_request *request, struct ht_slice bytes, bool is_public)
{
    add_common(request, "application/octet-stream", is_public ? FOR_GOOD : "private, max-age=31536000, immutable");
    ht_request_add_header(request, "Vary", is_public ? of_asset.vary : of_data.vary);
    finish_packed(request, bytes);
}

void ht_reply_bytes(struct ht_request *request, const char *type, struct ht_slice bytes, const char *etag)
{
    bool unchanged = is_unchanged(request, etag);
    add_common(request, unchanged ? NULL : type, "no-store");
    ht_request_add_header(request, "ETag", etag);
    if (unchanged)
        ht_request_finish(request, 304, NULL);
    else
        finish(request, 200, bytes);
}

void ht_reply_add_problem(struct ht_buffer *out, int code, const char *title, const struct ht_error *err)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "type");
    ht_emit_text(&emit, "about:blank");
    ht_emit_key(&emit, "title");
    ht_emit_text(&emit, title ? title : ht_status_title(err->status));
    ht_emit_key(&emit, "status");
    ht_emit_int(&emit, code);
    ht_emit_key(&emit, "detail");
    ht_emit_text(&emit, err->detail);
    if (err->offset != HT_NO_OFFSET) {
        ht_emit_key(&emit, "offset");
        ht_emit_uint(&emit, err->offset);
    }
    if (err->pointer[0] != '\0') {
        ht_emit_key(&emit, "pointer");
        ht_emit_text(&emit, err->pointer);
    }
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

void ht_reply_for_strangers(struct ht_error *err)
{
    switch ((int)err->status) {
    case HT_CORRUPT:
    case HT_VERSION:
    case HT_IO:
    case HT_NO_MEMORY:
    case HT_FULL:
        ht_fail(err, err->status, "this can't be done now; the daemon's log says more");
        break;
    default:
        break;
    }
}

const char *ht_reply_retry_after(enum ht_status status)
{
    if (status == HT_FULL) return "60";
    if (status == HT_LIMITED) return "1";
    return ht_status_http(status) == 503 ? "2" : NULL;
}

void ht_reply_problem(struct ht_request *request, const struct ht_error *err)
{
    struct ht_buffer body = {0};
    struct ht_error told = *err;
    int code = ht_status_http(err->status);
    const char *retry = ht_reply_retry_after(err->status);
    const struct ht_route *route = request->match.route;
    if (!route || route->scope == 0 || route->scope == HT_SCOPE_NONE) ht_reply_for_strangers(&told);
    ht_reply_add_problem(&body, code, NULL, &told);
    add_common(request, PROBLEM_TYPE, "no-store");
    if (retry) ht_request_add_header(request, "Retry-After", retry);
    if (err->status == HT_UNAUTHORIZED)
        ht_request_add_header(request, "WWW-Authenticate", "Bearer realm=\"hooktrail\"");
    finish(request, code, body.failed ? HT_SLICE("") : ht_buffer_slice(&body));
    ht_buffer_release(&body);
}

void ht_reply_no_route(struct ht_request *request)
{
    struct ht_error err;
    if (request->match.allowed) {
        struct ht_buffer allow = {0};
        ht_router_allow(request->match.allowed, &allow);
        const char *methods = ht_buffer_text(&allow);
        if (!allow.failed) ht_request_add_header(request, "Allow", methods);
        ht_buffer_release(&allow);
        ht_fail(&err, HT_NOT_ALLOWED, "this path has other methods; see the header Allow");
    } else {
        ht_fail(&err, HT_NOT_FOUND, "there is nothing here");
        ht_request_slow(request);
    }
    ht_reply_problem(request, &err);
}
