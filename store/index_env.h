/* Private to store/: the index's environment, and what lies in it.

   DIR/index is an LMDB environment (MDB_NOTLS, MDB_NOMETASYNC) with the tables below. Nothing in it is original: all is
   a function of the trail and of the reading rules, the same whatever the batches were, so that two indexes of one
   trail hold the same keys and values. Integers are unsigned, big-endian and of fixed width, so that LMDB's order of
   bytes is the order of numbers; "i64" is an int64_t in two's complement; "order64" an int64_t with its sign bit
   turned, which sorts. Times are microseconds since 1970 (UTC). "number" is the dense number of an entity, u32, 1, 2, 3
   … by first sight within its kind (enum ht_kind, one byte); 0 is none. "seq" is u64. DUP: MDB_DUPSORT|MDB_DUPFIXED.

   table       key                          value
   meta        "format"                     u32: 4 (INDEX_FORMAT)
               "trail"                      16 bytes: the id of the trail it was made from
               "rules"                      u64: ht_reading_version() of what read the payloads
               "position"                   u64 seq, u64 repeat: the last event and repeated delivery that are in it
               "counts"                     7 times u32: numbers given out, of kinds 1 to 7
               "erasures"                   u64: the last erasure in the trail when the index was begun; once there are
                                            more, it is stale
               "key"                        the index's key, wrapped (index_seal.h); absent if the store isn't sealed
   rows        u64 seq                      92 bytes, an ht_row: i64 received_at, i64 occurred_at, u32 type,
                                            agent, agent_name, conversation, lead, visitor, warnings, size, deliveries,
                                            endpoint, flags (HT_ROW_…), 32 bytes SHA-256, masked (index_seal.h); for
                                            each seq up to position
   ids         kind, 16 bytes               u32 number, by the keyed hash of the text (ref.h)
   names       kind, number                 the text: an id, a type, an agent's name, a JSON array of warnings; sealed
                                            (index_seal.h), but for agents, their names, and types
   postings    kind, number            DUP  u64 seq: the events of an agent, conversation, lead, visitor or type
   summaries   kind, number                 84 bytes, of the same kinds: i64 first_at, i64 last_at,
                                            u64 first_seq, u64 last_seq, u64 events, u32 agent, u32 agent_name,
                                            u32 visitor, u64 profile_seq, i64 opening_at, 16 bytes opening. The last two
                                            are a conversation's earliest opening message (INT64_MIN and zeros if none).
   recent      kind, u64 last_seq           u32 number: agents, conversations, leads and visitors by their last event
   links       kind, number            DUP  u32 number: of a conversation its leads, of a lead its conversations
   emails      16 bytes                DUP  u32 lead: BLAKE2b-128, keyed with keys/index.key, of the address without
                                            outer white space and in lower case (ASCII)
   strays      the same                DUP  u64 seq: events that bring this address, and name no lead
   duplicates  order64 time, 8 bytes   DUP  u64 seq: by the time that the payload states (INT64_MIN if none, or if the
                                            event is signed) and the first bytes of the duplicate key
   keys        u32 data key            DUP  u64 seq: the events that it seals
   repeats     u64 seq                 DUP  u64 number of a repeated delivery of this event
   daily       order64 day, u32 type,       32 bytes: u64 events, u64 payload bytes, u64 deliveries,
               u32 agent                    i64 newest received_at; of the events received on that day (since 1970)
   hours       order64 hour                 u64 least, u64 greatest seq of the events received in that hour since 1970
   minutes     order64 minute               the same of that minute
   openings    order64 opening_at,          u32 conversation: the first that had this opening (the keyed hash of
               16 bytes                     ht_facts.opening)
   orphans     the same                DUP  u64 seq: events with this opening that named no conversation when none was
                                            known to have it; they stay when one claims them

   Keys that begin with a time. Keyed hashes alone would lie anywhere in a table, and each new event would touch a page
   of its own, to be read, copied and written once the table is large. What is of one time lies together.

   Erased events. A tombstone has a row of type "erased", with no ids but the conversation's, if that goes on: found by
   its keyed hash, which may be given a number before a later event brings the name. An index never mixes what the trail
   said before an erasure with what it said after it, but for a stale one while another process makes the new one: it
   serves until that is in its place, and takes in what comes.

   Derived links. A conversation takes the opening messages of its events, each at least as early as those before it;
   the first conversation keeps an opening for good. An event that names none is given the conversation of its opening,
   or waits in `orphans` until one comes; row, postings, summary and links are then those of an event that had named it,
   save for HT_ROW_DERIVED. What an older event brings late into a summary fills gaps there, and replaces nothing. */
