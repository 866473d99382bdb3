/* Salvage: whatever place of a store is damaged, each record whose own bytes are whole is in the new store, byte for
   byte, and the new store verifies (ht_salvage sees to that itself, and is asked again here). */
/* In memory: each run makes and syncs a store. */
#define SCRATCH_FOLDER "/dev/shm"

#include "entries.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "../../store/copy.h"
#include "../../store/files.h"
#include "../../store/lost.h"
#include "../../store/pages.h"
#include "../../store/record.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/erasure.h"
#include "hooktrail/keeping.h"
#include "hooktrail/log.h"
#include "hooktrail/merkle.h"
#include "hooktrail/token.h"

#define EVENTS 400
#define PAGE 4096
#define ROUNDS 25

struct original {
    uint8_t *value;
    size_t size;
};

struct bench {
    struct scratch scratch; /* the sound store, closed */
    struct random random;
    uint8_t *image; /* of its trail */
    size_t size;
    struct original events[EVENTS + 1];
    uint64_t count;
    char damaged[96];
    char to[96];
    char told[8192]; /* the findings of the last run */
};

static void read_file(const char *path, uint8_t **bytes, size_t *size)
{
    struct stat stat_of;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &stat_of), 0);
    *size = (size_t)stat_of.st_size;
    *bytes = malloc(*size);
    assert_non_null(*bytes);
    assert_int_equal(read(fd, *bytes, *size), stat_of.st_size);
    close(fd);
}

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

/* Payloads of every shape, some of which take pages of their own. */
static void append_large(struct ht_store *store, unsigned count)
{
    struct ht_appender *appender;
    assert_ok(ht_appender_new(store, &appender, &scratch_error));
    for (unsigned n = 0; n < count; n++) {
        char payload[9000], noise[8001];
        for (size_t i = 0; i < sizeof noise - 1; i++)
            noise[i] = (char)('0' + randombytes_uniform(64));
        for (size_t i = 0; i < sizeof noise - 1; i++)
            if (noise[i] == '\\') noise[i] = 'x';
        noise[sizeof noise - 1] = '\0';
        snprintf(payload, sizeof payload, "{\"type\":\"large\",\"n\":%u,\"noise\":\"%s\"}", n, noise);
        scratch_append(appender, payload, SCRATCH_NOW + n, NULL);
    }
    ht_appender_free(appender);
}

static void fill(struct ht_store *store)
{
    static const struct ht_subject_ref subjects[] = {{HT_SUBJECT_SEQ, HT_SLICE("7")},
                                                     {HT_SUBJECT_SEQ, HT_SLICE("100")}};
    struct ht_act act = {.at = SCRATCH_NOW, .kind = HT_ACT_EXPORT, .who = HT_SLICE("cli:test")};
    struct ht_erased erased;
    crowd_append(store, 1, 200);
    append_large(store, 10);
    crowd_reject(store, 3);
    for (int i = 0; i < 20; i++)
        assert_ok(ht_act_record(store, &act, &scratch_error));
    assert_ok(ht_erase(store, subjects, 2, "asked for", SCRATCH_NOW, false, NULL, NULL, &erased, &scratch_error));
    for (int log = 0; log < HT_LOG_COUNT; log++)
        assert_ok(ht_log_sign(store, (enum ht_log)log, &scratch_error));
    crowd_append(store, 201, 250);
    for (int log = 0; log < HT_LOG_COUNT; log++)
        assert_ok(ht_log_sign(store, (enum ht_log)log, &scratch_error));
}

static void keep_events(struct bench *bench)
{
    MDB_txn *txn;
    struct ht_store *store = bench->scratch.store;
    assert_int_equal(mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn), 0);
    assert_ok(trail_last(txn, store->trail.events, &bench->count, &scratch_error));
    assert_in_range(bench->count, 200, EVENTS);
    for (uint64_t seq = 1; seq <= bench->count; seq++) {
        struct ht_slice value = HT_ABSENT;
        assert_int_equal(trail_get(txn, store->trail.events, seq, &value), 0);
        bench->events[seq].value = malloc(value.size);
        bench->events[seq].size = value.size;
        memcpy(bench->events[seq].value, value.data, value.size);
    }
    mdb_txn_abort(txn);
}

