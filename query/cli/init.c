/* hooktrail init: makes the store and shows its two secrets. */
#include <stdio.h>

#include "actor.h"
#include "hooktrail/encode.h"
#include "hooktrail/store.h"
#include "secret.h"
#include "session.h"

static void print_next(const struct ht_call *call, const struct ht_buffer *dir)
{
    const char *option = call->values[HT_OPTION_DATA];
    struct ht_buffer made = {0}, more = {0};
    ht_terminal_add(&made, ht_buffer_slice(dir), false);
    if (option) ht_buffer_add_text(&more, " --data ");
    if (option) ht_terminal_add(&more, ht_slice_from(option), false);
    fprintf(stderr,
            "\nMade %s. Both are secrets and shown this once.\n\n"
            "  hooktraild%s\n"
            "      serves on http://127.0.0.1:8787; put a proxy that speaks HTTPS before it\n"
            "  https://YOUR-HOST and the endpoint's path behind it\n"
            "      is the webhook URL to enter at Aimdoc\n"
            "  HOOKTRAIL_URL=http://127.0.0.1:8787/hooks/… hooktrail send --samples\n"
            "      tries it out; then: hooktrail events%s\n",
            ht_buffer_text(&made), ht_buffer_text(&more), ht_buffer_text(&more));
    ht_buffer_release(&made);
    ht_buffer_release(&more);
}

static enum ht_status read_options(const struct ht_call *call, struct ht_init_options *options, struct ht_error *err)
{
    options->origin = call->values[HT_OPTION_ORIGIN];
    options->master_key = call->values[HT_OPTION_MASTER_KEY];
    options->unsealed = ht_call_has(call, HT_OPTION_NO_ENCRYPTION);
    if (!options->unsealed || !options->master_key) return HT_OK;
    return ht_fail(err, HT_INVALID, "--master-key and --no-encryption exclude each other");
}

enum ht_status ht_run_init(const struct ht_call *call, struct ht_error *err)
{
    struct ht_store_secrets secrets = {0};
    struct ht_buffer dir = {0}, actor = {0};
    enum ht_status status = ht_session_dir(call, &dir, err);
    if (status == HT_OK) status = ht_actor_name(&actor, err);
    if (status != HT_OK) goto out;
    struct ht_init_options options = {.actor = ht_buffer_text(&actor)};
    status = read_options(call, &options, err);
    if (status == HT_OK) status = ht_store_init(ht_buffer_text(&dir), &options, call->now, &secrets, err);
    if (status != HT_OK) goto out;
    struct ht_shown shown[] = {{"endpoint", secrets.endpoint, false}, {"token", secrets.token, false}};
    status = ht_secret_print(&call->output, shown, sizeof shown / sizeof *shown, err);
    if (status == HT_OK && options.master_key)
        ht_output_note("keep a copy of %s, and name it in HOOKTRAIL_MASTER_KEY_FILE before anything else",
                       options.master_key);
    if (status == HT_OK && call->output.terminal && !call->output.json) print_next(call, &dir);
out:
    explicit_bzero(&secrets, sizeof secrets);
    ht_buffer_release(&dir);
    ht_buffer_release(&actor);
    return status;
}
