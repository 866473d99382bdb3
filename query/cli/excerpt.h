/* Where in some bytes a fault is: the line around it, with a mark. */
#ifndef HOOKTRAIL_CLI_EXCERPT_H
#define HOOKTRAIL_CLI_EXCERPT_H

#include "hooktrail/buffer.h"

/* Adds some bytes around `offset`, safe for a terminal and on one line, and below it "^" under the byte at `offset`
   (which may be the end: then what is missing there is marked). Both lines are indented by `indent`. */
void ht_excerpt_add(struct ht_buffer *out, struct ht_slice body, size_t offset, unsigned indent);

#endif
