#include "verify_log.h"

#include <inttypes.h>
#include <stdlib.h>

#include "crew.h"
#include "erasures.h"
#include "hooktrail/act.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/time.h"
#include "record.h"
#include "verify_tree.h"

#define SPAN_TIME (HT_SECOND / 10)

_Static_assert(CREW_CHUNK == HT_TILE_WIDTH && CREW_CHUNK <= HARVEST_EVENTS, "a chunk is a tile of leaves");

/* All of a log, once. */
struct pass {
    struct verify *verify;
    struct verify_tree tree;
    struct derivation *derivation; /* NULL: nothing is harvested */
    uint64_t harvested;            /* the last seq that is */
    uint64_t missing;              /* the first of those that are missing; 0: none before the next one */
};

/* What comes of a chunk: taken by the thread that tells findings and progress. */
struct piece {
    uint8_t leaves[CREW_CHUNK][HT_SHA256_SIZE]; /* by number, of all the chunk */
    bool known[CREW_CHUNK];
    bool missing[CREW_CHUNK];
    struct ht_verified verified;
    struct ht_buffer findings; /* struct ht_finding */
    struct harvest *events;
};

struct worker {
    struct pass *pass;
    struct verify verify;    /* its own: with its reader, telling the piece */
    struct harvest *harvest; /* whose trail is that reader */
    uint32_t endpoint;       /* known to be there, so that not each event looks again; 0: none yet */
    uint64_t erasure;        /* the one whose row, if it is not 0, is below */
    struct ht_buffer erasure_row;
};

/* ---- a record by itself ---- */

/* What one look at a record gave. */
struct look {
    uint8_t leaf[HT_SHA256_SIZE]; /* its hash */
    bool known;                   /* the leaf is */
    bool missing;
    uint32_t endpoint;
    enum ht_status read;     /* what reading an event came to, whether it is sound or not: */
    struct ht_record record; /* HT_OK, with this */
};

static enum ht_status get_raw(struct worker *worker, MDB_dbi table, uint64_t number, struct ht_slice *value,
                              struct ht_error *err)
{
    int code = trail_get(worker->verify.reader->trail_txn, table, number, value);
    return code == 0 ? HT_OK : env_fail(err, code, "reading a record");
}

/* Reads an erasure's row into the worker, unless it is there already: tombstones of one erasure come together. */
static enum ht_status load_erasure(struct worker *worker, uint64_t number, struct erasures_row *row,
                                   struct ht_error *err)
{
    if (worker->erasure != number) {
        struct ht_slice value = HT_ABSENT;
        worker->erasure = 0;
        enum ht_status status = get_raw(worker, worker->verify.store->trail.erasures, number, &value, err);
        if (status != HT_OK) return status;
        ht_buffer_clear(&worker->erasure_row);
        ht_buffer_add(&worker->erasure_row, value);
        status = ht_buffer_status(&worker->erasure_row, err);
        if (status == HT_OK) status = erasures_decode(ht_buffer_slice(&worker->erasure_row), number, row, err);
        if (status != HT_OK) return status;
        worker->erasure = number;
    }
    return erasures_read(ht_buffer_slice(&worker->erasure_row), number, row, err);
}

static enum ht_status check_tombstone(struct worker *worker, uint64_t seq, uint64_t number, struct ht_error *err)
{
    struct erasures_row row;
    enum ht_status status = load_erasure(worker, number, &row, err);
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is marked as erased by %" PRIu64 ", which is not there", seq,
                       number);
    if (!verify_is_of_store(status) && status != HT_OK) return status;
    if (status == HT_OK && !erasures_cover(row.ranges, seq))
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is marked as erased by %" PRIu64 ", which did not take it",
                       seq, number);
    return HT_OK; /* a row that does not decode is found in its own table */
}

static enum ht_status check_payload(const struct verify *verify, uint64_t seq, struct look *look, struct ht_error *err)
{
    struct record_parts parts;
    look->read = record_read(verify->reader, seq, verify->unpacker, &parts, &look->record, err);
    if (look->read != HT_OK) return look->read;
    enum ht_status status = record_check(verify->unpacker, &parts, &look->record, err);
    if (status != HT_OK) return status;
    look->endpoint = look->record.header.endpoint;
    verify->verified->bytes += look->record.header.size;
    return HT_OK;
}

