/* An evidence bundle, made: for each event payload, deliveries, leaf, what opens the leaf's commitment, and the proof
   that the leaf is under one signed checkpoint. */
#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/log.h"
#include "job.h"
#include "layout.h"

struct evidence {
    struct job job;
    struct ht_buffer note; /* the checkpoint, signed */
    struct ht_slice origin;
    struct ht_tree_head head;
    struct ht_buffer manifest;
    struct ht_emit emit; /* to it */
    uint64_t example;    /* an event that is not erased; the first one if there is none */
};

/* ---- the checkpoint ---- */

static uint64_t last_event(const struct job *job)
{
    return job_event(job, job_event_count(job) - 1);
}

static enum ht_status read_checkpoint(struct evidence *evidence, struct ht_error *err)
{
    struct ht_note note;
    enum ht_status status = ht_reader_begin(evidence->job.reader, err);
    if (status != HT_OK) return status;
    status = ht_log_cosigned(evidence->job.reader, HT_LOG_EVENTS, last_event(&evidence->job), &evidence->note, err);
    if (status == HT_NOT_FOUND) status = ht_log_checkpoint(evidence->job.reader, HT_LOG_EVENTS, &evidence->note, err);
    ht_reader_end(evidence->job.reader);
    if (status == HT_OK) status = ht_note_parse(ht_buffer_slice(&evidence->note), &note, err);
    if (status == HT_OK) status = ht_checkpoint_parse(note.text, &evidence->origin, &evidence->head, err);
    return status;
}

/* One that covers every event of the bundle: all of them were in the trail before it was signed. */
static enum ht_status add_checkpoint(struct evidence *evidence, struct ht_error *err)
{
    struct job *job = &evidence->job;
    enum ht_status status = ht_log_sign(job->store, HT_LOG_EVENTS, err);
    if (status == HT_OK) status = read_checkpoint(evidence, err);
    if (status != HT_OK) return status;
    job->made->size = evidence->head.size;
    if (evidence->head.size < last_event(job))
        return ht_fail(err, HT_CORRUPT, "the newest checkpoint does not cover the events: see `hooktrail verify`");
    status = zip_writer_add(&job->zip, LAYOUT_CHECKPOINT, ht_buffer_slice(&evidence->note), err);
    if (status != HT_OK) return status;
    ht_buffer_clear(&job->file);
    status = ht_log_keys(job->store, HT_LOG_EVENTS, &job->file, err);
    return status == HT_OK ? job_add_file(job, LAYOUT_KEY, err) : status;
}

/* ---- the manifest ---- */

static void begin_manifest(struct evidence *evidence)
{
    struct ht_emit *emit = &evidence->emit;
    const struct job *job = &evidence->job;
    static const char *const kinds[] = {[HT_SUBJECT_LEAD] = "lead",
                                        [HT_SUBJECT_EMAIL] = "email",
                                        [HT_SUBJECT_CONVERSATION] = "conversation",
                                        [HT_SUBJECT_SEQ] = "seq"};
    ht_emit_init(emit, &evidence->manifest);
    ht_emit_object(emit);
    ht_emit_key(emit, "format");
    ht_emit_uint(emit, LAYOUT_FORMAT);
    ht_emit_key(emit, "hooktrail");
    ht_emit_text(emit, ht_version());
    ht_emit_key(emit, "trail");
    ht_emit_hex(emit, ht_store_trail_id(job->store), HT_TRAIL_ID_SIZE);
    ht_emit_key(emit, "origin");
    ht_emit_string(emit, evidence->origin);
    ht_emit_key(emit, "made_at");
    ht_emit_time(emit, job->options->now);
    ht_emit_key(emit, "subject");
    ht_emit_object(emit);
    ht_emit_key(emit, "kind");
    ht_emit_text(emit, kinds[job->options->subject.kind]);
    ht_emit_key(emit, "id");
    ht_emit_string(emit, job->options->subject.value);
    ht_emit_end_object(emit);
}

