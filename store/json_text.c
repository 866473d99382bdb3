#include "json_text.h"

#include <assert.h>
#include <stdint.h>

#include "utf8.h"

void ht_json_pieces_begin(struct ht_json_pieces *pieces, struct ht_json_text text)
{
    assert(text.raw.data);
    pieces->at = text.raw.data;
    pieces->end = text.raw.data + text.raw.size;
    pieces->escaped = text.escaped;
}

static uint32_t hex_value(char c)
{
    if (c <= '9') return (uint32_t)(c - '0');
    return (uint32_t)((c | 0x20) - 'a' + 10);
}

/* The four digits of "uXXXX". */
static uint32_t hex_unit(const char *escape)
{
    return hex_value(escape[1]) << 12 | hex_value(escape[2]) << 8 | hex_value(escape[3]) << 4 | hex_value(escape[4]);
}

/* Takes "uXXXX", or "uXXXX\uXXXX" for a surrogate pair, off the front. The scanner has seen to it that all is there. */
static uint32_t take_unicode(struct ht_json_pieces *pieces)
{
    assert(pieces->end - pieces->at >= 5);
    uint32_t unit = hex_unit(pieces->at);
    pieces->at += 5;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    assert(pieces->end - pieces->at >= 6);
    uint32_t low = hex_unit(pieces->at + 1);
    pieces->at += 6;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static uint32_t take_escape(struct ht_json_pieces *pieces)
{
    char letter = *pieces->at;
    if (letter == 'u') return take_unicode(pieces);
    pieces->at++;
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return (uint32_t)letter; /* quote, backslash, slash */
    }
}

bool ht_json_pieces_step(struct ht_json_pieces *pieces, struct ht_slice *piece)
{
    if (pieces->at == pieces->end) return false;
    const char *start = pieces->at;
    const char *backslash = pieces->escaped ? memchr(start, '\\', (size_t)(pieces->end - start)) : NULL;
    if (backslash != start) {
        pieces->at = backslash ? backslash : pieces->end;
        *piece = ht_slice_of(start, (size_t)(pieces->at - start));
        return true;
    }
    pieces->at++;
    assert(pieces->at < pieces->end);
    *piece = ht_slice_of(pieces->character, utf8_put(pieces->character, take_escape(pieces)));
    return true;
}

/* Refills a piece that is used up; false at the end of the value. */
static bool refill(struct ht_json_pieces *pieces, struct ht_slice *piece)
{
    return piece->size > 0 || ht_json_pieces_step(pieces, piece);
}

bool ht_json_pieces_equal(struct ht_json_text a, struct ht_json_text b)
{
    struct ht_json_pieces left, right;
    ht_json_pieces_begin(&left, a);
    ht_json_pieces_begin(&right, b);
    struct ht_slice x = HT_ABSENT, y = HT_ABSENT;
    for (;;) {
        bool more = refill(&left, &x);
        if (more != refill(&right, &y)) return false;
        if (!more) return true;
        size_t common = x.size < y.size ? x.size : y.size;
        if (memcmp(x.data, y.data, common) != 0) return false;
        x = ht_slice_of(x.data + common, x.size - common);
        y = ht_slice_of(y.data + common, y.size - common);
    }
}
