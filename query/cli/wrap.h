/* Text on a terminal: how many columns it takes, and how it breaks into lines. Widths need LC_CTYPE to be a UTF-8
   locale; in another, every character beyond ASCII counts one. */
#ifndef HOOKTRAIL_CLI_WRAP_H
#define HOOKTRAIL_CLI_WRAP_H

#include "hooktrail/buffer.h"

/* Columns that `text` (one line, safe for a terminal, no escape sequences) takes. */
unsigned ht_wrap_width(struct ht_slice text);

/* Adds `text`, as ht_terminal_add made it, broken at spaces so that no line passes `width` columns; a word that is
   longer breaks between characters. The first line goes on at column `indent`, where the caller stands; the others are
   indented to it. Newlines in the text are kept; no newline is added at the end. At least 10 columns are used in any
   case. */
void ht_wrap_add(struct ht_buffer *out, struct ht_slice text, unsigned indent, unsigned width);

/* The longest part of `text` that takes at most `columns`, cut between characters. */
struct ht_slice ht_wrap_head(struct ht_slice text, unsigned columns);

#endif
