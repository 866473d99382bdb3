/* What the files of `hooktrail doctor` share. */
#ifndef HOOKTRAIL_CLI_DOCTOR_H
#define HOOKTRAIL_CLI_DOCTOR_H

#include "hooktrail/emit.h"
#include "session.h"

enum verdict { FINE, WARNING, FAILURE };

struct doctor {
    const struct ht_call *call;
    struct ht_session session; /* open behind the check of the directory */
    struct ht_buffer detail;   /* of the check under way */
    struct ht_buffer out;      /* the document, or the lines */
    struct ht_emit emit;
    struct ht_buffer health; /* the answer of HT_QUERY_HEALTH; empty if there is none */
    unsigned counts[FAILURE + 1];
};

/* Ends a check, whose text is in `detail`. */
void doctor_conclude(struct doctor *doctor, const char *name, enum verdict verdict);

/* Makes every check that can be made. */
void doctor_examine(struct doctor *doctor, const char *dir);

#endif
