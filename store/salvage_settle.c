#include <inttypes.h>
#include <stdlib.h>

#include "checkpoint.h"
#include "erasures_log.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "keyring.h"
#include "lost.h"
#include "record.h"
#include "salvage.h"
#include "verify_walk.h"

#define BATCH 4096 /* numbers looked at in one transaction */

/* What an erasure took. */
struct cover {
    uint64_t first;
    uint64_t last;
    uint64_t number;
};

struct settling {
    struct salvage *salvage;
    struct ht_store *store;
    struct ht_reader reader; /* of the new trail as it was copied */
    MDB_txn *txn;
    struct ht_unpacker *unpacker;
    struct ht_buffer covers; /* struct cover, ascending */
    size_t cover;            /* the first that does not end before the number in hand */
    struct ht_buffer scratch;
    /* numbers that are lost one after the other, to be told as one */
    uint64_t lost_first; /* 0: none */
    uint64_t lost_last;
};

/* ---- telling ---- */

static void tell_lost(struct settling *settling, const char *table)
{
    uint64_t first = settling->lost_first, last = settling->lost_last;
    settling->lost_first = 0;
    if (first == 0) return;
    if (first == last)
        salvage_tell(settling->salvage, table, first, "%" PRIu64 " is lost", first);
    else
        salvage_tell(settling->salvage, table, first, "%" PRIu64 " to %" PRIu64 " are lost", first, last);
}

static void note_lost(struct settling *settling, const char *table, uint64_t number)
{
    if (settling->lost_first != 0 && number != settling->lost_last + 1) tell_lost(settling, table);
    if (settling->lost_first == 0) settling->lost_first = number;
    settling->lost_last = number;
}

/* ---- rows ---- */

static enum ht_status put(struct settling *settling, MDB_dbi table, uint64_t number, struct ht_slice value,
                          struct ht_error *err)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes), data = val_of(value.data, value.size);
    int code = mdb_put(settling->txn, table, &key, &data, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "writing the new trail");
}

static struct ht_slice get(struct settling *settling, MDB_dbi table, uint64_t number)
{
    struct ht_slice value = HT_ABSENT;
    return trail_get(settling->reader.trail_txn, table, number, &value) == 0 ? value : HT_ABSENT;
}

static int compare_leaves(const void *a, const void *b)
{
    const struct salvage_leaf *left = a, *right = b;
    return (left->seq > right->seq) - (left->seq < right->seq);
}

/* The first that was kept of a seq, or where it would be. */
static size_t first_leaf(const struct salvage_leaf *leaves, size_t count, uint64_t seq)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (leaves[middle].seq < seq)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* The leaf that was found of an event, if the tree says that it is: its bytes may lie among rotten ones. */
static const uint8_t *find_leaf(const struct settling *settling, uint64_t seq, const uint8_t hash[HT_SHA256_SIZE])
{
    const struct ht_buffer *leaves = &settling->salvage->leaves;
    const struct salvage_leaf *leaf = (const struct salvage_leaf *)(const void *)leaves->data;
    size_t count = leaves->size / sizeof *leaf;
    for (size_t i = first_leaf(leaf, count, seq); i < count && leaf[i].seq == seq; i++) {
        uint8_t found[HT_SHA256_SIZE];
        ht_merkle_leaf(ht_slice_of(leaf[i].leaf, HT_LEAF_SIZE), found);
        if (memcmp(found, hash, sizeof found) == 0) return leaf[i].leaf;
    }
    return NULL;
}

