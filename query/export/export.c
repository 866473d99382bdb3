/* A run, and why each event ends up in exactly one file whenever it is killed:

   1. The end of the range is fixed in the trail (the watermark's `pending`) before a file is begun, so that the
   repeated run has the same range, though the trail has grown.
   2. Where a file ends follows from where it begins and from the payloads in it, or from the file that is there
   already, so that the repeated run writes the same names over those that were finished.
   3. The watermark moves when all files of the range are durable. A run killed before that repeats the range, a run
      killed behind it goes on with the next. */
#include "hooktrail/export.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "hooktrail/watermark.h"
#include "line.h"
#include "lock.h"

#define DEFAULT_FILE_BYTES (UINT64_C(128) << 20)
#define WRITE_SIZE (UINT64_C(1) << 20)
#define SPAN_ROWS 1000
#define SPAN_NS INT64_C(100000000)

struct run {
    struct ht_store *store;
    const struct ht_export_options *options;
    uint64_t file_bytes;
    ht_progress *progress;
    void *context;
    int64_t now;
    struct ht_export_result *result;
    uint64_t end; /* of the range under way */
    uint64_t trail_end;
    int name_lock; /* or -1 */
    struct ht_reader *reader;
    struct export_line line;
    struct export_folder folder;
    struct ht_buffer lines; /* whole ones, collected in a span and written behind it */
};

/* The file under way. */
struct file {
    uint64_t first;
    uint64_t next;  /* the seq to be added */
    uint64_t limit; /* the last seq that may be added */
    bool fixed;     /* ends at `limit` whatever its size */
    uint64_t bytes; /* of payloads */
};

static bool goes_on(struct run *run, uint64_t done)
{
    return !run->progress || run->progress(run->context, done, run->end);
}

static enum ht_status stopped(struct ht_error *err)
{
    return ht_fail(err, HT_STOPPING, "the export was stopped; the next run repeats what is unfinished");
}

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool is_complete(const struct run *run, const struct file *file)
{
    return file->next > file->limit || (!file->fixed && file->bytes >= run->file_bytes);
}

/* Collects lines within one span of the reader: no disk is written in it, so a slow one can't pin a snapshot. */
static enum ht_status collect(struct run *run, struct file *file, struct ht_error *err)
{
    int64_t deadline = clock_ns() + SPAN_NS;
    ht_buffer_clear(&run->lines);
    enum ht_status status = ht_reader_begin(run->reader, err);
    if (status != HT_OK) return status;
    for (int rows = 0; rows < SPAN_ROWS && run->lines.size < WRITE_SIZE && !is_complete(run, file); rows++) {
        uint32_t size = 0;
        status = export_line_add(&run->line, run->reader, file->next, &run->lines, &size, err);
        if (status != HT_OK) break;
        file->bytes += size;
        file->next++;
        if (clock_ns() > deadline) break;
    }
    ht_reader_end(run->reader);
    return status;
}

static enum ht_status write_file(struct run *run, uint64_t first, uint64_t *last, struct ht_error *err)
{
    struct file file = {.first = first, .next = first};
    enum ht_status status = export_folder_limit(&run->folder, first, run->end, &file.limit, &file.fixed, err);
    if (status == HT_OK) status = export_file_begin(&run->folder, err);
    while (status == HT_OK && !is_complete(run, &file)) {
        status = collect(run, &file, err);
        if (status == HT_OK) status = export_file_add(&run->folder, ht_buffer_slice(&run->lines), err);
        if (status == HT_OK && !goes_on(run, file.next - 1)) status = stopped(err);
        run->result->bytes += run->lines.size;
    }
    if (status != HT_OK) return status;
    *last = file.next - 1;
    return export_file_end(&run->folder, first, *last, err);
}

/* Writes the events `first` to run->end. */
static enum ht_status write_range(struct run *run, uint64_t first, struct ht_error *err)
{
    while (first <= run->end) {
        uint64_t last = 0;
        enum ht_status status = write_file(run, first, &last, err);
        if (status != HT_OK) return status;
        run->result->files++;
        run->result->events += last - first + 1;
        run->result->last = last;
        if (!goes_on(run, last)) return stopped(err);
        first = last + 1;
    }
    return HT_OK;
}

static enum ht_status read_watermark(struct run *run, struct ht_watermark *watermark, struct ht_error *err)
{
    *watermark = (struct ht_watermark){0};
    enum ht_status status = ht_reader_begin(run->reader, err);
    if (status != HT_OK) return status;
    status = ht_watermark_get(run->reader, run->options->name, watermark, err);
    ht_reader_end(run->reader);
    if (status == HT_NOT_FOUND) {
        *watermark = (struct ht_watermark){0};
        return HT_OK;
    }
    return status;
}

