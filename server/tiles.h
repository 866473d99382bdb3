/* The logs for monitors: checkpoints, tiles and entry bundles, by c2sp.org/tlog-tiles. */
#ifndef HT_SERVER_TILES_H
#define HT_SERVER_TILES_H

#include "request.h"

void ht_tiles_checkpoint(struct ht_request *request);
void ht_tiles_tile(struct ht_request *request);
void ht_tiles_entries(struct ht_request *request);
void ht_tiles_acts_checkpoint(struct ht_request *request);
void ht_tiles_acts_tile(struct ht_request *request);
void ht_tiles_acts_entries(struct ht_request *request);

/* Whether the route is of the logs and open to everyone by log_public. What acts say never is: it names people. */
bool ht_tiles_are_public(const struct ht_config *config, const struct ht_route *route);

#endif
