/* hooktrail checkpoint: signs the log as it is now, and prints the signed note, or the keys that sign. */
#include "hooktrail/emit.h"
#include "signed.h"

/* The keys a line each become an array. */
static void emit_keys(struct ht_emit *emit, struct ht_slice keys)
{
    ht_emit_key(emit, "keys");
    ht_emit_array(emit);
    while (keys.size > 0) {
        const char *end = memchr(keys.data, '\n', keys.size);
        size_t size = end ? (size_t)(end - keys.data) : keys.size;
        ht_emit_string(emit, ht_slice_of(keys.data, size));
        size += end != NULL;
        keys = ht_slice_of(keys.data + size, keys.size - size);
    }
    ht_emit_end_array(emit);
}

static void emit_signed(struct ht_emit *emit, const struct ht_signed *read)
{
    ht_emit_key(emit, "size");
    ht_emit_uint(emit, read->head.size);
    ht_emit_key(emit, "root");
    ht_emit_hex(emit, read->head.root, sizeof read->head.root);
    ht_emit_key(emit, "note");
    ht_emit_string(emit, ht_buffer_slice(&read->note));
}

static enum ht_status sign(struct ht_session *session, enum ht_log log, struct ht_signed *read, struct ht_error *err)
{
    enum ht_status status = ht_log_sign(session->store, log, err);
    if (status == HT_OK) status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_signed_read(session->reader, log, 0, read, err);
    ht_reader_end(session->reader);
    return status;
}

static void add_document(struct ht_buffer *out, const char *origin, const struct ht_signed *read, struct ht_slice keys)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "origin");
    ht_emit_text(&emit, origin);
    if (read->note.size > 0) emit_signed(&emit, read);
    emit_keys(&emit, keys);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

/* With --key nothing is signed: whoever only asks who signs need not be able to. */
enum ht_status ht_run_checkpoint(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_signed read = {0};
    struct ht_buffer keys = {0}, document = {0};
    enum ht_log log = ht_signed_log(call);
    bool only_keys = ht_call_has(call, HT_OPTION_LOG_KEYS);
    enum ht_status status = ht_session_open_keyless(&session, call, err);
    if (status == HT_OK) status = ht_log_keys(session.store, log, &keys, err);
    if (status == HT_OK && !only_keys) status = sign(&session, log, &read, err);
    if (status != HT_OK) goto out;
    if (call->output.json) add_document(&document, ht_log_origin(session.store, log), &read, ht_buffer_slice(&keys));
    status = ht_buffer_status(&document, err);
    if (status == HT_OK)
        ht_output_write(ht_buffer_slice(call->output.json ? &document : only_keys ? &keys : &read.note));
out:
    ht_buffer_release(&document);
    ht_buffer_release(&keys);
    ht_signed_release(&read);
    ht_session_close(&session);
    return status;
}
