/* A run, and why each row ends up in the target exactly once whenever the run is killed:

   1. The end of the run is fixed in the trail (the watermark's `pending`) before anything is written, so that the
      repeated run takes the same part of the trail, though that has grown.
   2. The rows follow from that part, and the files from the rows. A target takes the same run again without doubling
      anything: files are written over, a database holds the run's number in the same transaction as its rows.
   3. The watermark moves when the target holds all of the run durably. A run killed before that is repeated; one killed
      between is found complete in the target, and only the watermark moves.

   Erasures go first, so that no warehouse holds what the trail has forgotten for longer than until the next run. */
#include "hooktrail/export.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "hooktrail/act.h"
#include "hooktrail/erasure.h"
#include "hooktrail/log.h"
#include "hooktrail/time.h"
#include "lock.h"
#include "options.h"
#include "restated.h"
#include "source.h"
#include "target_singer.h"

#define NICE 10

struct job {
    struct ht_store *store;
    const struct ht_export_options *options;
    const char *name; /* "" if there is none */
    int64_t now;
    ht_progress *progress;
    void *context;
    struct ht_export_result *result;
    struct ht_reader *reader;
    struct export_target *target;
    uint32_t tables;    /* bit per table */
    int name_lock;      /* or -1 */
    int databases_lock; /* or -1 */
    bool alone;         /* no other export may bring anything to a database meanwhile: the run replaces it all */
    char trail[2 * HT_TRAIL_ID_SIZE + 1];
    struct ht_mark end; /* of the trail, now */
    struct ht_buffer checkpoint;
    struct export_run run;
    /* How far it is: numbers of all its tables. */
    uint64_t walked;
    uint64_t to_walk;
    uint32_t table_count;
};

static enum ht_status go_on(const struct job *job, uint64_t done, uint64_t total, struct ht_error *err)
{
    if (!job->progress || job->progress(job->context, done, total)) return HT_OK;
    return ht_fail(err, HT_STOPPING, "the export was stopped; the next run repeats what is unfinished");
}

/* ---- one table ---- */

/* What a table is made from. */
static const struct table_source {
    export_step *step;
    bool whole; /* restated as a whole after an erasure */
} sources[EXPORT_TABLE_COUNT] = {
    [EXPORT_ERASURES] = {export_step_erasures, false},
    [EXPORT_EVENTS] = {export_step_events, false},
    [EXPORT_DELIVERIES] = {export_step_deliveries, true},
    [EXPORT_CONVERSATIONS] = {export_step_conversations, true},
    [EXPORT_MESSAGES] = {export_step_messages, true},
    [EXPORT_LEADS] = {export_step_leads, true},
    [EXPORT_LEAD_CHANGES] = {export_step_lead_changes, true},
    [EXPORT_AGENTS] = {export_step_agents, true},
};

static bool is_within(void *context, const struct ht_row *row)
{
    const struct job *job = context;
    return row->received_at >= job->options->since && row->received_at < job->options->until;
}

/* Steps from `first` to `last`. */
static enum ht_status walk(struct job *job, struct export_source *source, export_step *step, uint64_t first,
                           uint64_t last, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    uint64_t walked = job->walked;
    source->next = first;
    source->last = last;
    source->part = 0;
    while (status == HT_OK && source->next <= last) {
        status = step(source, err);
        if (status == HT_OK) status = job->target->ops->flush(job->target, err);
        job->walked = walked + (source->next - first);
        if (status == HT_OK) status = go_on(job, job->walked / job->table_count, job->to_walk / job->table_count, err);
    }
    return status;
}

/* What a run takes of a table, by the numbers that its source goes by. */
struct part {
    uint64_t first;
    uint64_t last;
    uint64_t first_repeat; /* of deliveries: of repeated ones, by their own numbers */
    uint64_t last_repeat;
};

static struct part part_of(const struct export_run *run, enum export_table_id table)
{
    struct part part = {.first = run->after.position.seq + 1, .last = run->until.position.seq, .first_repeat = 1};
    if (table == EXPORT_ERASURES) {
        part.first = run->after.erasure + 1;
        part.last = run->until.erasure;
    } else if (run->restates && sources[table].whole) {
        part.first = 1;
    }
    if (table == EXPORT_DELIVERIES) {
        part.first_repeat = run->restates ? 1 : run->after.position.repeat + 1;
        part.last_repeat = run->until.position.repeat;
    }
    return part;
}

