/* A subject bundle, made: what is held about a person, for that person to read. Nothing in it is of how we keep it. */
#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/json.h"
#include "hooktrail/rejected.h"
#include "job.h"
#include "layout.h"

#define DELIVERIES "deliveries.json"
#define ERASED "erased.json"

/* A list in a file of its own, made beside the others. */
struct listing {
    struct ht_buffer text;
    struct ht_emit emit;
};

struct person {
    struct job job;
    struct listing deliveries;
    struct listing erased;
    struct ht_buffer document;
    struct ht_json *json;
};

/* ---- lists ---- */

static void begin_listing(struct listing *listing, const char *key)
{
    ht_emit_init(&listing->emit, &listing->text);
    ht_emit_object(&listing->emit);
    ht_emit_key(&listing->emit, key);
    ht_emit_array(&listing->emit);
}

static enum ht_status add_listing(struct person *person, struct listing *listing, const char *name,
                                  struct ht_error *err)
{
    ht_emit_end_array(&listing->emit);
    ht_emit_end_object(&listing->emit);
    ht_buffer_add_byte(&listing->text, '\n');
    enum ht_status status = ht_buffer_status(&listing->text, err);
    return status == HT_OK ? zip_writer_add(&person->job.zip, name, ht_buffer_slice(&listing->text), err) : status;
}

/* ---- an event ---- */

static void emit_member(const struct ht_json *json, struct ht_emit *emit, uint32_t object, const char *name)
{
    ht_emit_key(emit, name);
    ht_emit_raw(emit, pages_value(json, ht_json_member(json, object, name)));
}

/* Of the engine's document what says when and from where. */
static enum ht_status emit_deliveries(struct person *person, struct ht_error *err)
{
    struct ht_emit *emit = &person->deliveries.emit;
    struct ht_json *json = person->json;
    enum ht_status status = ht_json_parse(json, ht_buffer_slice(&person->document), err);
    if (status != HT_OK) return status;
    uint32_t list = ht_json_member(json, 0, "received");
    ht_emit_object(emit);
    emit_member(json, emit, 0, "seq");
    emit_member(json, emit, 0, "type");
    ht_emit_key(emit, "received");
    ht_emit_array(emit);
    for (uint32_t at = ht_json_first(json, list); at != HT_JSON_NONE; at = ht_json_after(json, list, at)) {
        ht_emit_object(emit);
        emit_member(json, emit, at, "at");
        emit_member(json, emit, at, "sender");
        ht_emit_end_object(emit);
    }
    ht_emit_end_array(emit);
    ht_emit_end_object(emit);
    return HT_OK;
}

/* Within the reader's span. */
static enum ht_status read_record(struct person *person, uint64_t seq, struct ht_error *err)
{
    struct job *job = &person->job;
    struct ht_record record;
    char name[ZIP_MAX_NAME];
    enum ht_status status = ht_trail_get(job->reader, seq, job->unpacker, &record, err);
    if (status != HT_OK) return status;
    layout_name(LAYOUT_PAYLOAD, seq, name);
    return zip_writer_add(&job->zip, name, record.payload, err);
}

static enum ht_status add_payload(struct person *person, uint64_t seq, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(person->job.reader, err);
    if (status != HT_OK) return status;
    status = read_record(person, seq, err);
    ht_reader_end(person->job.reader);
    return status == HT_OK ? emit_deliveries(person, err) : status;
}

static enum ht_status read_erased(struct person *person, uint64_t seq, struct ht_error *err)
{
    struct ht_emit *emit = &person->erased.emit;
    struct ht_record_header header;
    struct ht_erasure erasure = {.at = HT_TIME_NONE};
    enum ht_status status = ht_trail_header(person->job.reader, seq, &header, err);
    if (status == HT_OK) status = ht_erasure_get(person->job.reader, header.erasure, &erasure, err);
    if (status != HT_OK) return status;
    ht_emit_object(emit);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, seq);
    ht_emit_key(emit, "received_at");
    ht_emit_time(emit, header.received_at);
    ht_emit_key(emit, "erased_at");
    ht_emit_time(emit, erasure.at);
    ht_emit_end_object(emit);
    return HT_OK;
}

static enum ht_status add_erased(struct person *person, uint64_t seq, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(person->job.reader, err);
    if (status != HT_OK) return status;
    person->job.made->erased++;
    status = read_erased(person, seq, err);
    ht_reader_end(person->job.reader);
    return status;
}

static enum ht_status add_event(struct person *person, uint64_t seq, struct ht_error *err)
{
    char number[24];
    int size = snprintf(number, sizeof number, "%" PRIu64, seq);
    ht_buffer_clear(&person->document);
    enum ht_status status =
        pages_one(person->job.reader, HT_QUERY_EVENT, ht_slice_of(number, (size_t)size), &person->document, err);
    if (status == HT_ERASED) return add_erased(person, seq, err);
    return status == HT_OK ? add_payload(person, seq, err) : status;
}

