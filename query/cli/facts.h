/* What long work has come to, in one line: a sentence for people, or its numbers as JSON. */
#ifndef HOOKTRAIL_CLI_FACTS_H
#define HOOKTRAIL_CLI_FACTS_H

#include "command.h"

/* One number of a summary. */
struct ht_fact {
    const char *name;
    uint64_t value;
};

/* Prints `text`, or with --json the numbers in its place, and a newline. */
HT_MUST_CHECK enum ht_status ht_facts_print(const struct ht_call *call, struct ht_buffer *text,
                                            const struct ht_fact *facts, size_t count, struct ht_error *err);

#endif
