/* Prints secrets that are shown once. */
#ifndef HOOKTRAIL_CLI_SECRET_H
#define HOOKTRAIL_CLI_SECRET_H

#include "command.h"

/* One fact of what was made. */
struct ht_shown {
    const char *name; /* "endpoint", "token", "id" */
    const char *value;
    bool number; /* in JSON without quotes */
};

/* Prints them: with --json as one object, else a line each, name and value. Nothing of it stays in memory of ours. */
HT_MUST_CHECK enum ht_status ht_secret_print(const struct ht_output *output, const struct ht_shown *shown, size_t count,
                                             struct ht_error *err);

#endif
