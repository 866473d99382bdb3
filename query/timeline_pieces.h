/* Private to query/: what a timeline's items show of payloads, made as JSON while each payload is at hand. */
#ifndef QUERY_TIMELINE_PIECES_H
#define QUERY_TIMELINE_PIECES_H

#include "hooktrail/erasure.h"
#include "payload.h"
#include "timeline_order.h"

/* Which part of an event's payload: the event itself, or the message at a position. */
#define TIMELINE_SLOT_EVENT 0u
#define TIMELINE_SLOT_MESSAGE(position) ((position) + 1u)

struct timeline_piece {
    uint32_t event;
    uint32_t slot;
    bool made;   /* else the rest is not there: the payload could not be read */
    size_t at;   /* in the text: an event's item, or a message's role, content and id behind each other */
    size_t item; /* their sizes; those of the other kind are 0, and id is if there is none */
    size_t role;
    size_t content;
    size_t id;
};

/* Zero-initialised is empty and valid. */
struct timeline_pieces {
    struct timeline_piece *list; /* once sorted: by event and slot */
    uint32_t count;
    uint32_t capacity;
    struct ht_buffer text;
};

void timeline_pieces_release(struct timeline_pieces *pieces);

/* Asks for a piece, to be made later. */
HT_MUST_CHECK enum ht_status timeline_pieces_want(struct timeline_pieces *pieces, uint32_t event, uint32_t slot,
                                                  struct ht_error *err);
void timeline_pieces_sort(struct timeline_pieces *pieces);

/* Makes the pieces from `first` on that are of the same event as it, and returns the index behind them. The pieces are
   sorted; `payload` has read that event. */
uint32_t timeline_pieces_make(struct timeline_pieces *pieces, uint32_t first, struct payload *payload,
                              const struct timeline_event *event);

/* The piece, or NULL if it was not asked for or not made. */
const struct timeline_piece *timeline_pieces_find(const struct timeline_pieces *pieces, uint32_t event, uint32_t slot);

/* About how many bytes the item of the event that `payload` has read takes. */
uint32_t timeline_event_size(const struct payload *payload);

/* Emits the item of an event that cannot be read; and of one that was erased (`erasure` may be NULL: nothing tells
 * when).
 */
void timeline_emit_unreadable(struct ht_emit *emit, const struct timeline_event *event);
void timeline_emit_erased(struct ht_emit *emit, const struct timeline_event *event, const struct ht_erasure *erasure);

#endif
