/* hooktrail prove: that an event or act is in the log, or that the log only grew. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "hooktrail/encode.h"
#include "signed.h"

static enum ht_status take_number(const char *word, const char *what, uint64_t *number, struct ht_error *err)
{
    if (ht_parse_u64(ht_slice_from(word), number) == HT_OK) return HT_OK;
    return ht_fail(err, HT_INVALID, "%s is a number, like 7", what);
}

/* ---- where it goes ---- */

static enum ht_status write_all(int file, struct ht_slice text, const char *name, struct ht_error *err)
{
    while (text.size > 0) {
        ssize_t written = write(file, text.data, text.size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ht_fail_errno(err, errno, "writing %s", name);
        text = ht_slice_of(text.data + written, text.size - (size_t)written);
    }
    return HT_OK;
}

/* A new file, whole or not at all: what is there already may be a proof that somebody relies on. */
static enum ht_status write_file(const char *name, struct ht_slice text, struct ht_error *err)
{
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return ht_fail(err, HT_EXISTS, "%s is there already", name);
    if (file < 0) return ht_fail_errno(err, errno, "making %s", name);
    enum ht_status status = write_all(file, text, name, err);
    if (close(file) != 0 && status == HT_OK) status = ht_fail_errno(err, errno, "writing %s", name);
    if (status != HT_OK) unlink(name);
    return status;
}

/* ---- inclusion ---- */

/* HT_NOT_FOUND, and *covered, if no checkpoint covers it. */
static enum ht_status add_proof(struct ht_session *session, enum ht_log log, uint64_t seq, struct ht_buffer *out,
                                uint64_t *covered, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_proof_add(session->reader, log, seq, out, covered, err);
    ht_reader_end(session->reader);
    return status;
}

static enum ht_status prove_inclusion(const struct ht_call *call, struct ht_session *session, struct ht_buffer *out,
                                      struct ht_error *err)
{
    uint64_t seq, covered = 0;
    enum ht_log log = ht_signed_log(call);
    enum ht_status status = take_number(call->arguments[0], "SEQ", &seq, err);
    if (status == HT_OK) status = add_proof(session, log, seq, out, &covered, err);
    if (status != HT_NOT_FOUND) return status;
    status = ht_log_sign(session->store, log, err);
    if (status == HT_OK) status = add_proof(session, log, seq, out, &covered, err);
    if (status != HT_NOT_FOUND) return status;
    return ht_fail(err, HT_NOT_FOUND, "there is no %" PRIu64 ": the log ends with %" PRIu64, seq, covered);
}

/* ---- consistency ---- */

static enum ht_status prove_consistency(const struct ht_call *call, struct ht_session *session, struct ht_buffer *out,
                                        struct ht_error *err)
{
    struct ht_merkle_proof proof;
    uint64_t old_size, size;
    enum ht_status status = take_number(call->arguments[0], "OLD", &old_size, err);
    if (status == HT_OK) status = take_number(call->arguments[1], "NEW", &size, err);
    if (status == HT_OK) status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_log_consistency(session->reader, ht_signed_log(call), old_size, size, &proof, err);
    if (status == HT_OK) ht_merkle_proof_add(out, &proof);
    ht_reader_end(session->reader);
    return status;
}

enum ht_status ht_run_prove(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_buffer out = {0};
    const char *file = call->values[HT_OPTION_OUTPUT];
    bool consistency = ht_call_has(call, HT_OPTION_CONSISTENCY);
    if (consistency && call->argument_count != 2) return ht_fail(err, HT_INVALID, "--consistency wants OLD and NEW");
    if (!consistency && call->argument_count != 1)
        return ht_fail(err, HT_INVALID, "it's one SEQ at a time, or --consistency with OLD and NEW");
    enum ht_status status = ht_session_open_keyless(&session, call, err);
    if (status == HT_OK) status = (consistency ? prove_consistency : prove_inclusion)(call, &session, &out, err);
    if (status == HT_OK) status = ht_buffer_status(&out, err);
    if (status == HT_OK && file) status = write_file(file, ht_buffer_slice(&out), err);
    if (status == HT_OK && !file) ht_output_write(ht_buffer_slice(&out));
    ht_buffer_release(&out);
    ht_session_close(&session);
    return status;
}
