#include "crowd.h"

#include <sys/stat.h>

#include "../../store/checkpoint.h"
#include "../../store/files.h"
#include "../../store/record.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/keys.h"

static int set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    assert_non_null(scratch);
    scratch_make(scratch);
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    struct scratch *scratch = *state;
    scratch_drop(scratch);
    free(scratch);
    return 0;
}

/* ---- help ---- */

static struct ht_reader *begin(struct scratch *scratch)
{
    struct ht_reader *reader;
    assert_ok(ht_reader_new(scratch->store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    return reader;
}

static void end(struct ht_reader *reader)
{
    ht_reader_end(reader);
    ht_reader_free(reader);
}

static void newest(struct scratch *scratch, enum ht_log log, struct ht_buffer *note)
{
    struct ht_reader *reader = begin(scratch);
    ht_buffer_clear(note);
    assert_ok(ht_log_checkpoint(reader, log, note, &scratch_error));
    end(reader);
}

static uint64_t size_of(struct ht_slice note)
{
    struct ht_note parsed;
    struct ht_slice origin;
    struct ht_tree_head head;
    assert_ok(ht_note_parse(note, &parsed, &scratch_error));
    assert_ok(ht_checkpoint_parse(parsed.text, &origin, &head, &scratch_error));
    return head.size;
}

static uint64_t newest_size(struct scratch *scratch, enum ht_log log)
{
    struct ht_buffer note = {0};
    newest(scratch, log, &note);
    uint64_t size = size_of(ht_buffer_slice(&note));
    ht_buffer_release(&note);
    return size;
}

static enum ht_status check(struct scratch *scratch, enum ht_log log, struct ht_slice note)
{
    struct ht_reader *reader = begin(scratch);
    struct ht_error err;
    enum ht_status status = ht_log_check(reader, log, note, &err);
    end(reader);
    return status;
}

static void path_of(const struct scratch *scratch, const char *name, char path[PATH_MAX])
{
    assert_ok(files_join(path, scratch->dir, name, &scratch_error));
}

static void read_file(const struct scratch *scratch, const char *name, struct ht_buffer *bytes)
{
    char path[PATH_MAX];
    path_of(scratch, name, path);
    ht_buffer_clear(bytes);
    assert_ok(files_read(path, (size_t)1 << 26, bytes, &scratch_error));
}

static void write_file(const struct scratch *scratch, const char *name, struct ht_slice bytes)
{
    char path[PATH_MAX];
    path_of(scratch, name, path);
    assert_ok(files_replace(path, bytes, &scratch_error));
}

static void reopen(struct scratch *scratch)
{
    ht_store_close(scratch->store);
    scratch->store = NULL;
    scratch_open(scratch);
}

/* The first key of ht_log_keys. */
static void verifier_of(struct scratch *scratch, enum ht_log log, struct ht_verifier *verifier)
{
    struct ht_buffer keys = {0};
    assert_ok(ht_log_keys(scratch->store, log, &keys, &scratch_error));
    size_t size = (size_t)((char *)memchr(keys.data, '\n', keys.size) - keys.data);
    assert_ok(ht_verifier_parse(ht_slice_of(keys.data, size), verifier, &scratch_error));
    ht_buffer_release(&keys);
}

static void expect_signed(struct scratch *scratch, enum ht_log log, uint64_t size)
{
    struct ht_buffer note = {0}, beside = {0};
    struct ht_note parsed;
    struct ht_verifier verifier;
    struct ht_slice origin;
    struct ht_tree_head head, tree;
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_log_head(reader, log, &tree, &scratch_error));
    end(reader);
    newest(scratch, log, &note);
    verifier_of(scratch, log, &verifier);
    assert_ok(ht_note_parse(ht_buffer_slice(&note), &parsed, &scratch_error));
    assert_true(ht_note_verify(&parsed, &verifier, NULL));
    assert_ok(ht_checkpoint_parse(parsed.text, &origin, &head, &scratch_error));
    assert_true(ht_slice_is(origin, ht_log_origin(scratch->store, log)));
    assert_int_equal(head.size, size);
    assert_int_equal(tree.size, size);
    assert_memory_equal(head.root, tree.root, sizeof head.root);
    assert_ok(ht_log_refusal(scratch->store, log, &scratch_error));
    assert_int_equal(check(scratch, log, ht_buffer_slice(&note)), HT_OK);
    read_file(scratch, log == HT_LOG_EVENTS ? "heads/events" : "heads/acts", &beside);
    assert_int_equal(size_of(ht_buffer_slice(&beside)), size);
    ht_buffer_release(&note);
    ht_buffer_release(&beside);
}

/* ---- signing ---- */

static void a_commit_signs_at_most_once_a_second(void **state)
{
    struct scratch *scratch = *state;
    struct ht_appender *appender;
    static const struct {
        int64_t at;
        uint64_t size;
    } steps[] = {{0, 1}, {900000, 1}, {999999, 1}, {1000000, 4}, {1500000, 4}, {2100000, 6}, {-5000000, 7}};
    assert_ok(ht_appender_new(scratch->store, &appender, &scratch_error));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"type\":\"question\",\"n\":%zu}", i);
        scratch_append(appender, payload, SCRATCH_NOW + steps[i].at, NULL);
        assert_int_equal(newest_size(scratch, HT_LOG_EVENTS), steps[i].size);
    }
    ht_appender_free(appender);
    expect_signed(scratch, HT_LOG_EVENTS, 7);
}

