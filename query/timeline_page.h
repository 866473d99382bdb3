/* Private to query/: one page of a timeline: which items it holds, the payloads that they need, and its JSON. */
#ifndef QUERY_TIMELINE_PAGE_H
#define QUERY_TIMELINE_PAGE_H

#include "timeline_pieces.h"

#define TIMELINE_PAGE_BYTES (4u << 20)     /* of a document, about */
#define TIMELINE_MAX_PREVIOUS 100          /* earlier versions shown of one message, the newest */
#define TIMELINE_PREVIOUS_BYTES (1u << 20) /* and of their contents; at least one is shown */

struct timeline_page {
    bool shows_last;                    /* of each message also the last event that carries it, as "last_seq" */
    const struct timeline_order *order; /* of a union and events that stay in place */
    struct timeline_pieces kept;        /* made while the conversation was gone through: of events below kept_events */
    uint32_t kept_events;
    struct timeline_pieces wanted; /* of the other events */
    uint32_t next_wanted;          /* the piece that is to be made next */
    uint32_t first;                /* items of the page: from first to end - 1 */
    uint32_t end;
    uint64_t bytes; /* that they take, about */
};

void timeline_page_release(struct timeline_page *page);

/* Keeps what event number `event` (ascending from 0), which `payload` has read, shows itself and of the messages first
   seen in it, those of the union from `known` on: so that a short conversation is read only once. */
HT_MUST_CHECK enum ht_status timeline_page_keep(struct timeline_page *page, const struct timeline_union *all,
                                                uint32_t known, struct payload *payload,
                                                const struct timeline_event *event, uint32_t number,
                                                struct ht_error *err);

/* Chooses the items from page->first on: at most `limit`, about TIMELINE_PAGE_BYTES, at least one if there is any left.
 */
HT_MUST_CHECK enum ht_status timeline_page_choose(struct timeline_page *page, uint32_t limit, struct ht_error *err);

/* The event whose payload is needed next (its number), or TIMELINE_NONE. Then either make what it shows, `payload`
   having read it, or skip it: its messages are then shown as unreadable. */
uint32_t timeline_page_needs(const struct timeline_page *page);
HT_MUST_CHECK enum ht_status timeline_page_make(struct timeline_page *page, struct payload *payload,
                                                struct ht_error *err);
void timeline_page_skip(struct timeline_page *page);

/* Emits one item of the page, `first` to `end` - 1. The reader is within its span. */
void timeline_page_emit_item(const struct timeline_page *page, uint32_t item, struct ht_reader *reader,
                             struct ht_emit *emit);

/* Item number `item` of the order by what lasts: the seq of the event, or of where the message was first seen; and the
   slot there. timeline_page_find gives the number of the item, or TIMELINE_NONE. */
void timeline_page_name(const struct timeline_order *order, uint32_t item, uint64_t *seq, uint64_t *slot);
uint32_t timeline_page_find(const struct timeline_order *order, uint64_t seq, uint64_t slot);

#endif
