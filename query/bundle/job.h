/* Private to query/bundle/: a bundle being made; what evidence and subject bundles share. */
#ifndef QUERY_BUNDLE_JOB_H
#define QUERY_BUNDLE_JOB_H

#include "hooktrail/act.h"
#include "hooktrail/bundle.h"
#include "pages.h"
#include "scope.h"
#include "zip_writer.h"

struct job {
    struct ht_store *store;
    struct ht_reader *reader;
    const struct ht_bundle_options *options;
    struct ht_bundle_made *made;
    struct scope scope;
    struct zip_writer zip;
    struct pages pages;
    struct ht_unpacker *unpacker;
    struct ht_buffer file; /* one being made */
};

/* Collects what the bundle is about and begins its file. Ended by job_end, whatever it returns. */
HT_MUST_CHECK enum ht_status job_begin(struct job *job, struct ht_store *store, struct ht_reader *reader,
                                       const struct ht_bundle_options *options, bool rejected,
                                       struct ht_bundle_made *made, struct ht_error *err);

/* If `status` is HT_OK: ends the zip, records the act, and gives the zip its name, in this order, so that no bundle is
   without an act. HT_BUSY, and no zip, if anything was erased since job_begin. Releases everything. */
HT_MUST_CHECK enum ht_status job_end(struct job *job, enum ht_act_kind kind, enum ht_status status,
                                     struct ht_error *err);

HT_MUST_CHECK enum ht_status job_step(const struct job *job, uint64_t done, struct ht_error *err);

/* Adds what job->file holds, if all of it was written to it. */
HT_MUST_CHECK enum ht_status job_add_file(struct job *job, const char *name, struct ht_error *err);

/* Adds NAME.json and NAME.txt: all pages of a timeline or history. */
HT_MUST_CHECK enum ht_status job_add_pages(struct job *job, enum ht_query_kind kind, struct ht_slice id,
                                           const char *name, struct ht_error *err);

/* Adds README.txt: the embedded text `name` with each "@NAME@" replaced. A NULL name ends the values. */
struct job_value {
    const char *name;
    struct ht_slice value;
};
HT_MUST_CHECK enum ht_status job_add_readme(struct job *job, const char *name, const struct job_value *values,
                                            struct ht_error *err);

static inline size_t job_event_count(const struct job *job)
{
    return ht_numbers_count(&job->scope.held.events);
}

static inline uint64_t job_event(const struct job *job, size_t at)
{
    return ht_numbers_at(&job->scope.held.events, at);
}

/* "a conversation": what the bundle is about, without ids; and with it, for its own files: "conversation ID". */
const char *job_kind(const struct job *job);
void job_about(const struct job *job, struct ht_buffer *out);

#endif
