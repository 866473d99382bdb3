/* Files of acknowledgements: a line "SEQ SHA256" for each answer 200. */
#ifndef CRASH_ACKS_H
#define CRASH_ACKS_H

#include "check.h"

/* Adds those of a file; a missing file has none. False if it can't be read, or has anything else in it. */
bool acks_read(const char *path, struct promises *promises);

#endif
