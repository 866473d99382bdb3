/* Where results go: standard output, and what may be done there (colour, tables, how wide). */
#ifndef HOOKTRAIL_CLI_OUTPUT_H
#define HOOKTRAIL_CLI_OUTPUT_H

#include "hooktrail/buffer.h"

struct ht_output {
    bool terminal;  /* standard output is one: tables and a little prose; else NDJSON or plain text */
    bool color;     /* and it may be coloured: NO_COLOR, TERM=dumb and --no-color say otherwise */
    bool json;      /* --json: the document, byte for byte as HTTP gives it */
    unsigned width; /* columns; $COLUMNS or 80 where there is no terminal */
};

enum ht_style {
    HT_STYLE_PLAIN,
    HT_STYLE_BOLD,
    HT_STYLE_DIM,
    HT_STYLE_RED,
    HT_STYLE_GREEN,
    HT_STYLE_YELLOW,
    HT_STYLE_CYAN,
    HT_STYLE_COUNT
};

void ht_output_init(struct ht_output *output, bool json, bool no_color);

/* The escape sequence that begins a style, "" without colour; and the one that ends any. */
const char *ht_output_style(const struct ht_output *output, enum ht_style style);
const char *ht_output_plain(const struct ht_output *output);

/* Adds `text`, made safe for a terminal and on one line, in a style. */
void ht_output_add(const struct ht_output *output, struct ht_buffer *out, enum ht_style style, struct ht_slice text);

/* A list in a pipe: one JSON object a line. */
bool ht_output_lines(const struct ht_output *output);

/* Writes to standard output. A failure sticks in the stream and is reported once, by ht_output_finish. */
void ht_output_write(struct ht_slice bytes);

/* Flushes it now, for whoever waits for this line. False if anything since the start could not be written. */
bool ht_output_flush(void);

/* Flushes standard output; HT_IO or HT_FULL if anything since the start could not be written. */
HT_MUST_CHECK enum ht_status ht_output_finish(struct ht_error *err);

/* A remark to standard error, "hooktrail: …" and a newline, made safe for a terminal; at most 1,023 bytes. */
void ht_output_note(const char *format, ...) HT_PRINTF(1, 2);

#endif
