#include "facts.h"

#include "hooktrail/emit.h"

enum ht_status ht_facts_print(const struct ht_call *call, struct ht_buffer *text, const struct ht_fact *facts,
                              size_t count, struct ht_error *err)
{
    if (call->output.json) {
        struct ht_emit emit;
        ht_buffer_clear(text);
        ht_emit_init(&emit, text);
        ht_emit_object(&emit);
        for (size_t i = 0; i < count; i++)
            ht_emit_count(&emit, facts[i].name, facts[i].value);
        ht_emit_end_object(&emit);
    }
    ht_buffer_add_byte(text, '\n');
    enum ht_status status = ht_buffer_status(text, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(text));
    return status;
}
