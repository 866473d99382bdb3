/* Private to store/: what a store, its two environments and its readers consist of. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "fresh.h"
#include "hooktrail/index.h"
#include "hooktrail/store.h"
#include "hooktrail/trail.h"
#include "slots.h"

#define HASH_KEY_SIZE 32
#define FORMAT_VERSION 2

struct trail_env {
    MDB_env *env;
    MDB_dbi meta;        /* text key -> fixed values: format, trail id, counters */
    MDB_dbi events;      /* seq -> record (record.h) */
    MDB_dbi repeats;     /* number -> repeated delivery */
    MDB_dbi endpoints;   /* id -> endpoint */
    MDB_dbi secrets;     /* SHA-256 of a path secret -> endpoint id */
    MDB_dbi tokens;      /* id -> token */
    MDB_dbi bearers;     /* SHA-256 of a token -> token id */
    MDB_dbi rejected;    /* number -> rejected delivery */
    MDB_dbi watermarks;  /* export's name -> watermark */
    MDB_dbi tree;        /* tiles of the events' Merkle tree (tree.h) */
    MDB_dbi acts;        /* seq -> act (act.h) */
    MDB_dbi acts_tree;   /* and their tree */
    MDB_dbi checkpoints; /* log -> its newest signed note (checkpoint.h) */
    MDB_dbi erasures;    /* number -> erasure (erasure.h) */
    MDB_dbi erased;      /* kind and keyed hash of an id -> number of the erasure that took it */
    MDB_dbi holds;       /* id -> hold (hold.h) */
};

/* One generation of the index: replaced as a whole by a rebuild, in this process or another. Readers hold a reference;
   the last one closes it. */
struct index_env;

struct ht_store {
    char *dir;
    struct ht_store_options options; /* with the defaults filled in */
    struct trail_env trail;
    uint8_t trail_id[HT_TRAIL_ID_SIZE];
    uint8_t hash_key[HASH_KEY_SIZE]; /* keys/index.key: of addresses, and of ref.h */
    struct keyring *keyring;         /* NULL: the store is not sealed */
    struct signing *signing;
    char *actor;                    /* who acts, for the log of acts */
    _Atomic int64_t acts_signed_at; /* the time of the act with which their log was signed last; 0: not yet */
    int lock_fd;                    /* -1 unless ht_store_lock */
    int presence_fd;                /* of presence.h; -1 while it is being made */
    pthread_mutex_t index_lock;     /* guards `index` and `indexer` */
    struct index_env *index;        /* the current generation; never NULL while open */
    struct indexer *indexer;        /* workspace of ht_index_catch_up, made by need */
    char *index_fault;  /* why the index was made anew when the store was opened; NULL: it was not damaged */
    struct fresh fresh; /* what it need not read again */
};

struct ht_reader {
    struct ht_store *store;
    struct index_env *index; /* the generation that index_txn belongs to; NULL before the first begin */
    MDB_txn *trail_txn;      /* reset between spans, renewed at begin */
    MDB_txn *index_txn;
    bool begun;
    struct ht_buffer **spaces; /* of reader_space: `space_count` of them, of which `space_used` are in use */
    size_t space_count;
    size_t space_used;
    struct slots names;    /* of reader_names.h */
    struct ht_tools tools; /* made by need */
};

/* Whether payloads can't be read for want of the master key. */
bool store_locked(const struct ht_store *store);

/* HT_FORBIDDEN where memory maps and locks of others can't be relied on, unless HOOKTRAIL_ANY_FILESYSTEM is set. */
HT_MUST_CHECK enum ht_status store_check_filesystem(const char *dir, struct ht_error *err);

/* A store with its options and no environments yet: what init and open begin with. */
HT_MUST_CHECK enum ht_status store_new(const char *dir, const struct ht_store_options *options, struct ht_store **store,
                                       struct ht_error *err);

/* Begins a span in which the trail alone is read, not the index. A reader for nothing else may be {.store = …} on the
   stack: its trail_txn is reset to begin again, and aborted at last. */
HT_MUST_CHECK enum ht_status reader_begin_trail(struct ht_reader *reader, struct ht_error *err);

/* Frees what ht_reader_tools made. */
void reader_tools_release(struct ht_reader *reader);

/* An empty buffer that lives until ht_reader_end, for what had to be unsealed; NULL when out of memory. */
struct ht_buffer *reader_space(struct ht_reader *reader);
/* Drops what is in them: by whoever ends a span without ht_reader_end. */
void reader_spaces_reset(struct ht_reader *reader);
void reader_spaces_release(struct ht_reader *reader);

