/* hooktrail send: delivers payloads, as Aimdoc would. */
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/embedded.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "input.h"
#include "list.h"
#include "post.h"

#define MAX_PAYLOAD ((size_t)64 * 1024 * 1024)

struct sending {
    const struct ht_call *call;
    struct ht_post *post;
    struct ht_view view;
    struct ht_buffer lines; /* of all answers, for --json */
    unsigned sent;
    unsigned failed;
};

/* The members of the answer, if that is an object: behind those of ours, without its braces. */
static struct ht_slice members_of(struct sending *sending, struct ht_slice body)
{
    struct ht_view *view = &sending->view;
    if (ht_view_parse(view, body, NULL) != HT_OK || ht_json_type(view->json, 0) != HT_JSON_OBJECT) return HT_ABSENT;
    struct ht_slice object = ht_json_raw(view->json, 0);
    return ht_slice_of(object.data + 1, object.size - 2);
}

static bool is_newline(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* Newlines between an answer's members would break the line that NDJSON is; in a JSON text they are white space. */
static void add_flat(struct ht_buffer *line, struct ht_slice text)
{
    for (size_t i = 0; i < text.size; i++)
        ht_buffer_add_byte(line, (char)(is_newline(text.data[i]) ? ' ' : text.data[i]));
}

static void add_json(struct sending *sending, struct ht_buffer *line, const char *file, const struct ht_answer *answer)
{
    struct ht_emit emit;
    ht_emit_init(&emit, line);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "file");
    ht_emit_text(&emit, file);
    ht_emit_key(&emit, "http");
    ht_emit_int(&emit, answer->http);
    ht_emit_key(&emit, "tries");
    ht_emit_uint(&emit, answer->tries);
    if (answer->problem[0]) {
        ht_emit_key(&emit, "problem");
        ht_emit_text(&emit, answer->problem);
    }
    struct ht_slice members = members_of(sending, ht_buffer_slice(&answer->body));
    if (members.size > 0) {
        ht_buffer_add_byte(line, ',');
        add_flat(line, members);
    }
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(line, '\n');
}

static void add_warnings(struct ht_view *view, struct ht_buffer *line)
{
    uint32_t warnings = ht_view_find(view, 0, "warnings");
    if (ht_view_count(view, warnings) == 0) return;
    ht_buffer_add_text(line, "  warnings: ");
    uint32_t first = ht_json_first(view->json, warnings);
    for (uint32_t at = first; at != HT_JSON_NONE; at = ht_json_after(view->json, warnings, at)) {
        if (at != first) ht_buffer_add_text(line, "; ");
        ht_terminal_add(line, ht_view_value(view, at), false);
    }
}

static void add_stored(struct sending *sending, struct ht_buffer *line)
{
    struct ht_view *view = &sending->view;
    ht_buffer_add_text(line, "  seq ");
    ht_view_add(view, line, 0, "seq");
    ht_buffer_add_text(line, "  ");
    ht_view_add(view, line, 0, "type");
    if (ht_view_true(view, 0, "duplicate")) ht_buffer_add_text(line, "  (duplicate)");
    add_warnings(view, line);
}

static void add_refused(struct sending *sending, struct ht_buffer *line)
{
    bool detailed = ht_view_find(&sending->view, 0, "detail") != HT_JSON_NONE;
    ht_buffer_add_text(line, "  ");
    ht_view_add(&sending->view, line, 0, detailed ? "detail" : "title");
}

static bool is_good(const struct ht_answer *answer)
{
    return answer->http >= 200 && answer->http < 300;
}

