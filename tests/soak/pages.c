/* pages DIR: how an LMDB environment is used: prints "SIZE FREE READERS AGE COMMITS", the bytes of its pages, and of
   those that are free or will be as soon as no snapshot needs them, the slots of its reader table, how many commits
   came after the oldest snapshot in use, and how many in all. pages DIR pin: holds a snapshot of it until it is ended,
   as a reader would that never lets go; prints "pinned". */
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FREE_PAGES 0 /* the database in which LMDB keeps them: a count and their numbers, by transaction */

static void check(int code, const char *what)
{
    if (code == 0) return;
    fprintf(stderr, "pages: %s: %s\n", what, mdb_strerror(code));
    exit(1);
}

static size_t count_free(MDB_txn *txn)
{
    MDB_val key, pages;
    MDB_cursor *cursor;
    size_t count = 0, some;
    check(mdb_cursor_open(txn, FREE_PAGES, &cursor), "the free pages");
    int code = mdb_cursor_get(cursor, &key, &pages, MDB_FIRST);
    for (; code == 0; code = mdb_cursor_get(cursor, &key, &pages, MDB_NEXT)) {
        memcpy(&some, pages.mv_data, sizeof some);
        count += some;
    }
    if (code != MDB_NOTFOUND) check(code, "the free pages");
    mdb_cursor_close(cursor);
    return count;
}

struct readers {
    size_t slots;
    size_t oldest;
};

/* A line of mdb_reader_list: process, thread, transaction; "-" if no snapshot is in use. The first one is a heading. */
static int note_reader(const char *line, void *context)
{
    struct readers *readers = context;
    const char *last = strrchr(line, ' ');
    if (last == NULL || strstr(line, "pid") != NULL) return 0;
    readers->slots++;
    if (last[1] == '-') return 0;
    size_t transaction = strtoull(last, NULL, 10);
    if (transaction < readers->oldest) readers->oldest = transaction;
    return 0;
}

int main(int count, char **words)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_envinfo info;
    MDB_stat stat;
    if (count < 2) return 2;
    check(mdb_env_create(&env), "no environment");
    check(mdb_env_open(env, words[1], MDB_RDONLY, 0600), words[1]);
    check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "no snapshot");
    if (count == 3) {
        puts("pinned");
        fflush(stdout);
        for (;;)
            pause();
    }
    check(mdb_env_info(env, &info), "no information");
    check(mdb_env_stat(env, &stat), "no information");
    struct readers readers = {.oldest = info.me_last_txnid};
    mdb_reader_list(env, note_reader, &readers);
    printf("%zu %zu %zu %zu %zu\n", (info.me_last_pgno + 1) * stat.ms_psize, count_free(txn) * stat.ms_psize,
           readers.slots, info.me_last_txnid - readers.oldest, info.me_last_txnid);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return 0;
}
