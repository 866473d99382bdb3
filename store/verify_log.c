#include "verify_log.h"

#include <inttypes.h>
#include <stdlib.h>

#include "crew.h"
#include "hooktrail/time.h"
#include "verify_record.h"
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

/* Tells the piece that it works on. */
struct worker {
    struct pass *pass;
    struct verify_worker own;
};

/* ---- a chunk, in the thread of a worker ---- */

static enum ht_status check_record(struct worker *worker, struct piece *piece, uint64_t number,
                                   struct verify_look *look, struct ht_error *err)
{
    size_t at = (number - 1) % CREW_CHUNK;
    enum ht_status status = verify_record(&worker->own, number, look, err);
    memcpy(piece->leaves[at], look->leaf, sizeof look->leaf);
    piece->known[at] = look->known;
    piece->missing[at] = look->missing;
    return status;
}

/* The index may have come further than the end that is looked up to, or have what the trail has lost. */
static enum ht_status take_record(struct worker *worker, struct piece *piece, uint64_t number, struct ht_error *err)
{
    struct verify_look look;
    struct verify *verify = &worker->own.verify;
    enum ht_status status = HT_OK;
    if (number <= worker->pass->tree.size)
        status = check_record(worker, piece, number, &look, err);
    else
        look.read = ht_trail_peek(verify->reader, number, verify->unpacker, &look.record, err);
    if (status != HT_OK || number > worker->pass->harvested) return status;
    return harvest_keep(worker->own.harvest, number, look.read, &look.record, err);
}

static enum ht_status take_span(struct worker *worker, struct piece *piece, uint64_t *next, uint64_t last,
                                struct ht_error *err)
{
    int64_t deadline = ht_time_steady() + SPAN_TIME;
    struct ht_reader *reader = worker->own.verify.reader;
    enum ht_status status = reader_begin_trail(reader, err);
    if (status != HT_OK) return status;
    do
        status = take_record(worker, piece, (*next)++, err);
    while (status == HT_OK && *next <= last && ht_time_steady() < deadline);
    if (reader->begun) harvest_end(worker->own.harvest);
    return status;
}

/* Once all leaves of the chunk, which ends with number `last`, are there. */
static enum ht_status check_leaves(struct worker *worker, struct piece *piece, uint64_t last, struct ht_error *err)
{
    struct verify *verify = &worker->own.verify;
    struct verify_tree *tree = &worker->pass->tree;
    uint64_t before = (last - 1) / CREW_CHUNK * CREW_CHUNK;
    if (before >= tree->size) return HT_OK;
    size_t count = (size_t)((last < tree->size ? last : tree->size) - before);
    enum ht_status status = reader_begin_trail(verify->reader, err);
    if (status != HT_OK) return status;
    status = verify_tree_leaves(verify, tree, before, piece->leaves, piece->known, count, err);
    harvest_end(worker->own.harvest);
    return status;
}

/* Always all of a chunk: what a harvest keeps of an event is little. */
static enum ht_status run(void *context, void *result, uint64_t *next, uint64_t last, struct ht_error *err)
{
    struct worker *worker = context;
    struct piece *piece = result;
    enum ht_status status = HT_OK;
    piece->verified = (struct ht_verified){0};
    ht_buffer_clear(&piece->findings);
    harvest_clear(worker->own.harvest);
    worker->own.verify.verified = &piece->verified;
    worker->own.verify.context = piece;
    while (status == HT_OK && *next <= last)
        status = take_span(worker, piece, next, last, err);
    if (status == HT_OK) status = check_leaves(worker, piece, last, err);
    harvest_move(piece->events, worker->own.harvest);
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
    harvest_free(worker->own.harvest);
    ht_buffer_release(&worker->own.erasure_row);
    free(worker);
}

static void *new_worker(void *context)
{
    static const uint8_t no_key[sizeof((struct derivation *)NULL)->hash_key];
    struct pass *pass = context;
    struct worker *worker = calloc(1, sizeof *worker);
    struct harvest *harvest =
        harvest_new(pass->verify->store, pass->derivation != NULL ? pass->derivation->hash_key : no_key);
    if (worker == NULL || harvest == NULL) {
        harvest_free(harvest);
        free(worker);
        return NULL;
    }
    worker->pass = pass;
    worker->own = (struct verify_worker){
        .verify = *pass->verify, .log = pass->tree.log, .table = pass->tree.records, .harvest = harvest};
    worker->own.verify.reader = &harvest->trail;
    worker->own.verify.unpacker = harvest->trail.tools.unpacker;
    worker->own.verify.report = keep_finding;
    worker->own.verify.progress = NULL;
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
    verify->verified->lost += piece->verified.lost;
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
