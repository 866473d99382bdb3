/* Rows are encoded when they come, in memory; files are written when the target is flushed, outside of the reader's
   span. So a file may end in memory while its begin is not written yet: `out` holds the bytes of the file under way and
   of those that have ended behind each other, `ended` tells where. */
#include "target_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compress.h"
#include "files_manifest.h"
#include "views.h"

#define ENCODED_BYTES 65536 /* go to the compressor at once: whatever the steps, it gets the same pieces */
#define COPY_BYTES 65536

/* A file that has ended in memory. */
struct ended {
    size_t end; /* of its bytes in `out` */
    uint64_t first;
    uint64_t last;
    uint64_t rows;
    int64_t day;
};

struct files {
    struct export_target base;
    struct export_place *place;
    struct export_files_options options;
    char extension[32];
    const struct export_run *run;
    struct files_set set;
    struct files_manifest manifest;
    char newest[FILES_NAME_SIZE]; /* manifest of a run that is complete */
    bool is_own;                  /* which this process has written */
    /* the table under way */
    enum export_table_id table;
    bool again; /* events that are written once more */
    uint32_t part;
    /* the file that rows go to */
    struct export_encoder *encoder; /* NULL: none is begun */
    struct export_compressor *compressor;
    struct ht_buffer encoded;
    struct ht_buffer out;
    size_t begin;         /* of its bytes in `out` */
    uint64_t made;        /* bytes of it that were written already, those in `out` not */
    struct ended current; /* `end` apart */
    struct ended *ended;
    size_t ended_count;
    size_t ended_capacity;
    /* the file that is written */
    bool writing;
    FILE *spool; /* its bytes, where the place must have the name first */
    struct ht_sha256_state digest;
    uint64_t written;
};

static struct files *files_of(struct export_target *target)
{
    return (struct files *)target;
}

/* ---- encoding ---- */

static enum ht_status compress_encoded(struct files *files, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(&files->encoded, err);
    if (status == HT_OK)
        status = export_compressor_add(files->compressor, ht_buffer_slice(&files->encoded), &files->out, err);
    ht_buffer_clear(&files->encoded);
    return status;
}

static enum ht_status begin_file(struct files *files, const struct export_row *row, struct ht_error *err)
{
    const struct export_format *format = files->options.format;
    enum export_codec codec = format->compresses ? EXPORT_PLAIN : files->options.encoding.codec;
    files->current = (struct ended){.first = row->number, .day = row->day};
    files->begin = files->out.size;
    files->made = 0;
    enum ht_status status = export_compressor_new(codec, &files->compressor, err);
    if (status != HT_OK) return status;
    return format->begin(&files->options.encoding, &export_tables[files->table], &files->encoded, &files->encoder, err);
}

static void drop_encoder(struct files *files)
{
    if (files->encoder) files->options.format->free(files->encoder);
    export_compressor_free(files->compressor);
    files->encoder = NULL;
    files->compressor = NULL;
    ht_buffer_clear(&files->encoded);
}

/* Between two flushes many days may end. */
static enum ht_status grow_ended(struct files *files, struct ht_error *err)
{
    if (files->ended_count < files->ended_capacity) return HT_OK;
    size_t capacity = files->ended_capacity > 0 ? files->ended_capacity * 2 : 16;
    struct ended *ended = realloc(files->ended, capacity * sizeof *ended);
    if (!ended) return ht_fail(err, HT_NO_MEMORY, "out of memory for files of an export");
    files->ended = ended;
    files->ended_capacity = capacity;
    return HT_OK;
}

static enum ht_status end_file(struct files *files, struct ht_error *err)
{
    if (!files->encoder) return HT_OK;
    enum ht_status status = files->options.format->end(files->encoder, &files->encoded, err);
    if (status == HT_OK) status = compress_encoded(files, err);
    if (status == HT_OK) status = export_compressor_end(files->compressor, &files->out, err);
    if (status == HT_OK) status = ht_buffer_status(&files->out, err);
    if (status == HT_OK) status = grow_ended(files, err);
    drop_encoder(files);
    if (status != HT_OK) return status;
    files->current.end = files->out.size;
    files->ended[files->ended_count++] = files->current;
    return HT_OK;
}

static bool is_full(const struct files *files)
{
    return files->made + (files->out.size - files->begin) >= files->options.file_bytes;
}

static enum ht_status files_add(struct export_target *target, const struct export_row *row, struct ht_error *err)
{
    struct files *files = files_of(target);
    enum ht_status status = HT_OK;
    bool other_day = files->table == EXPORT_EVENTS && row->day != files->current.day;
    if (files->encoder && (other_day || is_full(files))) status = end_file(files, err);
    if (status == HT_OK && !files->encoder) status = begin_file(files, row, err);
    if (status == HT_OK) status = files->options.format->add(files->encoder, row, &files->encoded, err);
    if (status != HT_OK) return status;
    files->current.last = row->number;
    files->current.rows++;
    return files->encoded.size >= ENCODED_BYTES ? compress_encoded(files, err) : HT_OK;
}

/* ---- writing ---- */

