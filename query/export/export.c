/* A run, and why each event ends up in exactly one file whenever it is killed:

   1. The end of the range is fixed in the trail (the watermark's `pending`) before a file is begun, so that the
   repeated run has the same range, though the trail has grown.
   2. Where a file ends follows from where it begins and from the payloads in it, or from the file that is there
   already, so that the repeated run writes the same names over those that were finished.
   3. The watermark moves when all files of the range are durable. A run killed before that repeats the range, a run
      killed behind it goes on with the next.

   Erasures go the same way, before the events: so that no warehouse holds what the trail has forgotten longer than
   until the next run. */
#include "hooktrail/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "erasures.h"
#include "hooktrail/act.h"
#include "hooktrail/watermark.h"
#include "lock.h"

#define DEFAULT_FILE_BYTES (UINT64_C(128) << 20)

struct run {
    struct ht_store *store;
    const struct ht_export_options *options;
    int64_t now;
    struct ht_export_result *result;
    uint64_t trail_end;
    uint64_t erasures_end;
    int name_lock; /* or -1 */
    int target_lock;
    struct export_line line;
    struct export_writer writer;
    struct export_folder events;
    struct export_folder erasures;
};

static enum ht_status read_watermark(struct run *run, struct ht_watermark *watermark, struct ht_error *err)
{
    *watermark = (struct ht_watermark){0};
    enum ht_status status = ht_reader_begin(run->writer.reader, err);
    if (status != HT_OK) return status;
    status = ht_watermark_get(run->writer.reader, run->options->name, watermark, err);
    ht_reader_end(run->writer.reader);
    if (status == HT_NOT_FOUND) {
        *watermark = (struct ht_watermark){0};
        return HT_OK;
    }
    return status;
}

/* One table's part of a watermark, against what the trail and the folder have. */
static enum ht_status check_claim(const struct run *run, const struct export_folder *folder, uint64_t claimed,
                                  uint64_t end, struct ht_error *err)
{
    uint64_t written = export_folder_last(folder);
    if (claimed > end)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "the watermark of export %s is at %" PRIu64 " of %s, but the trail ends at %" PRIu64
                       ": was an older backup restored? begin an export of another name in another folder",
                       run->options->name, claimed, folder->table, end);
    if (written > claimed)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "%.160s holds %s up to %" PRIu64 ", but export %s has got to %" PRIu64
                       " only: was an older backup restored, or is the folder another export's?",
                       folder->path, folder->table, written, run->options->name, claimed);
    return HT_OK;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Neither the watermark nor the folder may be ahead: that comes of a restored backup, whose lost events' seqs are given
   out again. Writing them beside the old ones would give two events one name in the warehouse. */
static enum ht_status check_watermark(const struct run *run, const struct ht_watermark *mark, struct ht_error *err)
{
    bool running = mark->pending != 0;
    if (running && (mark->pending < mark->done || mark->erasures_pending < mark->erasures_done))
        return ht_fail(err, HT_CORRUPT, "the watermark of export %s is unsound: pending %" PRIu64 ", done %" PRIu64,
                       run->options->name, mark->pending, mark->done);
    enum ht_status status = check_claim(run, &run->events, greater(mark->pending, mark->done), run->trail_end, err);
    if (status != HT_OK) return status;
    return check_claim(run, &run->erasures, greater(mark->erasures_pending, mark->erasures_done), run->erasures_end,
                       err);
}

/* Before anything is written: nothing leaves the store without an act. */
static enum ht_status record_act(const struct run *run, const struct ht_watermark *mark, struct ht_error *err)
{
    char object[80], detail[128] = "";
    int size = 0;
    const char *name = run->options->name;
    bool events = mark->pending > mark->done, erasures = mark->erasures_pending > mark->erasures_done;
    if (!events && !erasures) return HT_OK;
    snprintf(object, sizeof object, "export%s%s", name ? " " : "", name ? name : "");
    if (events) size = snprintf(detail, sizeof detail, "events %" PRIu64 " to %" PRIu64, mark->done + 1, mark->pending);
    if (erasures)
        snprintf(detail + size, sizeof detail - (size_t)size, "%serasures %" PRIu64 " to %" PRIu64, events ? ", " : "",
                 mark->erasures_done + 1, mark->erasures_pending);
    const struct ht_act act = {
        .at = run->now, .kind = HT_ACT_EXPORT, .object = ht_slice_from(object), .detail = ht_slice_from(detail)};
    return ht_act_record(run->store, &act, err);
}

/* The erasures and events behind what is done, up to what is pending. */
static enum ht_status write_range(struct run *run, const struct ht_watermark *mark, struct ht_error *err)
{
    struct export_writer *writer = &run->writer;
    enum ht_status status = record_act(run, mark, err);
    if (status != HT_OK) return status;
    status = export_range_write(writer, &run->erasures, export_erasure_add, mark->erasures_done + 1,
                                mark->erasures_pending, err);
    run->result->erasures += mark->erasures_pending - mark->erasures_done;
    if (status != HT_OK) return status;
    status = export_range_write(writer, &run->events, export_line_add, mark->done + 1, mark->pending, err);
    run->result->events += mark->pending - mark->done;
    run->result->last = mark->pending;
    return status;
}