/* What is known of a lost record's leaf: from what is left of the record, else from the tree, else nothing. */
static void find_out(struct settling *settling, enum ht_log log, uint64_t number, struct ht_slice value,
                     struct lost *lost)
{
    struct ht_slice leaf = HT_ABSENT;
    struct lost before;
    MDB_dbi tree = checkpoint_tree(settling->store, log);
    *lost = (struct lost){.act = settling->salvage->act};
    if (value.data != NULL && record_intact(value, number) && lost_read(value, &before)) {
        *lost = before;
    } else if (value.data != NULL && checkpoint_leaf(log, number, value, &leaf)) {
        ht_merkle_leaf(leaf, lost->hash);
        if (log == HT_LOG_EVENTS) lost->leaf = leaf;
    } else if (tree_node(settling->reader.trail_txn, tree, 0, number - 1, lost->hash, NULL) != HT_OK) {
        lost_leaf(number, lost->hash);
    } else if (log == HT_LOG_EVENTS) {
        const uint8_t *found = find_leaf(settling, number, lost->hash);
        if (found != NULL) lost->leaf = ht_slice_of(found, HT_LEAF_SIZE);
    }
}

static enum ht_status mark_lost(struct settling *settling, MDB_dbi table, const char *name, uint64_t number,
                                const struct lost *lost, struct ht_error *err)
{
    uint8_t bytes[LOST_SIZE];
    note_lost(settling, name, number);
    lost_write(lost, number, bytes);
    return put(settling, table, number, ht_slice_of(bytes, sizeof bytes), err);
}

/* Whether the mark of an earlier salvage is there already, so that there is nothing new to tell. */
static bool was_lost(struct ht_slice value, uint64_t number)
{
    struct lost lost;
    return value.data != NULL && record_intact(value, number) && lost_read(value, &lost);
}

/* ---- numbers, one after the other ---- */

typedef enum ht_status settle_one(struct settling *settling, uint64_t number, struct ht_error *err);

static enum ht_status begin(struct settling *settling, struct ht_error *err)
{
    enum ht_status status = reader_begin_trail(&settling->reader, err);
    settling->reader.begun = status == HT_OK;
    return status == HT_OK ? trail_change_begin(settling->store, &settling->txn, err) : status;
}

static enum ht_status end(struct settling *settling, enum ht_status status, struct ht_error *err)
{
    if (settling->reader.begun) mdb_txn_reset(settling->reader.trail_txn);
    settling->reader.begun = false;
    MDB_txn *txn = settling->txn;
    settling->txn = NULL;
    return txn != NULL ? trail_change_end(txn, status, err) : status;
}

static enum ht_status settle_series(struct settling *settling, enum salvage_series series, const char *name,
                                    settle_one *one, struct ht_error *err)
{
    uint64_t last = settling->salvage->end[series];
    enum ht_status status = HT_OK;
    for (uint64_t number = 1; number <= last && status == HT_OK;) {
        status = begin(settling, err);
        for (int i = 0; i < BATCH && number <= last && status == HT_OK; i++)
            status = one(settling, number++, err);
        status = end(settling, status, err);
    }
    tell_lost(settling, name);
    return status;
}

/* ---- acts ---- */

static enum ht_status settle_act(struct settling *settling, uint64_t number, struct ht_error *err)
{
    struct lost lost;
    struct ht_act act;
    MDB_dbi table = settling->store->trail.acts;
    struct ht_slice value = get(settling, table, number);
    enum ht_status status = ht_act_get(&settling->reader, number, &act, err);
    if (status == HT_OK || was_lost(value, number)) return HT_OK;
    if (!verify_is_of_store(status)) return status;
    find_out(settling, HT_LOG_ACTS, number, value, &lost);
    settling->salvage->salvaged->lost_acts++;
    return mark_lost(settling, table, "trail/acts", number, &lost, err);
}

/* ---- erasures ---- */

/* Erasures that DIR/erasures.log tells of and the trail has no more. Their keys are destroyed, again: the log comes
   after that. */
static enum ht_status take_frame(struct settling *settling, const struct erasures_frame *frame, struct ht_error *err)
{
    struct ht_slice value;
    struct erasures_row row = frame->row;
    struct ht_store *store = settling->store;
    if (trail_get(settling->txn, store->trail.erasures, frame->number, &value) == 0) return HT_OK;
    row.flags |= ERASURES_DONE;
    if (frame->number > settling->salvage->end[SALVAGE_ERASURES])
        settling->salvage->end[SALVAGE_ERASURES] = frame->number;
    return erasures_put(store, settling->txn, &row, err);
}

