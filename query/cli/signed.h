/* The newest checkpoint of a log, read and taken apart. */
#ifndef HOOKTRAIL_CLI_SIGNED_H
#define HOOKTRAIL_CLI_SIGNED_H

#include "hooktrail/log.h"
#include "session.h"

struct ht_signed {
    struct ht_buffer note;
    struct ht_slice origin; /* of the note */
    struct ht_tree_head head;
};

/* The log that a call is about: that of acts with --acts. */
enum ht_log ht_signed_log(const struct ht_call *call);

/* Reads it within the reader's span, which the caller has begun; HT_NOT_FOUND before the first. With `cosigned` > 0 the
   newest one that a witness has signed is taken instead, if it covers so many leaves. */
HT_MUST_CHECK enum ht_status ht_signed_read(struct ht_reader *reader, enum ht_log log, uint64_t cosigned,
                                            struct ht_signed *read, struct ht_error *err);
void ht_signed_release(struct ht_signed *read);

#endif
