/* What must hold of a directory that has a store in `data`, and beside it what backup, backup --since, restore and
   export have made of it: `full`, `new`, `restored`, `export`. */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include "check.h"

enum world_part { WORLD_FULL, WORLD_NEW, WORLD_RESTORED, WORLD_EXPORT, WORLD_PARTS, WORLD_NONE = WORLD_PARTS };

/* Which of them a command line, NULs between its words, makes. */
enum world_part world_part_of(struct ht_slice words);

/* Each of them is there as a whole or not at all; those that `returned` has must be there. What is not there yet can be
   made, whatever else lies about. */
enum check_result check_world(const char *dir, const struct expectation *expectation, const bool returned[WORLD_PARTS],
                              struct ht_error *why);

#endif
