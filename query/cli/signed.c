#include "signed.h"

enum ht_log ht_signed_log(const struct ht_call *call)
{
    return ht_call_has(call, HT_OPTION_ACTS) ? HT_LOG_ACTS : HT_LOG_EVENTS;
}

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
