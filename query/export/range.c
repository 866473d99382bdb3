#include "range.h"

#include "hooktrail/time.h"

#define WRITE_SIZE (UINT64_C(1) << 20)
#define SPAN_ROWS 1000
#define SPAN_TIME (HT_SECOND / 10)

/* The file under way. */
struct file {
    uint64_t next;  /* the number to be added */
    uint64_t limit; /* the last that may be added */
    bool fixed;     /* ends at `limit` whatever its size */
    uint64_t bytes;
};

static bool is_complete(const struct export_writer *writer, const struct file *file)
{
    return file->next > file->limit || (!file->fixed && file->bytes >= writer->file_bytes);
}

/* Collects lines within one span of the reader: no disk is written in it, so a slow one can't pin a snapshot. */
static enum ht_status collect(struct export_writer *writer, struct file *file, export_add *add, struct ht_error *err)
{
    int64_t deadline = ht_time_steady() + SPAN_TIME;
    ht_buffer_clear(&writer->lines);
    enum ht_status status = ht_reader_begin(writer->reader, err);
    if (status != HT_OK) return status;
    for (int rows = 0; rows < SPAN_ROWS && writer->lines.size < WRITE_SIZE && !is_complete(writer, file); rows++) {
        uint32_t size = 0;
        status = add(writer->line, writer->reader, file->next, &writer->lines, &size, err);
        if (status != HT_OK) break;
        file->bytes += size;
        file->next++;
        if (ht_time_steady() > deadline) break;
    }
    ht_reader_end(writer->reader);
    return status;
}

static enum ht_status go_on(const struct export_writer *writer, uint64_t done, uint64_t end, struct ht_error *err)
{
    if (!writer->progress || writer->progress(writer->context, done, end)) return HT_OK;
    return ht_fail(err, HT_STOPPING, "the export was stopped; the next run repeats what is unfinished");
}

static enum ht_status write_file(struct export_writer *writer, struct export_folder *folder, export_add *add,
                                 uint64_t first, uint64_t end, uint64_t *last, struct ht_error *err)
{
    struct file file = {.next = first};
    enum ht_status status = export_folder_limit(folder, first, end, &file.limit, &file.fixed, err);
    if (status == HT_OK) status = export_file_begin(folder, err);
    while (status == HT_OK && !is_complete(writer, &file)) {
        status = collect(writer, &file, add, err);
        if (status == HT_OK) status = export_file_add(folder, ht_buffer_slice(&writer->lines), err);
        if (status == HT_OK) status = go_on(writer, file.next - 1, end, err);
        writer->bytes += writer->lines.size;
    }
    if (status != HT_OK) return status;
    *last = file.next - 1;
    return export_file_end(folder, first, *last, err);
}

enum ht_status export_range_write(struct export_writer *writer, struct export_folder *folder, export_add *add,
                                  uint64_t first, uint64_t end, struct ht_error *err)
{
    ht_buffer_reserve(&writer->lines, 2 * WRITE_SIZE);
    while (first <= end) {
        uint64_t last = 0;
        enum ht_status status = write_file(writer, folder, add, first, end, &last, err);
        if (status != HT_OK) return status;
        writer->files++;
        status = go_on(writer, last, end, err);
        if (status != HT_OK) return status;
        first = last + 1;
    }
    return HT_OK;
}
