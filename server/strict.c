#include "strict.h"

#include "field.h"
#include "hooktrail/encode.h"

#define MAX_HEADERS 64

void ht_strict_init(struct ht_strict *strict, struct ht_slice method, struct ht_slice target, int major, int minor)
{
    *strict = (struct ht_strict){
        .method = method, .target = target, .major = major, .minor = minor, .max_headers = MAX_HEADERS};
}

static const char *judge_header(struct ht_strict *strict, struct ht_slice name, struct ht_slice value)
{
    if (++strict->headers > strict->max_headers) return "there are too many headers";
    if (!ht_field_is_token(name)) return "a header's name is malformed";
    if (!ht_field_is_value(value)) return "a header's value has a control character";
    if (ht_slice_is_word(name, "host")) strict->hosts++;
    if (ht_slice_is_word(name, "content-length")) {
        strict->lengths++;
        if (ht_parse_u64(value, &strict->length) != HT_OK) return "Content-Length is no number";
    }
    if (ht_slice_is_word(name, "transfer-encoding")) {
        strict->encodings++;
        if (!ht_slice_is_word(value, "chunked")) return "the only transfer coding that is understood is chunked";
    }
    return NULL;
}

void ht_strict_header(struct ht_strict *strict, struct ht_slice name, struct ht_slice value)
{
    const char *fault = judge_header(strict, name, value);
    if (!strict->fault) strict->fault = fault;
}

static const char *judge_target(struct ht_slice target)
{
    if (target.size == 0 || target.data[0] != '/') return "the target is no absolute path";
    if (target.size > 1 && target.data[1] == '/') return "the target begins with two slashes";
    for (size_t i = 0; i < target.size; i++) {
        unsigned char byte = (unsigned char)target.data[i];
        if (byte <= 0x20 || byte >= 0x7f) return "the target has a byte that must be percent-encoded";
    }
    if (memmem(target.data, target.size, "%00", 3)) return "the target has a NUL in it";
    return NULL;
}

static const char *judge_framing(const struct ht_strict *strict)
{
    bool has_body = ht_slice_is(strict->method, "POST") || ht_slice_is(strict->method, "PUT") ||
                    ht_slice_is(strict->method, "PATCH");
    if (strict->lengths > 1 || strict->encodings > 1 || (strict->lengths && strict->encodings))
        return "the body's length is given more than once";
    if (strict->encodings && strict->minor == 0) return "HTTP/1.0 has no transfer codings";
    if (!has_body && (strict->encodings || strict->length > 0)) return "this method takes no body";
    if (has_body && !strict->encodings && !strict->lengths) return "the body's length is missing";
    return NULL;
}

static const char *judge(const struct ht_strict *strict)
{
    if (strict->major != 1 || (strict->minor != 0 && strict->minor != 1)) return "HTTP/1.0 and 1.1 are understood";
    const char *fault = judge_target(strict->target);
    if (!fault) fault = strict->fault;
    if (!fault && strict->hosts > 1) fault = "there is more than one Host";
    if (!fault && strict->minor == 1 && strict->hosts == 0) fault = "HTTP/1.1 needs a Host";
    return fault ? fault : judge_framing(strict);
}

enum ht_status ht_strict_check(const struct ht_strict *strict, struct ht_error *err)
{
    const char *fault = judge(strict);
    return fault ? ht_fail(err, HT_INVALID, "%s", fault) : HT_OK;
}
