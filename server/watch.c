#include "watch.h"

#include <ctype.h>

#include "field.h"
#include "hooktrail/encode.h"

#define MAX_CHUNK_DIGITS 15
#define MAX_TRAILER 8192

/* Where in a chunked body (RFC 9112, section 7.1). */
enum part {
    PART_SIZE,
    PART_SIZE_END,
    PART_DATA,
    PART_DATA_CR,
    PART_DATA_LF,
    PART_TRAILER, /* and what lies behind it: at the beginning of a line */
    PART_TRAILER_NAME,
    PART_TRAILER_VALUE,
    PART_TRAILER_LF,
    PART_END_LF
};

void ht_watch_init(struct ht_watch *watch, size_t max_head, unsigned max_headers, uint64_t max_body)
{
    memset(watch, 0, sizeof *watch);
    watch->max_head = max_head;
    watch->max_headers = max_headers;
    watch->max_body = max_body;
}

void ht_watch_release(struct ht_watch *watch)
{
    ht_buffer_release(&watch->head);
    ht_buffer_release(&watch->kept);
}

void ht_watch_reset(struct ht_watch *watch)
{
    struct ht_buffer head = watch->head;
    ht_buffer_release(&watch->kept);
    ht_watch_init(watch, watch->max_head, watch->max_headers, watch->max_body);
    watch->head = head;
    ht_buffer_clear(&watch->head);
}

static void refuse(struct ht_watch *watch, const char *reason)
{
    watch->state = HT_WATCH_MALFORMED;
    watch->reason = reason;
}

/* ---- the head ---- */

static struct ht_slice line_at(const struct ht_watch *watch, size_t at, size_t *next)
{
    const char *begin = watch->head.data + at;
    size_t rest = watch->head.size - at;
    const char *end = rest ? memchr(begin, '\n', rest) : NULL;
    size_t size = end ? (size_t)(end - begin) : rest;
    *next = at + size + (end ? 1 : 0);
    if (size > 0 && begin[size - 1] == '\r') size--;
    return ht_slice_of(begin, size);
}

bool ht_watch_next_header(const struct ht_watch *watch, size_t *at, struct ht_slice *name, struct ht_slice *value)
{
    if (watch->head.size == 0) return false;
    if (*at == 0) line_at(watch, 0, at);
    if (*at >= watch->head.size) return false;
    struct ht_slice line = line_at(watch, *at, at);
    if (line.size == 0) return false;
    const char *colon = memchr(line.data, ':', line.size);
    size_t size = colon ? (size_t)(colon - line.data) : line.size;
    *name = ht_slice_of(line.data, size);
    *value = colon ? ht_field_trim(ht_slice_of(colon + 1, line.size - size - 1)) : HT_ABSENT;
    return true;
}

struct ht_slice ht_watch_header(const struct ht_watch *watch, const char *name)
{
    struct ht_slice found, value;
    for (size_t at = 0; ht_watch_next_header(watch, &at, &found, &value);) {
        if (ht_slice_is_word(found, name)) return value;
    }
    return HT_ABSENT;
}

static struct ht_slice word(struct ht_slice line, unsigned place)
{
    for (;; place--) {
        const char *space = line.size ? memchr(line.data, ' ', line.size) : NULL;
        size_t size = space ? (size_t)(space - line.data) : line.size;
        if (place == 0) return ht_slice_of(line.data, size);
        if (!space) return HT_ABSENT;
        line = ht_slice_of(space + 1, line.size - size - 1);
    }
}

struct ht_slice ht_watch_method(const struct ht_watch *watch)
{
    size_t next;
    return watch->head.size ? word(line_at(watch, 0, &next), 0) : HT_ABSENT;
}

struct ht_slice ht_watch_target(const struct ht_watch *watch)
{
    size_t next;
    return watch->head.size ? word(line_at(watch, 0, &next), 1) : HT_ABSENT;
}

static const char *check_length(struct ht_watch *watch, struct ht_slice value)
{
    if (ht_parse_u64(value, &watch->announced) != HT_OK) return "Content-Length is no number";
    return NULL;
}

struct framing {
    unsigned lengths;
    unsigned encodings;
    unsigned headers;
};

static const char too_many[] = "too many headers";