static void signing_on_demand_covers_all(void **state)
{
    struct scratch *scratch = *state;
    struct ht_act act = {.at = SCRATCH_NOW, .kind = HT_ACT_EXPORT, .who = HT_SLICE("cli:test")};
    struct ht_buffer first = {0}, second = {0};
    uint64_t acts;
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 0);
    crowd_append(scratch->store, 1, 30);
    assert_ok(ht_act_record(scratch->store, &act, &scratch_error));
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    assert_ok(ht_log_sign(scratch->store, HT_LOG_ACTS, &scratch_error));
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_act_last(reader, &acts, &scratch_error));
    end(reader);
    expect_signed(scratch, HT_LOG_EVENTS, 30);
    expect_signed(scratch, HT_LOG_ACTS, acts);
    newest(scratch, HT_LOG_EVENTS, &first);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &second);
    assert_true(ht_slice_equal(ht_buffer_slice(&first), ht_buffer_slice(&second)));
    ht_buffer_release(&first);
    ht_buffer_release(&second);
}

/* ---- what a log can be asked ---- */

static void expect_proofs(struct ht_reader *reader, const struct ht_tree_head *head)
{
    for (uint64_t seq = 1; seq <= head->size; seq++) {
        struct ht_merkle_proof proof;
        struct ht_slice leaf;
        struct ht_leaf parsed;
        uint8_t hash[HT_SHA256_SIZE];
        assert_ok(ht_log_leaf(reader, HT_LOG_EVENTS, seq, &leaf, &scratch_error));
        assert_ok(ht_leaf_parse(leaf, &parsed, &scratch_error));
        ht_merkle_leaf(leaf, hash);
        assert_ok(ht_log_inclusion(reader, HT_LOG_EVENTS, seq, head->size, &proof, &scratch_error));
        assert_ok(ht_merkle_check_inclusion(head, seq - 1, hash, &proof, &scratch_error));
        struct ht_tree_head old = {.size = seq};
        assert_ok(ht_log_root(reader, HT_LOG_EVENTS, seq, old.root, &scratch_error));
        assert_ok(ht_log_consistency(reader, HT_LOG_EVENTS, seq, head->size, &proof, &scratch_error));
        assert_ok(ht_merkle_check_consistency(&old, head, &proof, &scratch_error));
    }
}

