#include "hooktrail/buffer.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALLEST_CAPACITY 64

static atomic_bool ever_failed;

static void fail(struct ht_buffer *buffer)
{
    buffer->failed = true;
    atomic_store_explicit(&ever_failed, true, memory_order_relaxed);
}

bool ht_buffer_ever_failed(void)
{
    return atomic_load_explicit(&ever_failed, memory_order_relaxed);
}

void ht_buffer_release(struct ht_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct ht_buffer){0};
}

void ht_buffer_wipe(struct ht_buffer *buffer)
{
    if (buffer->data) explicit_bzero(buffer->data, buffer->capacity);
    ht_buffer_release(buffer);
}

void ht_buffer_clear(struct ht_buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

/* Doubles, so that a long chain of additions costs a constant number of copies a byte. `needed` is at most PTRDIFF_MAX,
   which a doubling cannot overflow. */
static size_t grown_capacity(size_t capacity, size_t needed)
{
    if (capacity < SMALLEST_CAPACITY) capacity = SMALLEST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    return capacity;
}

char *ht_buffer_reserve(struct ht_buffer *buffer, size_t extra)
{
    if (buffer->failed) return NULL;
    if (buffer->data && extra <= buffer->capacity - buffer->size) return buffer->data + buffer->size;

    size_t needed;
    bool fits = !__builtin_add_overflow(buffer->size, extra, &needed) && needed <= PTRDIFF_MAX;
    size_t capacity = fits ? grown_capacity(buffer->capacity, needed) : 0;
    char *data = fits ? realloc(buffer->data, capacity) : NULL;
    if (!data) {
        fail(buffer);
        return NULL;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return data + buffer->size;
}

void ht_buffer_add_bytes(struct ht_buffer *buffer, const void *data, size_t size)
{
    if (size == 0) return;
    char *to = ht_buffer_reserve(buffer, size);
    if (!to) return;
    memcpy(to, data, size);
    buffer->size += size;
}

void ht_buffer_add(struct ht_buffer *buffer, struct ht_slice slice)
{
    ht_buffer_add_bytes(buffer, slice.data, slice.size);
}

void ht_buffer_add_text(struct ht_buffer *buffer, const char *text)
{
    ht_buffer_add_bytes(buffer, text, strlen(text));
}

void ht_buffer_add_byte(struct ht_buffer *buffer, char byte)
{
    char *to = ht_buffer_reserve(buffer, 1);
    if (!to) return;
    *to = byte;
    buffer->size++;
}

/* Prints into what is free; returns the length of the whole text (then it fitted if that is below the free space). */
HT_PRINTF(2, 0) static int print_into(struct ht_buffer *buffer, const char *format, va_list arguments)
{
    size_t space = buffer->data ? buffer->capacity - buffer->size : 0;
    return vsnprintf(space > 0 ? buffer->data + buffer->size : NULL, space, format, arguments);
}

void ht_buffer_printf(struct ht_buffer *buffer, const char *format, ...)
{
    if (!ht_buffer_reserve(buffer, SMALLEST_CAPACITY)) return;
    va_list arguments;
    va_start(arguments, format);
    int length = print_into(buffer, format, arguments);
    va_end(arguments);
    if (length < 0) {
        fail(buffer);
        return;
    }
    if ((size_t)length >= buffer->capacity - buffer->size) {
        if (!ht_buffer_reserve(buffer, (size_t)length + 1)) return;
        va_start(arguments, format);
        length = print_into(buffer, format, arguments);
        va_end(arguments);
    }
    buffer->size += (size_t)length;
}

const char *ht_buffer_text(struct ht_buffer *buffer)
{
    char *end = ht_buffer_reserve(buffer, 1);
    if (!end) return "";
    *end = '\0';
    return buffer->data;
}

enum ht_status ht_buffer_status(const struct ht_buffer *buffer, struct ht_error *err)
{
    if (buffer->failed) return ht_fail(err, HT_NO_MEMORY, "out of memory after %zu bytes of output", buffer->size);
    return HT_OK;
}