static void make_unsealed(struct scratch *scratch)
{
    const struct ht_init_options unsealed = {.unsealed = true};
    snprintf(scratch->dir, sizeof scratch->dir, SCRATCH_FOLDER "/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(scratch->dir));
    assert_ok(ht_store_init(scratch->dir, &unsealed, SCRATCH_NOW, &scratch->secrets, &scratch_error));
    scratch_open(scratch);
}

static struct bench *make_bench(bool sealed)
{
    char path[128];
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->random.state = 1066;
    if (sealed)
        scratch_make(&bench->scratch);
    else
        make_unsealed(&bench->scratch);
    fill(bench->scratch.store);
    keep_events(bench);
    ht_store_close(bench->scratch.store);
    bench->scratch.store = NULL;
    snprintf(path, sizeof path, "%s/trail/data.mdb", bench->scratch.dir);
    read_file(path, &bench->image, &bench->size);
    snprintf(bench->damaged, sizeof bench->damaged, "%s.damaged", bench->scratch.dir);
    snprintf(bench->to, sizeof bench->to, "%s.salvaged", bench->scratch.dir);
    return bench;
}

static int set_up(void **state)
{
    *state = make_bench(true);
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    files_remove_tree(bench->damaged);
    files_remove_tree(bench->to);
    scratch_drop(&bench->scratch);
    for (uint64_t seq = 1; seq <= bench->count; seq++)
        free(bench->events[seq].value);
    free(bench->image);
    free(bench);
    return 0;
}

/* ---- a damaged copy, and its salvage ---- */

static void path_in(const char *dir, const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", dir, name);
}

static void copy_named(struct bench *bench, const char *name)
{
    char from[256], to[256];
    path_in(bench->scratch.dir, name, from);
    path_in(bench->damaged, name, to);
    struct stat stat_of;
    if (stat(from, &stat_of) != 0) return;
    if (S_ISDIR(stat_of.st_mode))
        assert_ok(copy_folder(from, to, NULL, &scratch_error));
    else
        assert_ok(copy_file(from, to, &scratch_error));
}

/* A copy of the store with this image as its trail. */
static void make_damaged(struct bench *bench, const uint8_t *image, size_t size)
{
    char path[256];
    files_remove_tree(bench->damaged);
    assert_int_equal(mkdir(bench->damaged, 0700), 0);
    copy_named(bench, "keys");
    copy_named(bench, "heads");
    copy_named(bench, "erasures.log");
    path_in(bench->damaged, "trail", path);
    assert_int_equal(mkdir(path, 0700), 0);
    path_in(bench->damaged, "trail/data.mdb", path);
    write_file(path, image, size);
}

static void damage_file(struct bench *bench, const char *name, size_t at, size_t cut)
{
    char path[256];
    uint8_t *bytes;
    size_t size;
    path_in(bench->damaged, name, path);
    read_file(path, &bytes, &size);
    if (at < size) bytes[at] ^= 0x10;
    write_file(path, bytes, size < cut ? size : cut);
    free(bytes);
}

static void remove_file(struct bench *bench, const char *name)
{
    char path[256];
    path_in(bench->damaged, name, path);
    assert_int_equal(unlink(path), 0);
}

static void note(void *context, const struct ht_finding *finding)
{
    struct bench *bench = context;
    size_t size = strlen(bench->told);
    assert_true(finding->lost);
    snprintf(bench->told + size, sizeof bench->told - size, "%s: %s\n", finding->table, finding->detail);
}

static enum ht_status salvage(struct bench *bench, struct ht_salvaged *salvaged, struct ht_error *err)
{
    const struct ht_salvage_options options = {
        .from = bench->damaged, .store = {.map_size = (size_t)1 << 30, .reserve = 1}, .now = SCRATCH_NOW + HT_SECOND};
    bench->told[0] = '\0';
    files_remove_tree(bench->to);
    return ht_salvage(&options, bench->to, note, NULL, bench, salvaged, err);
}

static void open_new(struct bench *bench, struct ht_store **store)
{
    const struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
    assert_ok(ht_store_open(bench->to, &options, store, &scratch_error));
}

/* ---- what must be there ---- */

static bool same(const struct bench *bench, const uint8_t *image, size_t size, size_t from, size_t count)
{
    return from + count <= bench->size && from + count <= size && memcmp(image + from, bench->image + from, count) == 0;
}

/* Whether the tree's hash of an event's leaf has become another, at any of its places: a record that has to be looked
   for is then not taken, for it may be of a transaction that was never committed. */
static bool is_contradicted(const struct bench *bench, uint64_t seq, const uint8_t *image, size_t size)
{
    uint8_t hash[HT_SHA256_SIZE];
    const uint8_t *at = bench->image, *end = bench->image + bench->size;
    ht_merkle_leaf(ht_slice_of(bench->events[seq].value + RECORD_LEAF, HT_LEAF_SIZE), hash);
    while ((at = memmem(at, (size_t)(end - at), hash, sizeof hash)) != NULL) {
        size_t from = (size_t)(at++ - bench->image);
        if (from + sizeof hash <= size && memcmp(image + from, hash, sizeof hash) != 0) return true;
    }
    return false;
}

/* Whether an event's node and value lie in the damaged image as they did, at any of the places where they did. */
static bool is_whole(const struct bench *bench, uint64_t seq, const uint8_t *image, size_t size)
{
    const struct original *event = &bench->events[seq];
    uint8_t node[16];
    uint32_t length = (uint32_t)event->size;
    bool large = event->size > 2000;
    memcpy(node, &length, 4);
    memcpy(node + 4, large ? "\1\0\10\0" : "\0\0\10\0", 4);
    ht_put_be64(node + 8, seq);
    const uint8_t *at = bench->image, *end = bench->image + bench->size;
    while ((at = memmem(at, (size_t)(end - at), node, sizeof node)) != NULL) {
        size_t from = (size_t)(at - bench->image);
        uint64_t page;
        at++;
        size_t value = from + sizeof node, own = sizeof node + (large ? sizeof page : event->size);
        if (large) {
            memcpy(&page, bench->image + value, sizeof page);
            value = page * PAGE + 16;
        }
        if (value + event->size > bench->size || memcmp(bench->image + value, event->value, event->size) != 0) continue;
        if (same(bench, image, size, from, own) && same(bench, image, size, value, event->size)) return true;
    }
    return false;
}

static bool is_mark(uint64_t seq, struct ht_slice value)
{
    struct lost lost;
    return record_intact(value, seq) && lost_read(value, &lost);
}

static void expect_kept(struct bench *bench, const uint8_t *image, size_t size, const char *what)
{
    MDB_txn *txn;
    struct ht_store *store;
    uint64_t last = 0, lost = 0;
    open_new(bench, &store);
    assert_int_equal(mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn), 0);
    assert_ok(trail_last(txn, store->trail.events, &last, &scratch_error));
    for (uint64_t seq = 1; seq <= bench->count; seq++) {
        const struct original *event = &bench->events[seq];
        struct ht_slice value = HT_ABSENT;
        bool whole = is_whole(bench, seq, image, size) && !is_contradicted(bench, seq, image, size);
        bool there = trail_get(txn, store->trail.events, seq, &value) == 0;
        bool kept = there && value.size == event->size && memcmp(value.data, event->value, value.size) == 0;
        if (whole && !kept)
            fail_msg("%s: event %llu was whole, and is lost\n%s", what, (unsigned long long)seq, bench->told);
        if (there && !kept && !is_mark(seq, value) && value.size != RECORD_TOMBSTONE_SIZE)
            fail_msg("%s: event %llu is another", what, (unsigned long long)seq);
        lost += there && !kept;
    }
    assert_in_range(last, 0, bench->count + EVENTS);
    mdb_txn_abort(txn);
    struct ht_verified verified;
    assert_ok(ht_verify(store, NULL, NULL, NULL, NULL, &verified, &scratch_error));
    ht_store_close(store);
}

