/* Times and amounts as people read them: in the local time zone, rounded. Never parsed again. */
#ifndef HOOKTRAIL_CLI_LOCAL_H
#define HOOKTRAIL_CLI_LOCAL_H

#include <stdint.h>

#include "hooktrail/buffer.h"

enum ht_local_form {
    HT_LOCAL_TIME,  /* 2026-11-24 13:22:05 */
    HT_LOCAL_CLOCK, /* 13:22 */
    HT_LOCAL_DAY    /* Tuesday, 24 November 2026 */
};

/* Adds the time in the local zone; "-" for HT_TIME_NONE. */
void ht_local_add(struct ht_buffer *out, int64_t time, enum ht_local_form form);

/* A number that differs between two local days. */
int64_t ht_local_day(int64_t time);

/* "512 B", "4.2 KiB", "1.3 GiB". */
void ht_local_size(struct ht_buffer *out, uint64_t bytes);

/* "12,345". */
void ht_local_count(struct ht_buffer *out, uint64_t count);

#endif