/* All of an event that lies in the open; of the rest, with its key, digest and commitment. */
static enum ht_status check_event(struct worker *worker, uint64_t seq, struct ht_slice value, struct look *look,
                                  struct ht_error *err)
{
    const struct verify *verify = &worker->verify;
    struct ht_record_header header;
    enum ht_status status = HT_ERASED;
    if (!verify->locked && value.size != RECORD_TOMBSTONE_SIZE) status = check_payload(verify, seq, look, err);
    if (status == HT_OK) return HT_OK;
    if (status == HT_FORBIDDEN)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is sealed, but there are no keys", seq);
    if (status != HT_ERASED) return status;
    status = ht_trail_header(verify->reader, seq, &header, err);
    if (status != HT_OK) return status;
    look->endpoint = header.endpoint;
    if (header.erasure != 0) {
        verify->verified->erased++;
        return check_tombstone(worker, seq, header.erasure, err);
    }
    if (verify->locked) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is not marked as erased, but its data key is destroyed", seq);
}

static enum ht_status look_at_event(struct worker *worker, uint64_t seq, struct look *look, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    *look = (struct look){.read = HT_ERASED};
    enum ht_status status = get_raw(worker, worker->verify.store->trail.events, seq, &value, err);
    look->missing = status == HT_NOT_FOUND;
    if (status != HT_OK) return look->read = status;
    status = check_event(worker, seq, value, look, err);
    /* Only what was erased, or can't be opened, is known to have a sound checksum and so a leaf to go by. */
    look->known = status == HT_OK || (value.size >= RECORD_LEAF + HT_LEAF_SIZE && record_intact(value, seq));
    if (look->known) ht_merkle_leaf(record_leaf(value), look->leaf);
    return status;
}

static enum ht_status look_at_act(struct worker *worker, uint64_t seq, struct look *look, struct ht_error *err)
{
    struct ht_act act;
    struct ht_slice leaf = HT_ABSENT;
    *look = (struct look){.endpoint = 0};
    enum ht_status status = ht_log_leaf(worker->verify.reader, HT_LOG_ACTS, seq, &leaf, err);
    look->missing = status == HT_NOT_FOUND;
    if (status != HT_OK) return status;
    look->known = true;
    ht_merkle_leaf(leaf, look->leaf);
    return ht_act_get(worker->verify.reader, seq, &act, err);
}

static enum ht_status look_at(struct worker *worker, uint64_t seq, struct look *look, struct ht_error *err)
{
    return worker->pass->tree.log == HT_LOG_EVENTS ? look_at_event(worker, seq, look, err)
                                                   : look_at_act(worker, seq, look, err);
}

/* What is wrong is looked at again in a newer snapshot: an erasure may have destroyed the key of a record that this one
   still shows. */
static enum ht_status look_twice(struct worker *worker, uint64_t seq, struct look *look, struct ht_error *err)
{
    enum ht_status status = look_at(worker, seq, look, err);
    if (status == HT_OK || look->missing || !verify_is_of_store(status)) return status;
    harvest_end(worker->harvest);
    status = reader_begin_trail(worker->verify.reader, err);
    if (status != HT_OK) return status;
    worker->erasure = 0;
    return look_at(worker, seq, look, err);
}

static enum ht_status check_endpoint(struct worker *worker, uint64_t seq, uint32_t id, struct ht_error *err)
{
    struct ht_endpoint endpoint;
    if (id == worker->endpoint) return HT_OK;
    enum ht_status status = ht_endpoint_get(worker->verify.reader, id, &endpoint, err);
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) worker->endpoint = id;
    if (status != HT_NOT_FOUND) return HT_OK; /* one that doesn't decode is found in its own table */
    verify_found(&worker->verify, worker->pass->tree.records, seq,
                 "number %" PRIu64 " came to endpoint %" PRIu32 ", which is not there", seq, id);
    return HT_OK;
}

/* ---- a chunk, in the thread of a worker ---- */

static enum ht_status check_record(struct worker *worker, struct piece *piece, uint64_t number, struct look *look,
                                   struct ht_error *err)
{
    const struct verify_tree *tree = &worker->pass->tree;
    struct verify *verify = &worker->verify;
    size_t at = (number - 1) % CREW_CHUNK;
    enum ht_status status = look_twice(worker, number, look, err);
    piece->known[at] = look->known;
    piece->missing[at] = look->missing;
    memcpy(piece->leaves[at], look->leaf, sizeof look->leaf);
    if (look->missing) return HT_OK;
    verify->verified->events += tree->log == HT_LOG_EVENTS;
    verify->verified->acts += tree->log == HT_LOG_ACTS;
    if (status != HT_OK) return verify_judge(verify, status, tree->records, number, err);
    return tree->log == HT_LOG_EVENTS ? check_endpoint(worker, number, look->endpoint, err) : HT_OK;
}

