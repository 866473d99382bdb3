/* hooktrail salvage: a new store of all that can be read of a damaged one. */
#include <inttypes.h>
#include <stdio.h>

#include "actor.h"
#include "bar.h"
#include "finding.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/keeping.h"
#include "local.h"
#include "session.h"

struct salvaging {
    const struct ht_output *output;
    struct ht_bar bar;
    struct ht_buffer findings; /* JSON, comma between, for --json */
};

static void take_finding(void *context, const struct ht_finding *finding)
{
    struct salvaging *salvaging = context;
    ht_bar_clear(&salvaging->bar);
    if (!salvaging->output->json) {
        ht_finding_print(salvaging->output, finding);
        return;
    }
    if (salvaging->findings.size > 0) ht_buffer_add_byte(&salvaging->findings, ',');
    ht_finding_emit(&salvaging->findings, finding);
}

static bool step(void *context, uint64_t done, uint64_t total)
{
    struct salvaging *salvaging = context;
    return ht_bar_step(&salvaging->bar, done, total);
}

static void add_document(struct ht_buffer *out, const struct salvaging *salvaging, const struct ht_salvaged *salvaged)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_count(&emit, "events", salvaged->verified.events);
    ht_emit_count(&emit, "erased", salvaged->verified.erased);
    ht_emit_count(&emit, "repeats", salvaged->verified.repeats);
    ht_emit_count(&emit, "acts", salvaged->verified.acts);
    ht_emit_count(&emit, "bytes", salvaged->verified.bytes);
    ht_emit_count(&emit, "lost_events", salvaged->lost);
    ht_emit_count(&emit, "lost_repeats", salvaged->lost_repeats);
    ht_emit_count(&emit, "lost_acts", salvaged->lost_acts);
    ht_emit_key(&emit, "new_log");
    ht_emit_bool(&emit, salvaged->new_log);
    ht_emit_key(&emit, "origin");
    ht_emit_text(&emit, salvaged->origin);
    ht_emit_key(&emit, "findings");
    ht_emit_array(&emit);
    if (salvaging->findings.size > 0) ht_emit_raw(&emit, ht_buffer_slice(&salvaging->findings));
    ht_emit_end_array(&emit);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

static void add_words(struct ht_buffer *out, const struct ht_salvaged *salvaged)
{
    ht_buffer_add_text(out, "salvaged and verified ");
    ht_local_count(out, salvaged->verified.events);
    ht_buffer_add_text(out, " events, ");
    ht_local_size(out, salvaged->verified.bytes);
    ht_buffer_add_text(out, " of payloads; lost: ");
    ht_local_count(out, salvaged->lost);
    ht_buffer_add_text(out, " events, ");
    ht_local_count(out, salvaged->lost_repeats);
    ht_buffer_add_text(out, " repeated deliveries, ");
    ht_local_count(out, salvaged->lost_acts);
    ht_buffer_add_text(out, salvaged->new_log ? " acts\nthe log begins anew, as " : " acts\nthe log goes on, as ");
    ht_terminal_add(out, ht_slice_from(salvaged->origin), false);
    ht_buffer_add_text(out, salvaged->new_log ? ", with a key of its own: tell those who watch it\n" : "\n");
}

/* In a pipe standard output holds findings only, as with verify. */
static enum ht_status print(const struct salvaging *salvaging, const struct ht_salvaged *salvaged, struct ht_error *err)
{
    struct ht_buffer text = {0};
    if (salvaging->output->json)
        add_document(&text, salvaging, salvaged);
    else
        add_words(&text, salvaged);
    enum ht_status status = ht_buffer_status(&text, err);
    if (ht_output_lines(salvaging->output))
        fputs(ht_buffer_text(&text), stderr);
    else
        ht_output_write(ht_buffer_slice(&text));
    ht_buffer_release(&text);
    return status;
}

static enum ht_status find_dir(const struct ht_call *call, struct ht_buffer *dir, struct ht_error *err)
{
    if (call->argument_count == 0) return ht_session_dir(call, dir, err);
    if (call->values[HT_OPTION_DATA] != NULL)
        return ht_fail(err, HT_INVALID, "the damaged directory is named twice: as DIR and by --data");
    ht_buffer_add_text(dir, call->arguments[0]);
    return ht_buffer_status(dir, err);
}

enum ht_status ht_run_salvage(const struct ht_call *call, struct ht_error *err)
{
    struct salvaging salvaging = {.output = &call->output};
    struct ht_salvaged salvaged = {.done = false};
    struct ht_buffer dir = {0}, actor = {0};
    const char *to = call->values[HT_OPTION_TO];
    if (to == NULL) return ht_fail(err, HT_INVALID, "--to is missing: the new directory");
    enum ht_status status = ht_actor_name(&actor, err);
    if (status == HT_OK) status = find_dir(call, &dir, err);
    const struct ht_salvage_options options = {
        .from = ht_buffer_text(&dir), .store.actor = ht_buffer_text(&actor), .now = call->now};
    ht_bar_init(&salvaging.bar, "salvaging");
    if (status == HT_OK) status = ht_salvage(&options, to, take_finding, step, &salvaging, &salvaged, err);
    ht_bar_clear(&salvaging.bar);
    if (salvaged.done) {
        enum ht_status printed = print(&salvaging, &salvaged, err);
        if (status == HT_OK) status = printed;
    }
    ht_buffer_release(&salvaging.findings);
    ht_buffer_release(&dir);
    ht_buffer_release(&actor);
    return status;
}
