/* The journal of a recorded run: every change of files below one directory, every sync, and every promise that left the
   process, in the order in which they ended. record.c writes it, replay.c reads it.

   Entries lie one behind the other at multiples of eight bytes, each appended by one write, so that several processes
   may share a journal. Its place in the journal is an entry's time. Native integers: it is read on the machine that
   wrote it.
 */
#ifndef CRASH_JOURNAL_H
#define CRASH_JOURNAL_H

#include <stdint.h>

enum journal_kind {
    JOURNAL_START = 1, /* a process is about to make its first change; text: its command line, NULs between the words */
    JOURNAL_CREATE,    /* text: the path of a file that was not there */
    JOURNAL_MKDIR,     /* text: the path */
    JOURNAL_RENAME,    /* text: from, NUL, to */
    JOURNAL_EXCHANGE,  /* text: one path, NUL, the other */
    JOURNAL_REMOVE,    /* text: the path of a file or an empty folder */
    JOURNAL_TRUNCATE,  /* offset: the size */
    JOURNAL_WRITE,     /* offset; text: the bytes */
    JOURNAL_SYNC,      /* covers what was in the journal when it began: before `since` */
    JOURNAL_PROMISE,   /* a reply "200" that is about to be sent; text: its bytes */
};

/* Paths are relative to the directory; "" is the directory itself. */
struct journal_entry {
    uint32_t kind;
    uint32_t size;    /* of the text behind it */
    uint64_t inode;   /* CREATE, MKDIR, TRUNCATE, WRITE, SYNC */
    uint64_t offset;  /* WRITE, TRUNCATE */
    uint64_t since;   /* SYNC */
    uint32_t durable; /* WRITE: by a descriptor with O_DSYNC */
    uint32_t spare;
};

/* Of an entry with a text of `text` bytes, in the journal. */
static inline uint64_t journal_size(uint64_t text)
{
    return sizeof(struct journal_entry) + (text + 7) / 8 * 8;
}

#endif
