#include "erased.h"

#include "hooktrail/emit.h"
#include "local.h"

bool ht_erased_only_says(const struct ht_call *call)
{
    return ht_call_has(call, HT_OPTION_DRY_RUN) || !ht_call_has(call, HT_OPTION_CONFIRM);
}

enum ht_status ht_erased_check_confirmed(const struct ht_call *call, struct ht_error *err)
{
    if (ht_call_has(call, HT_OPTION_DRY_RUN) || ht_call_has(call, HT_OPTION_CONFIRM)) return HT_OK;
    return ht_fail(err, HT_INVALID, "nothing was erased: with --confirm it is, and can't be undone");
}

static void add_count(struct ht_buffer *line, const char *before, uint64_t count, const char *one, const char *many)
{
    if (count == 0) return;
    ht_buffer_add_text(line, before);
    ht_local_count(line, count);
    ht_buffer_printf(line, " %s", count == 1 ? one : many);
}

static void add_line(struct ht_buffer *line, const struct ht_erased *erased, bool dry_run)
{
    if (erased->events == 0 && erased->rejected == 0) {
        ht_buffer_add_text(line, dry_run ? "nothing would be erased" : "nothing was to be erased");
        return;
    }
    ht_buffer_add_text(line, dry_run ? "would erase " : "erased ");
    ht_local_count(line, erased->events);
    ht_buffer_add_text(line, erased->events == 1 ? " event" : " events");
    add_count(line, ", the whole of ", erased->conversations, "conversation", "conversations");
    add_count(line, erased->conversations > 0 ? " and of " : ", the whole of ", erased->leads, "lead", "leads");
    add_count(line, "; keys destroyed: ", erased->keys, "key", "keys");
    add_count(line, "; sealed anew: ", erased->resealed, "event of others", "events of others");
    add_count(line, "; dropped: ", erased->rejected, "rejected delivery", "rejected deliveries");
    if (erased->number > 0) ht_buffer_printf(line, " (erasure %llu)", (unsigned long long)erased->number);
}

static void add_json(struct ht_buffer *line, const struct ht_erased *erased, bool dry_run)
{
    const struct {
        const char *name;
        uint64_t value;
    } facts[] = {{"events", erased->events}, {"conversations", erased->conversations}, {"leads", erased->leads},
                 {"keys", erased->keys},     {"resealed", erased->resealed},           {"rejected", erased->rejected}};
    struct ht_emit emit;
    ht_emit_init(&emit, line);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "dry_run");
    ht_emit_bool(&emit, dry_run);
    ht_emit_key(&emit, "erasure");
    if (erased->number > 0)
        ht_emit_uint(&emit, erased->number);
    else
        ht_emit_null(&emit);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        ht_emit_key(&emit, facts[i].name);
        ht_emit_uint(&emit, facts[i].value);
    }
    ht_emit_end_object(&emit);
}

enum ht_status ht_erased_print(const struct ht_call *call, const struct ht_erased *erased, bool dry_run,
                               struct ht_error *err)
{
    struct ht_buffer line = {0};
    if (call->output.json)
        add_json(&line, erased, dry_run);
    else
        add_line(&line, erased, dry_run);
    ht_buffer_add_byte(&line, '\n');
    enum ht_status status = ht_buffer_status(&line, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&line));
    ht_buffer_release(&line);
    return status;
}
