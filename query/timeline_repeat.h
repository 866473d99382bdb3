/* Private to query/: recognises the messages that a payload repeats, byte for byte, from the payload before.

   Snapshots mostly do: all of the last one and some more, or the same window moved on. A run of elements that begins
   with the payload's first one and stands in the payload before, too, needs neither be read nor hashed. It is only a
   shortcut: what it does not recognise is found by its identity. */
#ifndef QUERY_TIMELINE_REPEAT_H
#define QUERY_TIMELINE_REPEAT_H

#include "hash_table.h"
#include "hooktrail/buffer.h"

struct timeline_element {
    size_t at; /* of its JSON text */
    size_t size;
    uint32_t message; /* HASH_TABLE_NONE: not to be recognised */
};

struct timeline_elements {
    struct timeline_element *list;
    uint32_t count;
    uint32_t capacity;
    struct ht_buffer text;
};

/* Zero-initialised is empty and valid. */
struct timeline_repeat {
    struct timeline_elements previous;
    struct timeline_elements current;
    uint32_t next; /* the element of the previous payload that may come next */
};

void timeline_repeat_release(struct timeline_repeat *repeat);

void timeline_repeat_begin(struct timeline_repeat *repeat); /* the next payload */

/* The message that an element of this text was, if it goes on with the run; else HASH_TABLE_NONE, and the run is over.
 */
uint32_t timeline_repeat_find(struct timeline_repeat *repeat, struct ht_slice text);

/* Tells what message the next element of the payload is, found either way. HASH_TABLE_NONE where the text alone does
   not tell: an element that is no message, one that counts equal ones before it, one that was found by the text of
   another that has an id, or an id that the payload had before. */
HT_MUST_CHECK enum ht_status timeline_repeat_add(struct timeline_repeat *repeat, struct ht_slice text, uint32_t message,
                                                 struct ht_error *err);

#endif
