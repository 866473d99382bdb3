/* For fuzz targets that need a store: a folder of their own, in memory where there is such a place, gone at the end. */
#ifndef TESTS_FUZZ_PLACE_H
#define TESTS_FUZZ_PLACE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hooktrail/store.h"
#include "require.h"

#define PLACE_NOW INT64_C(1763990400000000) /* 2025-11-24T13:20:00Z */
#define PLACE_MAP ((size_t)64 << 20)

static char place[64];

static inline int place_remove_one(const char *path, const struct stat *stat, int kind, struct FTW *ftw)
{
    (void)stat, (void)kind, (void)ftw;
    return remove(path);
}

static inline void place_remove(const char *path)
{
    nftw(path, place_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void place_drop(void)
{
    place_remove(place);
}

static inline void place_make(void)
{
    setenv("HOOKTRAIL_MAP_SIZE", "67108864", 1);
    snprintf(place, sizeof place, "%s/hooktrail-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    require(mkdtemp(place) != NULL);
    atexit(place_drop);
}

/* Makes a store in the place's folder `name` and opens it. */
static inline struct ht_store *place_store(const char *name, bool unsealed)
{
    char dir[128];
    struct ht_store *store;
    struct ht_store_secrets secrets;
    struct ht_init_options init = {.unsealed = unsealed};
    struct ht_store_options options = {.map_size = PLACE_MAP, .reserve = 1};
    snprintf(dir, sizeof dir, "%s/%s", place, name);
    require(ht_store_init(dir, &init, PLACE_NOW, &secrets, NULL) == HT_OK);
    require(ht_store_open(dir, &options, &store, NULL) == HT_OK);
    return store;
}

#endif
