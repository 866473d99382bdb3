/* Preloaded: writes the journal of all that happens below $CRASH_DIR, and of what is promised to senders, to
   $CRASH_JOURNAL. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch.h"

#define MOST_PIECES 1024

static const char promise[] = "HTTP/1.1 200 ";

static int journal = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fail(const char *what)
{
    perror(what);
    abort();
}

/* ---- entries ---- */

static void put(struct journal_entry entry, const struct iovec *pieces, int count)
{
    char padding[8] = {0};
    struct iovec all[MOST_PIECES] = {{&entry, sizeof entry}};
    size_t size = 0;
    if (count + 2 > MOST_PIECES) fail("record: too many pieces");
    for (int i = 0; i < count; i++) {
        all[1 + i] = pieces[i];
        size += pieces[i].iov_len;
    }
    const uint64_t whole = journal_size(size);
    all[1 + count] = (struct iovec){padding, whole - sizeof entry - size};
    entry.size = (uint32_t)size;
    if (WATCH_REAL(writev)(journal, all, 2 + count) != (ssize_t)whole) fail("record: the journal can't be written");
}

static void start(void)
{
    char words[1024];
    const char *path = getenv("CRASH_JOURNAL");
    if (path == NULL) fail("record: no CRASH_JOURNAL");
    journal = WATCH_REAL(open)(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int fd = WATCH_REAL(open)("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, words, sizeof words);
    if (journal < 0 || size < 0) fail("record: can't begin");
    WATCH_REAL(close)(fd);
    put((struct journal_entry){.kind = JOURNAL_START}, &(struct iovec){words, (size_t)size}, 1);
}

/* ---- the watcher's calls ---- */

enum watch_verdict watch_before(struct watched_call *call)
{
    struct stat stat_of;
    pthread_once(&once, start);
    if (call->kind != JOURNAL_SYNC) return WATCH_GO;
    if (fstat(journal, &stat_of) != 0) fail("record: the journal can't be looked at");
    call->begun = (uint64_t)stat_of.st_size;
    return WATCH_GO;
}

static struct iovec text(const char *bytes, size_t size)
{
    union {
        const char *from;
        void *to;
    } same = {bytes};
    return (struct iovec){same.to, size};
}

void watch_after(const struct watched_call *call)
{
    const struct journal_entry entry = {.kind = call->kind,
                                        .inode = call->inode,
                                        .offset = (uint64_t)call->offset,
                                        .since = call->begun,
                                        .durable = call->durable};
    struct iovec pieces[2];
    int count = 0;
    if (call->path != NULL) pieces[count++] = text(call->path, strlen(call->path) + (call->to != NULL));
    if (call->to != NULL) pieces[count++] = text(call->to, strlen(call->to));
    if (call->pieces != NULL)
        put(entry, call->pieces, call->count);
    else
        put(entry, pieces, count);
}

void watch_elsewhere(const struct iovec *pieces, int count)
{
    if (journal < 0 || count == 0 || pieces->iov_len < sizeof promise - 1) return;
    if (memcmp(pieces->iov_base, promise, sizeof promise - 1) != 0) return;
    put((struct journal_entry){.kind = JOURNAL_PROMISE}, pieces, count);
}