/* The index may have come further than the end that is looked up to, or have what the trail has lost. */
static enum ht_status take_record(struct worker *worker, struct piece *piece, uint64_t number, struct ht_error *err)
{
    struct look look;
    enum ht_status status = HT_OK;
    if (number <= worker->pass->tree.size)
        status = check_record(worker, piece, number, &look, err);
    else
        look.read = ht_trail_peek(worker->verify.reader, number, worker->verify.unpacker, &look.record, err);
    if (status != HT_OK || number > worker->pass->harvested) return status;
    return harvest_keep(worker->harvest, number, look.read, &look.record, err);
}

/* Ends early where the harvest grows too large: with ids as long as payloads. */
static bool goes_on(const struct worker *worker, uint64_t next, uint64_t last)
{
    return next <= last && worker->harvest->texts.size < HARVEST_BYTES;
}

static enum ht_status take_span(struct worker *worker, struct piece *piece, uint64_t *next, uint64_t last,
                                struct ht_error *err)
{
    int64_t deadline = ht_time_steady() + SPAN_TIME;
    enum ht_status status = reader_begin_trail(worker->verify.reader, err);
    if (status != HT_OK) return status;
    do
        status = take_record(worker, piece, (*next)++, err);
    while (status == HT_OK && goes_on(worker, *next, last) && ht_time_steady() < deadline);
    if (worker->verify.reader->begun) harvest_end(worker->harvest);
    return status;
}

/* Once all leaves of the chunk, which ends with number `last`, are there. */
static enum ht_status check_leaves(struct worker *worker, struct piece *piece, uint64_t last, struct ht_error *err)
{
    struct verify_tree *tree = &worker->pass->tree;
    uint64_t before = (last - 1) / CREW_CHUNK * CREW_CHUNK;
    if (before >= tree->size) return HT_OK;
    size_t count = (size_t)((last < tree->size ? last : tree->size) - before);
    enum ht_status status = reader_begin_trail(worker->verify.reader, err);
    if (status != HT_OK) return status;
    status = verify_tree_leaves(&worker->verify, tree, before, piece->leaves, piece->known, count, err);
    harvest_end(worker->harvest);
    return status;
}

static enum ht_status run(void *context, void *result, uint64_t *next, uint64_t last, struct ht_error *err)
{
    struct worker *worker = context;
    struct piece *piece = result;
    enum ht_status status = HT_OK;
    piece->verified = (struct ht_verified){0};
    ht_buffer_clear(&piece->findings);
    harvest_clear(worker->harvest);
    worker->verify.verified = &piece->verified;
    worker->verify.context = piece;
    while (status == HT_OK && goes_on(worker, *next, last))
        status = take_span(worker, piece, next, last, err);
    if (status == HT_OK && *next > last) status = check_leaves(worker, piece, last, err);
    harvest_move(piece->events, worker->harvest);
    return status == HT_OK ? ht_buffer_status(&piece->findings, err) : status;
}

static void keep_finding(void *context, const struct ht_finding *finding)
{
    struct piece *piece = context;
    ht_buffer_add_bytes(&piece->findings, finding, sizeof *finding);
}

static void free_worker(void *context)
{
    struct worker *worker = context;
    harvest_free(worker->harvest);
    ht_buffer_release(&worker->erasure_row);
    free(worker);
}

static void *new_worker(void *context)
{
    static const uint8_t none[sizeof((struct derivation *)NULL)->hash_key];
    struct pass *pass = context;
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) return NULL;
    worker->pass = pass;
    worker->harvest = harvest_new(pass->verify->store, pass->derivation != NULL ? pass->derivation->hash_key : none);
    if (worker->harvest == NULL) {
        free_worker(worker);
        return NULL;
    }
    worker->verify = *pass->verify;
    worker->verify.reader = &worker->harvest->trail;
    worker->verify.unpacker = worker->harvest->trail.tools.unpacker;
    worker->verify.report = keep_finding;
    worker->verify.progress = NULL;
    return worker;
}

