/* The command line, read by the table of commands. */
#ifndef HOOKTRAIL_CLI_OPTIONS_H
#define HOOKTRAIL_CLI_OPTIONS_H

#include "command.h"

/* Reads the words behind the command's name: options in any place, filters among them, "--" ends them. Fills all of the
   call but `command` and `now`, which must be set. HT_INVALID for an unknown option (with the closest one), a missing
   or surplus value, a filter's bad value, two different values of an option that takes one, too few or too many
   arguments (unless --help or --version is given). Words may be put in another order. Not for several threads:
   getopt_long has one state. */
HT_MUST_CHECK enum ht_status ht_options_parse(struct ht_call *call, int count, char **words, struct ht_error *err);

#endif
