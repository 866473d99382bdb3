/* A store: one data directory with its trail, its index and its keys; and readers, one thread's view of both.

   DIR/            0700, owned by the user who runs hooktrail
     trail/        LMDB environment, the source of truth
     index/        LMDB environment, derived; may be missing, stale or replaced while open
     keys/         index.key (keys the hashes of addresses and ids), master.key and data.keys (which seal payloads),
                   log.key and log.pub (which sign checkpoints); all 0600
     heads/        the newest checkpoint of each log, once more, outside the trail
     erasures.log  what was erased, so that a restored older backup forgets it again
     daemon.lock   flock'ed by the running hooktraild, holds its pid
     open.lock     flock'ed, shared, by whoever has the store open; for itself alone by compact
     exports/      locks of named exports

   A store may be open in several processes at once (the daemon and any number of command-line tools), once in each. */
#ifndef HOOKTRAIL_STORE_H
#define HOOKTRAIL_STORE_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/status.h"

#define HT_TRAIL_ID_SIZE 16
#define HT_SECRET_TEXT_SIZE 96 /* any endpoint path or token, with its NUL */

struct ht_store;
struct ht_reader;

struct ht_store_options {
    size_t map_size;         /* bytes of address space for each environment; 0: $HOOKTRAIL_MAP_SIZE, else 1 TiB */
    uint64_t reserve;        /* refuse appends below this many free bytes on the disk; 0: 64 MiB */
    uint64_t rejected_count; /* rejected deliveries kept at most; 0: 10,000 */
    uint64_t rejected_bytes; /* and their bytes; 0: 64 MiB */
    const char *actor;       /* who acts, for the log of acts: "cli:root", "hooktraild"; NULL: "library" */
    bool scattered;          /* no read-ahead, for a daemon, whose reads are few and far apart: see env_open */
    bool without_master_key; /* open even where it is missing: proofs work, payloads and the index don't */
};

/* How init makes a store; zeros are the defaults. */
struct ht_init_options {
    const char *origin;     /* the name of its logs (c2sp.org/tlog-checkpoint); NULL: "hooktrail/" and the trail's id */
    const char *master_key; /* the file to make for the master key; NULL: DIR/keys/master.key */
    bool unsealed;          /* payloads are not encrypted */
    const char *actor;      /* as in ht_store_options */
};

/* What `init` made, shown once. Wipe it with sodium_memzero after use. */
struct ht_store_secrets {
    char endpoint[HT_SECRET_TEXT_SIZE]; /* "/hooks/…" */
    char token[HT_SECRET_TEXT_SIZE];    /* "ht_…" */
};

/* Makes the directory and those above, or fills an empty one, atomically: built beside and renamed. One
   endpoint "default" and one token "default" with all scopes. `options` may be NULL. HT_EXISTS if there is a store
   already, HT_BUSY while another process makes one. What an init that was killed has left there is removed. */
HT_MUST_CHECK enum ht_status ht_store_init(const char *dir, const struct ht_init_options *options, int64_t now,
                                           struct ht_store_secrets *secrets, struct ht_error *err);

/* Opens. Refuses: no store there (HT_NOT_FOUND, says `hooktrail init`), another owner or readable by others
   (HT_FORBIDDEN), a network or overlay filesystem, a newer format (HT_VERSION). A missing or unusable index is no
   error: it is made anew and empty, and ht_index_catch_up fills it. `options` may be NULL. */
HT_MUST_CHECK enum ht_status ht_store_open(const char *dir, const struct ht_store_options *options,
                                           struct ht_store **store, struct ht_error *err);
void ht_store_close(struct ht_store *store); /* all readers and appenders must be gone; NULL is fine */

/* The daemon's lock, held until close: HT_BUSY names the pid of the holder. */
HT_MUST_CHECK enum ht_status ht_store_lock(struct ht_store *store, struct ht_error *err);

/* Frees reader slots of killed processes; call now and then. Returns how many were freed. */
int ht_store_sweep_readers(struct ht_store *store);

/* Adds the libraries that it is built on, with their versions: "LMDB 0.9.24, libsodium 1.0.18, …". */
void ht_libraries(struct ht_buffer *out);

/* Whether this process can neither read nor write the trail or the index any more, and only another one can open the
   store anew: LMDB has given it up, after a write that failed half-way, or a process with a larger map has let the file
   grow beyond ours (whoever opens it takes at least what it has). Any thread. */
bool ht_store_is_dead(struct ht_store *store);

const char *ht_store_dir(const struct ht_store *store);
const uint8_t *ht_store_trail_id(const struct ht_store *store); /* HT_TRAIL_ID_SIZE random bytes, made by init */

struct ht_store_usage {
    uint64_t trail_bytes; /* in use in trail/data.mdb */
    uint64_t index_bytes;
    uint64_t disk_free; /* bytes that the filesystem has left for us */
    uint64_t map_size;
    uint32_t readers; /* reader slots in use in the trail */
    uint64_t
        reader_age; /* of the oldest snapshot in use there: how many commits have come since; 0 if none is in use */
};
HT_MUST_CHECK enum ht_status ht_store_usage(struct ht_store *store, struct ht_store_usage *usage, struct ht_error *err);

/* How far something has come: the last event and the last repeated delivery. */
struct ht_position {
    uint64_t seq;
    uint64_t repeat;
};

static inline bool ht_position_reached(struct ht_position at, struct ht_position wanted)
{
    return at.seq >= wanted.seq && at.repeat >= wanted.repeat;
}

/* One thread's view: between begin and end it sees one snapshot of the index and one, not older, of the trail. Keep
   that span short (at most 1,000 rows or 100 ms), for it keeps old pages from being reused. Slices into the store end
   with it. A reader that was not begun reads nothing (assertion). */
HT_MUST_CHECK enum ht_status ht_reader_new(struct ht_store *store, struct ht_reader **reader, struct ht_error *err);
void ht_reader_free(struct ht_reader *reader);
HT_MUST_CHECK enum ht_status ht_reader_begin(struct ht_reader *reader, struct ht_error *err);
void ht_reader_end(struct ht_reader *reader);

#endif