static enum ht_status take_frames(struct settling *settling, struct ht_error *err)
{
    struct erasures_log log;
    struct erasures_frame frame;
    uint64_t offset = 0;
    enum ht_status status = erasures_log_open(settling->salvage->old, false, &log, NULL);
    if (status != HT_OK) return HT_OK; /* missing, empty, or no such log: what is lost is told of by number */
    while (status == HT_OK) {
        status = erasures_log_next(&log, &offset, &settling->scratch, &frame, err);
        if (status == HT_OK) status = take_frame(settling, &frame, err);
    }
    erasures_log_close(&log);
    return status == HT_NOT_FOUND || status == HT_CORRUPT ? HT_OK : status;
}

/* An erasure of which only tombstones are left: a row that says so, with what they show. */
static enum ht_status make_row(struct settling *settling, uint64_t number, struct ht_error *err)
{
    struct ht_buffer ranges = {0};
    struct erasures_row row = {.flags = ERASURES_DONE};
    row.erasure = (struct ht_erasure){
        .number = number, .at = settling->salvage->options->now, .reason = "what was recorded of this erasure is lost"};
    uint8_t range[16] = {0};
    uint64_t last = 0;
    for (uint64_t seq = 1; seq <= settling->salvage->end[SALVAGE_EVENTS] + 1; seq++) {
        struct ht_record_header header = {.erasure = 0};
        enum ht_status status = ht_trail_header(&settling->reader, seq, &header, NULL);
        bool of_it = status == HT_OK && header.erasure == number;
        row.erasure.events += of_it;
        if (of_it && last == 0) ht_put_be64(range, seq);
        if (of_it) last = seq;
        if (of_it || last == 0) continue;
        ht_put_be64(range + 8, last);
        ht_buffer_add_bytes(&ranges, range, sizeof range);
        last = 0;
    }
    row.ranges = ht_buffer_slice(&ranges);
    enum ht_status status = ht_buffer_status(&ranges, err);
    if (status == HT_OK) status = erasures_put(settling->store, settling->txn, &row, err);
    ht_buffer_release(&ranges);
    salvage_tell(settling->salvage, "trail/erasures", 0,
                 "erasure %" PRIu64 " is lost: when it was, and why; what it took stays erased", number);
    return status;
}

static enum ht_status add_covers(struct settling *settling, const struct erasures_row *row, struct ht_error *err)
{
    for (size_t i = 0; i < erasures_ranges(row->ranges); i++) {
        struct erasures_range range = erasures_range_at(row->ranges, i);
        struct cover cover = {range.first, range.last, row->erasure.number};
        ht_buffer_add_bytes(&settling->covers, &cover, sizeof cover);
        if (range.last > settling->salvage->end[SALVAGE_EVENTS]) settling->salvage->end[SALVAGE_EVENTS] = range.last;
    }
    return ht_buffer_status(&settling->covers, err);
}

/* `erased` follows from the erasures. */
static enum ht_status add_entities(struct settling *settling, const struct erasures_row *row, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t at = 0; at + ERASED_KEY_SIZE <= row->entities.size && status == HT_OK; at += ERASED_KEY_SIZE) {
        const uint8_t *bytes = (const uint8_t *)row->entities.data + at;
        status = erasures_put_entity(settling->store, settling->txn, (enum ht_kind)bytes[0], bytes + 1,
                                     row->erasure.number, err);
    }
    return status;
}

