#include "lost.h"

#include <inttypes.h>

#include "hooktrail/encode.h"
#include "hooktrail/merkle.h"
#include "record.h"

#define AT_ACT 12
#define AT_HASH 20
#define AT_LEAF 52

_Static_assert(AT_LEAF + HT_LEAF_SIZE == LOST_SIZE, "it ends with the leaf");

static const char domain[] = "hooktrail/lost/1";

void lost_write(const struct lost *lost, uint64_t number, uint8_t value[LOST_SIZE])
{
    memset(value, 0, LOST_SIZE);
    value[RECORD_CHECKED] = LOST_VERSION;
    ht_put_be64(value + AT_ACT, lost->act);
    memcpy(value + AT_HASH, lost->hash, sizeof lost->hash);
    if (lost->leaf.size == HT_LEAF_SIZE) memcpy(value + AT_LEAF, lost->leaf.data, HT_LEAF_SIZE);
    ht_put_be64(value, record_checksum(record_digest(ht_slice_of(value, LOST_SIZE)), number));
}

bool lost_read(struct ht_slice value, struct lost *lost)
{
    const uint8_t *bytes = (const uint8_t *)value.data;
    if (value.size != LOST_SIZE || bytes[RECORD_CHECKED] != LOST_VERSION) return false;
    lost->act = ht_get_be64(bytes + AT_ACT);
    memcpy(lost->hash, bytes + AT_HASH, sizeof lost->hash);
    bool found = bytes[AT_LEAF] != 0; /* a leaf's version */
    lost->leaf = found ? ht_slice_of(bytes + AT_LEAF, HT_LEAF_SIZE) : HT_ABSENT;
    return true;
}

void lost_leaf(uint64_t number, uint8_t hash[HT_SHA256_SIZE])
{
    uint8_t leaf[sizeof domain + 8];
    memcpy(leaf, domain, sizeof domain);
    ht_put_be64(leaf + sizeof domain, number);
    ht_merkle_leaf(ht_slice_of(leaf, sizeof leaf), hash);
}

enum ht_status lost_fail(struct ht_error *err, const char *what, uint64_t number, const struct lost *lost)
{
    return ht_fail(err, HT_CORRUPT,
                   "%s %" PRIu64 " is lost: it was damaged when the store was salvaged (act %" PRIu64 ")", what, number,
                   lost->act);
}
