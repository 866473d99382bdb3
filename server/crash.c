#include "crash.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define EXIT_DAMAGED 4 /* ht_status_exit(HT_CORRUPT), for a signal handler */

static const int deaths[] = {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS};
enum { DEATHS = sizeof deaths / sizeof *deaths };

/* A signal handler is given no context. */
static _Atomic(const struct ht_index_doubt *) noted;
static struct sigaction before[DEATHS];

/* A page of the store can't be read: its file was cut off, or the disk fails. */
static _Noreturn void end_by_lost_page(void)
{
    static const char text[] = "hooktraild: a page of the store can't be read, its file is cut off or the disk fails: "
                               "see `hooktrail verify`\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    _exit(EXIT_DAMAGED);
}

/* Only what a signal handler may call. Of the others the process dies as it would have without. */
static void on_death(int number)
{
    const struct ht_index_doubt *doubt = atomic_load(&noted);
    if (doubt != NULL) ht_index_doubt(doubt);
    if (number == SIGBUS) end_by_lost_page();
    for (int i = 0; i < DEATHS; i++)
        if (deaths[i] == number) sigaction(number, &before[i], NULL);
    raise(number);
}

void ht_crash_watch(void)
{
    struct sigaction action = {.sa_handler = on_death};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < DEATHS; i++)
        sigaction(deaths[i], &action, &before[i]);
}

void ht_crash_note(const struct ht_index_doubt *doubt)
{
    atomic_store(&noted, doubt);
}