static void free_piece(void *context)
{
    struct piece *piece = context;
    ht_buffer_release(&piece->findings);
    harvest_free(piece->events);
    free(piece);
}

static void *new_piece(void *context)
{
    (void)context;
    struct piece *piece = calloc(1, sizeof *piece);
    if (piece == NULL) return NULL;
    piece->events = harvest_new_empty();
    if (piece->events != NULL) return piece;
    free_piece(piece);
    return NULL;
}

/* ---- in the thread that tells ---- */

static void report_missing(struct pass *pass, uint64_t before)
{
    if (pass->missing == 0) return;
    verify_found(pass->verify, pass->tree.records, pass->missing, "%" PRIu64 " to %" PRIu64 " are missing",
                 pass->missing, before - 1);
    pass->missing = 0;
}

/* Among the numbers from `first` to the one before `next`. */
static void look_for_gaps(struct pass *pass, const struct piece *piece, uint64_t first, uint64_t next)
{
    for (uint64_t number = first; number < next && number <= pass->tree.size; number++) {
        if (!piece->missing[(number - 1) % CREW_CHUNK])
            report_missing(pass, number);
        else if (pass->missing == 0)
            pass->missing = number;
    }
}

static void tell(struct verify *verify, const struct piece *piece)
{
    const struct ht_finding *findings = (const void *)piece->findings.data;
    size_t count = piece->findings.size / sizeof *findings;
    for (size_t i = 0; i < count; i++)
        verify_found(verify, findings[i].table, findings[i].seq, "%s", findings[i].detail);
    verify->verified->findings += piece->verified.findings - count; /* beyond those that are told one by one */
    verify->verified->events += piece->verified.events;
    verify->verified->erased += piece->verified.erased;
    verify->verified->acts += piece->verified.acts;
    verify->verified->bytes += piece->verified.bytes;
}

static enum ht_status take_piece(struct pass *pass, struct crew *crew, uint64_t *next, uint64_t last,
                                 struct ht_error *err)
{
    void *result;
    uint64_t first = *next;
    enum ht_status status = crew_next(crew, next, last, &result, err);
    const struct piece *piece = result;
    look_for_gaps(pass, piece, first, *next);
    tell(pass->verify, piece);
    if (status != HT_OK) return status;
    if (piece->events->count > 0) derivation_take(pass->derivation, piece->events);
    if (pass->tree.log == HT_LOG_EVENTS) pass->verify->done = *next - 1;
    return verify_goes_on(pass->verify, err);
}

static enum ht_status take_all(struct pass *pass, struct crew *crew, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    uint64_t next = 1, size = pass->tree.size, last = size > pass->harvested ? size : pass->harvested;
    if (pass->tree.log == HT_LOG_EVENTS) pass->verify->total = last;
    while (status == HT_OK && next <= last)
        status = take_piece(pass, crew, &next, last, err);
    report_missing(pass, next <= size ? next : size + 1);
    return status;
}

static unsigned helpers(const struct pass *pass)
{
    if (pass->tree.log == HT_LOG_ACTS) return 0; /* they are few */
    return pass->verify->threads != 0 ? pass->verify->threads - 1 : crew_helpers();
}

static enum ht_status run_crew(struct pass *pass, struct ht_error *err)
{
    const struct crew_work work = {pass, new_worker, free_worker, new_piece, free_piece, run};
    if (pass->derivation != NULL) pass->harvested = pass->derivation->until.seq;
    struct crew *crew = crew_new(&work, helpers(pass));
    if (crew == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for verifying");
    enum ht_status status = take_all(pass, crew, err);
    crew_free(crew);
    return status;
}

enum ht_status verify_log(struct verify *verify, enum ht_log log, uint64_t size, struct derivation *derivation,
                          struct ht_error *err)
{
    struct pass pass = {.verify = verify, .derivation = derivation};
    enum ht_status status = verify_tree_init(&pass.tree, log, size, err);
    if (status == HT_OK) status = run_crew(&pass, err);
    if (status == HT_OK) status = verify_tree_finish(verify, &pass.tree, err);
    verify_tree_release(&pass.tree);
    return status;
}

enum ht_status verify_harvest(struct verify *verify, struct derivation *derivation, struct ht_error *err)
{
    struct pass pass = {.verify = verify, .tree = {.log = HT_LOG_EVENTS, .size = 0}, .derivation = derivation};
    return run_crew(&pass, err);
}
