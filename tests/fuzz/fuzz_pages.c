/* The file of a damaged environment: whatever its pages say, they are walked and swept to an end, and what is shown
   lies within what the file can hold. The first byte chooses how many pages of zeros stand before the input.

   Covers: store/pages.c */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../store/pages.h"
#include "hooktrail/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct shown {
    uint64_t rows;
    uint64_t sum; /* of all bytes, so that each is read */
};

static void read_all(struct shown *shown, struct ht_slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        shown->sum += (uint8_t)bytes.data[i];
}

static enum ht_status visit(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct shown *shown = context;
    (void)err;
    shown->rows++;
    read_all(shown, key);
    read_all(shown, value);
    return HT_OK;
}

static bool is_wanted(void *context, uint64_t number)
{
    (void)context;
    return number < 1000000;
}

static void read_file(const char *path)
{
    static const char *const names[] = {"events", "meta", "tree"};
    struct pages pages;
    struct shown shown = {0};
    uint64_t unread = 0;
    if (pages_open(&pages, path, NULL) != HT_OK) abort();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pages_table table;
        if (pages_find(&pages, names[i], &table, NULL) != HT_OK) continue;
        if (pages_walk(&pages, table.root, visit, &shown, &unread, NULL) != HT_OK) abort();
    }
    for (uint64_t root = 0; root < 4; root++) {
        if (pages_walk(&pages, root, visit, &shown, &unread, NULL) != HT_OK) abort();
    }
    if (pages_sweep(&pages, is_wanted, visit, &shown, NULL, NULL, NULL) != HT_OK) abort();
    pages_close(&pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t zeros[4096];
    char path[64];
    if (size == 0) return 0;
    int fd = memfd_create("pages", MFD_CLOEXEC);
    if (fd < 0) abort();
    bool written = true;
    for (int i = 0; i < data[0] % 3 && written; i++)
        written = write(fd, zeros, sizeof zeros) == (ssize_t)sizeof zeros;
    if (!written || write(fd, data + 1, size - 1) != (ssize_t)(size - 1)) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_file(path);
    close(fd);
    return 0;
}
