/* One step through UTF-8 (RFC 3629), shared by those who check, escape or scan text. */
#ifndef HOOKTRAIL_STORE_UTF8_H
#define HOOKTRAIL_STORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* What stands at a place. If it is well-formed, `code` is the code point and `size` 1 to 4. If not, `code` is
   UTF8_MALFORMED and `size` counts the bytes, 0 to 3, that could still have begun a sequence: the byte behind them is
   the first at fault (the "maximal subpart" of the Unicode Standard, section 3.9). */
struct utf8_step {
    uint32_t code;
    uint32_t size;
};

#define UTF8_MALFORMED UINT32_MAX

/* The second byte is where over-long forms, surrogates and what lies beyond U+10FFFF show. */
static inline void utf8_second_range(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
}

/* `at` must be before `end`. */
static inline struct utf8_step utf8_step(const uint8_t *at, const uint8_t *end)
{
    uint8_t lead = at[0];
    if (lead < 0x80) return (struct utf8_step){lead, 1};
    if (lead < 0xc2 || lead > 0xf4) return (struct utf8_step){UTF8_MALFORMED, 0};

    uint32_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t code = lead & (0x7fU >> size);
    uint8_t low, high;
    utf8_second_range(lead, &low, &high);
    for (uint32_t i = 1; i < size; i++) {
        if (at + i == end || at[i] < low || at[i] > high) return (struct utf8_step){UTF8_MALFORMED, i};
        code = code << 6 | (at[i] & 0x3f);
        low = 0x80;
        high = 0xbf;
    }
    return (struct utf8_step){code, size};
}

/* Writes a code point that is no surrogate and at most U+10FFFF; returns the bytes written, 1 to 4. */
static inline size_t utf8_put(char to[4], uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)((0xf00 >> size & 0xff) | code);
    return size;
}

#endif
