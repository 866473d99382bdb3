#include "body.h"

#include <event2/buffer.h>

#include "field.h"

static void wipe(struct ht_request *request)
{
    struct evbuffer *input = evhttp_request_get_input_buffer(request->http);
    unsigned char *data = evbuffer_pullup(input, -1);
    if (data) explicit_bzero(data, evbuffer_get_length(input));
}

static enum ht_status check(const struct ht_request *request, struct ht_slice body, struct ht_error *err)
{
    if (!ht_field_is_type(ht_request_header(request, "Content-Type"), "application/json"))
        return ht_fail_field(err, HT_INVALID, "Content-Type", "send a JSON object, as application/json");
    if (body.size > HT_BODY_MAX) return ht_fail(err, HT_TOO_LARGE, "the body is over %d bytes", HT_BODY_MAX);
    return HT_OK;
}

enum ht_status ht_body_read(struct ht_request *request, struct ht_member *members, size_t count, struct ht_buffer *out,
                            struct ht_error *err)
{
    struct ht_slice body = ht_request_body(request);
    enum ht_status status = check(request, body, err);
    if (status == HT_OK) status = ht_members_read(request->loop->tools->json, body, members, count, out, err);
    wipe(request);
    return status;
}
