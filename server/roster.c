#include "roster.h"

#include "hooktrail/roster.h"
#include "reply.h"

/* A roster is as long as the trail has endpoints, tokens or exports, which people make: read in one go. */
static enum ht_status read_lines(struct ht_request *request, ht_roster *roster, struct ht_buffer *lines,
                                 struct ht_error *err)
{
    struct ht_reader *reader = request->loop->reader;
    if (request->match.query.size > 0) return ht_fail(err, HT_INVALID, "there are no parameters here");
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = roster(reader, lines, err);
    ht_reader_end(reader);
    return status;
}

static void serve(struct ht_request *request, ht_roster *roster, const char *name)
{
    struct ht_error err;
    struct ht_buffer lines = {0}, out = {0};
    enum ht_status status = read_lines(request, roster, &lines, &err);
    if (status == HT_OK) {
        ht_roster_wrap(name, ht_buffer_slice(&lines), &out);
        status = ht_buffer_status(&out, &err);
    }
    if (status == HT_OK)
        ht_reply_document(request, "application/json", ht_buffer_slice(&out));
    else
        ht_reply_problem(request, &err);
    ht_buffer_release(&lines);
    ht_buffer_release(&out);
}

void ht_roster_serve_endpoints(struct ht_request *request)
{
    serve(request, ht_roster_endpoints, "endpoints");
}

void ht_roster_serve_tokens(struct ht_request *request)
{
    serve(request, ht_roster_tokens, "tokens");
}

void ht_roster_serve_exports(struct ht_request *request)
{
    serve(request, ht_roster_exports, "exports");
}