static void name_file(const struct files *files, const struct ended *file, char name[FILES_NAME_SIZE])
{
    if (files->table == EXPORT_EVENTS)
        files_name_events(name, files->run, file->day, file->first, file->last, files->again, files->extension);
    else
        files_name_part(name, files->run, export_tables[files->table].name, files->part, files->extension);
}

/* The name is known at the begin but for events, of which the last is in it. */
static enum ht_status begin_writing(struct files *files, const struct ended *file, struct ht_error *err)
{
    char name[FILES_NAME_SIZE];
    if (files->writing) return HT_OK;
    files->writing = true;
    files->part++;
    files->written = 0;
    ht_sha256_begin(&files->digest);
    name_file(files, file, name);
    if (files->place->ops->late || files->table != EXPORT_EVENTS)
        return files->place->ops->begin(files->place, name, err);
    files->spool = tmpfile();
    return files->spool ? HT_OK : ht_fail_errno(err, errno, "cannot make a temporary file");
}

static enum ht_status write_bytes(struct files *files, struct ht_slice bytes, struct ht_error *err)
{
    if (bytes.size == 0) return HT_OK;
    ht_sha256_add(&files->digest, bytes);
    files->written += bytes.size;
    files->base.bytes += bytes.size;
    if (!files->spool) return files->place->ops->write(files->place, bytes, err);
    if (fwrite(bytes.data, 1, bytes.size, files->spool) == bytes.size) return HT_OK;
    return ht_fail_errno(err, errno, "cannot write to a temporary file");
}

static enum ht_status send_spool(struct files *files, const char *name, struct ht_error *err)
{
    char bytes[COPY_BYTES];
    size_t size;
    enum ht_status status = files->place->ops->begin(files->place, name, err);
    if (status == HT_OK && fseeko(files->spool, 0, SEEK_SET) != 0)
        return ht_fail_errno(err, errno, "cannot read a temporary file");
    while (status == HT_OK && (size = fread(bytes, 1, sizeof bytes, files->spool)) > 0)
        status = files->place->ops->write(files->place, ht_slice_of(bytes, size), err);
    if (status == HT_OK && ferror(files->spool)) status = ht_fail_errno(err, errno, "cannot read a temporary file");
    fclose(files->spool);
    files->spool = NULL;
    return status;
}

static enum ht_status end_writing(struct files *files, const struct ended *file, struct ht_error *err)
{
    char name[FILES_NAME_SIZE];
    struct files_entry entry = {.name = name,
                                .table = files->table,
                                .rows = file->rows,
                                .bytes = files->written,
                                .first = file->first,
                                .last = file->last};
    enum ht_status status = HT_OK;
    name_file(files, file, name);
    ht_sha256_end(&files->digest, entry.sha256);
    if (files->spool) status = send_spool(files, name, err);
    if (status == HT_OK) status = files->place->ops->commit(files->place, name, entry.sha256, err);
    if (status != HT_OK) return status;
    files->writing = false;
    files->base.files++;
    files_manifest_add(&files->manifest, &entry);
    if (files->table == EXPORT_EVENTS) status = files_set_supersede(&files->set, file->first, file->last, name, err);
    return status == HT_OK ? ht_buffer_status(&files->manifest.text, err) : status;
}

static enum ht_status files_flush(struct export_target *target, struct ht_error *err)
{
    struct files *files = files_of(target);
    size_t at = 0;
    enum ht_status status = ht_buffer_status(&files->out, err);
    for (size_t i = 0; i < files->ended_count && status == HT_OK; i++) {
        const struct ended *file = &files->ended[i];
        status = begin_writing(files, file, err);
        if (status == HT_OK) status = write_bytes(files, ht_slice_of(files->out.data + at, file->end - at), err);
        if (status == HT_OK) status = end_writing(files, file, err);
        at = file->end;
    }
    if (status == HT_OK && files->encoder && files->out.size > at) {
        status = begin_writing(files, &files->current, err);
        if (status == HT_OK) status = write_bytes(files, ht_slice_of(files->out.data + at, files->out.size - at), err);
        files->made += files->out.size - at;
    }
    files->ended_count = 0;
    files->begin = 0;
    ht_buffer_clear(&files->out);
    return status;
}

/* ---- the run ---- */

static enum ht_status files_mark(struct export_target *target, const char *trail, const char *name, uint64_t *number,
                                 struct ht_error *err)
{
    struct files *files = files_of(target);
    enum ht_status status = files_manifest_newest(files->place, trail, name, number, err);
    if (status == HT_OK) files_name_manifest(files->newest, name, *number);
    return status;
}

static enum ht_status files_begin(struct export_target *target, const struct export_run *run, struct ht_error *err)
{
    struct files *files = files_of(target);
    files->run = run;
    files_set_release(&files->set); /* of the run before: one that was unfinished comes first */
    ht_buffer_release(&files->manifest.text);
    files_manifest_begin(&files->manifest);
    return files_set_open(&files->set, files->place, run, err);
}

static enum ht_status files_restate(struct export_target *target, uint64_t first, uint64_t last, uint64_t *from,
                                    uint64_t *to, struct ht_error *err)
{
    (void)err;
    *from = first;
    *to = last;
    files_set_widen(&files_of(target)->set, from, to);
    return HT_OK;
}