static uint64_t size_of(const struct part *part)
{
    return part->last - part->first + 1 + (part->last_repeat - part->first_repeat + 1);
}

/* `again` comes before: events that were erased since earlier runs wrote them. */
static enum ht_status write_part(struct job *job, struct export_source *source, enum export_table_id table,
                                 const struct export_spans *again, struct ht_error *err)
{
    struct part part = part_of(&job->run, table);
    enum ht_status status = job->target->ops->table_begin(job->target, table, false, err);
    for (size_t i = 0; i < again->count && status == HT_OK; i++)
        status = walk(job, source, sources[table].step, again->list[i].first, again->list[i].last, err);
    if (status == HT_OK) status = walk(job, source, sources[table].step, part.first, part.last, err);
    if (status == HT_OK) status = walk(job, source, export_step_repeats, part.first_repeat, part.last_repeat, err);
    return status == HT_OK ? job->target->ops->table_end(job->target, err) : status;
}

/* For targets that write them apart, together with whatever they have to write again for them. */
static enum ht_status write_apart(struct job *job, struct export_source *source, struct export_spans *again,
                                  struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < again->count && status == HT_OK; i++) {
        status = job->target->ops->table_begin(job->target, EXPORT_EVENTS, true, err);
        if (status == HT_OK)
            status = walk(job, source, export_step_events, again->list[i].first, again->list[i].last, err);
        if (status == HT_OK) status = job->target->ops->table_end(job->target, err);
    }
    again->count = 0;
    return status;
}

/* ---- all tables ---- */

static enum ht_status find_again(struct job *job, struct export_spans *again, struct ht_error *err)
{
    enum ht_status status = export_restated_find(again, job->reader, &job->run, job->target, err);
    for (size_t i = 0; i < again->count; i++)
        job->to_walk += again->list[i].last - again->list[i].first + 1;
    return status;
}

static enum ht_status write_table(struct job *job, enum export_table_id table, struct ht_error *err)
{
    struct export_source source;
    struct export_spans again = {0};
    enum ht_status status = export_source_init(&source, job->reader, &job->run, job->target, err);
    source.table = &export_tables[table];
    source.wants = export_options_are_ranged(job->options) ? is_within : NULL;
    source.context = job;
    if (status == HT_OK && table == EXPORT_EVENTS && job->run.restates) status = find_again(job, &again, err);
    if (status == HT_OK && job->target->ops->restate) status = write_apart(job, &source, &again, err);
    if (status == HT_OK) status = write_part(job, &source, table, &again, err);
    if (source.left_out > 0) memcpy(job->result->left_out_id, source.left_out_id, sizeof source.left_out_id);
    job->result->left_out += source.left_out;
    export_spans_release(&again);
    export_source_release(&source);
    return status;
}

/* What takes long gives way to those who take webhooks in. Not what is written to the store before it: others wait for
   the lock that is held meanwhile. */
static void give_way(void)
{
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, 0);
    if (errno == 0 && nice < NICE) (void)setpriority(PRIO_PROCESS, 0, NICE);
}

static void measure(struct job *job)
{
    job->walked = job->to_walk = 0;
    job->table_count = 0;
    for (uint32_t table = 0; table < EXPORT_TABLE_COUNT; table++) {
        struct part part = part_of(&job->run, (enum export_table_id)table);
        if (!(job->tables & 1u << table)) continue;
        job->to_walk += size_of(&part);
        job->table_count++;
    }
}

static enum ht_status finish(const struct job *job, struct ht_error *err)
{
    return job->target->ops->finish ? job->target->ops->finish(job->target, err) : HT_OK;
}

static enum ht_status write_tables(struct job *job, struct ht_error *err)
{
    give_way();
    measure(job);
    enum ht_status status = job->target->ops->begin(job->target, &job->run, err);
    for (uint32_t table = 0; table < EXPORT_TABLE_COUNT && status == HT_OK; table++) {
        if (job->tables & 1u << table) status = write_table(job, (enum export_table_id)table, err);
    }
    if (status == HT_OK) status = job->target->ops->commit(job->target, err);
    return status == HT_OK ? finish(job, err) : status;
}

