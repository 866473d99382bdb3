/* hooktrail evidence: a conversation, lead or event as a zip that proves what it holds. */
#include "bundling.h"
#include "hooktrail/encode.h"
#include "local.h"

static void add_line(const struct ht_call *call, const struct ht_bundle_made *made, struct ht_buffer *line)
{
    ht_local_count(line, made->events);
    ht_buffer_add_text(line, made->events == 1 ? " event" : " events");
    if (made->erased > 0) {
        ht_buffer_add_text(line, " (erased: ");
        ht_local_count(line, made->erased);
        ht_buffer_add_byte(line, ')');
    }
    ht_buffer_add_text(line, " under a checkpoint of ");
    ht_local_count(line, made->size);
    ht_buffer_add_text(line, ", ");
    ht_local_size(line, made->bytes);
    ht_buffer_add_text(line, ", in ");
    ht_terminal_add(line, ht_slice_from(call->values[HT_OPTION_OUTPUT]), false);
}

enum ht_status ht_run_evidence(const struct ht_call *call, struct ht_error *err)
{
    struct ht_bundle_made made = {0};
    struct ht_buffer line = {0};
    enum ht_status status = ht_bundling_run(call, ht_evidence_make, &made, err);
    if (status != HT_OK) return status;
    const struct ht_bundling_fact facts[] = {{"events", made.events},
                                             {"erased", made.erased},
                                             {"conversations", made.conversations},
                                             {"checkpoint_size", made.size},
                                             {"bytes", made.bytes}};
    add_line(call, &made, &line);
    status = ht_bundling_print(call, &line, facts, sizeof facts / sizeof *facts, err);
    ht_buffer_release(&line);
    return status;
}
