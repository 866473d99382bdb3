/* What the disk costs: appends of 4 KiB to a file in the given folder, each followed by fdatasync. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/histogram.h"

#define BLOCK 4096

static bool measure(int file, uint64_t seconds, struct histogram *latency)
{
    char block[BLOCK];
    memset(block, 'x', sizeof block);
    uint64_t end = clock_now() + seconds * CLOCK_SECOND;
    for (uint64_t begin = clock_now(); begin < end; begin = clock_now()) {
        if (write(file, block, sizeof block) != BLOCK || fdatasync(file) != 0) return false;
        histogram_add(latency, clock_now() - begin);
    }
    return latency->count > 0;
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc != 3) {
        fputs("usage: disk FOLDER SECONDS\n", stderr);
        return 2;
    }
    struct histogram *latency = calloc(1, sizeof *latency);
    snprintf(path, sizeof path, "%s/disk-XXXXXX", argv[1]);
    int file = mkstemp(path);
    if (latency == NULL || file < 0) {
        perror(path);
        return 1;
    }
    unlink(path);
    bool measured = measure(file, strtoull(argv[2], NULL, 10), latency);
    if (!measured) perror("disk");
    printf("{\"count\":%llu,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n", (unsigned long long)latency->count,
           (double)histogram_quantile(latency, 0.5) / 1e3, (double)histogram_quantile(latency, 0.99) / 1e3,
           (double)latency->max / 1e3);
    free(latency);
    close(file);
    return measured ? 0 : 1;
}