static void emit_event(struct evidence *evidence, const struct ht_record_header *header, const uint8_t *sha256,
                       int64_t erased_at)
{
    struct ht_emit *emit = &evidence->emit;
    char name[ZIP_MAX_NAME];
    ht_emit_object(emit);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, header->seq);
    ht_emit_key(emit, "sha256");
    if (sha256)
        ht_emit_hex(emit, sha256, HT_SHA256_SIZE);
    else
        ht_emit_null(emit);
    if (header->erasure) {
        ht_emit_key(emit, "erased_at");
        ht_emit_time(emit, erased_at);
    }
    ht_emit_key(emit, "files");
    ht_emit_array(emit);
    for (int part = 0; part < LAYOUT_PARTS; part++) {
        if (header->erasure && !layout_stays_erased((enum layout_part)part)) continue;
        layout_name((enum layout_part)part, header->seq, name);
        ht_emit_text(emit, name);
    }
    ht_emit_end_array(emit);
    ht_emit_end_object(emit);
}

/* ---- an event ---- */

static enum ht_status add_part(struct job *job, enum layout_part part, uint64_t seq, struct ht_slice bytes,
                               struct ht_error *err)
{
    char name[ZIP_MAX_NAME];
    layout_name(part, seq, name);
    return zip_writer_add(&job->zip, name, bytes, err);
}

static enum ht_status add_made_part(struct job *job, enum layout_part part, uint64_t seq, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(&job->file, err);
    return status == HT_OK ? add_part(job, part, seq, ht_buffer_slice(&job->file), err) : status;
}

static void emit_opening(struct ht_buffer *out, uint64_t seq, const struct ht_opening *opening)
{
    struct ht_emit emit;
    ht_buffer_clear(out);
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "seq");
    ht_emit_uint(&emit, seq);
    ht_emit_key(&emit, "salt");
    ht_emit_hex(&emit, opening->salt, sizeof opening->salt);
    ht_emit_key(&emit, "payload_sha256");
    ht_emit_hex(&emit, opening->sha256, sizeof opening->sha256);
    ht_emit_key(&emit, "delivery");
    ht_emit_hex(&emit, opening->delivery.data, opening->delivery.size);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

/* What stays of every event. */
static enum ht_status add_proof(struct evidence *evidence, uint64_t seq, struct ht_error *err)
{
    struct job *job = &evidence->job;
    struct ht_slice leaf;
    struct ht_merkle_proof proof;
    enum ht_status status = ht_log_leaf(job->reader, HT_LOG_EVENTS, seq, &leaf, err);
    if (status == HT_OK) status = add_part(job, LAYOUT_LEAF, seq, leaf, err);
    if (status == HT_OK) status = ht_log_inclusion(job->reader, HT_LOG_EVENTS, seq, evidence->head.size, &proof, err);
    if (status != HT_OK) return status;
    ht_buffer_clear(&job->file);
    ht_tlog_proof_add(&job->file, HT_ABSENT, seq - 1, &proof, ht_buffer_slice(&evidence->note));
    return add_made_part(job, LAYOUT_PROOF, seq, err);
}

/* What an erasure takes. */
static enum ht_status add_payload(struct evidence *evidence, const struct ht_record_header *header,
                                  struct ht_error *err)
{
    struct job *job = &evidence->job;
    struct ht_record record;
    struct ht_opening opening;
    enum ht_status status = ht_trail_opening(job->reader, header->seq, job->unpacker, &record, &opening, err);
    if (status == HT_OK) status = add_part(job, LAYOUT_PAYLOAD, header->seq, record.payload, err);
    if (status != HT_OK) return status;
    emit_opening(&job->file, header->seq, &opening);
    status = add_made_part(job, LAYOUT_OPENING, header->seq, err);
    if (status == HT_OK) emit_event(evidence, header, opening.sha256, HT_TIME_NONE);
    return status;
}

static enum ht_status add_tombstone(struct evidence *evidence, const struct ht_record_header *header,
                                    struct ht_error *err)
{
    struct ht_erasure erasure;
    enum ht_status status = ht_erasure_get(evidence->job.reader, header->erasure, &erasure, err);
    if (status != HT_OK) return status;
    evidence->job.made->erased++;
    emit_event(evidence, header, NULL, erasure.at);
    return HT_OK;
}

