/* hooktrail keys: list, rotate. */
#include "hooktrail/keys.h"

#include <inttypes.h>
#include <stdlib.h>

#include "hooktrail/emit.h"
#include "hooktrail/log.h"
#include "session.h"

static const char *const log_names[HT_LOG_COUNT] = {[HT_LOG_EVENTS] = "events", [HT_LOG_ACTS] = "acts"};

/* ---- list ---- */

/* Takes a line off the front. */
static struct ht_slice next_line(struct ht_slice *text)
{
    const char *end = memchr(text->data, '\n', text->size);
    size_t size = end ? (size_t)(end - text->data) : text->size;
    struct ht_slice line = ht_slice_of(text->data, size);
    size += end != NULL;
    *text = ht_slice_of(text->data + size, text->size - size);
    return line;
}

static void emit_state(struct ht_emit *emit, const struct ht_keys_state *state)
{
    ht_emit_key(emit, "sealed");
    ht_emit_bool(emit, state->sealed);
    ht_emit_key(emit, "master_key");
    if (state->sealed) {
        ht_emit_object(emit);
        ht_emit_key(emit, "file");
        ht_emit_text(emit, state->master);
        ht_emit_key(emit, "usable");
        ht_emit_bool(emit, !state->locked);
        ht_emit_end_object(emit);
    } else {
        ht_emit_null(emit);
    }
    ht_emit_key(emit, "data_keys");
    ht_emit_object(emit);
    ht_emit_key(emit, "given");
    ht_emit_uint(emit, state->given);
    ht_emit_key(emit, "destroyed");
    ht_emit_uint(emit, state->destroyed);
    ht_emit_key(emit, "damaged");
    ht_emit_uint(emit, state->damaged);
    ht_emit_end_object(emit);
}

static enum ht_status emit_logs(struct ht_emit *emit, const struct ht_store *store, struct ht_error *err)
{
    struct ht_buffer keys = {0};
    enum ht_status status = HT_OK;
    ht_emit_key(emit, "signing_keys");
    ht_emit_object(emit);
    for (int log = 0; log < HT_LOG_COUNT && status == HT_OK; log++) {
        ht_buffer_clear(&keys);
        status = ht_log_keys(store, (enum ht_log)log, &keys, err);
        if (status != HT_OK) break;
        ht_emit_key(emit, log_names[log]);
        ht_emit_array(emit);
        for (struct ht_slice left = ht_buffer_slice(&keys); left.size > 0;)
            ht_emit_string(emit, next_line(&left));
        ht_emit_end_array(emit);
    }
    ht_emit_end_object(emit);
    ht_buffer_release(&keys);
    return status;
}

static enum ht_status add_document(struct ht_buffer *out, const struct ht_store *store,
                                   const struct ht_keys_state *state, struct ht_error *err)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    emit_state(&emit, state);
    enum ht_status status = emit_logs(&emit, store, err);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
    return status;
}

static enum ht_status add_lines(struct ht_buffer *out, const struct ht_output *output, const struct ht_store *store,
                                const struct ht_keys_state *state, struct ht_error *err)
{
    struct ht_buffer keys = {0};
    ht_buffer_add_text(out, "master key   ");
    if (state->sealed)
        ht_output_add(output, out, HT_STYLE_PLAIN, ht_slice_from(state->master));
    else
        ht_buffer_add_text(out, "none: payloads are not sealed");
    ht_buffer_add_text(out, state->locked ? ", which is missing or another store's\n" : "\n");
    if (state->sealed) {
        ht_buffer_printf(out, "data keys    %" PRIu64 " given out, %" PRIu64 " destroyed", state->given,
                         state->destroyed);
        if (state->damaged > 0) ht_buffer_printf(out, ", %" PRIu64 " damaged", state->damaged);
        ht_buffer_add_byte(out, '\n');
    }
    enum ht_status status = ht_log_keys(store, HT_LOG_EVENTS, &keys, err);
    const char *title = "signed by    ";
    for (struct ht_slice left = ht_buffer_slice(&keys); status == HT_OK && left.size > 0;) {
        ht_buffer_add_text(out, title);
        ht_output_add(output, out, HT_STYLE_PLAIN, next_line(&left));
        ht_buffer_add_byte(out, '\n');
        title = "before by    ";
    }
    ht_buffer_release(&keys);
    return status;
}

