/* Private to store/: what one event, or one repeated delivery, changes in the index. */
#ifndef STORE_INDEX_APPLY_H
#define STORE_INDEX_APPLY_H

#include "harvest.h"
#include "index_batch.h"

/* The event behind batch->position.seq, which moves on. */
HT_MUST_CHECK enum ht_status index_apply_event(struct index_batch *batch, const struct harvest *harvest,
                                               const struct harvest_event *event, struct ht_error *err);

/* All of a harvest, whose first event is that. */
HT_MUST_CHECK enum ht_status index_apply_events(struct index_batch *batch, const struct harvest *harvest,
                                                struct ht_error *err);

/* The repeated delivery `number` of the event `seq`; without effect if there is no such event. The position is the
   caller's to move. */
HT_MUST_CHECK enum ht_status index_apply_repeat(struct index_batch *batch, uint64_t number, uint64_t seq,
                                                struct ht_error *err);

/* ---- index_links.c ---- */

/* Finds the conversation of an event that names none, by its opening message, or lets it wait for one. */
HT_MUST_CHECK enum ht_status index_derive(struct index_batch *batch, const struct harvest_event *event,
                                          struct ht_row *row, struct ht_error *err);

/* A conversation's event brings an opening message: remembers it, and gives the conversation the events that wait. */
HT_MUST_CHECK enum ht_status index_bring_opening(struct index_batch *batch, const struct harvest_event *event,
                                                 uint32_t conversation, struct ht_error *err);

/* The row's conversation and lead, if it has both, know of each other. */
HT_MUST_CHECK enum ht_status index_link(struct index_batch *batch, const struct ht_row *row, struct ht_error *err);

/* Rows that are there already, 1 to batch->position.seq: a missing one is HT_CORRUPT. */
HT_MUST_CHECK enum ht_status index_load_row(struct index_batch *batch, uint64_t seq, struct ht_row *row,
                                            struct ht_error *err);
HT_MUST_CHECK enum ht_status index_store_row(struct index_batch *batch, const struct ht_row *row, struct ht_error *err);

#endif