/* Within the reader's span. `told`: the deliveries were told of already, so the event was not erased a moment ago. */
static enum ht_status add_record(struct evidence *evidence, uint64_t seq, bool told, struct ht_error *err)
{
    struct ht_record_header header;
    enum ht_status status = ht_trail_header(evidence->job.reader, seq, &header, err);
    if (status == HT_OK) status = add_proof(evidence, seq, err);
    if (status != HT_OK) return status;
    if (told != (header.erasure == 0))
        return ht_fail(err, HT_BUSY, "event %" PRIu64 " was erased just now: try again", seq);
    return told ? add_payload(evidence, &header, err) : add_tombstone(evidence, &header, err);
}

static enum ht_status add_event(struct evidence *evidence, uint64_t seq, struct ht_error *err)
{
    struct job *job = &evidence->job;
    char number[24];
    int size = snprintf(number, sizeof number, "%" PRIu64, seq);
    ht_buffer_clear(&job->file);
    enum ht_status status = pages_one(job->reader, HT_QUERY_EVENT, ht_slice_of(number, (size_t)size), &job->file, err);
    bool told = status == HT_OK;
    if (told) status = add_made_part(job, LAYOUT_DELIVERIES, seq, err);
    if (status != HT_OK && status != HT_ERASED) return status;
    status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    status = add_record(evidence, seq, told, err);
    ht_reader_end(job->reader);
    return status;
}

static enum ht_status add_events(struct evidence *evidence, struct ht_error *err)
{
    const struct job *job = &evidence->job;
    enum ht_status status = HT_OK;
    ht_emit_key(&evidence->emit, "events");
    ht_emit_array(&evidence->emit);
    for (size_t i = 0; i < job_event_count(job) && status == HT_OK; i++) {
        status = add_event(evidence, job_event(job, i), err);
        if (status == HT_OK) status = job_step(job, i + 1, err);
    }
    ht_emit_end_array(&evidence->emit);
    return status;
}

/* ---- timelines and histories ---- */

static void emit_reading(struct ht_emit *emit, const char *key, struct ht_slice id, const char *name)
{
    static const char *const suffixes[] = {".json", ".txt"};
    char file[ZIP_MAX_NAME];
    ht_emit_object(emit);
    ht_emit_key(emit, key);
    ht_emit_string(emit, id);
    ht_emit_key(emit, "files");
    ht_emit_array(emit);
    for (size_t i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s%s", name, suffixes[i]);
        ht_emit_text(emit, file);
    }
    ht_emit_end_array(emit);
    ht_emit_end_object(emit);
}

/* A conversation that was erased whole has no timeline any more; its events are there as tombstones. */
static enum ht_status add_timeline(struct evidence *evidence, struct ht_slice id, const char *name,
                                   struct ht_error *err)
{
    struct job *job = &evidence->job;
    if (id.size == 0) return HT_OK;
    enum ht_status status = job_add_pages(job, HT_QUERY_TIMELINE, id, name, err);
    if (status == HT_ERASED && scope_id_count(&job->scope.leads) > 0) return HT_OK;
    if (status != HT_OK) return status;
    emit_reading(&evidence->emit, "conversation", id, name);
    job->made->conversations++;
    return HT_OK;
}

static enum ht_status add_readings(struct evidence *evidence, struct ht_error *err)
{
    const struct job *job = &evidence->job;
    const struct scope_ids *conversations = &job->scope.conversations;
    bool lead = scope_id_count(&job->scope.leads) > 0;
    char name[ZIP_MAX_NAME] = "timeline";
    enum ht_status status = HT_OK;
    ht_emit_key(&evidence->emit, "readings");
    ht_emit_array(&evidence->emit);
    if (lead) {
        struct ht_slice id = scope_id(&job->scope.leads, 0);
        status = job_add_pages(&evidence->job, HT_QUERY_HISTORY, id, "history", err);
        emit_reading(&evidence->emit, "lead", id, "history");
    }
    for (size_t i = 0; i < scope_id_count(conversations) && status == HT_OK; i++) {
        if (lead) snprintf(name, sizeof name, "timelines/%zu", i + 1);
        status = add_timeline(evidence, scope_id(conversations, i), name, err);
    }
    ht_emit_end_array(&evidence->emit);
    return status;
}