/* Neither the watermark nor the folder may be ahead: that comes of a restored backup, whose lost events' seqs are given
   out again. Writing them beside the old ones would give two events one name in the warehouse. */
static enum ht_status check_watermark(const struct run *run, const struct ht_watermark *watermark, struct ht_error *err)
{
    uint64_t claimed = watermark->pending > watermark->done ? watermark->pending : watermark->done;
    uint64_t written = export_folder_last(&run->folder);
    if (claimed > run->trail_end)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "the watermark of export %s is at %" PRIu64 ", but the trail ends at %" PRIu64
                       ": was an older backup restored? begin an export of another name in another folder",
                       run->options->name, claimed, run->trail_end);
    if (watermark->pending != 0 && watermark->pending <= watermark->done)
        return ht_fail(err, HT_CORRUPT, "the watermark of export %s is unsound: pending %" PRIu64 ", done %" PRIu64,
                       run->options->name, watermark->pending, watermark->done);
    if (written > claimed)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "%.160s holds events up to %" PRIu64 ", but export %s has got to %" PRIu64
                       " only: was an older backup restored, or is the folder another export's?",
                       run->folder.path, written, run->options->name, claimed);
    return HT_OK;
}

/* One range of a named export, from its fixed end to the moved watermark. */
static enum ht_status run_pending(struct run *run, struct ht_watermark *watermark, struct ht_error *err)
{
    run->end = watermark->pending;
    enum ht_status status = write_range(run, watermark->done + 1, err);
    if (status != HT_OK) return status;
    *watermark = (struct ht_watermark){.done = run->end, .moved_at = run->now};
    return ht_watermark_set(run->store, run->options->name, watermark, err);
}

/* First what a killed run left unfinished, then what is new. */
static enum ht_status run_named(struct run *run, struct ht_error *err)
{
    struct ht_watermark watermark;
    enum ht_status status = read_watermark(run, &watermark, err);
    if (status == HT_OK) status = check_watermark(run, &watermark, err);
    if (status != HT_OK) return status;
    run->result->first = watermark.done + 1;
    run->result->last = watermark.done;
    if (watermark.pending != 0) status = run_pending(run, &watermark, err);
    if (status != HT_OK || watermark.done == run->trail_end) return status;
    watermark.pending = run->trail_end;
    status = ht_watermark_set(run->store, run->options->name, &watermark, err);
    return status == HT_OK ? run_pending(run, &watermark, err) : status;
}

static enum ht_status run_all(struct run *run, struct ht_error *err)
{
    uint64_t written = export_folder_last(&run->folder);
    if (written > run->trail_end)
        return ht_fail(err, HT_UNPROCESSABLE,
                       "%.160s holds events up to %" PRIu64 ", but the trail ends at %" PRIu64
                       ": was an older backup restored? use another folder",
                       run->folder.path, written, run->trail_end);
    run->end = run->trail_end;
    run->result->first = 1;
    return write_range(run, 1, err);
}

/* While the index catches up nothing is exported yet, but the caller may stop. */
static bool catching_up(void *context, uint64_t done, uint64_t total)
{
    struct run *run = context;
    (void)done;
    run->end = total;
    return goes_on(run, 0);
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
    if (status == HT_OK) status = export_folder_open(&run->folder, options->to, run->line.trail, err);
    if (status != HT_OK) return status;
    struct ht_position position;
    status = ht_index_catch_up(run->store, catching_up, run, &position, err);
    if (status != HT_OK) return status;
    run->trail_end = position.seq;
    ht_buffer_reserve(&run->lines, 2 * WRITE_SIZE);
    return ht_reader_new(run->store, &run->reader, err);
}

enum ht_status ht_export_run(struct ht_store *store, const struct ht_export_options *options, int64_t now,
                             ht_progress *progress, void *context, struct ht_export_result *result,
                             struct ht_error *err)
{
    struct run run = {.store = store,
                      .options = options,
                      .file_bytes = options->file_bytes ? options->file_bytes : DEFAULT_FILE_BYTES,
                      .progress = progress,
                      .context = context,
                      .now = now,
                      .result = result,
                      .name_lock = -1,
                      .folder = {.lock = -1, .file = -1}};
    *result = (struct ht_export_result){0};
    enum ht_status status = prepare(&run, err);
    if (status == HT_OK) status = options->name ? run_named(&run, err) : run_all(&run, err);
    if (run.reader) ht_reader_free(run.reader);
    export_folder_close(&run.folder);
    export_line_release(&run.line);
    ht_buffer_release(&run.lines);
    if (run.name_lock >= 0) close(run.name_lock);
    return status;
}
