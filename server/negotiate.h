/* Which content coding a client gets: Accept-Encoding (RFC 9110, section 12.5.3) and the packing itself. */
#ifndef HT_SERVER_NEGOTIATE_H
#define HT_SERVER_NEGOTIATE_H

#include "hooktrail/buffer.h"

enum ht_coding { HT_CODING_IDENTITY, HT_CODING_GZIP, HT_CODING_ZSTD, HT_CODING_COUNT };

/* The best of ours that the header allows; absent means identity. */
enum ht_coding ht_negotiate(struct ht_slice accept_encoding);

/* "gzip", "zstd"; NULL for identity. */
const char *ht_negotiate_name(enum ht_coding coding);

/* Packs `text` behind what is in `out`. False (out is then as before) if that failed or made it no smaller. */
bool ht_negotiate_pack(enum ht_coding coding, struct ht_slice text, struct ht_buffer *out);

/* Whether an If-None-Match header names this entity tag (with its quotes), by weak comparison. */
bool ht_negotiate_matches(struct ht_slice if_none_match, struct ht_slice etag);

#endif