/* ---- the whole ---- */

static enum ht_status find_example(struct evidence *evidence, struct ht_error *err)
{
    const struct job *job = &evidence->job;
    struct ht_record_header header = {.erasure = 1};
    enum ht_status status = ht_reader_begin(job->reader, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < job_event_count(job) && status == HT_OK && header.erasure; i++)
        status = ht_trail_header(job->reader, job_event(job, i), &header, err);
    ht_reader_end(job->reader);
    evidence->example = header.erasure ? job_event(job, 0) : header.seq;
    return status;
}

static enum ht_status add_readme(struct evidence *evidence, struct ht_error *err)
{
    struct job *job = &evidence->job;
    struct ht_buffer about = {0};
    char seq[24], size[24], events[24], made[HT_TIME_TEXT_SIZE];
    snprintf(seq, sizeof seq, "%" PRIu64, evidence->example);
    snprintf(size, sizeof size, "%" PRIu64, evidence->head.size);
    snprintf(events, sizeof events, "%zu", job_event_count(job));
    ht_time_format(made, job->options->now);
    job_about(job, &about);
    const struct job_value values[] = {{"@SEQ@", ht_slice_from(seq)},
                                       {"@SIZE@", ht_slice_from(size)},
                                       {"@EVENTS@", ht_slice_from(events)},
                                       {"@MADE@", ht_slice_from(made)},
                                       {"@ABOUT@", ht_buffer_slice(&about)},
                                       {"@ORIGIN@", evidence->origin},
                                       {0}};
    enum ht_status status = ht_buffer_status(&about, err);
    if (status == HT_OK) status = job_add_readme(job, "evidence.txt", values, err);
    ht_buffer_release(&about);
    return status;
}

static enum ht_status add_manifest(struct evidence *evidence, struct ht_error *err)
{
    struct ht_buffer *manifest = &evidence->manifest;
    ht_emit_end_object(&evidence->emit);
    ht_buffer_add_byte(manifest, '\n');
    enum ht_status status = ht_buffer_status(manifest, err);
    if (status == HT_OK) status = zip_writer_add(&evidence->job.zip, LAYOUT_MANIFEST, ht_buffer_slice(manifest), err);
    if (status != HT_OK) return status;
    struct ht_buffer *sums = &evidence->job.file; /* a copy, for adding it would add to it */
    ht_buffer_clear(sums);
    ht_buffer_add(sums, ht_buffer_slice(&evidence->job.zip.sums));
    return job_add_file(&evidence->job, LAYOUT_SUMS, err);
}

static enum ht_status write_all(struct evidence *evidence, struct ht_error *err)
{
    if (job_event_count(&evidence->job) == 0) return ht_fail(err, HT_NOT_FOUND, "there are no events of this");
    enum ht_status status = add_checkpoint(evidence, err);
    if (status == HT_OK) status = find_example(evidence, err);
    if (status == HT_OK) status = add_readme(evidence, err);
    if (status != HT_OK) return status;
    begin_manifest(evidence);
    status = add_readings(evidence, err);
    if (status == HT_OK) status = add_events(evidence, err);
    return status == HT_OK ? add_manifest(evidence, err) : status;
}

enum ht_status ht_evidence_make(struct ht_store *store, struct ht_reader *reader,
                                const struct ht_bundle_options *options, struct ht_bundle_made *made,
                                struct ht_error *err)
{
    struct evidence evidence = {0};
    if (options->subject.kind == HT_SUBJECT_EMAIL)
        return ht_fail(err, HT_INVALID, "evidence is of a lead, a conversation or one event");
    enum ht_status status = job_begin(&evidence.job, store, reader, options, false, made, err);
    if (status == HT_OK) status = write_all(&evidence, err);
    status = job_end(&evidence.job, HT_ACT_EVIDENCE, status, err);
    ht_buffer_release(&evidence.note);
    ht_buffer_release(&evidence.manifest);
    return status;
}
