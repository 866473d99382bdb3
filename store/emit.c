#include "hooktrail/emit.h"

#include <assert.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "plain.h"
#include "utf8.h"

#define DEEPEST 63

void ht_emit_init(struct ht_emit *emit, struct ht_buffer *out)
{
    *emit = (struct ht_emit){.out = out};
}

static uint64_t level_bit(const struct ht_emit *emit)
{
    return UINT64_C(1) << emit->depth;
}

/* The comma before an item, where one is due. At the top level none is: there a caller may write several lines. */
static void separate(struct ht_emit *emit)
{
    if (emit->depth == 0) return;
    if (emit->filled & level_bit(emit)) ht_buffer_add_byte(emit->out, ',');
    emit->filled |= level_bit(emit);
}

static void begin_value(struct ht_emit *emit)
{
    if (emit->after_key) {
        emit->after_key = false;
        return;
    }
    assert(!(emit->objects & level_bit(emit)));
    separate(emit);
}

static void open_container(struct ht_emit *emit, char bracket, bool object)
{
    begin_value(emit);
    assert(emit->depth < DEEPEST);
    ht_buffer_add_byte(emit->out, bracket);
    emit->depth++;
    emit->filled &= ~level_bit(emit);
    emit->objects &= ~level_bit(emit);
    if (object) emit->objects |= level_bit(emit);
}

static void close_container(struct ht_emit *emit, char bracket, bool object)
{
    assert(emit->depth > 0 && !emit->after_key);
    assert(!(emit->objects & level_bit(emit)) == !object);
    emit->depth--;
    ht_buffer_add_byte(emit->out, bracket);
}

void ht_emit_object(struct ht_emit *emit)
{
    open_container(emit, '{', true);
}

void ht_emit_end_object(struct ht_emit *emit)
{
    close_container(emit, '}', true);
}

void ht_emit_array(struct ht_emit *emit)
{
    open_container(emit, '[', false);
}

void ht_emit_end_array(struct ht_emit *emit)
{
    close_container(emit, ']', false);
}

static bool is_plain(const char *key)
{
    for (; *key; key++) {
        if (*key < ' ' || *key > '~' || *key == '"' || *key == '\\') return false;
    }
    return true;
}

void ht_emit_key(struct ht_emit *emit, const char *key)
{
    assert(emit->depth > 0 && (emit->objects & level_bit(emit)) && !emit->after_key);
    assert(is_plain(key));
    separate(emit);
    emit->after_key = true;
    size_t size = strlen(key);
    char *to = ht_buffer_reserve(emit->out, size + 3);
    if (!to) return;
    to[0] = '"';
    memcpy(to + 1, key, size);
    memcpy(to + 1 + size, "\":", 2);
    emit->out->size += size + 3;
}

/* The letter behind the backslash where RFC 8259 has a short escape, else 0. */
static char short_escape(uint32_t code)
{
    switch (code) {
    case '"':
    case '\\':
        return (char)code;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static bool needs_escape(uint32_t code)
{
    return code < 0x20 || code == '"' || code == '\\' || code == 0x7f || code == 0x2028 || code == 0x2029;
}

static void add_escaped(struct ht_buffer *out, uint32_t code)
{
    static const char digits[] = "0123456789abcdef";
    char letter = short_escape(code);
    if (letter) {
        ht_buffer_add_bytes(out, (char[]){'\\', letter}, 2);
        return;
    }
    char escape[6] = {
        '\\', 'u', digits[code >> 12 & 15], digits[code >> 8 & 15], digits[code >> 4 & 15], digits[code & 15]};
    ht_buffer_add_bytes(out, escape, sizeof escape);
}

/* What can stay is added run by run. */
static void add_string_body(struct ht_buffer *out, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *run = at;
    while ((at = plain_skip(at, end, true)) < end) {
        struct utf8_step step = utf8_step(at, end);
        bool malformed = step.code == UTF8_MALFORMED;
        if (!malformed && !needs_escape(step.code)) {
            at += step.size;
            continue;
        }
        ht_buffer_add_bytes(out, run, (size_t)(at - run));
        if (malformed) {
            ht_buffer_add_text(out, "\xef\xbf\xbd");
        } else {
            add_escaped(out, step.code);
        }
        at += step.size > 0 ? step.size : 1;
        run = at;
    }
    ht_buffer_add_bytes(out, run, (size_t)(at - run));
}

void ht_emit_string(struct ht_emit *emit, struct ht_slice text)
{
    if (!text.data) {
        ht_emit_null(emit);
        return;
    }
    begin_value(emit);
    (void)ht_buffer_reserve(emit->out, text.size + 2); /* at once, for it is seldom longer */
    ht_buffer_add_byte(emit->out, '"');
    const uint8_t *bytes = (const uint8_t *)text.data;
    add_string_body(emit->out, bytes, bytes + text.size);
    ht_buffer_add_byte(emit->out, '"');
}

void ht_emit_text(struct ht_emit *emit, const char *text)
{
    ht_emit_string(emit, ht_slice_from(text));
}

void ht_emit_key_slice(struct ht_emit *emit, struct ht_slice key)
{
    assert(emit->depth > 0 && (emit->objects & level_bit(emit)) && !emit->after_key);
    assert(key.data);
    separate(emit);
    emit->after_key = true; /* so that the string brings no comma of its own */
    ht_emit_string(emit, key);
    ht_buffer_add_byte(emit->out, ':');
    emit->after_key = true;
}

static void emit_digits(struct ht_emit *emit, uint64_t value, bool negative)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (negative) digits[--at] = '-'; /* of 19 digits at most */
    begin_value(emit);
    ht_buffer_add_bytes(emit->out, digits + at, sizeof digits - at);
}

void ht_emit_uint(struct ht_emit *emit, uint64_t value)
{
    emit_digits(emit, value, false);
}

void ht_emit_count(struct ht_emit *emit, const char *key, uint64_t value)
{
    ht_emit_key(emit, key);
    ht_emit_uint(emit, value);
}

void ht_emit_int(struct ht_emit *emit, int64_t value)
{
    emit_digits(emit, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

void ht_emit_bool(struct ht_emit *emit, bool value)
{
    begin_value(emit);
    ht_buffer_add_text(emit->out, value ? "true" : "false");
}

void ht_emit_null(struct ht_emit *emit)
{
    begin_value(emit);
    ht_buffer_add_text(emit->out, "null");
}

void ht_emit_time(struct ht_emit *emit, int64_t time)
{
    if (time == HT_TIME_NONE) {
        ht_emit_null(emit);
        return;
    }
    char text[HT_TIME_TEXT_SIZE];
    size_t length = ht_time_format(text, time);
    ht_emit_string(emit, ht_slice_of(text, length));
}

void ht_emit_hex(struct ht_emit *emit, const void *data, size_t size)
{
    begin_value(emit);
    ht_buffer_add_byte(emit->out, '"');
    ht_hex_add(emit->out, data, size);
    ht_buffer_add_byte(emit->out, '"');
}

void ht_emit_raw(struct ht_emit *emit, struct ht_slice json)
{
    if (json.size == 0) {
        ht_emit_null(emit);
        return;
    }
    begin_value(emit);
    ht_buffer_add(emit->out, json);
}