static enum ht_status settle_erasure(struct settling *settling, uint64_t number, struct ht_error *err)
{
    struct erasures_row row;
    struct ht_slice value = HT_ABSENT;
    MDB_dbi table = settling->store->trail.erasures;
    if (trail_get(settling->txn, table, number, &value) != 0 || erasures_decode(value, number, &row, NULL) != HT_OK) {
        enum ht_status status = make_row(settling, number, err);
        if (status != HT_OK) return status;
        int code = trail_get(settling->txn, table, number, &value);
        if (code != 0) return env_fail(err, code, "reading an erasure");
        status = erasures_decode(value, number, &row, err);
        if (status != HT_OK) return status;
    }
    enum ht_status status = add_covers(settling, &row, err);
    return status == HT_OK ? add_entities(settling, &row, err) : status;
}

/* Tombstones may tell of erasures that nothing else tells of. */
static enum ht_status find_tombstones(struct settling *settling, uint64_t seq, struct ht_error *err)
{
    struct ht_record_header header = {.erasure = 0};
    uint64_t *last = &settling->salvage->end[SALVAGE_ERASURES];
    enum ht_status status = ht_trail_header(&settling->reader, seq, &header, err);
    if (status == HT_OK && header.erasure > *last && header.erasure <= settling->salvage->end[SALVAGE_EVENTS])
        *last = header.erasure;
    return status == HT_OK || verify_is_of_store(status) ? HT_OK : status;
}