static const char *check_header(struct ht_watch *watch, struct framing *framing, struct ht_slice name,
                                struct ht_slice value)
{
    if (++framing->headers > watch->max_headers) return too_many;
    if (!value.data) return "a header line has no colon";
    if (!ht_field_is_token(name)) return "a header's name is malformed";
    if (!ht_field_is_value(value)) return "a header's value has a control character";
    if (ht_slice_is_word(name, "content-length")) {
        if (framing->lengths++) return "two Content-Length headers";
        return check_length(watch, value);
    }
    if (ht_slice_is_word(name, "transfer-encoding")) {
        if (framing->encodings++) return "two Transfer-Encoding headers";
        if (!ht_slice_is_word(value, "chunked")) return "the only transfer coding that is understood is chunked";
        watch->chunked = true;
    }
    return NULL;
}

static bool knows_method(struct ht_slice method)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (ht_slice_is(method, methods[i])) return true;
    }
    return false;
}

static const char *check_first_line(struct ht_watch *watch, struct ht_slice line)
{
    struct ht_slice method = word(line, 0), target = word(line, 1), version = word(line, 2);
    if (!ht_field_is_value(line)) return "the request line has a control character";
    if (!ht_field_is_token(method) || target.size == 0 || word(line, 3).data) return "the request line is malformed";
    if (!ht_slice_equal(version, HT_SLICE("HTTP/1.1")) && !ht_slice_equal(version, HT_SLICE("HTTP/1.0")))
        return "HTTP/1.0 and 1.1 are understood";
    if (!knows_method(method)) watch->state = HT_WATCH_UNKNOWN_METHOD;
    return NULL;
}

/* Lines end with CR LF. A bare LF is one end to us and a part of a value to others. */
static bool has_bare_newline(struct ht_slice head)
{
    const char *from = head.data, *newline;
    while ((newline = memchr(from, '\n', (size_t)(head.data + head.size - from)))) {
        if (newline == head.data || newline[-1] != '\r') return true;
        from = newline + 1;
    }
    return false;
}

/* The head is whole: how is the body framed? */
static const char *check_head(struct ht_watch *watch)
{
    size_t at;
    struct ht_slice name, value;
    struct framing framing = {0};
    struct ht_slice first = line_at(watch, 0, &at);
    if (has_bare_newline(ht_buffer_slice(&watch->head))) return "a line of the head ends without a carriage return";
    const char *malformed = check_first_line(watch, first);
    if (malformed) return malformed;
    while (ht_watch_next_header(watch, &at, &name, &value)) {
        const char *fault = check_header(watch, &framing, name, value);
        if (fault) return fault;
    }
    if (framing.lengths && framing.encodings) return "both Content-Length and Transfer-Encoding";
    if (watch->chunked && !ht_slice_equal(word(first, 2), HT_SLICE("HTTP/1.1"))) return "chunked needs HTTP/1.1";
    return NULL;
}

static void begin_body(struct ht_watch *watch)
{
    if (watch->head.failed) {
        watch->state = HT_WATCH_NO_MEMORY;
        return;
    }
    const char *fault = check_head(watch);
    if (fault) {
        refuse(watch, fault);
        if (fault == too_many) watch->state = HT_WATCH_TOO_MANY_HEADERS;
        return;
    }
    if (ht_watch_refuses(watch)) return;
    watch->state = watch->chunked || watch->announced > 0 ? HT_WATCH_BODY : HT_WATCH_DONE;
    watch->left = watch->announced;
    if (watch->chunked) {
        watch->announced = 0;
        watch->left = 0;
    }
    watch->over = watch->announced > watch->max_body;
}

/* Takes bytes up to the empty line; returns how many. */
static size_t take_head(struct ht_watch *watch, struct ht_slice bytes)
{
    size_t at = 0, room = watch->max_head + 1 - watch->head.size;
    if (bytes.size > room) bytes.size = room;
    while (at < bytes.size && watch->matched < 2) {
        char byte = bytes.data[at++];
        if (byte == '\n')
            watch->matched++;
        else if (byte != '\r' || watch->matched == 0)
            watch->matched = 0;
    }
    ht_buffer_add_bytes(&watch->head, bytes.data, at);
    if (watch->head.size > watch->max_head)
        watch->state = HT_WATCH_HEAD_TOO_LARGE;
    else if (watch->matched == 2)
        begin_body(watch);
    return at;
}

/* ---- the body ---- */

/* Of a chunked body the beginning is kept in any case: when it turns out to be over-long, evhttp has swallowed it. */
static void keep(struct ht_watch *watch, const char *data, size_t size)
{
    if (!watch->over && !watch->chunked) return;
    size_t room = HT_WATCH_KEPT - watch->kept.size;
    ht_buffer_add_bytes(&watch->kept, data, size < room ? size : room);
    if (watch->over && (watch->kept.size == HT_WATCH_KEPT || watch->kept.failed)) watch->state = HT_WATCH_TOO_LARGE;
}