/* Before anything is written: nothing leaves the store without an act. */
static enum ht_status record_act(const struct job *job, struct ht_error *err)
{
    char object[80], detail[128] = "";
    int size = 0;
    const struct export_run *run = &job->run;
    bool events = run->until.position.seq > run->after.position.seq, erasures = run->until.erasure > run->after.erasure;
    snprintf(object, sizeof object, "export%s%s", job->name[0] ? " " : "", job->name);
    if (events)
        size = snprintf(detail, sizeof detail, "events %" PRIu64 " to %" PRIu64, run->after.position.seq + 1,
                        run->until.position.seq);
    if (erasures)
        snprintf(detail + size, sizeof detail - (size_t)size, "%serasures %" PRIu64 " to %" PRIu64, events ? ", " : "",
                 run->after.erasure + 1, run->until.erasure);
    const struct ht_act act = {
        .at = job->now, .kind = HT_ACT_EXPORT, .object = ht_slice_from(object), .detail = ht_slice_from(detail)};
    return ht_act_record(job->store, &act, err);
}

static enum ht_status take_run(struct job *job, struct ht_error *err)
{
    struct ht_export_result *result = job->result;
    const struct export_run *run = &job->run;
    enum ht_status status = record_act(job, err);
    if (status == HT_OK) status = write_tables(job, err);
    result->run = run->number;
    result->first = run->after.position.seq + 1;
    result->last = run->until.position.seq;
    result->events += run->until.position.seq - run->after.position.seq;
    result->erasures += run->until.erasure - run->after.erasure;
    result->rows = job->target->rows;
    result->bytes = job->target->bytes;
    result->files = job->target->files;
    return status;
}

/* ---- with a name ---- */

