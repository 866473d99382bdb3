/* Help, from the table of commands. */
#ifndef HOOKTRAIL_CLI_HELP_H
#define HOOKTRAIL_CLI_HELP_H

#include "command.h"

/* All commands with their summaries; or one command with its options and examples. */
void ht_help_all(struct ht_buffer *out);
void ht_help_command(struct ht_buffer *out, const struct ht_command *command, unsigned width);

#endif
