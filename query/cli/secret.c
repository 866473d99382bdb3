#include "secret.h"

#include <stdio.h>

#include "hooktrail/emit.h"

static void add_json(struct ht_buffer *out, const struct ht_shown *shown, size_t count)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    for (size_t i = 0; i < count; i++) {
        ht_emit_key(&emit, shown[i].name);
        if (shown[i].number)
            ht_emit_raw(&emit, ht_slice_from(shown[i].value));
        else
            ht_emit_text(&emit, shown[i].value);
    }
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

static void add_lines(const struct ht_output *output, struct ht_buffer *out, const struct ht_shown *shown, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ht_buffer_printf(out, "%-*s ", output->terminal ? 9 : 0, shown[i].name);
        ht_output_add(output, out, HT_STYLE_BOLD, ht_slice_from(shown[i].value));
        ht_buffer_add_byte(out, '\n');
    }
}

enum ht_status ht_secret_print(const struct ht_output *output, const struct ht_shown *shown, size_t count,
                               struct ht_error *err)
{
    struct ht_buffer out = {0};
    setvbuf(stdout, NULL, _IONBF, 0); /* else the stream keeps a copy */
    if (output->json)
        add_json(&out, shown, count);
    else
        add_lines(output, &out, shown, count);
    enum ht_status status = ht_buffer_status(&out, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&out));
    ht_buffer_wipe(&out);
    return status;
}
