/* For unit tests: what a disk may do to a store. */
#ifndef TESTS_DAMAGE_H
#define TESTS_DAMAGE_H

#include <fcntl.h>

#include "scratch.h"

#include "../../store/store.h"
#include "hooktrail/encode.h"

/* Flips a bit of the byte at `at` in DIR/NAME. */
static inline void damage_file(const char *dir, const char *name, off_t at)
{
    char path[192];
    uint8_t byte;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Flips bits of a byte of a stored event of at most 4 KiB: of its last one, if `at` is behind that. */
static inline void damage_event(struct ht_store *store, uint64_t seq, size_t at, uint8_t bits)
{
    MDB_txn *txn;
    uint8_t number[8], bytes[4096];
    MDB_val value;
    ht_put_be64(number, seq);
    MDB_val key = val_of(number, sizeof number);
    assert_int_equal(mdb_txn_begin(store->trail.env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_get(txn, store->trail.events, &key, &value), 0);
    assert_true(value.mv_size <= sizeof bytes);
    memcpy(bytes, value.mv_data, value.mv_size);
    bytes[at < value.mv_size ? at : value.mv_size - 1] ^= bits;
    value.mv_data = bytes;
    assert_int_equal(mdb_put(txn, store->trail.events, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

#endif
