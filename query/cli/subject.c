/* hooktrail subject: all that is held about a person, as a zip for that person. */
#include "bundling.h"
#include "hooktrail/encode.h"
#include "local.h"

static void add_count(struct ht_buffer *line, uint64_t count, const char *one, const char *many)
{
    ht_local_count(line, count);
    ht_buffer_printf(line, " %s", count == 1 ? one : many);
}

static void add_line(const struct ht_call *call, const struct ht_bundle_made *made, struct ht_buffer *line)
{
    add_count(line, made->events, "event", "events");
    ht_buffer_add_text(line, ", ");
    add_count(line, made->conversations, "conversation", "conversations");
    ht_buffer_add_text(line, ", ");
    add_count(line, made->leads, "lead", "leads");
    ht_buffer_add_text(line, ", ");
    add_count(line, made->rejected, "rejected delivery", "rejected deliveries");
    ht_buffer_add_text(line, ", ");
    ht_local_size(line, made->bytes);
    ht_buffer_add_text(line, ", in ");
    ht_terminal_add(line, ht_slice_from(call->values[HT_OPTION_OUTPUT]), false);
}

enum ht_status ht_run_subject(const struct ht_call *call, struct ht_error *err)
{
    struct ht_bundle_made made = {0};
    struct ht_buffer line = {0};
    enum ht_status status = ht_bundling_run(call, ht_subject_make, &made, err);
    if (status != HT_OK) return status;
    const struct ht_bundling_fact facts[] = {
        {"events", made.events}, {"erased", made.erased},     {"conversations", made.conversations},
        {"leads", made.leads},   {"rejected", made.rejected}, {"bytes", made.bytes}};
    add_line(call, &made, &line);
    status = ht_bundling_print(call, &line, facts, sizeof facts / sizeof *facts, err);
    ht_buffer_release(&line);
    return status;
}
