/* hooktrail doctor: is all well with this store, and with what it stands on? Each check says what it saw. */
#include "doctor.h"

#include "list.h"

#define NAME_WIDTH 10

static const struct {
    const char *name;
    enum ht_style style;
} verdicts[] = {
    [FINE] = {"ok", HT_STYLE_GREEN},
    [WARNING] = {"warning", HT_STYLE_YELLOW},
    [FAILURE] = {"failure", HT_STYLE_RED},
};

void doctor_conclude(struct doctor *doctor, const char *name, enum verdict verdict)
{
    struct ht_slice detail = ht_buffer_slice(&doctor->detail);
    const struct ht_output *output = &doctor->call->output;
    doctor->counts[verdict]++;
    if (output->json) {
        ht_emit_object(&doctor->emit);
        ht_emit_key(&doctor->emit, "check");
        ht_emit_text(&doctor->emit, name);
        ht_emit_key(&doctor->emit, "verdict");
        ht_emit_text(&doctor->emit, verdicts[verdict].name);
        ht_emit_key(&doctor->emit, "detail");
        ht_emit_string(&doctor->emit, detail);
        ht_emit_end_object(&doctor->emit);
    } else {
        int blanks = 8 - (int)strlen(verdicts[verdict].name);
        ht_output_add(output, &doctor->out, verdicts[verdict].style, ht_slice_from(verdicts[verdict].name));
        ht_buffer_printf(&doctor->out, "%*s%-*s ", blanks, "", NAME_WIDTH, name);
        ht_output_add(output, &doctor->out, HT_STYLE_PLAIN, detail);
        ht_buffer_add_byte(&doctor->out, '\n');
    }
    ht_buffer_clear(&doctor->detail);
}

static void end_document(struct doctor *doctor)
{
    ht_emit_end_array(&doctor->emit);
    ht_emit_key(&doctor->emit, "health");
    struct ht_slice health = ht_buffer_slice(&doctor->health);
    if (health.size > 0)
        ht_emit_raw(&doctor->emit, ht_slice_of(health.data, health.size - 1)); /* without its newline */
    else
        ht_emit_null(&doctor->emit);
    ht_emit_end_object(&doctor->emit);
    ht_buffer_add_byte(&doctor->out, '\n');
}

static const struct ht_column last_events[] = {
    {"TYPE", "type", NULL, HT_COLUMN_TEXT, false, HT_STYLE_CYAN},
    {"LAST EVENT", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {0},
};

static enum ht_status print_last_events(struct doctor *doctor, struct ht_error *err)
{
    struct ht_view view = {0};
    struct ht_table *table = NULL;
    enum ht_status status = ht_view_parse(&view, ht_buffer_slice(&doctor->health), err);
    if (status == HT_OK) status = ht_table_new(&doctor->call->output, last_events, &table, err);
    if (status == HT_OK) status = ht_table_add_array(table, &view, ht_view_find(&view, 0, "types"), err);
    ht_output_write(HT_SLICE("\n"));
    if (status == HT_OK) status = ht_table_print(table, err);
    ht_table_free(table);
    ht_view_release(&view);
    return status;
}

static enum ht_status answer(struct doctor *doctor, struct ht_error *err)
{
    const struct ht_output *output = &doctor->call->output;
    if (output->json) end_document(doctor);
    enum ht_status status = ht_buffer_status(&doctor->out, err);
    if (status != HT_OK) return status;
    ht_output_write(ht_buffer_slice(&doctor->out));
    if (output->terminal && !output->json && doctor->health.size > 0) status = print_last_events(doctor, err);
    if (status != HT_OK || doctor->counts[FAILURE] == 0) return status;
    return ht_fail(err, HT_IO, "%u of the checks failed", doctor->counts[FAILURE]);
}

enum ht_status ht_run_doctor(const struct ht_call *call, struct ht_error *err)
{
    struct doctor doctor = {.call = call};
    struct ht_buffer dir = {0};
    ht_emit_init(&doctor.emit, &doctor.out);
    if (call->output.json) {
        ht_emit_object(&doctor.emit);
        ht_emit_key(&doctor.emit, "checks");
        ht_emit_array(&doctor.emit);
    }
    enum ht_status status = ht_session_dir(call, &dir, err);
    if (status == HT_OK) {
        doctor_examine(&doctor, ht_buffer_text(&dir));
        status = answer(&doctor, err);
    }
    ht_session_close(&doctor.session);
    ht_buffer_release(&dir);
    ht_buffer_release(&doctor.detail);
    ht_buffer_release(&doctor.out);
    ht_buffer_release(&doctor.health);
    return status;
}
