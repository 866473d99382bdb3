#include "excerpt.h"

#include "hooktrail/encode.h"
#include "wrap.h"

#define BEFORE 32 /* bytes shown before the fault */
#define BEHIND 32 /* and from it on */

static bool is_continuation(char byte)
{
    return ((uint8_t)byte & 0xc0) == 0x80;
}

/* Moves a border to the next that doesn't cut a character in two, by 3 bytes at most. */
static size_t whole_from(struct ht_slice body, size_t at)
{
    for (size_t i = 0; i < 3 && at < body.size && is_continuation(body.data[at]); i++)
        at++;
    return at;
}

void ht_excerpt_add(struct ht_buffer *out, struct ht_slice body, size_t offset, unsigned indent)
{
    struct ht_buffer before = {0};
    struct ht_buffer behind = {0};
    if (offset > body.size) offset = body.size;
    size_t from = offset > BEFORE ? whole_from(body, offset - BEFORE) : 0;
    if (from > offset) from = offset;
    size_t to = body.size - offset > BEHIND ? whole_from(body, offset + BEHIND) : body.size;
    if (from > 0) ht_buffer_add_text(&before, "...");
    ht_terminal_add(&before, ht_slice_of(body.data + from, offset - from), false);
    ht_terminal_add(&behind, ht_slice_of(body.data + offset, to - offset), false);
    if (to < body.size) ht_buffer_add_text(&behind, "...");
    unsigned mark = indent + ht_wrap_width(ht_buffer_slice(&before));
    ht_buffer_printf(out, "%*s%s", (int)indent, "", ht_buffer_text(&before));
    ht_buffer_printf(out, "%s\n%*s^\n", ht_buffer_text(&behind), (int)mark, "");
    ht_buffer_release(&before);
    ht_buffer_release(&behind);
}
