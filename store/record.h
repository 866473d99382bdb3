/* Private to store/: the stored form of an event, of a repeated and of a rejected delivery (docs/format.md).

   Every record begins with an 8-byte checksum: SipHash-2-4, under a fixed public key, of all behind it, bound to the
   number that the record is stored under, so that neither a flipped bit nor a moved record goes unnoticed. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "hooktrail/append.h"
#include "hooktrail/rejected.h"
#include "hooktrail/trail.h"

/* Event record. The first part (bytes 8 to 59) is what a proof commits to; the second can be erased.

     0   8  checksum
     8   1  version, 1
     9   1  flags: 1 = a signature was verified
    10   2  0
    12   4  payload size
    16   4  endpoint
    20   8  received_at, µs
    28  32  commitment
    60   1  encoding of the body: 0 plain, 1 zstd
    61   1  0
    62   2  zstd dictionary, 0 = none
    64   4  size of the delivery
    68  16  salt
    84  32  SHA-256 of the payload
   116  16  duplicate key
   132   …  body: the delivery (delivery.h) and the payload behind it, encoded together */
#define RECORD_VERSION 1
#define RECORD_CHECKED 8 /* where the checksummed part begins */
#define RECORD_HEADER_SIZE 132
#define RECORD_MAX_BODY (UINT32_C(1) << 28) /* more is a lie */

enum record_encoding { RECORD_PLAIN = 0, RECORD_ZSTD = 1 };

struct record_parts {
    struct ht_record_header header;
    bool signature_verified;
    uint8_t encoding;
    uint16_t dictionary;
    uint32_t delivery_size;
    struct ht_slice salt;
    struct ht_slice sha256;
    struct ht_slice body;
};

/* Splits and checks a stored record: version, lengths, checksum. */
HT_MUST_CHECK enum ht_status record_split(struct ht_slice value, uint64_t seq, struct record_parts *parts,
                                          struct ht_error *err);

/* The commitment: SHA-256 of "hooktrail/payload/1" and a NUL, salt, payload digest, delivery. */
void record_commit(const uint8_t *salt, const uint8_t *sha256, struct ht_slice delivery,
                   uint8_t commitment[HT_SHA256_SIZE]);

/* Seals a packed record for its place: writes the checksum. `record` is at least RECORD_CHECKED bytes. The expensive
   part, over the bytes, is done by record_digest beforehand, off the writer thread. */
uint64_t record_digest(struct ht_slice record);
uint64_t record_checksum(uint64_t digest, uint64_t number);

/* True if the checksum at the start of `value` is that of `number`. */
bool record_intact(struct ht_slice value, uint64_t number);

/* zstd dictionaries that ship with the program, by id; absent if there is none with this id. */
struct ht_slice record_dictionary(uint16_t id);
#define RECORD_DICTIONARY 1 /* the one that new records use */

/* A repeated delivery: checksum 8, version 1, flags 1, 0 (2 bytes), endpoint 4, received_at 8, seq 8, delivery. */
#define REPEAT_VERSION 1
HT_MUST_CHECK enum ht_status repeat_decode(struct ht_slice value, uint64_t number, uint64_t *seq,
                                           struct ht_delivery *delivery, struct ht_error *err);

/* A rejected delivery: checksum 8, version 1, 0, HTTP status of the reason 2, endpoint 4, received_at 8, offset 8,
   size 8, pointer (2-byte length), detail (2), delivery (4), body: the rest. */
#define REJECTED_VERSION 1
HT_MUST_CHECK enum ht_status rejected_decode(struct ht_slice value, uint64_t number, struct ht_rejected *rejected,
                                             struct ht_error *err);

#endif
