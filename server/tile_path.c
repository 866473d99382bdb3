#include "tile_path.h"

#include "hooktrail/log.h"

#define MAX_LEVEL 63
#define DIGITS 3 /* of one element of an index */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take(struct ht_slice *text, const char *prefix)
{
    size_t size = strlen(prefix);
    if (text->size < size || memcmp(text->data, prefix, size) != 0) return false;
    *text = ht_slice_of(text->data + size, text->size - size);
    return true;
}

/* Decimal up to `max`, without leading zeros. */
static bool take_number(struct ht_slice *text, unsigned max, unsigned *number)
{
    size_t size = 0;
    *number = 0;
    while (size < text->size && is_digit(text->data[size]) && *number <= max)
        *number = *number * 10 + (unsigned)(text->data[size++] - '0');
    if (size == 0 || *number > max || (size > 1 && text->data[0] == '0')) return false;
    *text = ht_slice_of(text->data + size, text->size - size);
    return true;
}

static bool take_digits(struct ht_slice *text, uint64_t *index)
{
    uint64_t value = 0;
    if (text->size < DIGITS) return false;
    for (size_t i = 0; i < DIGITS; i++) {
        if (!is_digit(text->data[i])) return false;
        value = value * 10 + (uint64_t)(text->data[i] - '0');
    }
    *text = ht_slice_of(text->data + DIGITS, text->size - DIGITS);
    return !__builtin_mul_overflow(*index, 1000, index) && !__builtin_add_overflow(*index, value, index);
}

/* 1234067 is "x001/x234/067". */
static bool take_index(struct ht_slice *text, uint64_t *index)
{
    *index = 0;
    while (take(text, "x")) {
        if (!take_digits(text, index) || !take(text, "/")) return false;
        /* A first element of zeros would be a second form of the same number. */
        if (*index == 0) return false;
    }
    return take_digits(text, index);
}

bool ht_tile_path_parse(struct ht_slice text, bool has_level, struct ht_tile_path *path)
{
    path->level = 0;
    path->width = HT_TILE_WIDTH;
    if (has_level && (!take_number(&text, MAX_LEVEL, &path->level) || !take(&text, "/"))) return false;
    if (!take_index(&text, &path->index)) return false;
    if (text.size == 0) return true;
    return take(&text, ".p/") && take_number(&text, HT_TILE_WIDTH - 1, &path->width) && path->width > 0 &&
           text.size == 0;
}
