/* Emits JSON text into a buffer: documents of ours, always well-formed UTF-8, the same bytes for the same calls.

   No white space, keys in the order of the calls. Misuse (a key outside an object) is an assertion; lack of memory
   sticks in the buffer. One thread at a time. */
#ifndef HOOKTRAIL_EMIT_H
#define HOOKTRAIL_EMIT_H

#include <stdint.h>

#include "hooktrail/buffer.h"

struct ht_emit {
    struct ht_buffer *out; /* borrowed */
    uint64_t filled;       /* bit per level: the container has a member already */
    uint64_t objects;      /* bit per level: the container is an object */
    uint32_t depth;        /* at most 63 */
    bool after_key;
};

void ht_emit_init(struct ht_emit *emit, struct ht_buffer *out);
void ht_emit_object(struct ht_emit *emit);
void ht_emit_end_object(struct ht_emit *emit);
void ht_emit_array(struct ht_emit *emit);
void ht_emit_end_array(struct ht_emit *emit);
void ht_emit_key(struct ht_emit *emit, const char *key);           /* a literal of ours: plain ASCII, not escaped */
void ht_emit_key_slice(struct ht_emit *emit, struct ht_slice key); /* any text, escaped as a string; not absent */

void ht_emit_count(struct ht_emit *emit, const char *key, uint64_t value); /* a key and its number */

/* Escapes quote, backslash, control characters, DEL, U+2028, U+2029; malformed UTF-8 becomes U+FFFD. Absent is null. */
void ht_emit_string(struct ht_emit *emit, struct ht_slice text);
void ht_emit_text(struct ht_emit *emit, const char *text); /* NULL is null */
void ht_emit_uint(struct ht_emit *emit, uint64_t value);
void ht_emit_int(struct ht_emit *emit, int64_t value);
void ht_emit_bool(struct ht_emit *emit, bool value);
void ht_emit_null(struct ht_emit *emit);
void ht_emit_time(struct ht_emit *emit, int64_t time); /* RFC 3339; HT_TIME_NONE is null */
void ht_emit_hex(struct ht_emit *emit, const void *data, size_t size);
void ht_emit_raw(struct ht_emit *emit, struct ht_slice json); /* one value that is JSON already */

#endif