static enum ht_status add_events(struct person *person, struct ht_error *err)
{
    const struct job *job = &person->job;
    enum ht_status status = HT_OK;
    begin_listing(&person->deliveries, "deliveries");
    begin_listing(&person->erased, "erased");
    for (size_t i = 0; i < job_event_count(job) && status == HT_OK; i++) {
        status = add_event(person, job_event(job, i), err);
        if (status == HT_OK) status = job_step(job, i + 1, err);
    }
    if (status == HT_OK) status = add_listing(person, &person->deliveries, DELIVERIES, err);
    if (status == HT_OK && person->job.made->erased > 0) status = add_listing(person, &person->erased, ERASED, err);
    return status;
}

/* ---- rejected deliveries ---- */

/* Within the reader's span. One that can't be read any more, or went meanwhile, has nothing to show. */
static enum ht_status read_rejected(struct person *person, uint64_t number, struct ht_error *err)
{
    struct ht_rejected rejected;
    char name[ZIP_MAX_NAME];
    enum ht_status status = ht_rejected_get(person->job.reader, number, &rejected, err);
    if (status == HT_CORRUPT || status == HT_ERASED || status == HT_NOT_FOUND) return HT_OK;
    if (status != HT_OK) return status;
    person->job.made->rejected++;
    snprintf(name, sizeof name, "rejected/%" PRIu64 ".txt", number);
    return zip_writer_add(&person->job.zip, name, rejected.body, err);
}

static enum ht_status add_rejected(struct person *person, struct ht_error *err)
{
    const struct ht_numbers *numbers = &person->job.scope.held.rejected;
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < ht_numbers_count(numbers) && status == HT_OK; i++) {
        status = ht_reader_begin(person->job.reader, err);
        if (status != HT_OK) return status;
        status = read_rejected(person, ht_numbers_at(numbers, i), err);
        ht_reader_end(person->job.reader);
    }
    return status;
}

/* ---- what can be read ---- */

static enum ht_status add_readings(struct person *person, const struct scope_ids *ids, enum ht_query_kind kind,
                                   const char *folder, uint64_t *count, struct ht_error *err)
{
    char name[ZIP_MAX_NAME];
    for (size_t i = 0; i < scope_id_count(ids); i++) {
        struct ht_slice id = scope_id(ids, i);
        snprintf(name, sizeof name, "%s/%" PRIu64, folder, *count + 1);
        enum ht_status status = id.size > 0 ? job_add_pages(&person->job, kind, id, name, err) : HT_ERASED;
        if (status == HT_ERASED) continue; /* nothing of it is left to be read */
        if (status != HT_OK) return status;
        ++*count;
    }
    return HT_OK;
}

static enum ht_status add_readme(struct person *person, struct ht_error *err)
{
    const struct job *job = &person->job;
    struct ht_buffer about = {0};
    char events[24], conversations[24], leads[24], made[HT_TIME_TEXT_SIZE];
    snprintf(events, sizeof events, "%" PRIu64, job->made->events - job->made->erased);
    snprintf(conversations, sizeof conversations, "%" PRIu64, job->made->conversations);
    snprintf(leads, sizeof leads, "%" PRIu64, job->made->leads);
    ht_time_format(made, job->options->now);
    job_about(job, &about);
    const struct job_value values[] = {
        {"@EVENTS@", ht_slice_from(events)},  {"@CONVERSATIONS@", ht_slice_from(conversations)},
        {"@LEADS@", ht_slice_from(leads)},    {"@MADE@", ht_slice_from(made)},
        {"@ABOUT@", ht_buffer_slice(&about)}, {0}};
    enum ht_status status = ht_buffer_status(&about, err);
    if (status == HT_OK) status = job_add_readme(&person->job, "subject.txt", values, err);
    ht_buffer_release(&about);
    return status;
}

static enum ht_status write_all(struct person *person, struct ht_error *err)
{
    struct job *job = &person->job;
    person->json = ht_json_new();
    if (!person->json) return ht_fail(err, HT_NO_MEMORY, "no memory to read a document");
    job->made->leads = 0;
    enum ht_status status =
        add_readings(person, &job->scope.leads, HT_QUERY_HISTORY, "contacts", &job->made->leads, err);
    if (status == HT_OK)
        status = add_readings(person, &job->scope.conversations, HT_QUERY_TIMELINE, "conversations",
                              &job->made->conversations, err);
    if (status == HT_OK) status = add_events(person, err);
    if (status == HT_OK) status = add_rejected(person, err);
    return status == HT_OK ? add_readme(person, err) : status;
}

enum ht_status ht_subject_make(struct ht_store *store, struct ht_reader *reader,
                               const struct ht_bundle_options *options, struct ht_bundle_made *made,
                               struct ht_error *err)
{
    struct person person = {0};
    if (options->subject.kind == HT_SUBJECT_SEQ)
        return ht_fail(err, HT_INVALID, "this is of an address, a lead or a conversation");
    enum ht_status status = job_begin(&person.job, store, reader, options, true, made, err);
    if (status == HT_OK) status = write_all(&person, err);
    status = job_end(&person.job, HT_ACT_SUBJECT_EXPORT, status, err);
    ht_buffer_release(&person.deliveries.text);
    ht_buffer_release(&person.erased.text);
    ht_buffer_release(&person.document);
    ht_json_free(person.json);
    return status;
}
