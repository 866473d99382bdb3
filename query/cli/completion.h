/* What the table of commands gives to other programs: the shell's completion, and the manual's list of commands. */
#ifndef HOOKTRAIL_CLI_COMPLETION_H
#define HOOKTRAIL_CLI_COMPLETION_H

#include "hooktrail/buffer.h"

/* A completion for bash: packaging/completion/hooktrail.bash. */
void ht_completion_bash(struct ht_buffer *out);

/* The section COMMANDS of docs/man/hooktrail.1.scd, in scdoc's language. */
void ht_completion_manual(struct ht_buffer *out);

#endif
