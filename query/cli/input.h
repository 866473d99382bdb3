/* Files that the user names. */
#ifndef HOOKTRAIL_CLI_INPUT_H
#define HOOKTRAIL_CLI_INPUT_H

#include "hooktrail/buffer.h"

/* Adds the file's bytes to `out`; "-" is standard input. HT_TOO_LARGE beyond `most` bytes, HT_IO if it can't be read.
 */
HT_MUST_CHECK enum ht_status ht_input_read(const char *name, size_t most, struct ht_buffer *out, struct ht_error *err);

#endif
