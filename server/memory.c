#include "memory.h"

#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include "hooktrail/status.h"

/* Without memory of its own, and without the other threads: one may be in the middle of a commit. */
static _Noreturn void end(void)
{
    static const char text[] = "hooktraild: out of memory, stopping\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    _exit(ht_status_exit(HT_NO_MEMORY));
}

static void *take(size_t size)
{
    void *taken = malloc(size);
    if (!taken) end();
    return taken;
}

static void *take_again(void *from, size_t size)
{
    void *taken = realloc(from, size);
    if (!taken && size > 0) end();
    return taken;
}

void ht_memory_guard(void)
{
    event_set_mem_functions(take, take_again, free);
}
