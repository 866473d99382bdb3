#include "reading_warnings.h"

#include <stdarg.h>
#include <stdio.h>

#include "hooktrail/emit.h"

#define MAX_WARNING 256   /* bytes of one */
#define MAX_FIELD_NAME 64 /* bytes of an unknown field's name that are quoted */

void ht_warnings_release(struct ht_warnings *warnings)
{
    ht_buffer_release(&warnings->text);
    warnings->count = 0;
}

void ht_warnings_clear(struct ht_warnings *warnings)
{
    ht_buffer_clear(&warnings->text);
    warnings->count = 0;
}

/* Ends the warning that was just added to text. */
static void finish(struct ht_warnings *warnings)
{
    warnings->ends[warnings->count++] = warnings->text.size;
}

void ht_warnings_add(struct ht_warnings *warnings, const char *format, ...)
{
    char text[MAX_WARNING];
    va_list arguments;

    if (warnings->count >= HT_MAX_WARNINGS) {
        warnings->count++;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    ht_buffer_add_text(&warnings->text, text);
    finish(warnings);
}

size_t ht_warnings_cut(struct ht_slice text, size_t limit)
{
    if (text.size <= limit) return text.size;
    while (limit > 0 && ((unsigned char)text.data[limit] & 0xc0) == 0x80)
        limit--;
    return limit;
}

void ht_warnings_add_unknown_field(struct ht_warnings *warnings, struct ht_slice name)
{
    size_t quoted = ht_warnings_cut(name, MAX_FIELD_NAME);

    if (warnings->count >= HT_MAX_WARNINGS) {
        warnings->count++;
        return;
    }
    ht_buffer_add_text(&warnings->text, "unknown field /");
    for (size_t i = 0; i < quoted; i++) {
        if (name.data[i] == '~')
            ht_buffer_add_text(&warnings->text, "~0");
        else if (name.data[i] == '/')
            ht_buffer_add_text(&warnings->text, "~1");
        else
            ht_buffer_add_byte(&warnings->text, name.data[i]);
    }
    if (quoted < name.size) ht_buffer_add_text(&warnings->text, "…");
    finish(warnings);
}

static struct ht_slice kept(const struct ht_warnings *warnings, size_t i)
{
    size_t start = i > 0 ? warnings->ends[i - 1] : 0;

    if (!warnings->text.data) return HT_SLICE("");
    return ht_slice_of(warnings->text.data + start, warnings->ends[i] - start);
}

void ht_warnings_emit(const struct ht_warnings *warnings, struct ht_buffer *out)
{
    size_t shown = warnings->count <= HT_MAX_WARNINGS ? warnings->count : HT_MAX_WARNINGS - 1;
    struct ht_emit emit;
    char more[48];

    ht_emit_init(&emit, out);
    ht_emit_array(&emit);
    for (size_t i = 0; i < shown; i++)
        ht_emit_string(&emit, kept(warnings, i));
    if (shown < warnings->count) {
        (void)snprintf(more, sizeof(more), "… and %zu more", warnings->count - shown);
        ht_emit_text(&emit, more);
    }
    ht_emit_end_array(&emit);
}

void ht_warnings_join(const struct ht_warnings *warnings, char *text, size_t size)
{
    size_t shown = warnings->count < HT_MAX_WARNINGS ? warnings->count : HT_MAX_WARNINGS;
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < shown && used < size; i++) {
        struct ht_slice one = kept(warnings, i);

        used += (size_t)snprintf(text + used, size - used, "%s%.*s", i > 0 ? "; " : "", HT_SLICE_ARGS(one));
    }
}
