/* hooktrail verify: what is wrong with the store, as it is found. */
#include <inttypes.h>
#include <stdio.h>

#include "child.h"
#include "finding.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/note.h"
#include "input.h"
#include "local.h"
#include "session.h"

#define INDEX "index/" /* how the index's tables are called */

struct verifying {
    const struct ht_output *output;
    struct ht_buffer findings; /* JSON, comma between, for --json */
    struct ht_buffer lost;     /* likewise */
    uint64_t count;
    uint64_t of_index; /* how many of them reindex mends */
};

/* What is known to be lost is told along, but nothing is wrong with it. */
static void take_finding(void *context, const struct ht_finding *finding)
{
    struct verifying *verifying = context;
    struct ht_buffer *list = finding->lost ? &verifying->lost : &verifying->findings;
    verifying->count += !finding->lost;
    if (strncmp(finding->table, INDEX, sizeof INDEX - 1) == 0) verifying->of_index++;
    if (!verifying->output->json) {
        ht_finding_print(verifying->output, finding);
        return;
    }
    if (list->size > 0) ht_buffer_add_byte(list, ',');
    ht_finding_emit(list, finding);
}

/* A store so rotten that it can't be walked is a finding too. */
static void report_error(struct verifying *verifying, const struct ht_error *err)
{
    struct ht_finding finding = {.table = "store"};
    snprintf(finding.detail, sizeof finding.detail, "%.*s", (int)sizeof finding.detail - 1, err->detail);
    take_finding(verifying, &finding);
}

static void add_document(struct ht_buffer *out, const struct verifying *verifying, const struct ht_verified *verified)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_count(&emit, "events", verified->events);
    ht_emit_count(&emit, "erased", verified->erased);
    ht_emit_count(&emit, "repeats", verified->repeats);
    ht_emit_count(&emit, "acts", verified->acts);
    ht_emit_count(&emit, "bytes", verified->bytes);
    ht_emit_count(&emit, "index_rows", verified->index_rows);
    ht_emit_key(&emit, "opened");
    ht_emit_bool(&emit, !verified->locked);
    ht_emit_key(&emit, "findings");
    ht_emit_array(&emit);
    if (verifying->findings.size > 0) ht_emit_raw(&emit, ht_buffer_slice(&verifying->findings));
    ht_emit_end_array(&emit);
    if (verifying->lost.size > 0) {
        ht_emit_key(&emit, "lost");
        ht_emit_array(&emit);
        ht_emit_raw(&emit, ht_buffer_slice(&verifying->lost));
        ht_emit_end_array(&emit);
    }
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

static void add_locked(struct ht_buffer *out)
{
    ht_buffer_add_text(out,
                       "without the master key: records, Merkle trees and checkpoints were checked, but not what is "
                       "sealed in the records, and not the index\n");
}

static void add_summary(struct ht_buffer *out, const struct ht_verified *verified)
{
    ht_buffer_add_text(out, "verified ");
    ht_local_count(out, verified->events);
    ht_buffer_add_text(out, " events");
    if (verified->erased > 0) {
        ht_buffer_add_text(out, " (");
        ht_local_count(out, verified->erased);
        ht_buffer_add_text(out, " of them erased)");
    }
    ht_buffer_add_text(out, ", ");
    ht_local_count(out, verified->repeats);
    ht_buffer_add_text(out, " repeated deliveries, ");
    ht_local_count(out, verified->acts);
    ht_buffer_add_text(out, " acts");
    if (!verified->locked) {
        ht_buffer_add_text(out, ", ");
        ht_local_size(out, verified->bytes);
        ht_buffer_add_text(out, " of payloads");
    }
    if (verified->index_rows > 0) {
        ht_buffer_add_text(out, ", ");
        ht_local_count(out, verified->index_rows);
        ht_buffer_add_text(out, " index rows");
    }
    ht_buffer_add_text(out, ", Merkle trees and checkpoints: all is well");
    if (verified->lost > 0) {
        ht_buffer_add_text(out, ", but for ");
        ht_local_count(out, verified->lost);
        ht_buffer_add_text(out, " that a salvage has marked as lost");
    }
    ht_buffer_add_byte(out, '\n');
}

/* In a pipe standard output holds findings only, so the good word goes to standard error there. */
static enum ht_status print_end(const struct verifying *verifying, const struct ht_verified *verified,
                                struct ht_error *err)
{
    struct ht_buffer text = {0};
    if (verifying->output->json)
        add_document(&text, verifying, verified);
    else if (verifying->count == 0)
        add_summary(&text, verified);
    if (!verifying->output->json && verified->locked) add_locked(&text);
    enum ht_status status = ht_buffer_status(&text, err);
    if (ht_output_lines(verifying->output))
        fputs(ht_buffer_text(&text), stderr);
    else
        ht_output_write(ht_buffer_slice(&text));
    ht_buffer_release(&text);
    return status;
}

static enum ht_status read_checkpoint(const struct ht_call *call, struct ht_buffer *note,
                                      struct ht_verify_options *options, struct ht_error *err)
{
    struct ht_error cause = {0};
    const char *name = call->values[HT_OPTION_CHECKPOINT];
    if (name == NULL) return HT_OK;
    enum ht_status status = ht_input_read(name, HT_NOTE_SIZE, note, &cause);
    if (status != HT_OK) return ht_fail(err, status, "--checkpoint: %s", cause.detail);
    options->checkpoint = ht_buffer_slice(note);
    return HT_OK;
}

enum ht_status ht_run_verify(const struct ht_call *call, struct ht_error *err)
{
    struct verifying verifying = {.output = &call->output};
    struct ht_verified verified = {0};
    struct ht_buffer dir = {0}, checkpoint = {0};
    struct ht_verify_options options = {.without_index = ht_call_has(call, HT_OPTION_WITHOUT_INDEX)};
    enum ht_status status = ht_session_dir(call, &dir, err);
    if (status == HT_OK) status = read_checkpoint(call, &checkpoint, &options, err);
    if (status == HT_OK)
        status = ht_child_verify(ht_buffer_text(&dir), &options, take_finding, &verifying, &verified, err);
    if (status == HT_CORRUPT && verifying.count == 0) report_error(&verifying, err);
    if (status == HT_OK || status == HT_CORRUPT) {
        enum ht_status printed = print_end(&verifying, &verified, err);
        if (status == HT_OK) status = printed;
    }
    if (status == HT_CORRUPT)
        ht_fail(err, HT_CORRUPT, "%" PRIu64 " %s%s", verifying.count,
                verifying.count == 1 ? "thing is wrong" : "things are wrong",
                verifying.of_index == verifying.count ? ", in the index only: `hooktrail reindex` mends it" : "");
    ht_buffer_release(&verifying.findings);
    ht_buffer_release(&verifying.lost);
    ht_buffer_release(&dir);
    ht_buffer_release(&checkpoint);
    return status;
}
