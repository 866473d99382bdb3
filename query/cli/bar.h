/* A progress bar on standard error, if that is a terminal and the work takes long enough to ask. */
#ifndef HOOKTRAIL_CLI_BAR_H
#define HOOKTRAIL_CLI_BAR_H

#include <stdint.h>

#include "hooktrail/buffer.h"

struct ht_bar {
    const char *label; /* "indexing" */
    bool terminal;
    bool drawn;
    uint64_t first;   /* where the work began, and when: what was done before doesn't count for the rate */
    int64_t first_at; /* ms of the monotonic clock, as those below */
    uint64_t done;
    int64_t began_at;
    int64_t drawn_at;
};

void ht_bar_init(struct ht_bar *bar, const char *label);

/* An ht_progress: pass the bar as context. Always true. */
bool ht_bar_step(void *bar, uint64_t done, uint64_t total);

/* Wipes it off the terminal, before other output and at the end. */
void ht_bar_clear(struct ht_bar *bar);

/* The line itself, without control characters: `elapsed` in ms, at most `width` columns. */
void ht_bar_line(struct ht_buffer *out, const char *label, uint64_t first, uint64_t done, uint64_t total,
                 int64_t elapsed, unsigned width);

#endif
