#include "job.h"

#include <stdio.h>
#include <sys/stat.h>

#include "hooktrail/embedded.h"
#include "hooktrail/encode.h"
#include "layout.h"

enum ht_status job_begin(struct job *job, struct ht_store *store, struct ht_reader *reader,
                         const struct ht_bundle_options *options, bool rejected, struct ht_bundle_made *made,
                         struct ht_error *err)
{
    *made = (struct ht_bundle_made){0};
    *job = (struct job){.store = store, .reader = reader, .options = options, .made = made, .zip = {.file = -1}};
    job->unpacker = ht_unpacker_new();
    if (!job->unpacker) return ht_fail(err, HT_NO_MEMORY, "no memory to unpack events");
    enum ht_status status = scope_collect(&job->scope, reader, &options->subject, rejected, err);
    if (status != HT_OK) return status;
    made->events = job_event_count(job);
    made->leads = scope_id_count(&job->scope.leads);
    return zip_writer_open(&job->zip, options->path, options->now, err);
}

static enum ht_status record_act(const struct job *job, enum ht_act_kind kind, struct ht_error *err)
{
    char detail[128];
    int size =
        snprintf(detail, sizeof detail, "of %s: %llu events", job_kind(job), (unsigned long long)job->made->events);
    struct ht_act act = {.at = job->options->now, .kind = kind, .detail = ht_slice_of(detail, (size_t)size)};
    return ht_act_record(job->store, &act, err);
}

/* What an erasure has taken must not go out in a bundle that was begun before it: what was read then is in the zip. */
static enum ht_status check_unerased(struct job *job, struct ht_error *err)
{
    uint64_t last = 0;
    enum ht_status status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    status = ht_erasure_last(job->reader, &last, err);
    ht_reader_end(job->reader);
    if (status != HT_OK || last == job->scope.erasure) return status;
    return ht_fail(err, HT_BUSY, "something was erased just now: try again");
}

/* What went while the bundle was made is no answer to whether it was there: that gives the next try. */
static enum ht_status explain(struct job *job, enum ht_status status, struct ht_error *err)
{
    struct ht_error cause = {0};
    if (status != HT_ERASED && status != HT_NOT_FOUND) return status;
    return check_unerased(job, &cause) == HT_BUSY ? ht_fail(err, HT_BUSY, "%s", cause.detail) : status;
}

enum ht_status job_end(struct job *job, enum ht_act_kind kind, enum ht_status status, struct ht_error *err)
{
    struct stat made;
    status = explain(job, status, err);
    if (status == HT_OK) status = zip_writer_end(&job->zip, err);
    if (status == HT_OK) status = check_unerased(job, err); /* here, lest the act tells of what is not made, */
    if (status == HT_OK) status = record_act(job, kind, err);
    if (status == HT_OK) status = check_unerased(job, err); /* and as late as can be */
    if (status == HT_OK) status = zip_writer_publish(&job->zip, err);
    if (status == HT_OK && fstat(job->zip.file, &made) == 0) job->made->bytes = (uint64_t)made.st_size;
    zip_writer_release(&job->zip);
    pages_release(&job->pages);
    scope_release(&job->scope);
    ht_unpacker_free(job->unpacker);
    ht_buffer_release(&job->file);
    return status;
}

enum ht_status job_step(const struct job *job, uint64_t done, struct ht_error *err)
{
    const struct ht_bundle_options *options = job->options;
    if (!options->progress || options->progress(options->progress_context, done, job_event_count(job))) return HT_OK;
    return ht_fail(err, HT_STOPPING, "stopped before the bundle was whole");
}

enum ht_status job_add_file(struct job *job, const char *name, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(&job->file, err);
    return status == HT_OK ? zip_writer_add(&job->zip, name, ht_buffer_slice(&job->file), err) : status;
}

enum ht_status job_add_pages(struct job *job, enum ht_query_kind kind, struct ht_slice id, const char *name,
                             struct ht_error *err)
{
    char file[ZIP_MAX_NAME];
    enum ht_status status = pages_read(&job->pages, job->reader, kind, id, job->options, err);
    if (status != HT_OK) return status;
    snprintf(file, sizeof file, "%s.json", name);
    status = zip_writer_add(&job->zip, file, ht_buffer_slice(&job->pages.document), err);
    if (status != HT_OK) return status;
    snprintf(file, sizeof file, "%s.txt", name);
    return zip_writer_add(&job->zip, file, ht_buffer_slice(&job->pages.text), err);
}

static struct ht_slice embedded(const char *name)
{
    for (const struct ht_embedded *file = ht_embedded_bundle; file->name; file++)
        if (strcmp(file->name, name) == 0) return ht_slice_of(file->data, file->size);
    return HT_SLICE("");
}

/* The value that "@NAME@", at the start of `text`, stands for, or absent. `size` gets that of the name. */
static struct ht_slice value_at(struct ht_slice text, const struct job_value *values, size_t *size)
{
    for (; values->name; values++) {
        *size = strlen(values->name);
        if (*size <= text.size && memcmp(text.data, values->name, *size) == 0) return values->value;
    }
    return HT_ABSENT;
}

enum ht_status job_add_readme(struct job *job, const char *name, const struct job_value *values, struct ht_error *err)
{
    struct ht_slice text = embedded(name);
    ht_buffer_clear(&job->file);
    while (text.size > 0) {
        size_t taken = 1;
        struct ht_slice value = text.data[0] == '@' ? value_at(text, values, &taken) : HT_ABSENT;
        if (value.data) {
            ht_buffer_add(&job->file, value);
        } else {
            taken = 1;
            ht_buffer_add_byte(&job->file, text.data[0]);
        }
        text = ht_slice_of(text.data + taken, text.size - taken);
    }
    return job_add_file(job, LAYOUT_README, err);
}

const char *job_kind(const struct job *job)
{
    static const char *const kinds[] = {[HT_SUBJECT_LEAD] = "a lead",
                                        [HT_SUBJECT_EMAIL] = "an address",
                                        [HT_SUBJECT_CONVERSATION] = "a conversation",
                                        [HT_SUBJECT_SEQ] = "one event"};
    return kinds[job->options->subject.kind];
}

void job_about(const struct job *job, struct ht_buffer *out)
{
    static const char *const kinds[] = {[HT_SUBJECT_LEAD] = "lead ",
                                        [HT_SUBJECT_EMAIL] = "address ",
                                        [HT_SUBJECT_CONVERSATION] = "conversation ",
                                        [HT_SUBJECT_SEQ] = "event "};
    ht_buffer_add_text(out, kinds[job->options->subject.kind]);
    ht_terminal_add(out, job->options->subject.value, false);
}