static void expect_tiles(struct ht_reader *reader, uint64_t size)
{
    struct ht_buffer tile = {0}, entries = {0}, upper = {0};
    unsigned rest = (unsigned)(size - 256);
    uint8_t root[HT_SHA256_SIZE];
    assert_ok(ht_log_tile(reader, HT_LOG_EVENTS, 0, 0, 256, &tile, &scratch_error));
    assert_ok(ht_log_tile(reader, HT_LOG_EVENTS, 0, 1, rest, &tile, &scratch_error));
    assert_ok(ht_log_entries(reader, HT_LOG_EVENTS, 0, 256, &entries, &scratch_error));
    assert_ok(ht_log_entries(reader, HT_LOG_EVENTS, 1, rest, &entries, &scratch_error));
    assert_int_equal(tile.size, size * HT_SHA256_SIZE);
    assert_int_equal(entries.size, size * (2 + HT_LEAF_SIZE));
    for (uint64_t i = 0; i < size; i++) {
        const uint8_t *entry = (const uint8_t *)entries.data + i * (2 + HT_LEAF_SIZE);
        uint8_t hash[HT_SHA256_SIZE];
        assert_int_equal(entry[0] << 8 | entry[1], HT_LEAF_SIZE);
        ht_merkle_leaf(ht_slice_of(entry + 2, HT_LEAF_SIZE), hash);
        assert_memory_equal(hash, tile.data + i * HT_SHA256_SIZE, HT_SHA256_SIZE);
    }
    assert_ok(ht_log_tile(reader, HT_LOG_EVENTS, 1, 0, 1, &upper, &scratch_error));
    assert_ok(ht_log_root(reader, HT_LOG_EVENTS, 256, root, &scratch_error));
    assert_memory_equal(upper.data, root, sizeof root);
    ht_buffer_release(&tile);
    ht_buffer_release(&entries);
    ht_buffer_release(&upper);
}

static void every_event_is_proven(void **state)
{
    struct scratch *scratch = *state;
    struct ht_tree_head head;
    crowd_append(scratch->store, 1, 300);
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_log_head(reader, HT_LOG_EVENTS, &head, &scratch_error));
    assert_int_equal(head.size, 300);
    expect_proofs(reader, &head);
    expect_tiles(reader, head.size);
    end(reader);
}

