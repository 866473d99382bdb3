/* For unit tests: entries of LMDB tables, taken out and put in behind the store's back. */
#ifndef TESTS_ENTRIES_H
#define TESTS_ENTRIES_H

#include "crowd.h"

#include "../../store/store.h"

struct entry {
    MDB_env *env;
    MDB_dbi table;
    bool multiple;
    uint8_t key[512];
    size_t key_size;
    uint8_t value[CROWD_PAYLOAD + 512];
    size_t value_size;
};

/* The entry number `n` of a table; false if there are fewer. */
static inline bool find_entry(MDB_env *env, MDB_dbi table, size_t n, struct entry *entry)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    unsigned flags;
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_dbi_flags(txn, table, &flags), 0);
    assert_int_equal(mdb_cursor_open(txn, table, &cursor), 0);
    int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (size_t i = 0; i < n && code == 0; i++)
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    if (code == 0) {
        *entry = (struct entry){.env = env, .table = table, .multiple = (flags & MDB_DUPSORT) != 0};
        entry->key_size = key.mv_size;
        entry->value_size = value.mv_size;
        assert_true(key.mv_size <= sizeof entry->key && value.mv_size <= sizeof entry->value);
        memcpy(entry->key, key.mv_data, key.mv_size);
        memcpy(entry->value, value.mv_data, value.mv_size);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return code == 0;
}

static inline size_t count_entries(MDB_env *env, MDB_dbi table)
{
    MDB_txn *txn;
    MDB_stat stat;
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_stat(txn, table, &stat), 0);
    mdb_txn_abort(txn);
    return stat.ms_entries;
}

/* Takes `old` out and puts `new` in, where they are not NULL. True if `new` was there already. */
static inline bool replace_entry(const struct entry *old, const struct entry *new)
{
    const struct entry *any = old ? old : new;
    MDB_txn *txn;
    bool was_there = false;
    assert_int_equal(mdb_txn_begin(any->env, NULL, 0, &txn), 0);
    if (old) {
        MDB_val key = val_of(old->key, old->key_size), value = val_of(old->value, old->value_size);
        assert_int_equal(mdb_del(txn, old->table, &key, old->multiple ? &value : NULL), 0);
    }
    if (new) {
        MDB_val key = val_of(new->key, new->key_size), value = val_of(new->value, new->value_size);
        int code = mdb_put(txn, new->table, &key, &value, new->multiple ? MDB_NODUPDATA : MDB_NOOVERWRITE);
        assert_true(code == 0 || code == MDB_KEYEXIST);
        was_there = code != 0;
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    return was_there;
}

#endif
