#include "hooktrail/proof.h"

enum ht_status ht_signed_read(struct ht_reader *reader, enum ht_log log, uint64_t cosigned, struct ht_signed *read,
                              struct ht_error *err)
{
    struct ht_note note;
    ht_buffer_clear(&read->note);
    enum ht_status status = HT_NOT_FOUND;
    if (cosigned > 0) status = ht_log_cosigned(reader, log, cosigned, &read->note, err);
    if (status == HT_NOT_FOUND) status = ht_log_checkpoint(reader, log, &read->note, err);
    if (status == HT_OK) status = ht_note_parse(ht_buffer_slice(&read->note), &note, err);
    if (status == HT_OK) status = ht_checkpoint_parse(note.text, &read->origin, &read->head, err);
    return status;
}

void ht_signed_release(struct ht_signed *read)
{
    ht_buffer_release(&read->note);
    *read = (struct ht_signed){0};
}

/* The leaf's data goes along as extra data, unauthenticated as the format has it: its hash is what is proven. */
static enum ht_status add(struct ht_reader *reader, enum ht_log log, uint64_t seq, const struct ht_signed *read,
                          struct ht_buffer *out, struct ht_error *err)
{
    struct ht_merkle_proof proof;
    struct ht_slice leaf;
    enum ht_status status = ht_log_inclusion(reader, log, seq, read->head.size, &proof, err);
    if (status == HT_OK) status = ht_log_leaf(reader, log, seq, &leaf, err);
    if (status != HT_OK) return status;
    ht_tlog_proof_add(out, leaf, seq - 1, &proof, ht_buffer_slice(&read->note));
    return ht_buffer_status(out, err);
}

enum ht_status ht_proof_add(struct ht_reader *reader, enum ht_log log, uint64_t seq, struct ht_buffer *out,
                            uint64_t *covered, struct ht_error *err)
{
    struct ht_signed read = {0};
    enum ht_status status = ht_signed_read(reader, log, seq, &read, err);
    *covered = read.head.size;
    if (status == HT_OK && (seq == 0 || seq > read.head.size))
        status = ht_fail(err, HT_NOT_FOUND, "no checkpoint covers %llu: the newest ends with %llu",
                         (unsigned long long)seq, (unsigned long long)read.head.size);
    else if (status == HT_OK)
        status = add(reader, log, seq, &read, out, err);
    ht_signed_release(&read);
    return status;
}
