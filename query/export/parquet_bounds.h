/* The least and the greatest value of a chunk, for readers to pass over what they don't want. */
#ifndef EXPORT_PARQUET_BOUNDS_H
#define EXPORT_PARQUET_BOUNDS_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define BOUNDS_LONGEST 64 /* bytes of a text; if there is a longer one, there are no bounds */

/* Zero-initialised is empty and valid. */
struct bounds {
    bool known;  /* there was a value */
    bool hidden; /* there is no telling: a text was too long */
    int64_t least, greatest;
    char least_text[BOUNDS_LONGEST], greatest_text[BOUNDS_LONGEST];
    uint8_t least_size, greatest_size;
};

void bounds_add_number(struct bounds *bounds, int64_t number);
void bounds_add_text(struct bounds *bounds, struct ht_slice text); /* ordered by bytes, unsigned */

#endif