static void salvage_image(struct bench *bench, const uint8_t *image, size_t size, const char *what,
                          struct ht_salvaged *salvaged)
{
    struct ht_error err = {0};
    make_damaged(bench, image, size);
    enum ht_status status = salvage(bench, salvaged, &err);
    if (!salvaged->done) fail_msg("%s: %s %s\n%s", what, ht_status_title(status), err.detail, bench->told);
    assert_int_equal(status, salvaged->findings > 0 ? HT_CORRUPT : HT_OK);
    expect_kept(bench, image, size, what);
}

static uint8_t *copy_image(const struct bench *bench)
{
    uint8_t *image = malloc(bench->size);
    assert_non_null(image);
    memcpy(image, bench->image, bench->size);
    return image;
}

/* ---- tests ---- */

static void a_sound_store_becomes_the_same(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_store *store;
    struct ht_endpoint endpoint;
    struct ht_reader *reader;
    salvage_image(bench, bench->image, bench->size, "sound", &salvaged);
    assert_string_equal(bench->told, "");
    assert_int_equal(salvaged.verified.events, bench->count);
    assert_int_equal(salvaged.verified.erased, 2);
    assert_int_equal(salvaged.verified.lost, 0);
    assert_false(salvaged.new_log);
    open_new(bench, &store);
    assert_ok(ht_reader_new(store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    assert_ok(ht_endpoint_find(reader, ht_slice_from(bench->scratch.secrets.endpoint + strlen("/hooks/")), &endpoint,
                               &scratch_error));
    struct ht_rejected_totals totals;
    assert_ok(ht_rejected_totals(reader, &totals, &scratch_error));
    assert_int_equal(totals.count, 3);
    ht_reader_end(reader);
    ht_reader_free(reader);
    ht_store_close(store);
}

static void flipped_bits_cost_what_they_hit(void **state)
{
    struct bench *bench = *state;
    for (int round = 0; round < ROUNDS; round++) {
        char what[64];
        struct ht_salvaged salvaged;
        uint8_t *image = copy_image(bench);
        int flips = 1 << random_below(&bench->random, 8);
        for (int i = 0; i < flips; i++)
            image[random_below(&bench->random, (uint32_t)bench->size)] ^=
                (uint8_t)(1 << random_below(&bench->random, 8));
        snprintf(what, sizeof what, "round %d, %d flips", round, flips);
        salvage_image(bench, image, bench->size, what, &salvaged);
        free(image);
    }
}

static void pages_of_zeros_cost_what_lay_there(void **state)
{
    struct bench *bench = *state;
    size_t pages = bench->size / PAGE;
    for (int round = 0; round < ROUNDS; round++) {
        char what[64];
        struct ht_salvaged salvaged;
        uint8_t *image = copy_image(bench);
        size_t page = (size_t)round < 2 ? (size_t)round : random_below(&bench->random, (uint32_t)pages);
        size_t count = 1 + random_below(&bench->random, round % 4 == 0 ? 16 : 2);
        for (size_t i = page; i < page + count && i < pages; i++)
            memset(image + i * PAGE, round % 3 == 2 ? 0xff : 0, PAGE);
        snprintf(what, sizeof what, "round %d, %zu pages from %zu", round, count, page);
        salvage_image(bench, image, bench->size, what, &salvaged);
        free(image);
    }
}

static void every_single_page_may_go(void **state)
{
    struct bench *bench = *state;
    for (size_t page = 0; page < bench->size / PAGE; page += 7) {
        char what[64];
        struct ht_salvaged salvaged;
        uint8_t *image = copy_image(bench);
        memset(image + page * PAGE, 0, PAGE);
        snprintf(what, sizeof what, "page %zu", page);
        salvage_image(bench, image, bench->size, what, &salvaged);
        free(image);
    }
}

static void a_file_cut_off_keeps_its_beginning(void **state)
{
    struct bench *bench = *state;
    for (int round = 0; round < ROUNDS / 2; round++) {
        char what[64];
        struct ht_salvaged salvaged;
        size_t size = bench->size / 4 + random_below(&bench->random, (uint32_t)(bench->size - bench->size / 4));
        snprintf(what, sizeof what, "round %d, %zu of %zu bytes", round, size, bench->size);
        salvage_image(bench, bench->image, size, what, &salvaged);
    }
}

/* One event is lost; the tree still knows its leaf, so the log goes on, and every other proof holds. */
static void a_lost_event_leaves_its_leaf(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_store *store;
    struct ht_reader *reader;
    uint8_t *image = copy_image(bench);
    const uint64_t seq = 50;
    const struct original *event = &bench->events[seq];
    uint8_t *at = image;
    while ((at = memmem(at, bench->size - (size_t)(at - image), event->value, event->size)) != NULL)
        at[event->size - 1] ^= 1;
    salvage_image(bench, image, bench->size, "one event", &salvaged);
    free(image);
    assert_int_equal(salvaged.lost, 1);
    assert_int_equal(salvaged.verified.lost, 1);
    assert_false(salvaged.new_log);
    assert_non_null(strstr(bench->told, "trail/events: 50 is lost"));
    open_new(bench, &store);
    assert_ok(ht_reader_new(store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    struct ht_slice leaf;
    struct ht_record_header header;
    struct ht_error err = {0};
    assert_ok(ht_log_leaf(reader, HT_LOG_EVENTS, seq, &leaf, &scratch_error));
    assert_memory_equal(leaf.data, event->value + RECORD_LEAF, HT_LEAF_SIZE);
    assert_int_equal(ht_trail_header(reader, seq, &header, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "event 50 is lost"));
    struct ht_act act;
    uint64_t last;
    assert_ok(ht_act_last(reader, &last, &scratch_error));
    assert_ok(ht_act_get(reader, last, &act, &scratch_error));
    assert_int_equal(act.kind, HT_ACT_SALVAGE);
    ht_reader_end(reader);
    ht_reader_free(reader);
    ht_store_close(store);
}

/* A mark that no salvage has made is a finding: nothing can be passed off as lost without an act in the signed log. */
static void a_mark_without_its_act_is_found(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_verified verified;
    struct ht_store *store;
    uint8_t value[LOST_SIZE], bytes[8];
    MDB_txn *txn;
    struct ht_error err = {0};
    struct lost lost = {.act = 1};
    salvage_image(bench, bench->image, bench->size, "sound", &salvaged);
    open_new(bench, &store);
    assert_int_equal(mdb_txn_begin(store->trail.env, NULL, 0, &txn), 0);
    ht_merkle_leaf(ht_slice_of(bench->events[9].value + RECORD_LEAF, HT_LEAF_SIZE), lost.hash);
    lost_write(&lost, 9, value);
    ht_put_be64(bytes, 9);
    MDB_val key = val_of(bytes, sizeof bytes), data = val_of(value, sizeof value);
    assert_int_equal(mdb_put(txn, store->trail.events, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    const struct ht_verify_options options = {.without_index = true};
    assert_int_equal(ht_verify(store, &options, NULL, NULL, NULL, &verified, &err), HT_CORRUPT);
    assert_int_equal(verified.findings, 1);
    assert_int_equal(verified.lost, 1);
    ht_store_close(store);
}

/* Twice: what was lost stays marked as it was, and is not told of again. */
static void a_salvaged_store_can_be_salvaged(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    char path[128];
    uint8_t *image = copy_image(bench), *marked;
    size_t size;
    uint8_t *at = memmem(image, bench->size, bench->events[60].value, bench->events[60].size);
    while (at != NULL) {
        at[20] ^= 1;
        at = memmem(at, bench->size - (size_t)(at - image), bench->events[60].value, bench->events[60].size);
    }
    salvage_image(bench, image, bench->size, "first", &salvaged);
    free(image);
    assert_int_equal(salvaged.lost, 1);
    files_remove_tree(bench->damaged);
    assert_int_equal(rename(bench->to, bench->damaged), 0);
    snprintf(path, sizeof path, "%s/trail/data.mdb", bench->damaged);
    read_file(path, &marked, &size);
    free(marked);
    assert_ok(salvage(bench, &salvaged, &scratch_error));
    assert_string_equal(bench->told, "");
    assert_int_equal(salvaged.lost, 0);
    assert_int_equal(salvaged.verified.lost, 1);
}

/* The meta page with which LMDB begins it is that of an empty environment. */
static void a_compacted_store_is_sound(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_compacted compacted;
    struct ht_store *store;
    const struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
    make_damaged(bench, bench->image, bench->size);
    assert_ok(ht_store_open(bench->damaged, &options, &store, &scratch_error));
    assert_ok(ht_compact(store, SCRATCH_NOW, &compacted, &scratch_error));
    remove_file(bench, "heads/events");
    assert_ok(salvage(bench, &salvaged, &scratch_error));
    assert_string_equal(bench->told, "");
    assert_false(salvaged.new_log);
    expect_kept(bench, bench->image, bench->size, "a compacted store");
}

/* ---- keys and what lies beside ---- */

static void without_its_signing_key_the_log_begins_anew(void **state)
{
    static const char *const files[] = {"keys/log.key", "keys/log.pub", "heads/events"};
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct ht_salvaged salvaged;
        make_damaged(bench, bench->image, bench->size);
        if (i < 2)
            damage_file(bench, files[i], 30, SIZE_MAX);
        else
            remove_file(bench, files[i]);
        enum ht_status status = salvage(bench, &salvaged, NULL);
        /* The newest checkpoint is in the trail too, and the trail is sound. */
        assert_int_equal(status, i < 2 ? HT_CORRUPT : HT_OK);
        assert_true(salvaged.done);
        assert_int_equal(salvaged.new_log, i < 2);
        assert_int_equal(strstr(salvaged.origin, "/salvaged-") != NULL, i < 2);
        expect_kept(bench, bench->image, bench->size, files[i]);
    }
}

static void without_its_hash_key_all_events_are_there(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    make_damaged(bench, bench->image, bench->size);
    remove_file(bench, "keys/index.key");
    assert_int_equal(salvage(bench, &salvaged, NULL), HT_CORRUPT);
    assert_true(salvaged.done);
    assert_false(salvaged.new_log);
    expect_kept(bench, bench->image, bench->size, "keys/index.key");
}

static void a_damaged_data_key_takes_what_it_sealed(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    make_damaged(bench, bench->image, bench->size);
    damage_file(bench, "keys/data.keys", 128 + 72 * 3 + 5, SIZE_MAX);
    assert_int_equal(salvage(bench, &salvaged, NULL), HT_CORRUPT);
    assert_true(salvaged.done);
    assert_true(salvaged.lost > 0 && salvaged.lost < bench->count / 2);
    assert_false(salvaged.new_log); /* their leaves lie in the open */
}

static void a_damaged_header_of_the_keys_takes_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    make_damaged(bench, bench->image, bench->size);
    damage_file(bench, "keys/data.keys", 30, SIZE_MAX);
    assert_ok(salvage(bench, &salvaged, &scratch_error));
    expect_kept(bench, bench->image, bench->size, "keys/data.keys");
}

static void keys_cut_off_or_gone_take_what_they_sealed(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    make_damaged(bench, bench->image, bench->size);
    damage_file(bench, "keys/data.keys", SIZE_MAX, 128 + 72 * 10);
    assert_int_equal(salvage(bench, &salvaged, NULL), HT_CORRUPT);
    assert_true(salvaged.done && salvaged.lost > 0);
    make_damaged(bench, bench->image, bench->size);
    remove_file(bench, "keys/data.keys");
    assert_int_equal(salvage(bench, &salvaged, NULL), HT_CORRUPT);
    assert_true(salvaged.done);
    assert_int_equal(salvaged.lost, bench->count - 2); /* tombstones need no key */
    assert_false(salvaged.new_log);
}

static void a_damaged_id_of_the_trail_is_found_elsewhere(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_error err = {0};
    uint8_t *image = copy_image(bench), *at = image;
    while ((at = memmem(at, bench->size - (size_t)(at - image), "trail_id", 8)) != NULL)
        *(at += 8) ^= 1;
    make_damaged(bench, image, bench->size);
    assert_int_equal(salvage(bench, &salvaged, &err), HT_CORRUPT);
    assert_true(salvaged.done);
    assert_int_equal(salvaged.lost, 0);
    assert_false(salvaged.new_log);
    expect_kept(bench, image, bench->size, "trail_id");
    free(image);
}

static void without_the_master_key_it_is_refused(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct stat stat_of;
    struct ht_error err = {0};
    make_damaged(bench, bench->image, bench->size);
    remove_file(bench, "keys/master.key");
    assert_int_equal(salvage(bench, &salvaged, &err), HT_FORBIDDEN);
    make_damaged(bench, bench->image, bench->size);
    damage_file(bench, "keys/master.key", 3, SIZE_MAX);
    assert_int_equal(salvage(bench, &salvaged, &err), HT_FORBIDDEN);
    make_damaged(bench, bench->image, bench->size);
    remove_file(bench, "keys/master.key");
    remove_file(bench, "keys/data.keys");
    assert_int_equal(salvage(bench, &salvaged, &err), HT_FORBIDDEN);
    assert_false(salvaged.done);
    assert_int_equal(stat(bench->to, &stat_of), -1);
}

static void what_was_erased_stays_erased(void **state)
{
    struct bench *bench = *state;
    for (int with_log = 0; with_log < 2; with_log++) {
        struct ht_salvaged salvaged;
        uint8_t *image = copy_image(bench);
        /* The erasure's row, wherever it lies: an act tells its reason too, with a shorter length. */
        for (size_t at = 0; at + 11 < bench->size; at++) {
            uint8_t *found = memmem(image + at, bench->size - at, "\0\tasked for", 11);
            if (found == NULL) break;
            at = (size_t)(found - image);
            found[2] ^= 1;
        }
        make_damaged(bench, image, bench->size);
        if (!with_log) remove_file(bench, "erasures.log");
        enum ht_status status = salvage(bench, &salvaged, NULL);
        if (status != (with_log ? HT_OK : HT_CORRUPT)) fail_msg("with_log %d: %s", with_log, bench->told);
        assert_true(salvaged.done);
        assert_int_equal(salvaged.verified.erased, 2);
        expect_kept(bench, image, bench->size, "erasures");
        free(image);
    }
}

/* Where the directory's count of events is rotten, marks are not made for what can't have been. */
static void a_count_beyond_reason_is_bounded(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    uint8_t *image = copy_image(bench), *at = image;
    /* A node of the directory: "events", and behind it an MDB_db with the count at 32. */
    while ((at = memmem(at, bench->size - (size_t)(at - image), "\6\0events", 8)) != NULL) {
        uint64_t count;
        memcpy(&count, at + 8 + 32, sizeof count);
        if (count <= EVENTS) at[8 + 32 + 1] ^= 0x10; /* 4096 more */
        at += 8;
    }
    salvage_image(bench, image, bench->size, "a count", &salvaged);
    free(image);
    assert_in_range(salvaged.lost, 1, 64);
    assert_false(salvaged.new_log);
}

/* Records that lie open: events, repeats and rejected deliveries are told apart by what they hold. */
static void an_unsealed_store_is_searched_too(void **state)
{
    (void)state;
    struct ht_salvaged sound, salvaged;
    struct bench *bench = make_bench(false);
    salvage_image(bench, bench->image, bench->size, "unsealed", &sound);
    assert_string_equal(bench->told, "");
    uint8_t *image = copy_image(bench);
    memset(image, 0, (size_t)2 * PAGE);
    salvage_image(bench, image, bench->size, "unsealed, both meta pages", &salvaged);
    free(image);
    assert_int_equal(salvaged.verified.events, sound.verified.events);
    assert_int_equal(salvaged.verified.repeats, sound.verified.repeats);
    assert_int_equal(salvaged.verified.erased, sound.verified.erased);
    assert_int_equal(salvaged.verified.lost, 0);
    void *own = bench;
    tear_down(&own);
}

static void nothing_else_is_touched(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_error err = {0};
    make_damaged(bench, bench->image, bench->size);
    files_remove_tree(bench->to);
    assert_int_equal(mkdir(bench->to, 0700), 0);
    char path[256];
    path_in(bench->to, "mine", path);
    write_file(path, (const uint8_t *)"x", 1);
    const struct ht_salvage_options options = {.from = bench->damaged, .now = SCRATCH_NOW};
    assert_int_equal(ht_salvage(&options, bench->to, NULL, NULL, NULL, &salvaged, &err), HT_EXISTS);
    files_remove_tree(bench->to);
    const struct ht_salvage_options nowhere = {.from = "/dev/shm/hooktrail-nowhere", .now = SCRATCH_NOW};
    assert_int_equal(ht_salvage(&nowhere, bench->to, NULL, NULL, NULL, &salvaged, &err), HT_NOT_FOUND);
}

static void what_has_nothing_of_a_trail_is_refused(void **state)
{
    struct bench *bench = *state;
    struct ht_salvaged salvaged;
    struct ht_error err = {0};
    uint8_t *noise = malloc(64 * PAGE);
    randombytes_buf(noise, 64 * PAGE);
    /* The log's last checkpoint says how many events there were: that they are lost. */
    make_damaged(bench, noise, 64 * PAGE);
    assert_int_equal(salvage(bench, &salvaged, &err), HT_CORRUPT);
    assert_true(salvaged.done && salvaged.new_log);
    make_damaged(bench, noise, 0);
    remove_file(bench, "keys/log.pub");
    remove_file(bench, "erasures.log");
    assert_int_equal(salvage(bench, &salvaged, &err), HT_CORRUPT);
    assert_false(salvaged.done);
    free(noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_store_becomes_the_same),
        cmocka_unit_test(a_lost_event_leaves_its_leaf),
        cmocka_unit_test(a_mark_without_its_act_is_found),
        cmocka_unit_test(a_salvaged_store_can_be_salvaged),
        cmocka_unit_test(what_was_erased_stays_erased),
        cmocka_unit_test(flipped_bits_cost_what_they_hit),
        cmocka_unit_test(pages_of_zeros_cost_what_lay_there),
        cmocka_unit_test(every_single_page_may_go),
        cmocka_unit_test(a_file_cut_off_keeps_its_beginning),
        cmocka_unit_test(a_compacted_store_is_sound),
        cmocka_unit_test(without_its_signing_key_the_log_begins_anew),
        cmocka_unit_test(without_its_hash_key_all_events_are_there),
        cmocka_unit_test(a_damaged_data_key_takes_what_it_sealed),
        cmocka_unit_test(a_damaged_header_of_the_keys_takes_nothing),
        cmocka_unit_test(keys_cut_off_or_gone_take_what_they_sealed),
        cmocka_unit_test(a_damaged_id_of_the_trail_is_found_elsewhere),
        cmocka_unit_test(without_the_master_key_it_is_refused),
        cmocka_unit_test(a_count_beyond_reason_is_bounded),
        cmocka_unit_test(an_unsealed_store_is_searched_too),
        cmocka_unit_test(nothing_else_is_touched),
        cmocka_unit_test(what_has_nothing_of_a_trail_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
