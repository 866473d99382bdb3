/* The warnings of one event while they are collected: at most HT_MAX_WARNINGS are kept, the rest is counted. */
#ifndef HOOKTRAIL_STORE_READING_WARNINGS_H
#define HOOKTRAIL_STORE_READING_WARNINGS_H

#include "hooktrail/reading.h"

struct ht_warnings {
    struct ht_buffer text;        /* the kept ones, one behind the other */
    size_t ends[HT_MAX_WARNINGS]; /* where each ends in text */
    size_t count;                 /* all, kept or not */
};

void ht_warnings_release(struct ht_warnings *warnings);
void ht_warnings_clear(struct ht_warnings *warnings);

/* Texts name fields, never values, which may be personal data. */
void ht_warnings_add(struct ht_warnings *warnings, const char *format, ...) HT_PRINTF(2, 3);

/* "unknown field /name", the name as an RFC 6901 pointer, cut if it is very long. */
void ht_warnings_add_unknown_field(struct ht_warnings *warnings, struct ht_slice name);

/* The size of the longest beginning of at most `limit` bytes that does not cut a character. */
size_t ht_warnings_cut(struct ht_slice text, size_t limit);

/* Adds the JSON array to `out`. If there were more than fit, the last element says how many. */
void ht_warnings_emit(const struct ht_warnings *warnings, struct ht_buffer *out);

/* The kept ones in one line, "; " between them, into text (NUL-terminated, cut to its size). */
void ht_warnings_join(const struct ht_warnings *warnings, char *text, size_t size);

#endif