#ifndef STORE_INDEX_ENV_H
#define STORE_INDEX_ENV_H

#include "store.h"

#define INDEX_FORMAT 4
#define INDEX_FLAGS MDB_NOMETASYNC

enum index_table {
    INDEX_META,
    INDEX_ROWS,
    INDEX_IDS,
    INDEX_NAMES,
    INDEX_POSTINGS,
    INDEX_SUMMARIES,
    INDEX_RECENT,
    INDEX_LINKS,
    INDEX_EMAILS,
    INDEX_STRAYS,
    INDEX_DUPLICATES,
    INDEX_KEYS,
    INDEX_REPEATS,
    INDEX_DAILY,
    INDEX_HOURS,
    INDEX_MINUTES,
    INDEX_OPENINGS,
    INDEX_ORPHANS,
    INDEX_TABLES
};

struct index_env {
    MDB_env *env;
    MDB_dbi tables[INDEX_TABLES];
    uint8_t hash_key[HASH_KEY_SIZE];
    struct index_keys *keys; /* NULL: the store isn't sealed */
    uint64_t erasures;       /* in the trail when it was begun */
    dev_t device;            /* of its data file, by which a replacement is noticed */
    ino_t inode;
    atomic_uint references;
    atomic_bool damaged; /* somebody has read what can't be */
};

const char *index_table_name(enum index_table table);

/* Makes an empty index in the folder `path`, which must not be there: with the key of `like`, so that the two can be
   compared, or (NULL) with one of its own. */
HT_MUST_CHECK enum ht_status index_env_make(struct ht_store *store, const char *path, const struct index_env *like,
                                            struct ht_error *err);

/* Whether something was erased from the trail since the store's current index was begun. */
HT_MUST_CHECK enum ht_status index_env_stale(struct ht_store *store, bool *stale, struct ht_error *err);

/* Opens the index in the folder `path` with one reference. HT_NOT_FOUND if none is there; HT_VERSION if it has another
   format, trail or reading rules; HT_CORRUPT if it is damaged or ahead of the trail. */
HT_MUST_CHECK enum ht_status index_env_open(struct ht_store *store, const char *path, unsigned flags,
                                            struct index_env **index, struct ht_error *err);

/* Opens DIR/index if it is not `current` any more, else yields NULL. A missing or damaged one is made anew; one of
   another format or other rules is left to the newer program that made it: HT_VERSION. */
HT_MUST_CHECK enum ht_status index_env_follow(struct ht_store *store, const struct index_env *current,
                                              struct index_env **replacement, struct ht_error *err);

/* Makes `index` (takes the reference) the store's current generation. */
void index_env_publish(struct ht_store *store, struct index_env *index);

/* Puts the closed index in the folder `path` in the place of DIR/index, whose files are removed. */
HT_MUST_CHECK enum ht_status index_env_swap(struct ht_store *store, const char *path, struct ht_error *err);

/* Removes what killed programs left in DIR under names that begin so. */
void index_env_sweep(const struct ht_store *store, const char *prefix);

/* The data key of the last event of the person with this keyed hash; HT_NOT_FOUND. Within the reader's span. */
HT_MUST_CHECK enum ht_status index_person_key(struct ht_reader *reader, enum ht_kind kind,
                                              const uint8_t ref[HT_REF_SIZE], uint32_t *key, struct ht_error *err);

/* How far a snapshot has come; and the same of the environment's newest. */
HT_MUST_CHECK enum ht_status index_env_position(const struct index_env *index, MDB_txn *txn,
                                                struct ht_position *position, struct ht_error *err);
HT_MUST_CHECK enum ht_status index_env_newest(const struct index_env *index, struct ht_position *position,
                                              struct ht_error *err);

/* The end of the trail, in a snapshot of its own; HT_CORRUPT if it claims more than the trail's file can hold. */
HT_MUST_CHECK enum ht_status index_trail_end(struct ht_store *store, struct ht_position *end, struct ht_error *err);

#endif
