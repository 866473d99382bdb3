/* The values of JSON strings that have passed the scanner: unescaped piece by piece, without memory of their own. */
#ifndef HOOKTRAIL_STORE_JSON_TEXT_H
#define HOOKTRAIL_STORE_JSON_TEXT_H

#include "hooktrail/buffer.h"

/* A string as written, without its quotes. */
struct ht_json_text {
    struct ht_slice raw;
    bool escaped; /* has backslashes */
};

/* A walk along the value: runs that stand in the text as they are, and single characters that were escaped. */
struct ht_json_pieces {
    const char *at;
    const char *end;
    bool escaped;
    char character[4]; /* UTF-8 of the last escape */
};

void ht_json_pieces_begin(struct ht_json_pieces *pieces, struct ht_json_text text);

/* The next piece, never empty; false at the end. Valid until the next call. */
bool ht_json_pieces_step(struct ht_json_pieces *pieces, struct ht_slice *piece);

/* Whether two strings have the same value, however they are written; the one without a look at whether they have
   escapes. */
bool ht_json_pieces_equal(struct ht_json_text a, struct ht_json_text b);
static inline bool ht_json_text_equal(struct ht_json_text a, struct ht_json_text b)
{
    return a.escaped || b.escaped ? ht_json_pieces_equal(a, b) : ht_slice_equal(a.raw, b.raw);
}

#endif
