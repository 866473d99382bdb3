#include "memory.h"

#include <event2/event.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

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

/* OpenSSL's; nothing is asked for nothing. */
static void *take_for(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return size > 0 ? take(size) : NULL;
}

static void *take_again_for(void *from, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return take_again(from, size);
}

static void give_for(void *taken, const char *file, int line)
{
    (void)file, (void)line;
    free(taken);
}

enum ht_status ht_memory_guard(struct ht_error *err)
{
    event_set_mem_functions(take, take_again, free);
    if (CRYPTO_set_mem_functions(take_for, take_again_for, give_for)) return HT_OK;
    return ht_fail(err, HT_IO, "OpenSSL has taken memory before it was told how to");
}
