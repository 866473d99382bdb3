/* Findings, as verify and salvage tell them: a row on a terminal, an object a line elsewhere. */
#ifndef HOOKTRAIL_CLI_FINDING_H
#define HOOKTRAIL_CLI_FINDING_H

#include "hooktrail/keeping.h"
#include "output.h"

/* {"table":…,"seq":…,"detail":…}, and "lost":true of what is. */
void ht_finding_emit(struct ht_buffer *out, const struct ht_finding *finding);

/* Writes it to standard output at once. */
void ht_finding_print(const struct ht_output *output, const struct ht_finding *finding);

#endif
