/* Private to store/: the stored form of an event, of a repeated and of a rejected delivery (docs/format.md).

   Every record begins with an 8-byte checksum: SipHash-2-4, under a fixed public key, of all behind it, bound to the
   number that the record is stored under, so that neither a flipped bit nor a moved record goes unnoticed. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "hooktrail/append.h"
#include "hooktrail/rejected.h"
#include "hooktrail/trail.h"

/* Event record. Bytes 8 to 59 are its leaf, to which proofs commit; the rest can be erased.

     0   8  checksum
     8   1  version, 2
     9   1  flags: 1 = a signature was verified
    10   2  0
    12   4  payload size
    16   4  endpoint
    20   8  received_at, µs
    28  32  commitment
    60   1  encoding of the body: 0 plain, 1 zstd
    61   1  state (enum seal_state)
    62   2  zstd dictionary, 0 = none
    64   4  size of the delivery
    68  16  duplicate key, keyed (ref.h)
    84   4  data key, 0 = none
    88   4  0
    92  24  nonce
   116   …  sealed (seal.h): salt 16, SHA-256 of the payload 32, and the body: the delivery (delivery.h) and the payload
            behind it, encoded together

   A tombstone has bytes 0 to 59 of the record that it was, then: 0 (1), state (1), 0 (6), erasure 8, conversation 16.
 */
#define RECORD_VERSION 2
#define RECORD_CHECKED 8 /* where the checksummed part begins */
#define RECORD_LEAF RECORD_CHECKED
#define RECORD_SIGNED 9
#define RECORD_SIZE 12
#define RECORD_ENDPOINT 16
#define RECORD_RECEIVED_AT 20
#define RECORD_DUPLICATE_KEY 68
#define RECORD_HEADER_SIZE 116
#define RECORD_SECRET_SIZE (HT_SALT_SIZE + HT_SHA256_SIZE) /* before the body */
#define RECORD_TOMBSTONE_SIZE 92
#define RECORD_MAX_BODY (UINT32_C(1) << 28) /* more is a lie */

enum record_encoding { RECORD_PLAIN = 0, RECORD_ZSTD = 1 };

struct record_parts {
    struct ht_record_header header;
    uint8_t encoding;
    uint16_t dictionary;
    uint32_t delivery_size;
    /* by record_parts_open */
    struct ht_slice salt;
    struct ht_slice sha256;
    struct ht_slice body;
};

/* Splits and checks a stored record, or a tombstone (header.erasure is not 0): version, lengths, checksum. */
HT_MUST_CHECK enum ht_status record_split(struct ht_slice value, uint64_t seq, struct record_parts *parts,
                                          struct ht_error *err);

/* The header of an event that was packed and appended, without the commitment. */
struct ht_record_header record_packed_header(const struct ht_append *append);

/* Splits what seal_read gave of it. */
HT_MUST_CHECK enum ht_status record_parts_open(struct record_parts *parts, struct ht_slice opened,
                                               struct ht_error *err);

/* The leaf of a record or tombstone that was split. */
static inline struct ht_slice record_leaf(struct ht_slice value)
{
    return ht_slice_of(value.data + RECORD_LEAF, HT_LEAF_SIZE);
}

/* The tombstone of a stored event, with its checksum; `conversation` is zeros where none goes on. */
HT_MUST_CHECK enum ht_status record_tombstone(struct ht_slice value, uint64_t seq, uint64_t erasure,
                                              const uint8_t conversation[HT_REF_SIZE], struct ht_buffer *out,
                                              struct ht_error *err);

/* The commitment: SHA-256 of "hooktrail/payload/1" and a NUL, salt, payload digest, delivery. */
void record_commit(const uint8_t *salt, const uint8_t *sha256, struct ht_slice delivery,
                   uint8_t commitment[HT_SHA256_SIZE]);

/* The checksum: of the digest of the bytes behind it, and of the number. `record` is at least RECORD_CHECKED bytes. */
uint64_t record_digest(struct ht_slice record);
uint64_t record_checksum(uint64_t digest, uint64_t number);

/* True if the checksum at the start of `value` is that of `number`. */
bool record_intact(struct ht_slice value, uint64_t number);

/* zstd dictionaries that ship with the program, by id; absent if there is none with this id. */
struct ht_slice record_dictionary(uint16_t id);
#define RECORD_DICTIONARY 1 /* the one that new records use */

/* A repeated delivery: checksum 8, version 1, flags 1, state 1, 0, endpoint 4, received_at 8, seq 8, data key 4 (that
   of the event), nonce 24, and sealed: the delivery. Once its event is erased it ends before the data key. */
#define REPEAT_VERSION 2
#define REPEAT_BLANK_SIZE 32
#define REPEAT_HEADER_SIZE 60

struct repeat_parts {
    uint64_t seq; /* of the event that it repeats */
    int64_t received_at;
    uint32_t endpoint;
    uint32_t key; /* 0: not sealed */
    bool signature_verified;
    bool blank; /* its event is erased */
};

/* Splits and checks a stored one: version, length, checksum. */
HT_MUST_CHECK enum ht_status repeat_split(struct ht_slice value, uint64_t number, struct repeat_parts *parts,
                                          struct ht_error *err);

/* Its delivery, from what seal_read gave of it ("" of a blank one). */
HT_MUST_CHECK enum ht_status repeat_open(const struct repeat_parts *parts, struct ht_slice opened,
                                         struct ht_delivery *delivery, struct ht_error *err);

/* What is left of one whose event is erased, to `out`. */
HT_MUST_CHECK enum ht_status repeat_blank(struct ht_slice value, uint64_t number, struct ht_buffer *out,
                                          struct ht_error *err);

/* A rejected delivery: checksum 8, version 1, state 1, HTTP status of the reason 2, endpoint 4, received_at 8, data key
   4, nonce 24, and sealed: offset 8, size 8, pointer (2-byte length), detail (2), delivery (4), body: the rest. The
   open part is decoded from the stored value, whose checksum fits, the sealed one from what seal_read gave of it. */
#define REJECTED_VERSION 2
#define REJECTED_HEADER_SIZE 52
HT_MUST_CHECK enum ht_status rejected_decode(struct ht_slice value, uint64_t number, struct ht_slice opened,
                                             struct ht_rejected *rejected, struct ht_error *err);

/* ---- trail.c ---- */

/* ht_trail_peek, with the record's parts, which are good until the unpacker's next use and ht_reader_end; and what
   ht_trail_get checks beyond it, of what was read last: for whoever wants both the record and what is wrong with it. */
HT_MUST_CHECK enum ht_status record_read(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                         struct record_parts *parts, struct ht_record *record, struct ht_error *err);
HT_MUST_CHECK enum ht_status record_check(const struct ht_unpacker *unpacker, const struct record_parts *parts,
                                          const struct ht_record *record, struct ht_error *err);

#endif
