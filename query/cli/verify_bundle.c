/* hooktrail verify-bundle: checks an evidence bundle, with nothing but the bundle and a key that came another way. */
#include <inttypes.h>

#include "bar.h"
#include "command.h"
#include "hooktrail/bundle.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "input.h"
#include "local.h"

#define MAX_KEY_FILE 65536

struct keys {
    struct ht_verifier list[HT_BUNDLE_KEYS];
    size_t count;
};

static enum ht_status take_key(struct keys *keys, struct ht_slice text, struct ht_error *err)
{
    if (text.size == 0) return HT_OK;
    if (keys->count == HT_BUNDLE_KEYS) return ht_fail(err, HT_INVALID, "there are more than %d keys", HT_BUNDLE_KEYS);
    return ht_verifier_parse(text, &keys->list[keys->count++], err);
}

/* A key a line, as `hooktrail checkpoint --key` prints them. */
static enum ht_status take_key_file(struct keys *keys, const char *name, struct ht_error *err)
{
    struct ht_buffer text = {0};
    enum ht_status status = ht_input_read(name, MAX_KEY_FILE, &text, err);
    struct ht_slice rest = ht_buffer_slice(&text);
    while (status == HT_OK && rest.size > 0) {
        const char *end = memchr(rest.data, '\n', rest.size);
        size_t size = end ? (size_t)(end - rest.data) : rest.size;
        status = take_key(keys, ht_slice_of(rest.data, size), err);
        rest = end ? ht_slice_of(end + 1, rest.size - size - 1) : HT_SLICE("");
    }
    ht_buffer_release(&text);
    return status;
}

static enum ht_status read_keys(const struct ht_call *call, struct keys *keys, struct ht_error *err)
{
    struct ht_error cause = {0};
    for (int i = 0; i < call->key_count; i++) {
        const char *key = call->keys[i];
        enum ht_status status =
            key[0] == '@' ? take_key_file(keys, key + 1, &cause) : take_key(keys, ht_slice_from(key), &cause);
        if (status != HT_OK) return ht_fail(err, status, "--key: %s", cause.detail);
    }
    if (keys->count > 0) return HT_OK;
    return ht_fail(err, HT_INVALID,
                   "--key KEY is missing: the log's key, which you must have from somewhere else than the bundle, for "
                   "whoever forges a bundle puts a key of his own into it");
}

/* ---- what is told ---- */

static void emit_shown(struct ht_buffer *out, const struct ht_bundle_shown *shown)
{
    struct ht_emit emit;
    struct ht_buffer key = {0};
    ht_verifier_add(&key, &shown->key);
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "verified");
    ht_emit_bool(&emit, true);
    ht_emit_key(&emit, "events");
    ht_emit_uint(&emit, shown->events);
    ht_emit_key(&emit, "erased");
    ht_emit_uint(&emit, shown->erased);
    ht_emit_key(&emit, "from");
    ht_emit_time(&emit, shown->from);
    ht_emit_key(&emit, "to");
    ht_emit_time(&emit, shown->to);
    ht_emit_key(&emit, "origin");
    ht_emit_text(&emit, shown->origin);
    ht_emit_key(&emit, "checkpoint_size");
    ht_emit_uint(&emit, shown->head.size);
    ht_emit_key(&emit, "root");
    ht_emit_hex(&emit, shown->head.root, sizeof shown->head.root);
    ht_emit_key(&emit, "key");
    ht_emit_string(&emit, ht_buffer_slice(&key));
    ht_emit_key(&emit, "witnesses");
    ht_emit_uint(&emit, shown->witnesses);
    ht_emit_key(&emit, "sums_sha256");
    ht_emit_hex(&emit, shown->sums, sizeof shown->sums);
    ht_emit_key(&emit, "about");
    ht_emit_string(&emit, ht_buffer_slice(&shown->about));
    ht_emit_key(&emit, "made_at");
    ht_emit_time(&emit, shown->made_at);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_release(&key);
}

static void add_events(struct ht_buffer *out, const struct ht_bundle_shown *shown)
{
    char from[HT_TIME_TEXT_SIZE], to[HT_TIME_TEXT_SIZE];
    ht_time_format(from, shown->from);
    ht_time_format(to, shown->to);
    ht_buffer_add_text(out, "verified: ");
    ht_local_count(out, shown->events);
    ht_buffer_printf(out, " %s, received from %s to %s\n", shown->events == 1 ? "event" : "events", from, to);
    if (shown->erased == 0) return;
    ht_buffer_add_text(out, "  of these ");
    ht_local_count(out, shown->erased);
    ht_buffer_add_text(out, " erased: proven is that something was there, not what\n");
}

static void add_words(struct ht_buffer *out, const struct ht_bundle_shown *shown)
{
    char made[HT_TIME_TEXT_SIZE];
    struct ht_buffer key = {0};
    ht_time_format(made, shown->made_at);
    ht_verifier_add(&key, &shown->key);
    add_events(out, shown);
    ht_buffer_add_text(out,
                       "  each payload and first delivery is what its leaf commits to\n  each leaf is in the log ");
    ht_terminal_add(out, ht_slice_from(shown->origin), false);
    ht_buffer_add_text(out, " of ");
    ht_local_count(out, shown->head.size);
    ht_buffer_add_text(out, " events\n  the log's checkpoint is signed by ");
    ht_terminal_add(out, ht_buffer_slice(&key), false);
    if (shown->witnesses > 0)
        ht_buffer_printf(out, "\n  and cosigned by all %" PRIu64 " witnesses whose keys were given", shown->witnesses);
    ht_buffer_add_text(out,
                       "\nnot proven: repeated deliveries and their number, the endpoints' names, conversations that "
                       "are marked as derived, the timelines' wording, and that it is about ");
    ht_terminal_add(out, ht_buffer_slice(&shown->about), false);
    ht_buffer_printf(out, ", made at %s\nSHA-256 of SHA256SUMS, if you unpack it: ", made);
    ht_hex_add(out, shown->sums, sizeof shown->sums);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_release(&key);
}

static void emit_finding(struct ht_buffer *out, const struct ht_error *err)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "verified");
    ht_emit_bool(&emit, false);
    ht_emit_key(&emit, "finding");
    ht_emit_text(&emit, err->detail);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

enum ht_status ht_run_verify_bundle(const struct ht_call *call, struct ht_error *err)
{
    struct keys keys = {0};
    struct ht_bundle_shown shown = {0};
    struct ht_buffer out = {0};
    struct ht_bar bar;
    enum ht_status status = read_keys(call, &keys, err);
    if (status != HT_OK) return status;
    ht_bar_init(&bar, "verifying");
    status = ht_bundle_check(call->arguments[0], keys.list, keys.count, ht_bar_step, &bar, &shown, err);
    ht_bar_clear(&bar);
    if (status == HT_OK && call->output.json) emit_shown(&out, &shown);
    if (status == HT_OK && !call->output.json) add_words(&out, &shown);
    if (status == HT_CORRUPT && call->output.json) emit_finding(&out, err);
    ht_output_write(ht_buffer_slice(&out));
    if (status == HT_OK) status = ht_buffer_status(&out, err);
    ht_bundle_shown_release(&shown);
    ht_buffer_release(&out);
    return status;
}
