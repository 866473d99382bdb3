/* Points in time: microseconds since 1970-01-01T00:00:00Z, as int64_t; RFC 3339 is their text. */
#ifndef HOOKTRAIL_TIME_H
#define HOOKTRAIL_TIME_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_TIME_NONE INT64_MIN
#define HT_SECOND INT64_C(1000000)
#define HT_DAY (86400 * HT_SECOND)
#define HT_TIME_TEXT_SIZE 32 /* "2026-11-24T13:22:00.123456Z" and a NUL */

/* The wall clock, read here only by those who stand at an edge (a request came in); all else takes time as argument. */
int64_t ht_time_now(void);

/* A clock that nobody sets (CLOCK_MONOTONIC), in microseconds: for spans of time and their ends. */
int64_t ht_time_steady(void);

/* RFC 3339 date-time with any offset, any number of fraction digits (beyond microseconds cut off), leap second taken
   as :59, years 0001 to 9999. HT_INVALID otherwise. */
HT_MUST_CHECK enum ht_status ht_time_parse(struct ht_slice text, int64_t *time);

/* An age: "90s", "30m", "24h", "7d", "2w", in µs; INT64_MAX if it is longer than can be told. False if it is none. */
bool ht_time_parse_age(struct ht_slice text, int64_t *age);

/* A filter's bound: RFC 3339, a date "2026-11-24" (its UTC midnight), or an age "90s", "30m", "24h", "7d", "2w" before
   `now`. Fills err with what was expected. */
HT_MUST_CHECK enum ht_status ht_time_parse_bound(struct ht_slice text, int64_t now, int64_t *time,
                                                 struct ht_error *err);

/* RFC 3339 UTC with milliseconds, or microseconds where they are not zero; NUL-terminated. Returns its length.
   A time outside the years 0001 to 9999 (from damaged bytes) is written as the nearest within. */
size_t ht_time_format(char text[HT_TIME_TEXT_SIZE], int64_t time);

/* Day number since 1970-01-01 (floor), and its "YYYY-MM-DD" (NUL-terminated, 11 bytes). */
int64_t ht_time_day(int64_t time);
void ht_time_format_day(char text[16], int64_t day);

#endif
