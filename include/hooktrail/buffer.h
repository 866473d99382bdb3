/* A slice is borrowed bytes, a buffer is owned and growing bytes. */
#ifndef HOOKTRAIL_BUFFER_H
#define HOOKTRAIL_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "hooktrail/status.h"

/* Bytes of somebody else, not terminated, possibly with NUL in them. data == NULL means absent; empty is not absent. */
struct ht_slice {
    const char *data;
    size_t size;
};

#define HT_SLICE(literal) ((struct ht_slice){(literal), sizeof(literal) - 1})
#define HT_ABSENT ((struct ht_slice){NULL, 0})
/* For printf's "%.*s". */
#define HT_SLICE_ARGS(slice) (int)(slice).size, (slice).data

static inline struct ht_slice ht_slice_of(const void *data, size_t size)
{
    return (struct ht_slice){data, size};
}

/* NULL becomes absent. */
static inline struct ht_slice ht_slice_from(const char *text)
{
    return (struct ht_slice){text, text ? strlen(text) : 0};
}

static inline bool ht_slice_equal(struct ht_slice a, struct ht_slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool ht_slice_is(struct ht_slice slice, const char *text)
{
    return ht_slice_equal(slice, ht_slice_from(text));
}

/* The same in whatever case (ASCII). What is absent is no word. */
static inline bool ht_slice_is_word(struct ht_slice slice, const char *word)
{
    return slice.data && slice.size == strlen(word) && strncasecmp(slice.data, word, slice.size) == 0;
}

/* Owned bytes. Zero-initialised is empty and valid. When memory runs out, `failed` sticks, further additions do
   nothing, and ht_buffer_status tells: so a long chain of additions is checked once. One thread at a time. */
struct ht_buffer {
    char *data; /* not terminated; see ht_buffer_text */
    size_t size;
    size_t capacity;
    bool failed;
};

void ht_buffer_release(struct ht_buffer *buffer); /* frees; the buffer is empty and valid again */
void ht_buffer_wipe(struct ht_buffer *buffer);    /* zeroes the whole capacity, then frees: for secrets */
void ht_buffer_clear(struct ht_buffer *buffer);   /* size 0, keeps memory, forgets a failure */

/* At least `extra` writable bytes behind `size`; NULL on failure. The caller then raises size itself. */
char *ht_buffer_reserve(struct ht_buffer *buffer, size_t extra);
void ht_buffer_add(struct ht_buffer *buffer, struct ht_slice slice);
void ht_buffer_add_bytes(struct ht_buffer *buffer, const void *data, size_t size);
void ht_buffer_add_text(struct ht_buffer *buffer, const char *text);
void ht_buffer_add_byte(struct ht_buffer *buffer, char byte);
void ht_buffer_printf(struct ht_buffer *buffer, const char *format, ...) HT_PRINTF(2, 3);

/* NUL-terminated view (the NUL is not counted in size); "" on failure. Valid until the next change. */
const char *ht_buffer_text(struct ht_buffer *buffer);

static inline struct ht_slice ht_buffer_slice(const struct ht_buffer *buffer)
{
    return (struct ht_slice){buffer->data ? buffer->data : "", buffer->size};
}

/* HT_NO_MEMORY if any addition since the last clear failed. */
HT_MUST_CHECK enum ht_status ht_buffer_status(const struct ht_buffer *buffer, struct ht_error *err);

/* Whether any buffer of this process ever failed, on any thread: for a program that prints what it makes of many, a
   text here, a name there, and must not end with 0 when one of them was cut short. */
bool ht_buffer_ever_failed(void);

#endif
