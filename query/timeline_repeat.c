#include "timeline_repeat.h"

#include <stdlib.h>

static void release_elements(struct timeline_elements *elements)
{
    free(elements->list);
    ht_buffer_release(&elements->text);
    *elements = (struct timeline_elements){0};
}

void timeline_repeat_release(struct timeline_repeat *repeat)
{
    release_elements(&repeat->previous);
    release_elements(&repeat->current);
    repeat->next = 0;
}

void timeline_repeat_begin(struct timeline_repeat *repeat)
{
    struct timeline_elements kept = repeat->previous;
    repeat->previous = repeat->current;
    repeat->current = kept;
    repeat->current.count = 0;
    ht_buffer_clear(&repeat->current.text);
    repeat->next = 0;
}

uint32_t timeline_repeat_find(struct timeline_repeat *repeat, struct ht_slice text)
{
    const struct timeline_elements *previous = &repeat->previous;
    if (repeat->next < previous->count) {
        const struct timeline_element *element = &previous->list[repeat->next];
        struct ht_slice other = ht_slice_of(previous->text.data + element->at, element->size);
        if (element->message != HASH_TABLE_NONE && ht_slice_equal(text, other)) {
            repeat->next++;
            return element->message;
        }
    }
    repeat->next = previous->count;
    return HASH_TABLE_NONE;
}

/* The payload begins with this message: the run may go on behind where the payload before had it. */
static void align(struct timeline_repeat *repeat, uint32_t message)
{
    const struct timeline_elements *previous = &repeat->previous;
    if (message == HASH_TABLE_NONE || repeat->next < previous->count) return;
    for (uint32_t i = 0; i < previous->count; i++) {
        if (previous->list[i].message != message) continue;
        repeat->next = i + 1;
        return;
    }
}

static enum ht_status grow(struct timeline_elements *elements, struct ht_error *err)
{
    if (elements->count < elements->capacity) return HT_OK;
    uint32_t capacity = elements->capacity > 0 ? elements->capacity * 2 : 16;
    struct timeline_element *list = realloc(elements->list, capacity * sizeof *list);
    if (!list) return ht_fail(err, HT_NO_MEMORY, "out of memory for the messages of one payload");
    elements->list = list;
    elements->capacity = capacity;
    return HT_OK;
}

enum ht_status timeline_repeat_add(struct timeline_repeat *repeat, struct ht_slice text, uint32_t message,
                                   struct ht_error *err)
{
    struct timeline_elements *current = &repeat->current;
    enum ht_status status = grow(current, err);
    if (status != HT_OK) return status;
    if (current->count == 0) align(repeat, message);
    current->list[current->count++] = (struct timeline_element){current->text.size, text.size, message};
    ht_buffer_add(&current->text, text);
    return ht_buffer_status(&current->text, err);
}
