/* Preloaded: the $CRASH_FAIL_AT-th change or sync below $CRASH_DIR fails, and if CRASH_FAIL_ALWAYS is not empty every
   later one too. $CRASH_FAIL_HOW: eio, enospc, short (of a write; else eio), late (it is done, and then says EIO) or
   kill (the process is killed before it). To $CRASH_FAILED goes what failed first; or, when the process ends and
   nothing has, how many calls there were. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

static const char *const names[] = {
    [JOURNAL_CREATE] = "create",     [JOURNAL_MKDIR] = "mkdir",   [JOURNAL_RENAME] = "rename",
    [JOURNAL_EXCHANGE] = "exchange", [JOURNAL_REMOVE] = "remove", [JOURNAL_TRUNCATE] = "truncate",
    [JOURNAL_WRITE] = "write",       [JOURNAL_SYNC] = "sync",
};

static atomic_ulong calls;

static unsigned long wanted(void)
{
    const char *at = getenv("CRASH_FAIL_AT");
    return at == NULL ? 0 : strtoul(at, NULL, 10);
}

static void tell(const char *what, const char *where)
{
    const char *to = getenv("CRASH_FAILED");
    int fd = to == NULL ? -1 : WATCH_REAL(open)(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) abort();
    dprintf(fd, "%s %s\n", what, where);
    WATCH_REAL(close)(fd);
}

static void tell_call(const struct watched_call *call)
{
    char inode[32];
    snprintf(inode, sizeof inode, "inode %llu", (unsigned long long)call->inode);
    tell(call->durable ? "durable write" : names[call->kind], call->path != NULL ? call->path : inode);
}

__attribute__((destructor)) static void tell_count(void)
{
    char count[32];
    unsigned long all = atomic_load(&calls);
    snprintf(count, sizeof count, "%lu", all);
    if (all > 0 && all < wanted()) tell("none of", count);
}

static enum watch_verdict fail(const struct watched_call *call)
{
    const char *how = getenv("CRASH_FAIL_HOW");
    if (how == NULL) abort();
    if (strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
    errno = strcmp(how, "enospc") == 0 ? ENOSPC : EIO;
    if (strcmp(how, "late") == 0) return WATCH_LATE;
    return strcmp(how, "short") == 0 && call->kind == JOURNAL_WRITE ? WATCH_SHORT : WATCH_REFUSE;
}

static bool counts(const struct watched_call *call)
{
    const char *only = getenv("CRASH_FAIL_ONLY");
    return call->durable || only == NULL || strcmp(only, "durable") != 0;
}

enum watch_verdict watch_before(struct watched_call *call)
{
    if (!counts(call)) return WATCH_GO;
    const char *always = getenv("CRASH_FAIL_ALWAYS");
    unsigned long number = atomic_fetch_add(&calls, 1) + 1;
    if (number == wanted()) tell_call(call);
    if (number == wanted() || (number > wanted() && always != NULL && *always != '\0')) return fail(call);
    return WATCH_GO;
}

void watch_after(const struct watched_call *call)
{
    (void)call;
}

void watch_elsewhere(const struct iovec *pieces, int count)
{
    (void)pieces, (void)count;
}
