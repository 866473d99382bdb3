/* Preloaded: memory runs out. The $CRASH_FAIL_AT-th allocation fails, and if CRASH_FAIL_ALWAYS is not empty every later
   one too. Counted are malloc, calloc, realloc, aligned memory and mmap, of whatever library, from the program's main
   on; where $CRASH_GATE names a file of a byte at least, only while its first byte is not NUL. To $CRASH_FAILED goes
   which one failed first; or, when the process ends and none has, how many there were. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's own, behind the names that are taken here. */
void *__libc_malloc(size_t size);                 // NOLINT(bugprone-reserved-identifier)
void *__libc_calloc(size_t count, size_t size);   // NOLINT(bugprone-reserved-identifier)
void *__libc_realloc(void *from, size_t size);    // NOLINT(bugprone-reserved-identifier)
void *__libc_memalign(size_t align, size_t size); // NOLINT(bugprone-reserved-identifier)

static unsigned long wanted; /* const when the constructor has run, as are the next three */
static bool always;
static const char *told_to;
static const volatile char *gate;
static atomic_bool counting;
static atomic_ulong count;

static void tell(const char *text)
{
    int fd = open(told_to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) _exit(120);
    close(fd);
}

/* Where in a program or library: `addr2line -e` says which line that is. */
static void tell_call(const char *what, size_t size, const char *caller)
{
    char text[512];
    Dl_info place = {0};
    if (dladdr(caller, &place) == 0) place.dli_fname = "?";
    snprintf(text, sizeof text, "%s of %zu in %s+%#zx\n", what, size, place.dli_fname,
             (size_t)(caller - (const char *)place.dli_fbase));
    tell(text);
}

static bool starves(const char *what, size_t size, const void *caller)
{
    if (!atomic_load_explicit(&counting, memory_order_relaxed) || (gate != NULL && *gate == '\0')) return false;
    unsigned long number = atomic_fetch_add(&count, 1) + 1;
    if (number == wanted) tell_call(what, size, caller);
    if (number != wanted && (number < wanted || !always)) return false;
    errno = ENOMEM;
    return true;
}

static void *map(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

/* ---- the allocators ---- */

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
    return starves("malloc", size, CALLER) ? NULL : __libc_malloc(size);
}

void *calloc(size_t members, size_t size)
{
    return starves("calloc", members * size, CALLER) ? NULL : __libc_calloc(members, size);
}

void *realloc(void *from, size_t size)
{
    return starves("realloc", size, CALLER) ? NULL : __libc_realloc(from, size);
}

void *aligned_alloc(size_t align, size_t size)
{
    return starves("aligned_alloc", size, CALLER) ? NULL : __libc_memalign(align, size);
}

void *memalign(size_t align, size_t size)
{
    return starves("memalign", size, CALLER) ? NULL : __libc_memalign(align, size);
}

int posix_memalign(void **out, size_t align, size_t size)
{
    void *got = starves("posix_memalign", size, CALLER) ? NULL : __libc_memalign(align, size);
    if (got == NULL) return ENOMEM;
    *out = got;
    return 0;
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return starves("mmap", size, CALLER) ? MAP_FAILED : map(at, size, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return starves("mmap", size, CALLER) ? MAP_FAILED : map(at, size, protection, flags, fd, offset);
}

/* ---- life ---- */

static const volatile char *open_gate(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *mapped = fd < 0 ? MAP_FAILED : map(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) _exit(120);
    close(fd);
    return mapped;
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("CRASH_FAIL_AT"), *more = getenv("CRASH_FAIL_ALWAYS"), *path = getenv("CRASH_GATE");
    told_to = getenv("CRASH_FAILED");
    if (at == NULL || told_to == NULL) return;
    wanted = strtoul(at, NULL, 10);
    always = more != NULL && *more != '\0';
    if (path != NULL && *path != '\0') gate = open_gate(path);
    atomic_store(&counting, true);
}

__attribute__((destructor)) static void end(void)
{
    char text[32];
    unsigned long all = atomic_load(&count);
    if (!atomic_exchange(&counting, false) || all >= wanted) return;
    snprintf(text, sizeof text, "none of %lu\n", all);
    tell(text);
}
