/* Runs of a text that can stay in a JSON string as they are: eight bytes at a time, for those who scan and who escape.
 */
#ifndef HOOKTRAIL_STORE_PLAIN_H
#define HOOKTRAIL_STORE_PLAIN_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PLAIN_EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))
#define PLAIN_DELETE 0x7f /* plain to a scanner, but not to those who escape what a terminal might act upon */

/* A bit for each byte that is a quote, backslash, control character, not ASCII or, if wanted, DEL. The lowest one is
   exact; those above may be false, because subtraction borrows and sums carry (Mycroft, 1987). */
static inline uint64_t plain_special_bytes(uint64_t word, bool without_delete)
{
    uint64_t quote = (word ^ PLAIN_EACH_BYTE('"')) - PLAIN_EACH_BYTE(1);
    uint64_t backslash = (word ^ PLAIN_EACH_BYTE('\\')) - PLAIN_EACH_BYTE(1);
    uint64_t special = (word - PLAIN_EACH_BYTE(0x20)) | quote | backslash | word;
    if (without_delete) special |= word + PLAIN_EACH_BYTE(1);
    return special & PLAIN_EACH_BYTE(0x80);
}

static inline bool plain_is_special(uint8_t c, bool without_delete)
{
    return c < 0x20 || c == '"' || c == '\\' || c >= 0x80 || (without_delete && c == PLAIN_DELETE);
}

/* The first byte from `at` on that is no plain ASCII, or `end`. */
static inline const uint8_t *plain_skip(const uint8_t *at, const uint8_t *end, bool without_delete)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t special = plain_special_bytes(le64toh(word), without_delete);
        if (special) return at + __builtin_ctzll(special) / 8;
        at += 8;
    }
    while (at < end && !plain_is_special(*at, without_delete))
        at++;
    return at;
}

#endif