static void add_text(struct sending *sending, struct ht_buffer *line, const char *file, const struct ht_answer *answer)
{
    char status[32] = "no answer";
    if (answer->http != 0) snprintf(status, sizeof status, "%ld", answer->http);
    ht_terminal_add(line, ht_slice_from(file), false);
    ht_buffer_add_text(line, "  ");
    ht_output_add(&sending->call->output, line, is_good(answer) ? HT_STYLE_GREEN : HT_STYLE_RED, ht_slice_from(status));
    if (members_of(sending, ht_buffer_slice(&answer->body)).data) {
        if (is_good(answer))
            add_stored(sending, line);
        else
            add_refused(sending, line);
    }
    if (answer->problem[0]) ht_buffer_add_text(line, "  ");
    ht_terminal_add(line, ht_slice_from(answer->problem), false);
    if (answer->tries > 1) ht_buffer_printf(line, "  after %u tries", answer->tries);
    ht_buffer_add_byte(line, '\n');
}

/* Each answer is written at once, but a document only when it is whole. */
static enum ht_status report(struct sending *sending, const char *file, const struct ht_answer *answer,
                             struct ht_error *err)
{
    const struct ht_output *output = &sending->call->output;
    struct ht_buffer line = {0};
    if (output->terminal && !output->json)
        add_text(sending, &line, file, answer);
    else
        add_json(sending, &line, file, answer);
    if (output->json)
        ht_buffer_add(&sending->lines, ht_buffer_slice(&line));
    else
        ht_output_write(ht_buffer_slice(&line));
    (void)ht_output_flush();
    enum ht_status status = ht_buffer_status(&line, err);
    ht_buffer_release(&line);
    return status;
}

static enum ht_status send_one(struct sending *sending, const char *file, struct ht_slice body, struct ht_error *err)
{
    struct ht_answer answer;
    enum ht_status status = ht_post_send(sending->post, body, &answer, err);
    if (status == HT_OK) status = report(sending, file, &answer, err);
    sending->sent++;
    if (!is_good(&answer)) sending->failed++;
    ht_buffer_release(&answer.body);
    return status;
}

static enum ht_status send_samples(struct sending *sending, struct ht_error *err)
{
    for (const struct ht_embedded *sample = ht_embedded_samples; sample->name; sample++) {
        enum ht_status status = send_one(sending, sample->name, ht_slice_of(sample->data, sample->size), err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status send_files(struct sending *sending, struct ht_error *err)
{
    const struct ht_call *call = sending->call;
    struct ht_buffer body = {0};
    enum ht_status status = HT_OK;
    for (int i = 0; status == HT_OK && i < call->argument_count; i++) {
        ht_buffer_clear(&body);
        status = ht_input_read(call->arguments[i], MAX_PAYLOAD, &body, err);
        if (status == HT_OK) status = send_one(sending, call->arguments[i], ht_buffer_slice(&body), err);
    }
    ht_buffer_release(&body);
    return status;
}

static enum ht_status send_all(struct sending *sending, struct ht_error *err)
{
    const struct ht_call *call = sending->call;
    enum ht_status status = ht_call_has(call, HT_OPTION_SAMPLES) ? send_samples(sending, err) : HT_OK;
    if (status == HT_OK) status = send_files(sending, err);
    if (status == HT_OK && call->output.json)
        status = ht_list_rows(call, "deliveries", ht_buffer_slice(&sending->lines), NULL, "", err);
    if (status == HT_OK && sending->failed > 0)
        status = ht_fail(err, HT_IO, "%u of %u deliveries failed", sending->failed, sending->sent);
    return status;
}

enum ht_status ht_run_send(const struct ht_call *call, struct ht_error *err)
{
    struct sending sending = {.call = call};
    const char *url = call->values[HT_OPTION_URL] ? call->values[HT_OPTION_URL] : getenv("HOOKTRAIL_URL");
    if (!url || !url[0]) return ht_fail(err, HT_INVALID, "where to? give --url or set HOOKTRAIL_URL");
    if (call->argument_count == 0 && !ht_call_has(call, HT_OPTION_SAMPLES))
        return ht_fail(err, HT_INVALID, "what? give a FILE, - for standard input, or --samples");
    enum ht_status status = ht_post_new(url, call->values[HT_OPTION_TYPE], &sending.post, err);
    if (status == HT_OK) status = send_all(&sending, err);
    ht_post_free(sending.post);
    ht_view_release(&sending.view);
    ht_buffer_release(&sending.lines);
    return status;
}