enum ht_status ht_run_keys_list(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_keys_state state;
    struct ht_buffer out = {0};
    enum ht_status status = ht_session_open_keyless(&session, call, err);
    if (status == HT_OK) status = ht_keys_state(session.store, &state, err);
    if (status == HT_OK)
        status = call->output.json ? add_document(&out, session.store, &state, err)
                                   : add_lines(&out, &call->output, session.store, &state, err);
    if (status == HT_OK) status = ht_buffer_status(&out, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&out));
    ht_buffer_release(&out);
    ht_session_close(&session);
    return status;
}

/* ---- rotate ---- */

static enum ht_status check_rotate(const struct ht_call *call, struct ht_error *err)
{
    bool master = ht_call_has(call, HT_OPTION_MASTER), signing = ht_call_has(call, HT_OPTION_SIGNING);
    if (master == signing) return ht_fail(err, HT_INVALID, "say which key: --master or --signing");
    if (signing && ht_call_has(call, HT_OPTION_TO)) return ht_fail(err, HT_INVALID, "--to is for --master");
    if (master && ht_call_has(call, HT_OPTION_ORIGIN)) return ht_fail(err, HT_INVALID, "--origin is for --signing");
    if (ht_call_has(call, HT_OPTION_CONFIRM)) return HT_OK;
    if (master)
        return ht_fail(err, HT_INVALID,
                       "the old master key would be of no use to this store any more, only to backups made before: add "
                       "--confirm to give it another one");
    return ht_fail(err, HT_INVALID,
                   "whoever checks checkpoints by the old key alone would not accept new ones: add --confirm to give "
                   "the log another key");
}

static void print_rotated(const struct ht_call *call, const char *name, const char *value)
{
    struct ht_buffer out = {0};
    struct ht_emit emit;
    if (call->output.json) {
        ht_emit_init(&emit, &out);
        ht_emit_object(&emit);
        ht_emit_key(&emit, name);
        ht_emit_text(&emit, value);
        ht_emit_end_object(&emit);
    } else {
        ht_output_add(&call->output, &out, HT_STYLE_PLAIN, ht_slice_from(value));
    }
    ht_buffer_add_byte(&out, '\n');
    ht_output_write(ht_buffer_slice(&out));
    ht_buffer_release(&out);
}

static enum ht_status rotate_master(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    struct ht_keys_state state;
    const char *to = call->values[HT_OPTION_TO];
    enum ht_status status = ht_keys_state(session->store, &state, err);
    if (status != HT_OK) return status;
    status = ht_keys_rotate_master(session->store, to, call->now, err);
    session->store = NULL; /* closed by it */
    if (status != HT_OK) return status;
    char *absolute = realpath(to ? to : state.master, NULL);
    print_rotated(call, "master_key", absolute ? absolute : to ? to : state.master);
    free(absolute);
    ht_output_note(to ? "keep a copy of it, and name it in HOOKTRAIL_MASTER_KEY_FILE before the daemon is started"
                      : "keep a copy of it in a safe place");
    return HT_OK;
}

static enum ht_status rotate_signing(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    struct ht_buffer keys = {0}, key = {0};
    enum ht_status status = ht_keys_rotate_signing(session->store, call->values[HT_OPTION_ORIGIN], call->now, err);
    if (status == HT_OK) status = ht_log_keys(session->store, HT_LOG_EVENTS, &keys, err);
    if (status == HT_OK) {
        struct ht_slice left = ht_buffer_slice(&keys);
        ht_buffer_add(&key, next_line(&left));
        status = ht_buffer_status(&key, err);
    }
    if (status == HT_OK) print_rotated(call, "signing_key", ht_buffer_text(&key));
    if (status == HT_OK) ht_output_note("give it to whoever checks the log");
    ht_buffer_release(&key);
    ht_buffer_release(&keys);
    return status;
}

enum ht_status ht_run_keys_rotate(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    enum ht_status status = check_rotate(call, err);
    if (status == HT_OK) status = ht_session_open_store(&session, call, err);
    if (status == HT_OK)
        status = ht_call_has(call, HT_OPTION_MASTER) ? rotate_master(&session, call, err)
                                                     : rotate_signing(&session, call, err);
    ht_session_close(&session);
    return status;
}
