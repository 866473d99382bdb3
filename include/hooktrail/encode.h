/* Text forms of bytes: hex and base64url, UTF-8, integers of fixed byte order, escapes for a terminal. */
#ifndef HOOKTRAIL_ENCODE_H
#define HOOKTRAIL_ENCODE_H

#include <stdint.h>

#include "hooktrail/buffer.h"

/* Lower-case hex of `size` bytes, 2 * size characters, not terminated. */
void ht_hex_add(struct ht_buffer *out, const void *data, size_t size);

/* base64url without padding (RFC 4648, section 5). Decoding refuses padding, other alphabets, stray bits
   and more bytes than `capacity`, all with HT_INVALID. */
void ht_base64url_add(struct ht_buffer *out, const void *data, size_t size);
HT_MUST_CHECK enum ht_status ht_base64url_decode(struct ht_slice text, void *out, size_t capacity, size_t *size);

/* Standard base64 with padding (RFC 4648, section 4), as Standard Webhooks and signed notes use. */
void ht_base64_add(struct ht_buffer *out, const void *data, size_t size);
HT_MUST_CHECK enum ht_status ht_base64_decode(struct ht_slice text, void *out, size_t capacity, size_t *size);

/* First byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no over-long forms), or text.size if all is. */
size_t ht_utf8_check(struct ht_slice text);

/* Adds text that is safe and single-line on a terminal: C0, C1, DEL, bidi controls, zero-width and line separators
   as \xNN or \u{NNNN}; malformed bytes as \xNN. Newline and tab too, unless `multiline`, which keeps newlines. */
void ht_terminal_add(struct ht_buffer *out, struct ht_slice text, bool multiline);

/* Decimal digits only, no sign, no overflow; HT_INVALID otherwise. */
HT_MUST_CHECK enum ht_status ht_parse_u64(struct ht_slice text, uint64_t *value);

/* Bytes, as people write them: decimal digits and, behind blanks or none, a unit of 1,024s: B, K or KiB, M or MiB, G or
   GiB, T or TiB, in whatever case; none is bytes. HT_INVALID otherwise, and beyond 64 bits. */
HT_MUST_CHECK enum ht_status ht_parse_size(struct ht_slice text, uint64_t *bytes);

/* Big-endian integers, as stored: keys then sort as numbers do. */
static inline void ht_put_be32(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 24), to[1] = (uint8_t)(value >> 16), to[2] = (uint8_t)(value >> 8),
    to[3] = (uint8_t)value;
}

static inline void ht_put_be64(uint8_t *to, uint64_t value)
{
    ht_put_be32(to, (uint32_t)(value >> 32));
    ht_put_be32(to + 4, (uint32_t)value);
}

static inline uint32_t ht_get_be32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static inline uint64_t ht_get_be64(const uint8_t *from)
{
    return (uint64_t)ht_get_be32(from) << 32 | ht_get_be32(from + 4);
}

#endif