static enum ht_status files_table_begin(struct export_target *target, enum export_table_id table, bool again,
                                        struct ht_error *err)
{
    struct files *files = files_of(target);
    (void)err;
    files->table = table;
    files->again = again;
    files->part = 0;
    return HT_OK;
}

static enum ht_status files_table_end(struct export_target *target, struct ht_error *err)
{
    enum ht_status status = end_file(files_of(target), err);
    return status == HT_OK ? files_flush(target, err) : status;
}

static enum ht_status put(struct files *files, const char *name, struct ht_slice bytes, struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE];
    ht_sha256(bytes, digest);
    enum ht_status status = files->place->ops->begin(files->place, name, err);
    if (status == HT_OK) status = files->place->ops->write(files->place, bytes, err);
    return status == HT_OK ? files->place->ops->commit(files->place, name, digest, err) : status;
}

static enum ht_status put_views(struct files *files, struct ht_error *err)
{
    ht_buffer_clear(&files->out);
    enum ht_status status = export_views_add(files->place, files->options.path, &files->out, err);
    return status == HT_OK ? put(files, files->options.views, ht_buffer_slice(&files->out), err) : status;
}

/* Order: the manifest makes the run complete; then what it supersedes goes; then _SUCCESS names it. Whoever dies in
   between leaves the rest to files_manifest_newest and files_finish. */
static enum ht_status files_commit(struct export_target *target, struct ht_error *err)
{
    struct files *files = files_of(target);
    enum ht_status status = HT_OK;
    if (files->run->whole) status = files_set_supersede(&files->set, 1, UINT64_MAX, "", err);
    if (status == HT_OK && (files->run->whole || files->run->restates))
        status = files_set_supersede_runs(&files->set, files->place, files->run, err);
    if (status != HT_OK) return status;
    files_name_manifest(files->newest, files->run->name, files->run->number);
    files_manifest_end(&files->manifest, files->run, &files->set.gone, &files->out);
    status = ht_buffer_status(&files->out, err);
    if (status == HT_OK) status = put(files, files->newest, ht_buffer_slice(&files->out), err);
    for (const char *gone = files_names_next(&files->set.gone, NULL); gone && status == HT_OK;
         gone = files_names_next(&files->set.gone, gone))
        status = files->place->ops->remove(files->place, gone, err);
    files->is_own = true;
    return status;
}

/* Whether _SUCCESS names the newest manifest; it comes last, so then nothing is missing. */
static enum ht_status is_finished(struct files *files, bool *finished, struct ht_error *err)
{
    ht_buffer_clear(&files->out);
    enum ht_status status = files->place->ops->read(files->place, FILES_SUCCESS, FILES_NAME_SIZE, &files->out, err);
    size_t size = strlen(files->newest);
    *finished = status == HT_OK && files->out.size == size + 1 && memcmp(files->out.data, files->newest, size) == 0;
    return status == HT_NOT_FOUND || status == HT_TOO_LARGE ? HT_OK : status;
}

static enum ht_status files_finish(struct export_target *target, struct ht_error *err)
{
    struct files *files = files_of(target);
    bool finished = false;
    enum ht_status status = files->is_own ? HT_OK : is_finished(files, &finished, err);
    if (status != HT_OK || finished) return status;
    if (files->options.views[0]) status = put_views(files, err);
    ht_buffer_clear(&files->out);
    ht_buffer_printf(&files->out, "%s\n", files->newest);
    if (status == HT_OK) status = ht_buffer_status(&files->out, err);
    if (status == HT_OK) status = put(files, FILES_SUCCESS, ht_buffer_slice(&files->out), err);
    ht_buffer_clear(&files->out);
    return status;
}

static void files_close(struct export_target *target)
{
    struct files *files = files_of(target);
    drop_encoder(files);
    if (files->spool) fclose(files->spool);
    files->place->ops->close(files->place);
    files_set_release(&files->set);
    ht_buffer_release(&files->manifest.text);
    ht_buffer_release(&files->encoded);
    ht_buffer_release(&files->out);
    free(files->ended);
    free(files);
}

static const struct export_target_ops files_ops = {
    .mark = files_mark,
    .begin = files_begin,
    .restate = files_restate,
    .table_begin = files_table_begin,
    .add = files_add,
    .flush = files_flush,
    .table_end = files_table_end,
    .commit = files_commit,
    .finish = files_finish,
    .close = files_close,
};

enum ht_status export_target_files_open(struct export_place *place, const struct export_files_options *options,
                                        struct export_target **target, struct ht_error *err)
{
    struct files *files = calloc(1, sizeof *files);
    if (!files) {
        place->ops->close(place);
        return ht_fail(err, HT_NO_MEMORY, "no memory for an export");
    }
    files->base.ops = &files_ops;
    files->place = place;
    files->options = *options;
    snprintf(files->extension, sizeof files->extension, "%s%s", options->format->extension,
             options->format->compresses ? "" : export_codec_extension(options->encoding.codec));
    *target = &files->base;
    return HT_OK;
}
