/* The addresses of tiles and entry bundles, by c2sp.org/tlog-tiles: exactly one for each. Pure. */
#ifndef HT_SERVER_TILE_PATH_H
#define HT_SERVER_TILE_PATH_H

#include <stdint.h>

#include "hooktrail/buffer.h"

struct ht_tile_path {
    unsigned level;
    uint64_t index;
    unsigned width; /* HT_TILE_WIDTH: a full one */
};

/* "L/N" or "L/N.p/W", of a bundle ("entries/") without "L/": false if it is none, or not in the one form that it has.
 */
bool ht_tile_path_parse(struct ht_slice text, bool has_level, struct ht_tile_path *path);

#endif