static enum ht_status read_watermark(struct job *job, struct ht_watermark *mark, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    status = ht_watermark_get(job->reader, job->name, mark, err);
    ht_reader_end(job->reader);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static bool has_reached(const struct ht_mark *at, const struct ht_mark *wanted)
{
    return ht_position_reached(at->position, wanted->position) && at->erasure >= wanted->erasure;
}

static enum ht_status check_watermark(const struct job *job, const struct ht_watermark *mark, struct ht_error *err)
{
    if (mark->running && !has_reached(&mark->pending, &mark->done) && !mark->full)
        return ht_fail(err, HT_CORRUPT, "the watermark of export %s is unsound: pending %" PRIu64 ", done %" PRIu64,
                       job->name, mark->pending.position.seq, mark->done.position.seq);
    if (has_reached(&job->end, &mark->done) && (!mark->running || has_reached(&job->end, &mark->pending))) return HT_OK;
    return ht_fail(err, HT_UNPROCESSABLE,
                   "the watermark of export %s is at event %" PRIu64 ", but the trail ends at %" PRIu64
                   ": was an older backup restored? begin an export of another name to another target",
                   job->name, mark->done.position.seq, job->end.position.seq);
}

/* A run that follows an erasure clears the tables that it brings: one that is left out for a run would keep what was
   erased. */
static enum ht_status check_tables(const struct job *job, const struct ht_watermark *mark, struct ht_error *err)
{
    if (job->options->full || mark->tables == 0 || mark->tables == job->tables) return HT_OK;
    return ht_fail_field(err, HT_UNPROCESSABLE, "tables",
                         "export %s has taken other tables so far: they are the same in each run of a name; --full "
                         "begins anew with these",
                         job->name);
}

/* The run that the target holds, against the one that the trail knows of. *complete: the run under way came to its end
   there, and only the trail has not noted it. */
static enum ht_status check_target(struct job *job, struct ht_watermark *mark, bool *complete, struct ht_error *err)
{
    uint64_t number = 0;
    enum ht_status status = job->target->ops->mark(job->target, job->trail, job->name, &number, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (status == HT_NOT_FOUND) number = 0;
    *complete = mark->running && number == mark->run + 1;
    if (job->options->full && number > mark->run && !*complete) mark->run = number; /* numbers go on from the greater */
    if (*complete || number == mark->run || mark->full || job->options->full) return HT_OK;
    if (number > mark->run)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "the target holds run %" PRIu64 " of export %s, but the trail knows of %" PRIu64
                       " only: was an older backup restored, or is the target another export's?",
                       number, job->name, mark->run);
    return ht_fail(err, HT_UNPROCESSABLE,
                   "the target holds %s%" PRIu64 " of export %s, but %" PRIu64
                   " have gone: was it restored, or is it another one? --full writes it anew",
                   number ? "runs up to " : "no run, not even ", number ? number : (uint64_t)1, job->name, mark->run);
}

static void set_run(struct job *job, const struct ht_watermark *mark)
{
    bool whole = mark->full || mark->run == 0;
    job->run.number = mark->run + 1;
    job->run.after = mark->done;
    if (mark->full) job->run.after = (struct ht_mark){0};
    job->run.until = mark->pending;
    job->run.whole = whole;
    job->run.restates = !whole && mark->pending.erasure > mark->done.erasure;
}

static enum ht_status run_pending(struct job *job, struct ht_watermark *mark, bool complete, struct ht_error *err)
{
    set_run(job, mark);
    enum ht_status status = complete ? finish(job, err) : take_run(job, err);
    if (status != HT_OK) return status;
    *mark = (struct ht_watermark){.run = mark->run + 1,
                                  .done = mark->pending,
                                  .rows = job->target->rows,
                                  .moved_at = job->now,
                                  .tables = mark->tables};
    return ht_watermark_set(job->store, job->name, mark, err);
}

/* First what a killed run left unfinished, then what is new. A run that was to write a database anew is begun anew too:
   others have gone on beyond its end. */
static enum ht_status run_named(struct job *job, struct ht_error *err)
{
    struct ht_watermark mark;
    bool complete = false;
    enum ht_status status = read_watermark(job, &mark, err);
    if (status == HT_OK) status = check_watermark(job, &mark, err);
    if (status == HT_OK) status = check_tables(job, &mark, err);
    if (status == HT_OK) status = check_target(job, &mark, &complete, err);
    if (status == HT_OK && mark.running && (complete || !(job->options->full || job->alone)))
        status = run_pending(job, &mark, complete, err);
    if (status != HT_OK) return status;
    bool full = job->options->full || mark.running;
    if (!full && has_reached(&mark.done, &job->end)) {
        mark.moved_at = job->now; /* nothing is new, and that is a success too */
        return ht_watermark_set(job->store, job->name, &mark, err);
    }
    mark.running = true;
    mark.tables = job->tables;
    mark.full = full;
    mark.pending = job->end;
    status = ht_watermark_set(job->store, job->name, &mark, err);
    return status == HT_OK ? run_pending(job, &mark, false, err) : status;
}

/* ---- without a name ---- */

static enum ht_status run_once(struct job *job, struct ht_error *err)
{
    const struct ht_export_options *options = job->options;
    uint64_t first = 1, last = job->end.position.seq, number;
    job->run.number = 1;
    job->run.until = job->end;
    job->run.whole = true;
    enum ht_status status = job->target->ops->mark(job->target, job->trail, "", &number, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    status = ht_index_range(job->reader, options->since, options->until, &first, &last, err);
    ht_reader_end(job->reader);
    if (status != HT_OK) return status;
    if (export_options_are_ranged(options)) {
        job->run.ranged = true;
        job->run.after.position.seq = first - 1;
        if (last < job->run.until.position.seq) job->run.until.position.seq = last;
        if (job->run.until.position.seq < job->run.after.position.seq) job->run.after = job->run.until;
    }
    return take_run(job, err);
}

/* From the state that the reader of the run before was given, to the trail's end. */
static enum ht_status run_singer(struct job *job, struct ht_error *err)
{
    struct export_run *run = &job->run;
    uint64_t number = 0;
    enum ht_status status = HT_OK;
    if (job->options->state) status = export_singer_state(job->options->state, job->trail, &number, &run->after, err);
    if (status == HT_OK && !has_reached(&job->end, &run->after))
        status = ht_fail_field(err, HT_UNPROCESSABLE, "state",
                               "the state is at event %" PRIu64 ", but the trail ends at %" PRIu64
                               ": was an older backup restored? begin without a state",
                               run->after.position.seq, job->end.position.seq);
    if (status != HT_OK) return status;
    run->number = number + 1;
    run->until = job->end;
    run->whole = number == 0;
    run->restates = !run->whole && run->until.erasure > run->after.erasure;
    return take_run(job, err);
}

/* ---- life ---- */

/* While the index catches up nothing is exported yet, but the caller may stop. */
static bool catching_up(void *context, uint64_t done, uint64_t total)
{
    const struct job *job = context;
    (void)done;
    return !job->progress || job->progress(job->context, 0, total);
}

static enum ht_status read_end(struct job *job, struct ht_error *err)
{
    enum ht_status status = ht_index_catch_up(job->store, catching_up, job, &job->end.position, err);
    if (status == HT_OK) status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    status = ht_erasure_last(job->reader, &job->end.erasure, err);
    ht_reader_end(job->reader);
    return status;
}

/* The checkpoint covers what is exported, or is absent where the log can't be signed: an export goes on without. */
static enum ht_status read_checkpoint(struct job *job, struct ht_error *err)
{
    if (ht_log_sign(job->store, HT_LOG_EVENTS, NULL) != HT_OK) return HT_OK;
    enum ht_status status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    status = ht_log_checkpoint(job->reader, HT_LOG_EVENTS, &job->checkpoint, err);
    ht_reader_end(job->reader);
    if (status == HT_OK) job->run.checkpoint = ht_buffer_slice(&job->checkpoint);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static void name_run(struct job *job)
{
    sodium_bin2hex(job->trail, sizeof job->trail, ht_store_trail_id(job->store), HT_TRAIL_ID_SIZE);
    job->run.trail = job->trail;
    job->run.name = job->name;
}

/* A run that replaces what a database holds of the trail, whoever brought it, has to bring it all again: so nobody may
   go beyond its end before it is done. And one that remembers nothing must not bring what it had read before an erasure
   that another has carried out in the target meanwhile. */
static enum ht_status lock_databases(struct job *job, struct ht_error *err)
{
    struct ht_watermark mark = {0};
    enum ht_status status = job->name[0] ? read_watermark(job, &mark, err) : HT_OK;
    bool killed = mark.running && mark.full;
    job->alone = job->name[0] ? job->options->full || killed : true;
    if (status != HT_OK) return status;
    return export_lock_databases(ht_store_dir(job->store), job->alone, &job->databases_lock, err);
}

/* The name, then the target, both of which other runs may hold. */
static enum ht_status lock_and_open(struct job *job, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (job->name[0] && job->name_lock < 0)
        status = export_lock_name(ht_store_dir(job->store), job->name, &job->name_lock, err);
    if (status == HT_OK && export_options_name_database(job->options) && job->databases_lock < 0)
        status = lock_databases(job, err);
    return status == HT_OK ? export_options_open(job->options, &job->target, err) : status;
}

static enum ht_status wait_and_open(struct job *job, struct ht_error *err)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    int64_t began = ht_time_steady(), until = began + job->options->lock_timeout;
    enum ht_status status = lock_and_open(job, err);
    while (status == HT_BUSY && ht_time_steady() < until) {
        nanosleep(&pause, NULL);
        status = lock_and_open(job, err);
    }
    job->now += ht_time_steady() - began; /* a run is dated when it has its turn */
    return status;
}

static enum ht_status prepare(struct job *job, struct ht_error *err)
{
    enum ht_status status = export_options_check(job->options, &job->tables, err);
    if (status == HT_OK) status = ht_reader_new(job->store, &job->reader, err);
    if (status == HT_OK) status = wait_and_open(job, err);
    name_run(job);
    if (status == HT_OK) status = read_end(job, err);
    return status == HT_OK ? read_checkpoint(job, err) : status;
}

enum ht_status ht_export_run(struct ht_store *store, const struct ht_export_options *options, int64_t now,
                             ht_progress *progress, void *context, struct ht_export_result *result,
                             struct ht_error *err)
{
    struct job job = {.store = store,
                      .options = options,
                      .name = options->name ? options->name : "",
                      .now = now,
                      .progress = progress,
                      .context = context,
                      .result = result,
                      .name_lock = -1,
                      .databases_lock = -1};
    *result = (struct ht_export_result){0};
    enum ht_status status = prepare(&job, err);
    if (status == HT_OK && options->singer)
        status = run_singer(&job, err);
    else if (status == HT_OK)
        status = options->name ? run_named(&job, err) : run_once(&job, err);
    if (job.target) job.target->ops->close(job.target);
    if (job.reader) ht_reader_free(job.reader);
    ht_buffer_release(&job.checkpoint);
    if (job.name_lock >= 0) close(job.name_lock);
    if (job.databases_lock >= 0) close(job.databases_lock);
    return status;
}