static size_t take_plain(struct ht_watch *watch, struct ht_slice bytes)
{
    size_t size = bytes.size < watch->left ? bytes.size : (size_t)watch->left;
    watch->left -= size;
    keep(watch, bytes.data, size);
    if (watch->left == 0) watch->state = watch->over ? HT_WATCH_TOO_LARGE : HT_WATCH_DONE;
    return size;
}

static unsigned hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') return (unsigned)(digit - '0');
    return (unsigned)(tolower((unsigned char)digit) - 'a') + 10;
}

/* The size is known: refuse before a byte of the chunk that goes beyond the limit is buffered. */
static void begin_chunk(struct ht_watch *watch)
{
    watch->part = watch->left ? PART_DATA : PART_TRAILER;
    watch->digits = 0;
    if (watch->left == 0) return;
    watch->announced += watch->left;
    if (watch->announced <= watch->max_body) return;
    watch->over = true;
    keep(watch, "", 0);
}

static void take_size_byte(struct ht_watch *watch, char byte)
{
    if (isxdigit((unsigned char)byte) && watch->digits < MAX_CHUNK_DIGITS) {
        watch->left = watch->left * 16 + hex_value(byte);
        watch->digits++;
    } else if (watch->digits == 0) {
        refuse(watch, "a chunk has no size");
    } else if (byte == '\r') {
        watch->part = PART_SIZE_END;
    } else {
        refuse(watch, "a chunk's size is malformed");
    }
}

/* evhttp would answer a malformed trailer by itself, with a page. */
static void take_trailer_byte(struct ht_watch *watch, char byte)
{
    bool token = ht_field_is_token(ht_slice_of(&byte, 1));
    if (++watch->line > MAX_TRAILER) {
        refuse(watch, "the trailer is too long");
    } else if (watch->part == PART_END_LF && byte == '\n') {
        watch->state = HT_WATCH_DONE;
    } else if (watch->part == PART_TRAILER_LF && byte == '\n') {
        watch->part = PART_TRAILER;
    } else if (watch->part == PART_TRAILER && byte == '\r') {
        watch->part = PART_END_LF;
    } else if (watch->part <= PART_TRAILER_NAME && token) {
        watch->part = PART_TRAILER_NAME;
    } else if (watch->part == PART_TRAILER_NAME && byte == ':') {
        watch->part = PART_TRAILER_VALUE;
    } else if (watch->part == PART_TRAILER_VALUE && byte == '\r') {
        watch->part = PART_TRAILER_LF;
    } else if (watch->part != PART_TRAILER_VALUE || !ht_field_is_value(ht_slice_of(&byte, 1))) {
        refuse(watch, "the trailer is malformed");
    }
}

static void take_mark(struct ht_watch *watch, char byte)
{
    if (watch->part == PART_SIZE_END) {
        if (byte != '\n')
            refuse(watch, "a chunk's size is malformed");
        else
            begin_chunk(watch);
    } else if (watch->part == PART_DATA_CR) {
        if (byte != '\r') refuse(watch, "a chunk is longer than its size");
        watch->part = PART_DATA_LF;
    } else {
        if (byte != '\n') refuse(watch, "a chunk is longer than its size");
        watch->part = PART_SIZE;
    }
}

static size_t take_chunked(struct ht_watch *watch, struct ht_slice bytes)
{
    if (watch->part == PART_DATA) {
        size_t size = bytes.size < watch->left ? bytes.size : (size_t)watch->left;
        watch->left -= size;
        keep(watch, bytes.data, size);
        if (watch->left > 0) return size;
        watch->part = PART_DATA_CR;
        if (watch->over) watch->state = HT_WATCH_TOO_LARGE;
        return size;
    }
    if (watch->part == PART_SIZE)
        take_size_byte(watch, bytes.data[0]);
    else if (watch->part >= PART_TRAILER)
        take_trailer_byte(watch, bytes.data[0]);
    else
        take_mark(watch, bytes.data[0]);
    return 1;
}

void ht_watch_feed(struct ht_watch *watch, struct ht_slice bytes)
{
    while (bytes.size > 0 && watch->state <= HT_WATCH_BODY) {
        size_t taken = watch->state == HT_WATCH_HEAD ? take_head(watch, bytes)
                       : watch->chunked              ? take_chunked(watch, bytes)
                                                     : take_plain(watch, bytes);
        bytes = ht_slice_of(bytes.data + taken, bytes.size - taken);
    }
}