static void what_is_not_there_is_not_proven(void **state)
{
    struct scratch *scratch = *state;
    struct ht_merkle_proof proof;
    struct ht_buffer out = {0};
    struct ht_slice leaf;
    uint8_t root[HT_SHA256_SIZE];
    crowd_append(scratch->store, 1, 20);
    struct ht_reader *reader = begin(scratch);
    assert_int_equal(ht_log_inclusion(reader, HT_LOG_EVENTS, 0, 20, &proof, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_inclusion(reader, HT_LOG_EVENTS, 11, 10, &proof, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_inclusion(reader, HT_LOG_EVENTS, 20, 21, &proof, NULL), HT_INVALID);
    assert_int_equal(ht_log_consistency(reader, HT_LOG_EVENTS, 20, 19, &proof, NULL), HT_INVALID);
    assert_int_equal(ht_log_consistency(reader, HT_LOG_EVENTS, 1, UINT64_MAX, &proof, NULL), HT_INVALID);
    assert_int_equal(ht_log_root(reader, HT_LOG_EVENTS, 21, root, NULL), HT_INVALID);
    assert_int_equal(ht_log_leaf(reader, HT_LOG_EVENTS, 21, &leaf, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 0, 0, 21, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 0, 1, 1, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 0, UINT64_MAX, 1, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 0, UINT64_MAX / 256 + 1, 1, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 1, 0, 1, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 8, 0, 1, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, UINT32_MAX, 0, 1, &out, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 0, 0, 0, &out, NULL), HT_INVALID);
    assert_int_equal(ht_log_tile(reader, HT_LOG_EVENTS, 0, 0, 257, &out, NULL), HT_INVALID);
    assert_int_equal(ht_log_entries(reader, HT_LOG_EVENTS, 0, 21, &out, NULL), HT_NOT_FOUND);
    end(reader);
    ht_buffer_release(&out);
}

static void a_checkpoint_kept_elsewhere_is_checked(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer note = {0}, acts = {0}, changed = {0};
    crowd_append(scratch->store, 1, 20);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    assert_ok(ht_log_sign(scratch->store, HT_LOG_ACTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &note);
    newest(scratch, HT_LOG_ACTS, &acts);
    crowd_append(scratch->store, 21, 50);
    assert_int_equal(check(scratch, HT_LOG_EVENTS, ht_buffer_slice(&note)), HT_OK);
    assert_int_equal(check(scratch, HT_LOG_ACTS, ht_buffer_slice(&acts)), HT_OK);
    assert_int_equal(check(scratch, HT_LOG_EVENTS, ht_buffer_slice(&acts)), HT_CORRUPT);
    assert_int_equal(check(scratch, HT_LOG_EVENTS, HT_SLICE("no note\n")), HT_INVALID);
    for (size_t i = 0; i < note.size; i++) {
        ht_buffer_clear(&changed);
        ht_buffer_add(&changed, ht_buffer_slice(&note));
        changed.data[i] = (char)(changed.data[i] ^ 1);
        enum ht_status status = check(scratch, HT_LOG_EVENTS, ht_buffer_slice(&changed));
        assert_true(status == HT_INVALID || status == HT_CORRUPT);
    }
    ht_buffer_release(&note);
    ht_buffer_release(&acts);
    ht_buffer_release(&changed);
}

/* ---- gone back ---- */

static void expect_refused(struct scratch *scratch, const char *why)
{
    struct ht_error err = {0}, kept = {0};
    assert_int_equal(ht_log_sign(scratch->store, HT_LOG_EVENTS, &err), HT_CORRUPT);
    if (strstr(err.detail, why) == NULL) fail_msg("refused for another reason: %s", err.detail);
    assert_int_equal(ht_log_refusal(scratch->store, HT_LOG_EVENTS, &kept), HT_CORRUPT);
    assert_string_equal(kept.detail, err.detail);
}

static void put_trail(struct scratch *scratch, const struct ht_buffer *bytes)
{
    ht_store_close(scratch->store);
    write_file(scratch, "trail/data.mdb", ht_buffer_slice(bytes));
    scratch_open(scratch);
}

static void take_trail(struct scratch *scratch, struct ht_buffer *bytes)
{
    ht_store_close(scratch->store);
    read_file(scratch, "trail/data.mdb", bytes);
    scratch_open(scratch);
}

static void a_trail_that_has_gone_back_is_not_signed(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer old = {0}, new = {0};
    crowd_append(scratch->store, 1, 20);
    take_trail(scratch, &old);
    crowd_append(scratch->store, 21, 40);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    take_trail(scratch, &new);
    put_trail(scratch, &old);
    expect_refused(scratch, "gone back: it has 20 events, but heads/events says that 40 were signed");
    /* It goes on taking events, and being refused, even when it has more of them than were signed. */
    uint64_t before = newest_size(scratch, HT_LOG_EVENTS);
    crowd_append(scratch->store, 101, 115);
    expect_refused(scratch, "it has 35 events");
    crowd_append(scratch->store, 116, 140);
    expect_refused(scratch, "the first 40 events are not those that heads/events was signed for");
    assert_int_equal(newest_size(scratch, HT_LOG_EVENTS), before);
    put_trail(scratch, &new);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 40);
    ht_buffer_release(&old);
    ht_buffer_release(&new);
}

/* The last row of the tree as it would be had its last leaf been another. */
static void change_last_leaf(struct scratch *scratch)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    uint8_t row[TREE_ROW_SIZE];
    assert_int_equal(mdb_txn_begin(scratch->store->trail.env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, scratch->store->trail.tree, &cursor), 0);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_LAST), 0);
    memcpy(row, value.mv_data, sizeof row);
    row[0] ^= 1;
    value = val_of(row, sizeof row);
    assert_int_equal(mdb_cursor_put(cursor, &key, &value, MDB_CURRENT), 0);
    mdb_cursor_close(cursor);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void a_tree_that_was_changed_is_not_signed(void **state)
{
    struct scratch *scratch = *state;
    crowd_append(scratch->store, 1, 20);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    change_last_leaf(scratch);
    expect_refused(scratch, "the first 20 events are not those");
    reopen(scratch);
    assert_ok(ht_log_refusal(scratch->store, HT_LOG_EVENTS, &scratch_error));
    crowd_append(scratch->store, 21, 22);
    expect_refused(scratch, "the first 20 events are not those");
}

