/* hooktrail restore: a store from a backup, which forgets what was erased since. */
#include <inttypes.h>

#include "actor.h"
#include "child.h"
#include "hooktrail/emit.h"
#include "hooktrail/keeping.h"
#include "local.h"
#include "session.h"

static void add_json(struct ht_buffer *line, const struct ht_restored *restored)
{
    struct ht_emit emit;
    ht_emit_init(&emit, line);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "events");
    ht_emit_uint(&emit, restored->verified.events);
    ht_emit_key(&emit, "repeats");
    ht_emit_uint(&emit, restored->verified.repeats);
    ht_emit_key(&emit, "bytes");
    ht_emit_uint(&emit, restored->verified.bytes);
    ht_emit_key(&emit, "erasures");
    ht_emit_uint(&emit, restored->erasures);
    ht_emit_end_object(&emit);
}

static void add_line(struct ht_buffer *line, const struct ht_restored *restored)
{
    ht_buffer_add_text(line, "restored and verified ");
    ht_local_count(line, restored->verified.events);
    ht_buffer_add_text(line, " events, ");
    ht_local_size(line, restored->verified.bytes);
    ht_buffer_add_text(line, " of payloads; erasures repeated: ");
    ht_local_count(line, restored->erasures);
}

static enum ht_status print(const struct ht_call *call, const struct ht_restored *restored, struct ht_error *err)
{
    struct ht_buffer line = {0};
    if (call->output.json)
        add_json(&line, restored);
    else
        add_line(&line, restored);
    ht_buffer_add_byte(&line, '\n');
    enum ht_status status = ht_buffer_status(&line, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&line));
    ht_buffer_release(&line);
    if (status == HT_OK && restored->erasures_cut)
        ht_output_note("the end of the erasures.log can't be read: whatever was erased behind erasure %" PRIu64
                       " has to be erased again",
                       restored->erasures_last);
    if (status == HT_OK)
        ht_output_note("the log goes on from where the backup was: if the original has signed more since, or goes on "
                       "beside it, give this one a name of its own before it signs: hooktrail keys rotate --signing "
                       "--origin NAME");
    return status;
}

enum ht_status ht_run_restore(const struct ht_call *call, struct ht_error *err)
{
    struct ht_buffer dir = {0}, actor = {0};
    struct ht_restored restored;
    enum ht_status status = ht_actor_name(&actor, err);
    const struct ht_restore_options options = {
        .backup = call->arguments[0],
        .increments = (const char *const *)call->arguments + 1,
        .increment_count = (size_t)call->argument_count - 1,
        .erasures = call->values[HT_OPTION_ERASURES],
        .store.actor = ht_buffer_text(&actor),
        .now = call->now,
    };
    if (status == HT_OK) status = ht_session_dir(call, &dir, err);
    if (status == HT_OK) status = ht_child_restore(&options, ht_buffer_text(&dir), &restored, err);
    if (status == HT_OK) status = print(call, &restored, err);
    ht_buffer_release(&dir);
    ht_buffer_release(&actor);
    return status;
}
