/* What any stranger may send in a request's headers and path, the first byte says which: Accept-Encoding,
   If-None-Match, Host (behind a line with the names that are ours), the path of a tile. Nothing is taken for what its
   text does not say; and a path that is taken is the only one of its tile.

   Covers: server/negotiate.c server/hosts.c server/tile_path.c server/field.c */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../server/hosts.h"
#include "../../server/negotiate.h"
#include "../../server/tile_path.h"
#include "hooktrail/log.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether `word`, of lower case, stands anywhere in it, in any case. */
static bool says(struct ht_slice text, struct ht_slice word)
{
    for (size_t at = 0; at + word.size <= text.size; at++) {
        size_t same = 0;
        while (same < word.size &&
               tolower((unsigned char)text.data[at + same]) == tolower((unsigned char)word.data[same]))
            same++;
        if (same == word.size) return true;
    }
    return false;
}

/* ---- codings, entity tags ---- */

static struct ht_slice with_more(struct ht_buffer *out, struct ht_slice text, const char *more)
{
    ht_buffer_clear(out);
    ht_buffer_add(out, text);
    ht_buffer_add_text(out, more);
    return ht_buffer_slice(out);
}

static void check_codings(struct ht_slice header)
{
    struct ht_buffer more = {0};
    enum ht_coding best = ht_negotiate(header);
    require(best != HT_CODING_ZSTD || says(header, HT_SLICE("zstd")));
    require(best != HT_CODING_GZIP || says(header, HT_SLICE("gzip")));
    require(ht_negotiate(with_more(&more, header, ", br, GZip ; q=0.0")) == best);
    require(ht_negotiate(with_more(&more, header, ",gzip;q=0.1")) ==
            (best == HT_CODING_IDENTITY ? HT_CODING_GZIP : best));
    require(ht_negotiate(with_more(&more, header, ",\tzstd")) == HT_CODING_ZSTD);
    ht_buffer_release(&more);
}

static void check_tags(struct ht_slice header)
{
    static const char tag[] = "\"a-tag\"";
    struct ht_buffer more = {0};
    bool matches = ht_negotiate_matches(header, ht_slice_from(tag));
    require(!matches || memmem(header.data, header.size, tag, strlen(tag)) || memchr(header.data, '*', header.size));
    require(ht_negotiate_matches(with_more(&more, header, ", \"b\""), ht_slice_from(tag)) == matches);
    require(ht_negotiate_matches(with_more(&more, header, ", W/\"a-tag\""), ht_slice_from(tag)));
    ht_buffer_release(&more);
}

/* ---- hosts ---- */

/* Whether a name of the list stands in the host, where the list is one that is taken as a setting. */
static bool is_named(struct ht_slice list, struct ht_slice host)
{
    const char *at = list.data, *end = list.data + list.size;
    while (at < end) {
        const char *from = at;
        while (at < end && (isalnum((unsigned char)*at) || *at == '-' || *at == '.' || *at == '_'))
            at++;
        size_t size = (size_t)(at - from);
        if (size > 0 && from[size - 1] == '.') size--;
        if (size > 0 && says(host, ht_slice_of(from, size))) return true;
        if (at < end) at++;
    }
    return false;
}

/* What can be no name of a web page's own: an address, or localhost. */
static bool is_nobody(struct ht_slice host)
{
    if (host.data[0] == '[' || says(host, HT_SLICE("localhost"))) return true;
    for (size_t i = 0; i < host.size; i++)
        if (!isdigit((unsigned char)host.data[i]) && host.data[i] != '.' && host.data[i] != ':') return false;
    return true;
}

static void check_host(struct ht_slice text)
{
    struct ht_error err = {0};
    struct ht_buffer more = {0};
    const char *newline = memchr(text.data, '\n', text.size);
    size_t named = newline ? (size_t)(newline - text.data) : 0, behind = newline ? named + 1 : 0;
    struct ht_slice list = ht_slice_of(text.data, named), host = ht_slice_of(text.data + behind, text.size - behind);
    enum ht_status status = ht_hosts_check(list, &err);
    require(status == HT_OK || (status == HT_INVALID && err.detail[0] != '\0'));
    if (status != HT_OK) return;
    bool has = ht_hosts_has(list, host);
    require(!has || (host.size > 0 && (is_named(list, host) || is_nobody(host))));
    require(has || !ht_hosts_has(HT_ABSENT, host));
    if (!memchr(host.data, ':', host.size) && host.size > 0 && host.data[0] != '[')
        require(ht_hosts_has(list, with_more(&more, host, ":8787")) == has);
    ht_buffer_release(&more);
}

/* ---- tiles ---- */

/* By the definition: groups of three digits, an x before all but the last. */
static void add_index(struct ht_buffer *out, uint64_t index)
{
    uint64_t above = index / 1000;
    uint64_t groups[8];
    size_t count = 0;
    for (; above > 0; above /= 1000)
        groups[count++] = above % 1000;
    while (count > 0)
        ht_buffer_printf(out, "x%03" PRIu64 "/", groups[--count]);
    ht_buffer_printf(out, "%03" PRIu64, index % 1000);
}

static void check_tile_of(struct ht_slice text, bool has_level)
{
    struct ht_tile_path path;
    struct ht_buffer again = {0};
    if (!ht_tile_path_parse(text, has_level, &path)) return;
    require(path.level <= 63 && path.width >= 1 && path.width <= HT_TILE_WIDTH);
    if (has_level) ht_buffer_printf(&again, "%u/", path.level);
    add_index(&again, path.index);
    if (path.width < HT_TILE_WIDTH) ht_buffer_printf(&again, ".p/%u", path.width);
    require(ht_slice_equal(ht_buffer_slice(&again), text));
    ht_buffer_release(&again);
}

static void check_tile(struct ht_slice text)
{
    check_tile_of(text, true);
    check_tile_of(text, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct ht_slice) = {check_codings, check_tags, check_host, check_tile};
    if (size == 0) return 0;
    checks[data[0] % (sizeof checks / sizeof checks[0])](ht_slice_of(data + 1, size - 1));
    return 0;
}