/* One range of a named export, from its fixed end to the moved watermark. */
static enum ht_status run_pending(struct run *run, struct ht_watermark *mark, struct ht_error *err)
{
    enum ht_status status = write_range(run, mark, err);
    if (status != HT_OK) return status;
    *mark = (struct ht_watermark){.done = mark->pending,
                                  .erasures_done = mark->erasures_pending,
                                  .erasures_pending = mark->erasures_pending,
                                  .moved_at = run->now};
    return ht_watermark_set(run->store, run->options->name, mark, err);
}

/* First what a killed run left unfinished, then what is new. */
static enum ht_status run_named(struct run *run, struct ht_error *err)
{
    struct ht_watermark mark;
    enum ht_status status = read_watermark(run, &mark, err);
    if (status == HT_OK) status = check_watermark(run, &mark, err);
    if (status != HT_OK) return status;
    run->result->first = mark.done + 1;
    run->result->last = mark.done;
    if (mark.pending != 0) status = run_pending(run, &mark, err);
    if (status != HT_OK) return status;
    if (mark.done == run->trail_end && mark.erasures_done == run->erasures_end) return HT_OK;
    mark.pending = run->trail_end;
    mark.erasures_pending = run->erasures_end;
    status = ht_watermark_set(run->store, run->options->name, &mark, err);
    return status == HT_OK ? run_pending(run, &mark, err) : status;
}

static enum ht_status run_all(struct run *run, struct ht_error *err)
{
    const struct ht_watermark all = {.pending = run->trail_end, .erasures_pending = run->erasures_end};
    uint64_t written = export_folder_last(&run->events);
    if (written > run->trail_end)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "%.160s holds events up to %" PRIu64 ", but the trail ends at %" PRIu64
                       ": was an older backup restored? use another folder",
                       run->events.path, written, run->trail_end);
    run->result->first = 1;
    return write_range(run, &all, err);
}

/* While the index catches up nothing is exported yet, but the caller may stop. */
static bool catching_up(void *context, uint64_t done, uint64_t total)
{
    const struct export_writer *writer = context;
    (void)done;
    return !writer->progress || writer->progress(writer->context, 0, total);
}

static enum ht_status open_target(struct run *run, struct ht_error *err)
{
    const char *to = run->options->to;
    enum ht_status status = export_target_lock(to, &run->target_lock, err);
    if (status == HT_OK) status = export_folder_open(&run->erasures, to, "erasures", run->line.trail, err);
    return status == HT_OK ? export_folder_open(&run->events, to, "events", run->line.trail, err) : status;
}

static enum ht_status prepare(struct run *run, struct ht_error *err)
{
    const struct ht_export_options *options = run->options;
    if (strcmp(options->format, "ndjson") != 0)
        return ht_fail_field(err, HT_INVALID, "format", "the format %.32s is not known; there is ndjson",
                             options->format);
    enum ht_status status = HT_OK;
    if (options->name) status = export_name_check(options->name, err);
    if (status == HT_OK && options->name)
        status = export_lock_name(ht_store_dir(run->store), options->name, &run->name_lock, err);
    if (status == HT_OK) status = export_line_init(&run->line, run->store, err);
    if (status == HT_OK) status = open_target(run, err);
    if (status != HT_OK) return status;
    struct ht_position position;
    status = ht_index_catch_up(run->store, catching_up, &run->writer, &position, err);
    if (status != HT_OK) return status;
    run->trail_end = position.seq;
    status = ht_reader_new(run->store, &run->writer.reader, err);
    return status == HT_OK ? export_erasure_last(run->writer.reader, &run->erasures_end, err) : status;
}

static void finish(struct run *run)
{
    run->result->bytes = run->writer.bytes;
    run->result->files = run->writer.files;
    if (run->writer.reader) ht_reader_free(run->writer.reader);
    ht_buffer_release(&run->writer.lines);
    export_folder_close(&run->events);
    export_folder_close(&run->erasures);
    export_line_release(&run->line);
    if (run->target_lock >= 0) close(run->target_lock);
    if (run->name_lock >= 0) close(run->name_lock);
}

enum ht_status ht_export_run(struct ht_store *store, const struct ht_export_options *options, int64_t now,
                             ht_progress *progress, void *context, struct ht_export_result *result,
                             struct ht_error *err)
{
    struct run run = {.store = store,
                      .options = options,
                      .now = now,
                      .result = result,
                      .name_lock = -1,
                      .target_lock = -1,
                      .events = {.file = -1},
                      .erasures = {.file = -1}};
    run.writer = (struct export_writer){
        .line = &run.line,
        .file_bytes = options->file_bytes ? options->file_bytes : DEFAULT_FILE_BYTES,
        .progress = progress,
        .context = context,
    };
    *result = (struct ht_export_result){0};
    enum ht_status status = prepare(&run, err);
    if (status == HT_OK) status = options->name ? run_named(&run, err) : run_all(&run, err);
    finish(&run);
    return status;
}
