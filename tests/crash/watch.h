/* Preloaded into hooktraild and hooktrail: each call that changes or syncs files below $CRASH_DIR passes through
   watch.c, which asks what it is linked with, record.c or inject.c, before it and tells it afterwards.

   These are the calls that hooktrail, LMDB and libevent import. That none is missed is tested: a recording, played to
   its end, must give the directory as it is (tests/system/power.t). */
#ifndef CRASH_WATCH_H
#define CRASH_WATCH_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "journal.h"

struct watched_call {
    enum journal_kind kind;
    uint64_t inode;
    const char *path; /* relative to $CRASH_DIR; NULL where a descriptor is named */
    const char *to;   /* RENAME, EXCHANGE */
    const struct iovec *pieces;
    int count;
    off_t offset;
    bool durable;
    uint64_t begun; /* the listener's own */
};

enum watch_verdict {
    WATCH_GO,
    WATCH_REFUSE, /* the call fails with errno as it was set, and does nothing */
    WATCH_SHORT,  /* a write writes half of its first piece, one byte at least, and says so */
    WATCH_LATE,   /* the call does its work, and then fails with EIO */
};

/* The listener's: before each call; after each that did its work; and a write to any other descriptor. Any thread. */
enum watch_verdict watch_before(struct watched_call *call);
void watch_after(const struct watched_call *call);
void watch_elsewhere(const struct iovec *pieces, int count);

/* The calls behind the watched ones. */
#define WATCH_REAL(name) ((__typeof__(&name))watch_real(#name))
void *watch_real(const char *name);

#endif
