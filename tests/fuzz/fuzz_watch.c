/* The bytes of requests, whole and in pieces of a size that the first byte gives: the outcome is the same, the memory
   bounded, and the head can be asked.

   Covers: server/watch.c server/field.c */
#include <stdlib.h>

#include "../../server/watch.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_HEAD 2048
#define MAX_HEADERS 64
#define MAX_BODY 8192

static void check(const struct ht_watch *watch)
{
    struct ht_slice name, value;
    size_t count = 0;
    require(watch->head.size <= MAX_HEAD + 1);
    require(watch->kept.size <= HT_WATCH_KEPT);
    bool has_reason = watch->state == HT_WATCH_MALFORMED || watch->state == HT_WATCH_TOO_MANY_HEADERS;
    require(has_reason == (watch->reason != NULL));
    if (watch->state == HT_WATCH_DONE) require(!watch->over && watch->announced <= MAX_BODY);
    if (watch->state == HT_WATCH_TOO_LARGE) require(watch->over && watch->announced > MAX_BODY);
    for (size_t at = 0; ht_watch_next_header(watch, &at, &name, &value); count++)
        require(at <= watch->head.size);
    if (watch->state == HT_WATCH_DONE || watch->state == HT_WATCH_BODY) {
        require(count <= MAX_HEADERS);
        require(ht_watch_method(watch).size > 0 && ht_watch_target(watch).size > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    size_t piece = data[0] % 64 + 1;
    struct ht_slice text = ht_slice_of(data + 1, size - 1);
    struct ht_watch whole, parts;
    ht_watch_init(&whole, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    ht_watch_init(&parts, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    ht_watch_feed(&whole, text);
    for (size_t at = 0; at < text.size; at += piece)
        ht_watch_feed(&parts, ht_slice_of(text.data + at, text.size - at < piece ? text.size - at : piece));
    check(&whole);
    check(&parts);
    require(whole.announced == parts.announced && whole.over == parts.over);
    require(whole.state == parts.state && whole.reason == parts.reason);
    require(ht_slice_equal(ht_buffer_slice(&whole.kept), ht_buffer_slice(&parts.kept)));
    require(ht_slice_equal(ht_buffer_slice(&whole.head), ht_buffer_slice(&parts.head)));
    ht_watch_reset(&whole);
    require(whole.state == HT_WATCH_HEAD && whole.head.size == 0);
    ht_watch_release(&whole);
    ht_watch_release(&parts);
    return 0;
}
