#include "hooktrail/encode.h"

#include <sodium.h>

#include "utf8.h"

void ht_hex_add(struct ht_buffer *out, const void *data, size_t size)
{
    if (size >= SIZE_MAX / 2) {
        out->failed = true;
        return;
    }
    char *to = ht_buffer_reserve(out, 2 * size + 1);
    if (!to) return;
    sodium_bin2hex(to, 2 * size + 1, data, size);
    out->size += 2 * size;
}

static void add_base64(struct ht_buffer *out, const void *data, size_t size, int variant)
{
    if (size >= SIZE_MAX / 2) {
        out->failed = true;
        return;
    }
    size_t room = sodium_base64_encoded_len(size, variant);
    char *to = ht_buffer_reserve(out, room);
    if (!to) return;
    sodium_bin2base64(to, room, data, size, variant);
    out->size += room - 1;
}

void ht_base64url_add(struct ht_buffer *out, const void *data, size_t size)
{
    add_base64(out, data, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void ht_base64_add(struct ht_buffer *out, const void *data, size_t size)
{
    add_base64(out, data, size, sodium_base64_VARIANT_ORIGINAL);
}

static bool is_ascii(struct ht_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] >= 0x80) return false;
    }
    return true;
}

/* libsodium 1.0.18 takes any byte above ASCII for the 63rd letter, "_" or "/". */
static enum ht_status decode_base64(struct ht_slice text, int variant, void *out, size_t capacity, size_t *size)
{
    if (!text.data || !is_ascii(text)) return HT_INVALID;
    if (sodium_base642bin(out, capacity, text.data, text.size, NULL, size, NULL, variant) != 0) return HT_INVALID;
    return HT_OK;
}

enum ht_status ht_base64url_decode(struct ht_slice text, void *out, size_t capacity, size_t *size)
{
    return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out, capacity, size);
}

enum ht_status ht_base64_decode(struct ht_slice text, void *out, size_t capacity, size_t *size)
{
    return decode_base64(text, sodium_base64_VARIANT_ORIGINAL, out, capacity, size);
}

size_t ht_utf8_check(struct ht_slice text)
{
    if (text.size == 0) return 0;
    const uint8_t *start = (const uint8_t *)text.data;
    const uint8_t *end = start + text.size;
    const uint8_t *at = start;
    while (at < end) {
        uint64_t word;
        if ((size_t)(end - at) >= sizeof word) {
            memcpy(&word, at, sizeof word);
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof word;
                continue;
            }
        }
        struct utf8_step step = utf8_step(at, end);
        if (step.code == UTF8_MALFORMED) break;
        at += step.size;
    }
    return (size_t)(at - start);
}

struct code_range {
    uint32_t first;
    uint32_t last;
};

/* What could move the cursor, reorder or hide text: the controls, and of Unicode's format characters (Cf) all that are
   not seen. U+200C and U+200D stay: emoji and several scripts need them. */
static const struct code_range terminal_unsafe[] = {
    {0x00, 0x1f},       /* C0 */
    {0x7f, 0x9f},       /* DEL, C1 */
    {0xad, 0xad},       /* soft hyphen */
    {0x61c, 0x61c},     /* Arabic letter mark */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x200b, 0x200b},   /* zero-width space */
    {0x200e, 0x200f},   /* left-to-right and right-to-left marks */
    {0x2028, 0x202e},   /* line and paragraph separators, bidi embeddings and overrides */
    {0x2060, 0x206f},   /* word joiner, invisible operators, bidi isolates, deprecated controls */
    {0xfeff, 0xfeff},   /* zero-width no-break space, byte order mark */
    {0xfff9, 0xfffb},   /* interlinear annotations */
    {0x13430, 0x1343f}, /* joiners of hieroglyphs */
    {0x1bca0, 0x1bca3}, /* of shorthand */
    {0x1d173, 0x1d17a}, /* of musical notation */
    {0xe0000, 0xe007f}, /* tags, by which text can be hidden in text */
};

static bool is_terminal_unsafe(uint32_t code)
{
    for (size_t i = 0; i < sizeof terminal_unsafe / sizeof terminal_unsafe[0]; i++) {
        if (code < terminal_unsafe[i].first) return false;
        if (code <= terminal_unsafe[i].last) return true;
    }
    return false;
}

void ht_terminal_add(struct ht_buffer *out, struct ht_slice text, bool multiline)
{
    if (text.size == 0) return;
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = at + text.size;
    const uint8_t *run = at; /* begin of what is safe and not yet added */
    while (at < end) {
        struct utf8_step step = utf8_step(at, end);
        bool malformed = step.code == UTF8_MALFORMED;
        if (!malformed && (!is_terminal_unsafe(step.code) || (multiline && step.code == '\n'))) {
            at += step.size;
            continue;
        }
        ht_buffer_add_bytes(out, run, (size_t)(at - run));
        if (malformed || step.code < 0x80) {
            ht_buffer_printf(out, "\\x%02x", *at);
            at++;
        } else {
            ht_buffer_printf(out, "\\u{%04x}", step.code);
            at += step.size;
        }
        run = at;
    }
    ht_buffer_add_bytes(out, run, (size_t)(at - run));
}

enum ht_status ht_parse_u64(struct ht_slice text, uint64_t *value)
{
    if (text.size == 0) return HT_INVALID;
    uint64_t sum = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c < '0' || c > '9') return HT_INVALID;
        if (__builtin_mul_overflow(sum, 10, &sum)) return HT_INVALID;
        if (__builtin_add_overflow(sum, (uint64_t)(c - '0'), &sum)) return HT_INVALID;
    }
    *value = sum;
    return HT_OK;
}

enum ht_status ht_parse_measure(struct ht_slice text, const struct ht_unit *units, uint64_t *value)
{
    uint64_t number;
    size_t at = 0;
    while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    if (ht_parse_u64(ht_slice_of(text.data, at), &number) != HT_OK) return HT_INVALID;
    while (at < text.size && text.data[at] == ' ')
        at++;
    struct ht_slice name = ht_slice_of(text.data + at, text.size - at);
    for (const struct ht_unit *unit = units; unit->name; unit++) {
        if (!ht_slice_is_word(name, unit->name)) continue;
        if (__builtin_mul_overflow(number, unit->factor, &number)) return HT_INVALID;
        *value = number;
        return HT_OK;
    }
    return HT_INVALID;
}

enum ht_status ht_parse_bytes(struct ht_slice text, uint64_t *value)
{
    static const uint64_t one = 1;
    static const struct ht_unit units[] = {
        {"", one},        {"B", one},         {"K", one << 10}, {"KiB", one << 10},
        {"M", one << 20}, {"MiB", one << 20}, {"G", one << 30}, {"GiB", one << 30},
        {"T", one << 40}, {"TiB", one << 40}, {NULL, 0},
    };
    return ht_parse_measure(text, units, value);
}