static void damaged_heads_are_not_overwritten(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer note = {0};
    char path[PATH_MAX];
    crowd_append(scratch->store, 1, 5);
    read_file(scratch, "heads/events", &note);
    write_file(scratch, "heads/events", HT_SLICE("nothing of the kind\n"));
    expect_refused(scratch, "heads/events is no checkpoint");
    crowd_append(scratch->store, 6, 10);
    note.data[note.size - 8] = (char)(note.data[note.size - 8] ^ 1);
    write_file(scratch, "heads/events", ht_buffer_slice(&note));
    expect_refused(scratch, "heads/events is ");
    path_of(scratch, "heads/events", path);
    assert_int_equal(unlink(path), 0);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 10);
    ht_buffer_release(&note);
}

static void heads_that_can_not_be_read_keep_nobody_from_appending(void **state)
{
    struct scratch *scratch = *state;
    char path[PATH_MAX];
    crowd_append(scratch->store, 1, 5);
    path_of(scratch, "heads/events", path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    crowd_append(scratch->store, 6, 10);
    assert_int_equal(ht_log_sign(scratch->store, HT_LOG_EVENTS, NULL), HT_IO);
    assert_int_equal(rmdir(path), 0);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 10);
}

static void what_is_published_does_not_go_back(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer older = {0};
    crowd_append(scratch->store, 1, 5);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &older);
    write_file(scratch, "heads/events.new", HT_SLICE("left by a process that was killed"));
    crowd_append(scratch->store, 6, 9);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 9);
    assert_ok(checkpoint_publish(scratch->store, HT_LOG_EVENTS, ht_buffer_slice(&older), &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 9);
    ht_buffer_release(&older);
}

