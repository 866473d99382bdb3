/* Tallies: how much each of many has open, and how fast it asks. Of addresses, or of endpoints.

   The memory is bounded: who holds something open has its place for sure; of the others the one that was asked for
   longest ago is forgotten for the next. Places are found by a keyed hash, so that nobody can choose to collide. Locks
   by itself: one table serves all threads, and its numbers are the daemon's. Nothing is allocated after the start. */
#ifndef HT_SERVER_TALLY_H
#define HT_SERVER_TALLY_H

#include "hooktrail/status.h"
#include "ip.h"
#include "pace.h"

#define HT_TALLY_KEY HT_IP_SIZE

struct ht_tallies;
struct ht_tally; /* a place; stays where it is while something is open */

/* For up to `open` things open at once, and 4,096 places more for what is to be remembered. */
HT_MUST_CHECK enum ht_status ht_tallies_new(size_t open, struct ht_tallies **tallies, struct ht_error *err);
void ht_tallies_free(struct ht_tallies *tallies); /* NULL is fine */

/* The key of an endpoint; of an address: of IPv6 the first 64 bits, for whoever has
   one address there has them all. */
void ht_tally_key_number(uint64_t number, uint8_t key[HT_TALLY_KEY]);
void ht_tally_key_address(const uint8_t ip[HT_IP_SIZE], uint8_t key[HT_TALLY_KEY]);

/* One more is open, unless `most` (0: any number) are already: then NULL. Give it back when it is closed. */
struct ht_tally *ht_tally_open(struct ht_tallies *tallies, const uint8_t key[HT_TALLY_KEY], uint64_t most);
void ht_tally_close(struct ht_tallies *tallies, struct ht_tally *tally);

/* One more at `now`: true, or false and not counted if it is ahead of the pace. */
bool ht_tally_admit(struct ht_tallies *tallies, const uint8_t key[HT_TALLY_KEY], int64_t now, struct ht_pace pace);
/* One more at `now`, counted in any case; returns how long it has to wait to keep the pace, but no more than `most`. */
int64_t ht_tally_delay(struct ht_tallies *tallies, struct ht_tally *tally, int64_t now, struct ht_pace pace,
                       int64_t most);

#endif
