#include "negotiate.h"

#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include "field.h"

#define ZSTD_LEVEL 3
#define GZIP_LEVEL 4
#define GZIP_WINDOW (15 + 16) /* zlib's way to ask for gzip's frame */

static const struct {
    const char *name;
    enum ht_coding coding;
} codings[] = {{"zstd", HT_CODING_ZSTD}, {"gzip", HT_CODING_GZIP}, {"x-gzip", HT_CODING_GZIP}};

#define CODING_COUNT (sizeof codings / sizeof codings[0])

static bool is_one_of(char byte, const char *set)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

/* "q=0", "q=0.000": not wanted. Other weights are not weighed: what is accepted is good enough. */
static bool is_refused(struct ht_slice parameters)
{
    while (parameters.size > 0 && is_one_of(parameters.data[0], " \t;"))
        parameters.data++, parameters.size--;
    if (parameters.size < 3 || (parameters.data[0] | 0x20) != 'q' || parameters.data[1] != '=') return false;
    for (size_t i = 2; i < parameters.size; i++) {
        if (!is_one_of(parameters.data[i], "0. \t")) return false;
    }
    return true;
}

enum ht_coding ht_negotiate(struct ht_slice accept_encoding)
{
    enum ht_coding best = HT_CODING_IDENTITY;
    struct ht_slice element;
    while (ht_field_next(&accept_encoding, &element)) {
        const char *semicolon = element.size ? memchr(element.data, ';', element.size) : NULL;
        size_t size = semicolon ? (size_t)(semicolon - element.data) : element.size;
        struct ht_slice name = ht_slice_of(element.data, size);
        while (name.size > 0 && is_one_of(name.data[name.size - 1], " \t"))
            name.size--;
        if (is_refused(ht_slice_of(element.data + size, element.size - size))) continue;
        for (size_t i = 0; i < CODING_COUNT; i++) {
            if (ht_slice_is_word(name, codings[i].name) && codings[i].coding > best) best = codings[i].coding;
        }
    }
    return best;
}

const char *ht_negotiate_name(enum ht_coding coding)
{
    return coding == HT_CODING_ZSTD ? "zstd" : coding == HT_CODING_GZIP ? "gzip" : NULL;
}

static size_t pack_zstd(struct ht_slice text, char *room, size_t capacity)
{
    size_t size = ZSTD_compress(room, capacity, text.data, text.size, ZSTD_LEVEL);
    return ZSTD_isError(size) ? 0 : size;
}

static size_t pack_gzip(struct ht_slice text, char *room, size_t capacity)
{
    z_stream stream = {0};
    if (text.size > UINT32_MAX / 2) return 0;
    if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (const Bytef *)text.data;
    stream.avail_in = (uInt)text.size;
    stream.next_out = (Bytef *)room;
    stream.avail_out = (uInt)capacity;
    size_t size = deflate(&stream, Z_FINISH) == Z_STREAM_END ? capacity - stream.avail_out : 0;
    deflateEnd(&stream);
    return size;
}

bool ht_negotiate_pack(enum ht_coding coding, struct ht_slice text, struct ht_buffer *out)
{
    if (coding == HT_CODING_IDENTITY || text.size < 2) return false;
    char *room = ht_buffer_reserve(out, text.size);
    if (!room) return false;
    /* Room for less than the text: what doesn't get smaller fails. */
    size_t capacity = text.size - 1;
    size_t size = coding == HT_CODING_ZSTD ? pack_zstd(text, room, capacity) : pack_gzip(text, room, capacity);
    out->size += size;
    return size > 0;
}

bool ht_negotiate_matches(struct ht_slice if_none_match, struct ht_slice etag)
{
    struct ht_slice element;
    while (ht_field_next(&if_none_match, &element)) {
        if (ht_slice_is(element, "*")) return true;
        if (element.size > 2 && memcmp(element.data, "W/", 2) == 0) element.data += 2, element.size -= 2;
        if (ht_slice_equal(element, etag)) return true;
    }
    return false;
}
