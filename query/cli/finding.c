#include "finding.h"

#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"

void ht_finding_emit(struct ht_buffer *out, const struct ht_finding *finding)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "table");
    ht_emit_text(&emit, finding->table);
    ht_emit_key(&emit, "seq");
    if (finding->seq > 0)
        ht_emit_uint(&emit, finding->seq);
    else
        ht_emit_null(&emit);
    ht_emit_key(&emit, "detail");
    ht_emit_text(&emit, finding->detail);
    if (finding->lost) {
        ht_emit_key(&emit, "lost");
        ht_emit_bool(&emit, true);
    }
    ht_emit_end_object(&emit);
}

static void add_row(const struct ht_output *output, struct ht_buffer *out, const struct ht_finding *finding)
{
    char seq[32] = "";
    if (finding->seq > 0) snprintf(seq, sizeof seq, "%" PRIu64, finding->seq);
    ht_output_add(output, out, HT_STYLE_RED, ht_slice_from(finding->table));
    ht_buffer_printf(out, "%*s %10s  ", (int)(strlen(finding->table) < 20 ? 20 - strlen(finding->table) : 0), "", seq);
    ht_terminal_add(out, ht_slice_from(finding->detail), false);
}

void ht_finding_print(const struct ht_output *output, const struct ht_finding *finding)
{
    struct ht_buffer line = {0};
    if (output->terminal)
        add_row(output, &line, finding);
    else
        ht_finding_emit(&line, finding);
    ht_buffer_add_byte(&line, '\n');
    ht_output_write(ht_buffer_slice(&line));
    (void)ht_output_flush();
    ht_buffer_release(&line);
}
