/* Private to store/: threads that harvest ahead, for an index that is far behind: what is read from the trail comes in
   order, in chunks of consecutive events (crew.h). */
#ifndef STORE_HARVEST_CREW_H
#define STORE_HARVEST_CREW_H

#include "harvest.h"

struct harvest_crew;

/* With `helpers` threads (at most 7) beside the caller's, as far as the system gives them; all calls by one thread.
   NULL when out of memory. `hash_key` as for harvest_new. */
struct harvest_crew *harvest_crew_new(struct ht_store *store, const uint8_t *hash_key, unsigned helpers);
void harvest_crew_free(struct harvest_crew *crew); /* waits for the threads; NULL is fine */

/* At least one event from seq `first` on: the next behind those of the last call, else the crew aims anew. It reads
   ahead up to `last`, which the trail must have. The events are the caller's until the next call. */
HT_MUST_CHECK enum ht_status harvest_crew_next(struct harvest_crew *crew, uint64_t first, uint64_t last,
                                               const struct harvest **events, struct ht_error *err);

#endif
