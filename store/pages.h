/* Private to store/: the file of an LMDB environment read without LMDB, for one that is damaged.

   LMDB trusts its pages: a rotten one ends in an assertion, a signal or an endless loop. Here every page is read as
   bytes of a stranger: what it says is checked against what can be, nothing is mapped, and what can't be read is told
   and passed over. The format is that of LMDB 0.9 (mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta), version 1, in the byte
   order and word size of this machine, with tables of plain keys (no MDB_DUPSORT), as the trail has them. */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "store.h"

/* A table as the environment's directory has it. */
struct pages_table {
    uint64_t root; /* page number */
    uint64_t entries;
};

struct pages {
    int fd;
    size_t page_size;
    uint64_t size;     /* of the file, in bytes */
    uint64_t count;    /* pages that it has, the last perhaps in part */
    uint64_t promised; /* pages that the file had when it was written last; at least `count` */
    bool exact;        /* both meta pages are sound, so the directory is the newest */
    bool found;        /* there is a directory */
    uint64_t directory;
    uint8_t *seen; /* a bit for each page: the walk was there */
};

/* Opens the file. HT_NOT_FOUND; HT_IO. Damage is no error: a file without a sound meta page has no directory, and can
   only be swept. */
HT_MUST_CHECK enum ht_status pages_open(struct pages *pages, const char *path, struct ht_error *err);
void pages_close(struct pages *pages);

/* What the directory says of a table; HT_NOT_FOUND; HT_CORRUPT if the directory can't be read. */
HT_MUST_CHECK enum ht_status pages_find(struct pages *pages, const char *name, struct pages_table *table,
                                        struct ht_error *err);

/* Called for each row; key and value last until it returns. Anything but HT_OK ends the walk. */
typedef enum ht_status pages_visit(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err);

/* Walks a table from its root, in the order of its keys where it is sound. `unread` counts pages and rows on the way
   that could not be read. */
HT_MUST_CHECK enum ht_status pages_walk(struct pages *pages, uint64_t root, pages_visit *visit, void *context,
                                        uint64_t *unread, struct ht_error *err);

/* Whether a row with this key of 8 bytes, as a big-endian number, is looked for. */
typedef bool pages_wanted(void *context, uint64_t number);

/* Goes through the whole file, whatever its pages say of themselves, and shows whatever may be a row with a wanted key,
   at every place where one could lie: also rows of long ago, in pages that are free by now, and mere chance. The
   checksum of a record must say whether it is one. `progress` is told of pages; it may be NULL. */
HT_MUST_CHECK enum ht_status pages_sweep(struct pages *pages, pages_wanted *wanted, pages_visit *visit, void *context,
                                         ht_progress *progress, void *progress_context, struct ht_error *err);

#endif