/* Tiles are derived: a lost one keeps nobody from appending, and what grows of the records is what was signed. */
static void lost_tiles_grow_again(void **state)
{
    struct scratch *scratch = *state;
    struct trail_env *trail = &scratch->store->trail;
    struct ht_act act = {.at = SCRATCH_NOW, .kind = HT_ACT_EXPORT, .who = HT_SLICE("cli:test")};
    uint64_t acts = 0;
    MDB_txn *txn;
    crowd_append(scratch->store, 1, 300);
    assert_int_equal(mdb_txn_begin(trail->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_drop(txn, trail->tree, 0), 0);
    assert_int_equal(mdb_drop(txn, trail->acts_tree, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    assert_int_equal(ht_log_sign(scratch->store, HT_LOG_EVENTS, NULL), HT_CORRUPT);
    crowd_append(scratch->store, 301, 310);
    assert_ok(ht_act_record(scratch->store, &act, &scratch_error));
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    assert_ok(ht_log_sign(scratch->store, HT_LOG_ACTS, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 310);
    struct ht_reader *reader = begin(scratch);
    struct ht_tree_head head;
    assert_ok(ht_act_last(reader, &acts, &scratch_error));
    assert_ok(ht_log_head(reader, HT_LOG_EVENTS, &head, &scratch_error));
    expect_proofs(reader, &head);
    expect_tiles(reader, head.size);
    end(reader);
    expect_signed(scratch, HT_LOG_ACTS, acts);
}

/* Drops the tree and changes the time of event 9; gives the record its checksum if `sound`. */
static void change_event(struct scratch *scratch, bool sound)
{
    struct trail_env *trail = &scratch->store->trail;
    struct ht_buffer record = {0};
    uint8_t bytes[8];
    MDB_txn *txn;
    ht_put_be64(bytes, 9);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    assert_int_equal(mdb_txn_begin(trail->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_drop(txn, trail->tree, 0), 0);
    assert_int_equal(mdb_get(txn, trail->events, &key, &value), 0);
    ht_buffer_add(&record, val_slice(value));
    if (!sound) record.data[RECORD_RECEIVED_AT + 7] ^= 1;
    if (sound) ht_put_be64((uint8_t *)record.data, record_checksum(record_digest(ht_buffer_slice(&record)), 9));
    value = val_of(record.data, record.size);
    assert_int_equal(mdb_put(txn, trail->events, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    ht_buffer_release(&record);
}

/* But where the leaf is lost too nothing grows, and of other records than those that were signed nothing is signed. */
static void what_grows_again_is_not_signed_blindly(void **state)
{
    struct scratch *scratch = *state;
    struct ht_appender *appender;
    struct ht_append append;
    struct ht_position position;
    struct ht_packer *packer = ht_packer_new();
    crowd_append(scratch->store, 1, 30);
    crowd_pack(&append, packer, 31);
    assert_ok(ht_appender_new(scratch->store, &appender, &scratch_error));
    change_event(scratch, false);
    assert_int_equal(ht_appender_commit(appender, &append, &position, NULL), HT_CORRUPT);
    change_event(scratch, true);
    assert_ok(ht_appender_commit(appender, &append, &position, &scratch_error));
    assert_int_equal(position.seq, 31);
    expect_refused(scratch, "are not those that");
    ht_appender_free(appender);
    ht_append_release(&append);
    ht_packer_free(packer);
}

/* ---- keys ---- */

static size_t count_keys(struct scratch *scratch)
{
    size_t count = 0;
    struct ht_buffer keys = {0};
    assert_ok(ht_log_keys(scratch->store, HT_LOG_EVENTS, &keys, &scratch_error));
    for (size_t i = 0; i < keys.size; i++)
        count += keys.data[i] == '\n';
    ht_buffer_release(&keys);
    return count;
}

static void old_checkpoints_stay_valid_under_another_key(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer old = {0}, acts = {0};
    struct ht_verifier before, after;
    crowd_append(scratch->store, 1, 12);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    assert_ok(ht_log_sign(scratch->store, HT_LOG_ACTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &old);
    newest(scratch, HT_LOG_ACTS, &acts);
    verifier_of(scratch, HT_LOG_EVENTS, &before);
    assert_ok(ht_keys_rotate_signing(scratch->store, NULL, SCRATCH_NOW, &scratch_error));
    verifier_of(scratch, HT_LOG_EVENTS, &after);
    assert_string_equal(before.name, after.name);
    assert_memory_not_equal(before.key, after.key, sizeof before.key);
    expect_signed(scratch, HT_LOG_EVENTS, 12);
    reopen(scratch);
    expect_signed(scratch, HT_LOG_EVENTS, 12);
    assert_int_equal(count_keys(scratch), 2);
    assert_int_equal(check(scratch, HT_LOG_EVENTS, ht_buffer_slice(&old)), HT_OK);
    assert_int_equal(check(scratch, HT_LOG_ACTS, ht_buffer_slice(&acts)), HT_OK);
    ht_buffer_release(&old);
    ht_buffer_release(&acts);
}

static void another_name_lets_a_trail_that_has_gone_back_go_on(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer old = {0}, note = {0}, early = {0};
    char name[HT_KEY_NAME + 1];
    crowd_append(scratch->store, 1, 20);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &early);
    take_trail(scratch, &old);
    crowd_append(scratch->store, 21, 40);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &note);
    put_trail(scratch, &old);
    snprintf(name, sizeof name, "%s", ht_log_origin(scratch->store, HT_LOG_EVENTS));
    assert_int_equal(ht_keys_rotate_signing(scratch->store, name, SCRATCH_NOW, NULL), HT_EXISTS);
    assert_int_equal(ht_keys_rotate_signing(scratch->store, "no name", SCRATCH_NOW, NULL), HT_INVALID);
    assert_ok(ht_keys_rotate_signing(scratch->store, "log.example.com/2", SCRATCH_NOW, &scratch_error));
    expect_signed(scratch, HT_LOG_EVENTS, 20);
    assert_string_equal(ht_log_origin(scratch->store, HT_LOG_ACTS), "log.example.com/2/acts");
    assert_int_equal(ht_keys_rotate_signing(scratch->store, name, SCRATCH_NOW, NULL), HT_EXISTS);
    /* What was signed as the old log still says what it said. */
    assert_int_equal(check(scratch, HT_LOG_EVENTS, ht_buffer_slice(&early)), HT_OK);
    assert_int_equal(check(scratch, HT_LOG_EVENTS, ht_buffer_slice(&note)), HT_CORRUPT);
    ht_buffer_release(&old);
    ht_buffer_release(&note);
    ht_buffer_release(&early);
}

static void keys_are_private_and_checked(void **state)
{
    static const char *const files[] = {"keys/log.key", "keys/log.pub"};
    struct scratch *scratch = *state;
    struct ht_buffer bytes[2] = {{0}, {0}};
    for (size_t i = 0; i < 2; i++) {
        struct ht_store *store;
        struct ht_error err;
        struct stat stat_of;
        char path[PATH_MAX];
        path_of(scratch, files[i], path);
        assert_int_equal(stat(path, &stat_of), 0);
        assert_int_equal(stat_of.st_mode & 0777, 0600);
        read_file(scratch, files[i], &bytes[i]);
        ht_store_close(scratch->store);
        scratch->store = NULL;
        assert_int_equal(unlink(path), 0);
        assert_int_equal(ht_store_open(scratch->dir, NULL, &store, &err), HT_CORRUPT);
        assert_non_null(strstr(err.detail, "missing"));
        write_file(scratch, files[i], HT_SLICE("hooktrail/x+00000000+AAAA\n"));
        assert_int_equal(ht_store_open(scratch->dir, NULL, &store, &err), HT_CORRUPT);
        assert_non_null(strstr(err.detail, "restore it from a backup"));
        write_file(scratch, files[i], ht_buffer_slice(&bytes[i]));
        scratch_open(scratch);
    }
    ht_buffer_wipe(&bytes[0]);
    ht_buffer_release(&bytes[1]);
}

/* ---- cosignatures ---- */

static void add_cosignature(struct scratch *scratch, const struct ht_signer *witness, uint64_t time,
                            struct ht_buffer *lines)
{
    struct ht_buffer note = {0};
    struct ht_note parsed;
    newest(scratch, HT_LOG_EVENTS, &note);
    assert_ok(ht_note_parse(ht_buffer_slice(&note), &parsed, &scratch_error));
    ht_note_sign(lines, parsed.text, witness, time);
    assert_ok(ht_buffer_status(lines, &scratch_error));
    ht_buffer_release(&note);
}

/* The newest cosigned checkpoint that covers `least` leaves has this size and so many signatures; 0: there is none. */
static void expect_cosigned(struct scratch *scratch, uint64_t least, uint64_t size, size_t signatures)
{
    struct ht_reader *reader;
    struct ht_buffer note = {0};
    struct ht_note parsed;
    struct ht_slice origin;
    struct ht_tree_head head;
    assert_ok(ht_reader_new(scratch->store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    enum ht_status status = ht_log_cosigned(reader, HT_LOG_EVENTS, least, &note, NULL);
    ht_reader_end(reader);
    ht_reader_free(reader);
    assert_int_equal(status, size == 0 ? HT_NOT_FOUND : HT_OK);
    if (size > 0) {
        assert_ok(ht_note_parse(ht_buffer_slice(&note), &parsed, &scratch_error));
        assert_ok(ht_checkpoint_parse(parsed.text, &origin, &head, &scratch_error));
        assert_int_equal(head.size, size);
        assert_int_equal(parsed.count, signatures);
    }
    ht_buffer_release(&note);
}

static void cosignatures_stay_with_their_checkpoint(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer lines = {0}, note = {0}, first = {0};
    struct ht_signer witness[2];
    struct ht_note parsed;
    uint64_t time = 0;
    for (size_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        assert_ok(ht_signer_make(i == 0 ? HT_SLICE("w1.example") : HT_SLICE("w2.example"), seed, HT_KEY_COSIGNATURE,
                                 &witness[i], &scratch_error));
    }
    expect_cosigned(scratch, 0, 0, 0);
    crowd_append(scratch->store, 1, 3);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    for (uint64_t round = 1; round <= 3; round++) {
        ht_buffer_clear(&lines);
        add_cosignature(scratch, &witness[0], 1000 + round, &lines);
        if (round == 2) add_cosignature(scratch, &witness[1], 77, &lines);
        newest(scratch, HT_LOG_EVENTS, &note);
        assert_ok(ht_log_cosign(scratch->store, HT_LOG_EVENTS, ht_buffer_slice(&note), ht_buffer_slice(&lines),
                                &scratch_error));
        newest(scratch, HT_LOG_EVENTS, &note);
        assert_ok(ht_note_parse(ht_buffer_slice(&note), &parsed, &scratch_error));
        assert_int_equal(parsed.count, round == 1 ? 2 : 3);
        assert_true(ht_note_verify(&parsed, &witness[0].verifier, &time));
        assert_int_equal(time, 1000 + round);
    }
    assert_true(ht_note_verify(&parsed, &witness[1].verifier, &time));
    assert_int_equal(time, 77);
    expect_signed(scratch, HT_LOG_EVENTS, 3);
    expect_cosigned(scratch, 3, 3, 3);
    newest(scratch, HT_LOG_EVENTS, &first);
    struct ht_slice three = ht_buffer_slice(&first);
    assert_int_equal(ht_log_cosign(scratch->store, HT_LOG_EVENTS, three, HT_SLICE("no signature\n"), NULL), HT_INVALID);
    assert_int_equal(ht_log_cosign(scratch->store, HT_LOG_ACTS, three, ht_buffer_slice(&lines), NULL), HT_INVALID);
    crowd_append(scratch->store, 4, 4);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_EVENTS, &scratch_error));
    newest(scratch, HT_LOG_EVENTS, &note);
    assert_ok(ht_note_parse(ht_buffer_slice(&note), &parsed, &scratch_error));
    assert_int_equal(parsed.count, 1);
    /* The newest has none yet, but what was cosigned is kept beside it, and may still be cosigned by others. */
    expect_cosigned(scratch, 3, 3, 3);
    expect_cosigned(scratch, 4, 0, 0);
    assert_ok(ht_log_cosign(scratch->store, HT_LOG_EVENTS, three, ht_buffer_slice(&lines), &scratch_error));
    expect_cosigned(scratch, 3, 3, 3);
    ht_buffer_clear(&lines);
    add_cosignature(scratch, &witness[1], 99, &lines);
    newest(scratch, HT_LOG_EVENTS, &note);
    assert_ok(
        ht_log_cosign(scratch->store, HT_LOG_EVENTS, ht_buffer_slice(&note), ht_buffer_slice(&lines), &scratch_error));
    expect_cosigned(scratch, 4, 4, 2);
    /* One that comes late is not put over it. */
    assert_ok(ht_log_cosign(scratch->store, HT_LOG_EVENTS, three, ht_buffer_slice(&lines), &scratch_error));
    expect_cosigned(scratch, 4, 4, 2);
    ht_buffer_release(&first);
    ht_buffer_release(&lines);
    ht_buffer_release(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_signs_at_most_once_a_second, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signing_on_demand_covers_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_event_is_proven, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_not_proven, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_checkpoint_kept_elsewhere_is_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_trail_that_has_gone_back_is_not_signed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tree_that_was_changed_is_not_signed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_heads_are_not_overwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(heads_that_can_not_be_read_keep_nobody_from_appending, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_published_does_not_go_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lost_tiles_grow_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_grows_again_is_not_signed_blindly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_checkpoints_stay_valid_under_another_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_name_lets_a_trail_that_has_gone_back_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_private_and_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cosignatures_stay_with_their_checkpoint, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
