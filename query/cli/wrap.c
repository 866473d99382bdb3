#include "wrap.h"

#include <stdint.h>
#include <wchar.h>

#define LEAST_COLUMNS 10

/* One character: its bytes and the columns it takes. Malformed bytes are one each, for the text may be of anybody. */
struct character {
    uint32_t size;
    uint32_t columns;
};

static uint32_t sequence_size(uint8_t lead)
{
    if (lead < 0x80) return 1;
    if (lead >= 0xf0 && lead < 0xf8) return 4;
    if (lead >= 0xe0 && lead < 0xf0) return 3;
    return lead >= 0xc0 && lead < 0xe0 ? 2 : 1;
}

static struct character character_at(struct ht_slice text, size_t at)
{
    uint8_t lead = (uint8_t)text.data[at];
    uint32_t size = sequence_size(lead);
    if (size == 1) return (struct character){1, 1};
    if (size > text.size - at) return (struct character){1, 1};
    uint32_t code = lead & (0x7fU >> size);
    for (uint32_t i = 1; i < size; i++) {
        uint8_t byte = (uint8_t)text.data[at + i];
        if ((byte & 0xc0) != 0x80) return (struct character){1, 1};
        code = code << 6 | (byte & 0x3f);
    }
    int columns = wcwidth((wchar_t)code);
    return (struct character){size, columns < 0 ? 1 : (uint32_t)columns};
}

unsigned ht_wrap_width(struct ht_slice text)
{
    unsigned columns = 0;
    for (size_t at = 0; at < text.size;) {
        struct character one = character_at(text, at);
        columns += one.columns;
        at += one.size;
    }
    return columns;
}

struct ht_slice ht_wrap_head(struct ht_slice text, unsigned columns)
{
    unsigned used = 0;
    size_t at = 0;
    while (at < text.size) {
        struct character one = character_at(text, at);
        if (used + one.columns > columns) break;
        used += one.columns;
        at += one.size;
    }
    return ht_slice_of(text.data, at);
}

/* How much of one line of text (no newline in it) fits: up to the last space within `columns`, or, where there is none,
   as many characters as fit, but at least one. */
static size_t fitting(struct ht_slice line, unsigned columns)
{
    struct ht_slice head = ht_wrap_head(line, columns);
    if (head.size == line.size || line.data[head.size] == ' ') return head.size;
    for (size_t at = head.size; at > 0; at--)
        if (line.data[at - 1] == ' ') return at;
    return head.size > 0 ? head.size : character_at(line, 0).size;
}

static void new_line(struct ht_buffer *out, unsigned indent)
{
    ht_buffer_printf(out, "\n%*s", (int)indent, "");
}

static struct ht_slice trimmed_end(struct ht_slice text)
{
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static void add_line(struct ht_buffer *out, struct ht_slice line, unsigned indent, unsigned columns)
{
    while (line.size > 0) {
        size_t size = fitting(line, columns);
        ht_buffer_add(out, trimmed_end(ht_slice_of(line.data, size)));
        while (size < line.size && line.data[size] == ' ')
            size++;
        line = ht_slice_of(line.data + size, line.size - size);
        if (line.size > 0) new_line(out, indent);
    }
}

void ht_wrap_add(struct ht_buffer *out, struct ht_slice text, unsigned indent, unsigned width)
{
    unsigned columns = width > indent + LEAST_COLUMNS ? width - indent : LEAST_COLUMNS;
    for (size_t at = 0; at <= text.size;) {
        const char *rest = text.data + at;
        const char *end = at < text.size ? memchr(rest, '\n', text.size - at) : NULL;
        size_t size = end ? (size_t)(end - rest) : text.size - at;
        if (at > 0) new_line(out, size > 0 ? indent : 0); /* no blanks at a line's end */
        add_line(out, ht_slice_of(rest, size), indent, columns);
        at += size + 1;
    }
}
