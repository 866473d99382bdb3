#include "verify_compare.h"

#include "verify_describe.h"

#define ENTRIES_PER_STEP 65536 /* between two calls of progress */

/* One index's walk through the table under comparison. */
struct side {
    struct index_env *index;
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    int code; /* LMDB's: 0 while there is an entry */
};

static void advance(struct side *side, MDB_cursor_op operation)
{
    side->code = mdb_cursor_get(side->cursor, &side->key, &side->value, operation);
}

/* LMDB's order of keys, and of the values of one key. */
static int compare_bytes(MDB_val a, MDB_val b)
{
    size_t size = a.mv_size < b.mv_size ? a.mv_size : b.mv_size;
    int order = size > 0 ? memcmp(a.mv_data, b.mv_data, size) : 0;
    return order != 0 ? order : (a.mv_size > b.mv_size) - (a.mv_size < b.mv_size);
}

/* Which of the two entries comes first; a walk that is over comes last. */
static int compare_sides(const struct side *stored, const struct side *derived, bool multiple)
{
    if (stored->code != 0 || derived->code != 0) return (stored->code != 0) - (derived->code != 0);
    int order = compare_bytes(stored->key, derived->key);
    return order == 0 && multiple ? compare_bytes(stored->value, derived->value) : order;
}

static void report_entry(struct verify *verify, enum index_table table, const struct side *side, const char *what)
{
    struct ht_buffer entry = {0};
    describe_entry(&entry, table, side->key, side->value);
    verify_found(verify, describe_table(table), describe_seq(table, side->key, side->value), "%s: %s",
                 ht_buffer_text(&entry), what);
    ht_buffer_release(&entry);
}

static void report_difference(struct verify *verify, enum index_table table, const struct side *stored,
                              const struct side *derived)
{
    struct ht_buffer what = {0};
    ht_buffer_add_text(&what, "differs from what the trail says in ");
    describe_difference(&what, table, stored->value, derived->value);
    report_entry(verify, table, stored, ht_buffer_text(&what));
    ht_buffer_release(&what);
}

/* Judges the entries that the two stand on and moves behind what is settled. */
static void compare_entry(struct verify *verify, enum index_table table, struct side *stored, struct side *derived)
{
    bool multiple = describe_is_multiple(table);
    int order = compare_sides(stored, derived, multiple);
    verify->verified->index_rows++;
    if (order < 0) report_entry(verify, table, stored, "is in the index, but the trail has no such thing");
    if (order > 0) report_entry(verify, table, derived, "is missing from the index");
    if (order == 0 && !multiple && compare_bytes(stored->value, derived->value) != 0)
        report_difference(verify, table, stored, derived);
    if (order <= 0) advance(stored, MDB_NEXT);
    if (order >= 0) advance(derived, MDB_NEXT);
}

static enum ht_status compare_entries(struct verify *verify, enum index_table table, struct side *stored,
                                      struct side *derived, struct ht_error *err)
{
    advance(stored, MDB_FIRST);
    advance(derived, MDB_FIRST);
    for (uint64_t entries = 1; stored->code == 0 || derived->code == 0; entries++) {
        /* An index that can't be read on is one finding, not one for each entry behind. */
        if (stored->code != 0 && stored->code != MDB_NOTFOUND) break;
        compare_entry(verify, table, stored, derived);
        enum ht_status status = entries % ENTRIES_PER_STEP == 0 ? verify_goes_on(verify, err) : HT_OK;
        if (status != HT_OK) return status;
    }
    if (stored->code != MDB_NOTFOUND)
        verify_found(verify, describe_table(table), 0, "cannot be read: %s", mdb_strerror(stored->code));
    if (derived->code == MDB_NOTFOUND || derived->code == 0) return HT_OK;
    return env_fail(err, derived->code, "reading the derived index");
}

static enum ht_status compare_table(struct verify *verify, enum index_table table, struct side *stored,
                                    struct side *derived, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    int code = mdb_cursor_open(stored->txn, stored->index->tables[table], &stored->cursor);
    if (code == 0) code = mdb_cursor_open(derived->txn, derived->index->tables[table], &derived->cursor);
    if (code != 0) status = env_fail(err, code, "comparing the index");
    if (status == HT_OK) status = compare_entries(verify, table, stored, derived, err);
    if (stored->cursor) mdb_cursor_close(stored->cursor);
    if (derived->cursor) mdb_cursor_close(derived->cursor);
    stored->cursor = derived->cursor = NULL;
    return status == HT_OK ? verify_goes_on(verify, err) : status;
}

enum ht_status verify_compare(struct verify *verify, struct index_env *stored, struct index_env *derived,
                              struct ht_error *err)
{
    struct side left = {.index = stored}, right = {.index = derived};
    enum ht_status status = HT_OK;
    int code = mdb_txn_begin(stored->env, NULL, MDB_RDONLY, &left.txn);
    if (code == 0) code = mdb_txn_begin(derived->env, NULL, MDB_RDONLY, &right.txn);
    if (code != 0) status = env_fail(err, code, "comparing the index");
    for (int table = 0; table < INDEX_TABLES && status == HT_OK; table++)
        status = compare_table(verify, (enum index_table)table, &left, &right, err);
    if (left.txn) mdb_txn_abort(left.txn);
    if (right.txn) mdb_txn_abort(right.txn);
    return status;
}
