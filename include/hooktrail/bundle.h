/* Bundles: zip files for people outside. An evidence bundle holds events with all that proves them, and is checked
   without a store; a subject bundle holds all that is kept of a person, for that person to read. Zip is libarchive's.
 */
#ifndef HOOKTRAIL_BUNDLE_H
#define HOOKTRAIL_BUNDLE_H

#include "hooktrail/erasure.h"
#include "hooktrail/index.h"
#include "hooktrail/merkle.h"
#include "hooktrail/note.h"
#include "hooktrail/query.h"

#define HT_BUNDLE_EVENTS 10000               /* of one bundle at most */
#define HT_BUNDLE_CONVERSATIONS 1000         /* likewise */
#define HT_BUNDLE_KEYS 16                    /* by which one is checked, at most */
#define HT_BUNDLE_FILE (UINT64_C(256) << 20) /* bytes of one file in it at most */

/* ---- making ---- */

/* A page of a timeline (HT_QUERY_TIMELINE) or history (HT_QUERY_HISTORY). */
struct ht_bundle_page {
    enum ht_query_kind kind;
    struct ht_slice document; /* JSON, of the query engine */
    bool first;
    bool last;
};

/* Adds a page to `text` as people read it, times in UTC. Is called for one page after the other, between steps of
   queries, so it may ask further ones. */
typedef enum ht_status ht_bundle_text(void *context, const struct ht_bundle_page *page, struct ht_buffer *text,
                                      struct ht_error *err);

struct ht_bundle_options {
    struct ht_subject_ref subject;
    const char *path; /* of the zip */
    int64_t now;
    ht_bundle_text *text;
    void *text_context;
    ht_progress *progress; /* may be NULL; false from it ends with HT_STOPPING */
    void *progress_context;
};

struct ht_bundle_made {
    uint64_t events; /* all, erased ones included */
    uint64_t erased;
    uint64_t conversations;
    uint64_t leads;
    uint64_t rejected; /* rejected deliveries that name the person; subject bundles only */
    uint64_t size;     /* events under the checkpoint; evidence only */
    uint64_t bytes;    /* of the zip */
};

/* Makes an evidence bundle of a lead, a conversation or one event (of an address: HT_INVALID), or a subject bundle of
   an address, a lead or a conversation. The index must be up to the trail; the reader is not begun. The file is written
   without a name (under a hidden one beside where the filesystem can't do that), synced, and named; HT_EXISTS, with
   nothing changed, if there is one already. That it was made is recorded among the acts, without ids, before the file
   is there. HT_NOT_FOUND or HT_ERASED if there is no such subject, HT_TOO_LARGE beyond the limits above, HT_BUSY,
   without a file, if anything, of whomever, is erased meanwhile: what was read before that must not go out. Signs the
   tree as it is. On no loop. */
HT_MUST_CHECK enum ht_status ht_evidence_make(struct ht_store *store, struct ht_reader *reader,
                                              const struct ht_bundle_options *options, struct ht_bundle_made *made,
                                              struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_subject_make(struct ht_store *store, struct ht_reader *reader,
                                             const struct ht_bundle_options *options, struct ht_bundle_made *made,
                                             struct ht_error *err);

/* ---- checking ---- */

/* What an evidence bundle was found to show. `about` and `made_at` are what it says of itself: nothing proves them. */
struct ht_bundle_shown {
    uint64_t events; /* all, erased ones included */
    uint64_t erased;
    int64_t from; /* when the first and the last event were received */
    int64_t to;
    char origin[HT_KEY_NAME + 1];
    struct ht_tree_head head;
    struct ht_verifier key;       /* that signed the checkpoint */
    uint64_t witnesses;           /* whose keys were given, and whose cosignatures are right */
    uint8_t sums[HT_SHA256_SIZE]; /* SHA-256 of SHA256SUMS: it stands for every file */
    struct ht_buffer about;       /* "conversation …"; release it */
    int64_t made_at;
};

void ht_bundle_shown_release(struct ht_bundle_shown *shown);

/* Checks an evidence bundle by the keys given alone. The checkpoint must be signed by one of the logs' keys among them,
   and cosigned by all witnesses' (HT_KEY_COSIGNATURE). HT_CORRUPT, with the first finding, if anything in it does not
   fit; HT_TOO_LARGE beyond the limits. Everything in it is taken as hostile; memory is bounded, by about 1 GiB.
   `progress` (may be NULL) counts files, each twice. What documents say of payloads is held against the payloads as
   this library reads them (ht_reading_version). No store is needed. Any thread. */
HT_MUST_CHECK enum ht_status ht_bundle_check(const char *path, const struct ht_verifier *keys, size_t count,
                                             ht_progress *progress, void *context, struct ht_bundle_shown *shown,
                                             struct ht_error *err);
/* The same of a bundle in memory. */
HT_MUST_CHECK enum ht_status ht_bundle_check_bytes(struct ht_slice zip, const struct ht_verifier *keys, size_t count,
                                                   struct ht_bundle_shown *shown, struct ht_error *err);

#endif
