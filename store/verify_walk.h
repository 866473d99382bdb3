/* Private to store/: what the parts of verify share: findings, progress, and walks over a table in bounded spans. */
#ifndef STORE_VERIFY_WALK_H
#define STORE_VERIFY_WALK_H

#include "hooktrail/keeping.h"
#include "store.h"

#define VERIFY_MAX_REPORTED 1000 /* findings told one by one; the rest is counted */

struct verify {
    struct ht_store *store;
    ht_report *report;     /* or NULL */
    ht_progress *progress; /* or NULL */
    void *context;         /* of both */
    struct ht_verified *verified;
    struct ht_reader *reader;
    struct ht_unpacker *unpacker;
    struct ht_position end; /* of the trail when the run began: what came later is not looked at */
    uint64_t acts;          /* up to which number acts are looked for likewise */
    uint64_t events;        /* entries of its table then; the same as end.seq in a sound trail */
    uint64_t reach;   /* up to which seq events are looked for one by one: end.seq, unless that is beyond reason */
    unsigned threads; /* 0: one for each processor */
    bool locked;      /* without the master key: what is sealed is not looked into */
    uint64_t done;    /* of `total`: what progress is told */
    uint64_t total;
};

/* Begins a run: makes reader and unpacker, takes the trail's end and size. To be released whatever it returns. */
HT_MUST_CHECK enum ht_status verify_init(struct verify *verify, struct ht_error *err);
void verify_release(struct verify *verify);

/* Counts a finding and, within the bound, reports it. Text from the store is to be escaped by the caller. */
void verify_found(struct verify *verify, const char *table, uint64_t seq, const char *format, ...) HT_PRINTF(4, 5);

/* Whether a status says something of the store, rather than of the system. */
bool verify_is_of_store(enum ht_status status);

/* What a status says of the store becomes a finding with err's detail, and HT_OK is returned; what it says of the
   system (no memory, input/output) is returned. */
HT_MUST_CHECK enum ht_status verify_judge(struct verify *verify, enum ht_status status, const char *table, uint64_t seq,
                                          const struct ht_error *err);

/* HT_STOPPING if progress says so. */
HT_MUST_CHECK enum ht_status verify_goes_on(struct verify *verify, struct ht_error *err);

/* Calls `visit` for each entry of a table of the trail, in order, within spans of verify->reader of at most 1,000
   entries or 100 ms. An error of LMDB's is a finding and ends the walk; a status other than HT_OK from `visit` ends it
   too. */
typedef enum ht_status verify_visit(struct verify *verify, void *state, MDB_val key, MDB_val value,
                                    struct ht_error *err);
HT_MUST_CHECK enum ht_status verify_walk(struct verify *verify, MDB_dbi table, const char *name, verify_visit *visit,
                                         void *state, struct ht_error *err);

#endif