static int compare_covers(const void *a, const void *b)
{
    const struct cover *left = a, *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

static enum ht_status settle_erasures(struct settling *settling, struct ht_error *err)
{
    enum ht_status status = begin(settling, err);
    if (status == HT_OK) status = take_frames(settling, err);
    status = end(settling, status, err);
    if (status == HT_OK) status = settle_series(settling, SALVAGE_EVENTS, "trail/events", find_tombstones, err);
    if (status == HT_OK) status = settle_series(settling, SALVAGE_ERASURES, "trail/erasures", settle_erasure, err);
    if (settling->covers.size > 0)
        qsort(settling->covers.data, settling->covers.size / sizeof(struct cover), sizeof(struct cover),
              compare_covers);
    if (status == HT_OK) status = begin(settling, err);
    if (status == HT_OK)
        status = trail_counter_set(settling->store, settling->txn, ERASURES_COUNTER,
                                   settling->salvage->end[SALVAGE_ERASURES], err);
    return end(settling, status, err);
}

/* ---- events ---- */

static void need_endpoint(struct salvage *salvage, uint32_t id)
{
    const uint32_t *ids = (const uint32_t *)(const void *)salvage->endpoints.data;
    for (size_t i = 0; i < salvage->endpoints.size / sizeof id; i++) {
        if (ids[i] == id) return;
    }
    ht_buffer_add_bytes(&salvage->endpoints, &id, sizeof id);
}

/* The erasure that took an event; 0: none. Numbers are asked for in their order. */
static uint64_t erasure_of(struct settling *settling, uint64_t seq)
{
    const struct cover *covers = (const struct cover *)(const void *)settling->covers.data;
    size_t count = settling->covers.size / sizeof *covers;
    while (settling->cover < count && covers[settling->cover].last < seq)
        settling->cover++;
    bool covered = settling->cover < count && covers[settling->cover].first <= seq;
    return covered ? covers[settling->cover].number : 0;
}

/* One that was erased and came from an old page. */
static enum ht_status bury(struct settling *settling, uint64_t seq, struct ht_slice value, uint64_t erasure,
                           struct ht_error *err)
{
    static const uint8_t no_conversation[HT_REF_SIZE];
    enum ht_status status = record_tombstone(value, seq, erasure, no_conversation, &settling->scratch, err);
    if (status != HT_OK) return status;
    return put(settling, settling->store->trail.events, seq, ht_buffer_slice(&settling->scratch), err);
}

static enum ht_status look_at_event(struct settling *settling, uint64_t seq, struct ht_slice value, uint64_t erasure,
                                    struct ht_error *err)
{
    struct ht_record record;
    struct ht_record_header header = {.erasure = 0};
    if (value.data == NULL) return ht_fail(err, HT_NOT_FOUND, "it is missing");
    enum ht_status status = ht_trail_header(&settling->reader, seq, &header, err);
    if (status == HT_OK && header.erasure == 0 && erasure == 0)
        status = ht_trail_get(&settling->reader, seq, settling->unpacker, &record, err);
    if (status != HT_OK) return status == HT_ERASED ? ht_fail(err, HT_CORRUPT, "its key is destroyed") : status;
    need_endpoint(settling->salvage, header.endpoint);
    if (header.erasure == 0 && erasure != 0) return bury(settling, seq, value, erasure, err);
    return header.erasure == erasure ? HT_OK : ht_fail(err, HT_CORRUPT, "no erasure took it");
}

static enum ht_status settle_event(struct settling *settling, uint64_t seq, struct ht_error *err)
{
    struct lost lost;
    MDB_dbi table = settling->store->trail.events;
    struct ht_slice value = get(settling, table, seq);
    enum ht_status status = look_at_event(settling, seq, value, erasure_of(settling, seq), err);
    if (status == HT_OK || was_lost(value, seq)) return HT_OK;
    if (status == HT_FORBIDDEN) return status; /* sealed, and there are no keys */
    if (!verify_is_of_store(status)) return status;
    find_out(settling, HT_LOG_EVENTS, seq, value, &lost);
    settling->salvage->salvaged->lost++;
    return mark_lost(settling, table, "trail/events", seq, &lost, err);
}

/* ---- repeats ---- */

static enum ht_status settle_repeat(struct settling *settling, uint64_t number, struct ht_error *err)
{
    struct ht_repeat repeat = {.seq = 0};
    MDB_dbi table = settling->store->trail.repeats;
    const struct lost lost = {.act = settling->salvage->act};
    enum ht_status status = ht_trail_repeat(&settling->reader, number, settling->unpacker, &repeat, err);
    if (status == HT_OK && repeat.seq > 0 && repeat.seq <= settling->salvage->end[SALVAGE_EVENTS]) {
        need_endpoint(settling->salvage, repeat.delivery.endpoint);
        return HT_OK;
    }
    if (status != HT_OK && !verify_is_of_store(status)) return status;
    if (was_lost(get(settling, table, number), number)) return HT_OK;
    settling->salvage->salvaged->lost_repeats++;
    return mark_lost(settling, table, "trail/repeats", number, &lost, err);
}

/* ---- all ---- */

static enum ht_status settle_all(struct settling *settling, struct ht_error *err)
{
    struct salvage *salvage = settling->salvage;
    salvage->act = salvage->end[SALVAGE_ACTS] + 1;
    if (salvage->leaves.size > 0)
        qsort(salvage->leaves.data, salvage->leaves.size / sizeof(struct salvage_leaf), sizeof(struct salvage_leaf),
              compare_leaves);
    enum ht_status status = settle_series(settling, SALVAGE_ACTS, "trail/acts", settle_act, err);
    if (status == HT_OK) status = settle_erasures(settling, err);
    if (status == HT_OK) status = settle_series(settling, SALVAGE_EVENTS, "trail/events", settle_event, err);
    if (status == HT_OK) status = settle_series(settling, SALVAGE_REPEATS, "trail/repeats", settle_repeat, err);
    return status == HT_OK ? ht_buffer_status(&salvage->endpoints, err) : status;
}

enum ht_status salvage_settle(struct salvage *salvage, struct ht_error *err)
{
    struct settling settling = {.salvage = salvage, .store = salvage->store, .reader = {.store = salvage->store}};
    settling.unpacker = ht_unpacker_new();
    enum ht_status status = settling.unpacker != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory");
    if (status == HT_OK) status = settle_all(&settling, err);
    if (settling.reader.trail_txn != NULL) mdb_txn_abort(settling.reader.trail_txn);
    ht_unpacker_free(settling.unpacker);
    ht_buffer_release(&settling.covers);
    ht_buffer_release(&settling.scratch);
    return status;
}