/* ---- env.c: the one module that opens environments ---- */

/* Opens an environment that is there (path is its folder), with MDB_NOTLS beside `flags`, and frees the reader slots of
   the dead.

   MDB_NORDAHEAD: a page that is not in memory comes alone, not with the 31 around it. A timeline touches some 20 pages
   that have nothing to do with each other: in a store larger than memory that made 25 ms of 1.6. What goes through all
   in order, and finds nothing of it in memory, takes three times as long with the flag: so it is the daemon's alone. */
HT_MUST_CHECK enum ht_status env_open(const char *path, size_t map_size, unsigned flags, MDB_dbi databases,
                                      MDB_env **env, struct ht_error *err);
/* Makes an empty one, atomically: built in a temporary folder beside, synced, renamed; then env_open it. */
HT_MUST_CHECK enum ht_status env_make(const char *path, size_t map_size, struct ht_error *err);
/* An LMDB code as a status, with its text: MDB_MAP_FULL, ENOSPC and EIO on a full disk are HT_FULL, MDB_CORRUPTED and
   the like HT_CORRUPT, MDB_NOTFOUND HT_NOT_FOUND; `what` says what was being done. */
enum ht_status env_fail(struct ht_error *err, int code, const char *what);
uint64_t env_bytes(MDB_env *env); /* in use: last page number and page size */

static inline unsigned store_env_flags(const struct ht_store *store)
{
    return store->options.scattered ? MDB_NORDAHEAD : 0;
}

/* ---- trail_env.c ---- */

/* Opens DIR/trail and its tables, checks the format, reads the trail id; trail_env_make makes a new one. */
HT_MUST_CHECK enum ht_status trail_env_open(struct ht_store *store, struct ht_error *err);
HT_MUST_CHECK enum ht_status trail_env_make(struct ht_store *store, int64_t now, struct ht_error *err);

/* Counters in `meta`: 0 where there is none yet. */
#define ERASURES_COUNTER "erasures" /* the number of the last erasure */
HT_MUST_CHECK enum ht_status trail_counter_get(struct ht_store *store, MDB_txn *txn, const char *name, uint64_t *value,
                                               struct ht_error *err);
/* The same in a snapshot of its own. */
HT_MUST_CHECK enum ht_status trail_counter_now(struct ht_store *store, const char *name, uint64_t *value,
                                               struct ht_error *err);
HT_MUST_CHECK enum ht_status trail_counter_set(struct ht_store *store, MDB_txn *txn, const char *name, uint64_t value,
                                               struct ht_error *err);

/* Begins a write transaction on the trail; commits it if `status` is HT_OK, else aborts; returns what it came to. */
HT_MUST_CHECK enum ht_status trail_change_begin(struct ht_store *store, MDB_txn **txn, struct ht_error *err);
HT_MUST_CHECK enum ht_status trail_change_end(MDB_txn *txn, enum ht_status status, struct ht_error *err);

/* What one of the trail's tables has under a number, a view; an LMDB code. */
int trail_get(MDB_txn *txn, MDB_dbi table, uint64_t number, struct ht_slice *value);

/* The last key of a table whose keys are be64 or be32 numbers; 0 if it is empty. */
HT_MUST_CHECK enum ht_status trail_last(MDB_txn *txn, MDB_dbi table, uint64_t *number, struct ht_error *err);

/* ---- index_env.c ---- */

/* Opens store->dir/index, or makes an empty one where it is missing, unusable, of another trail, format or other
   reading rules; sets store->index. */
HT_MUST_CHECK enum ht_status index_env_attach(struct ht_store *store, struct ht_error *err);
/* The current generation with one more reference (NULL in a store without its master key, whose index can't be read);
   and giving a reference back. */
struct index_env *index_env_acquire(struct ht_store *store);
void index_env_release(struct index_env *index);
MDB_env *index_env_mdb(struct index_env *index);
void indexer_free(struct indexer *indexer); /* NULL is fine */

/* The keyed hash of a normalised e-mail address. */
#define EMAIL_HASH_SIZE 16

static inline MDB_val val_of(const void *data, size_t size)
{
    return (MDB_val){size, (void *)(uintptr_t)data};
}

static inline struct ht_slice val_slice(MDB_val value)
{
    return (struct ht_slice){value.mv_data, value.mv_size};
}

#endif
