#include "witness.h"

#include <stdlib.h>
#include <time.h>

#include "hooktrail/log.h"
#include "pause.h"
#include "poster.h"

#define GLANCE_MS 1000          /* between two looks at the newest checkpoint */
#define LONGEST_WAIT_MS 3600000 /* after failures */
#define ATTEMPTS 3              /* in one turn: the witness names the size that it has, and perhaps once more */

/* A log that a witness is asked for. On the thread, but for the counts. */
struct charge {
    const struct ht_witness *witness;
    enum ht_log log;
    uint64_t known;    /* the size that the witness has, as far as we know */
    int64_t next_at;   /* not to be asked before */
    unsigned failures; /* in a row */
    struct ht_metrics_witness counts;
};

struct ht_witnesses {
    struct ht_server *server;
    struct ht_reader *reader;
    struct ht_poster *poster;
    struct ht_pause pause;
    pthread_t thread;
    struct ht_witness_list list;
    struct charge charges[HT_WITNESS_MAX * HT_LOG_COUNT];
    size_t count;
};

/* What is sent, and what it says. */
struct submission {
    struct ht_buffer checkpoint;
    struct ht_note note; /* borrows from the checkpoint */
    struct ht_tree_head head;
    struct ht_buffer body;
};

/* ---- one question ---- */

static enum ht_status read_checkpoint(struct ht_witnesses *witnesses, enum ht_log log, struct submission *submission,
                                      struct ht_error *err)
{
    struct ht_slice origin;
    enum ht_status status = ht_reader_begin(witnesses->reader, err);
    if (status != HT_OK) return status;
    status = ht_log_checkpoint(witnesses->reader, log, &submission->checkpoint, err);
    ht_reader_end(witnesses->reader);
    if (status == HT_OK) status = ht_note_parse(ht_buffer_slice(&submission->checkpoint), &submission->note, err);
    if (status == HT_OK) status = ht_checkpoint_parse(submission->note.text, &origin, &submission->head, err);
    return status;
}

static enum ht_status make_body(struct ht_witnesses *witnesses, const struct charge *charge,
                                struct submission *submission, struct ht_error *err)
{
    struct ht_merkle_proof proof = {0};
    enum ht_status status = ht_reader_begin(witnesses->reader, err);
    if (status != HT_OK) return status;
    /* From the empty tree there is nothing to prove. */
    if (charge->known > 0)
        status = ht_log_consistency(witnesses->reader, charge->log, charge->known, submission->head.size, &proof, err);
    ht_reader_end(witnesses->reader);
    if (status != HT_OK) return status;
    ht_buffer_clear(&submission->body);
    ht_witness_add_request(&submission->body, charge->known, &proof, ht_buffer_slice(&submission->checkpoint));
    return ht_buffer_status(&submission->body, err);
}

static enum ht_status post(struct ht_witnesses *witnesses, const struct charge *charge,
                           const struct submission *submission, struct ht_witness_answer *answer, struct ht_error *err)
{
    char url[HT_WITNESS_URL + 32];
    struct ht_poster_answer raw;
    snprintf(url, sizeof url, "%s/add-checkpoint", charge->witness->url);
    enum ht_status status =
        ht_poster_send(witnesses->poster, url, ht_buffer_slice(&submission->body), HT_WITNESS_ANSWER_SIZE, &raw, err);
    if (status == HT_OK) {
        struct ht_witness_reply reply = {raw.code, ht_buffer_slice(&raw.content_type), ht_buffer_slice(&raw.body)};
        status =
            ht_witness_read_answer(charge->witness, submission->note.text, &reply, (uint64_t)time(NULL), answer, err);
    }
    ht_buffer_release(&raw.content_type);
    ht_buffer_release(&raw.body);
    return status;
}

static enum ht_status keep(struct ht_witnesses *witnesses, struct charge *charge, const struct submission *submission,
                           struct ht_slice lines, struct ht_error *err)
{
    uint64_t size = submission->head.size;
    enum ht_status status =
        ht_log_cosign(witnesses->server->store, charge->log, ht_buffer_slice(&submission->checkpoint), lines, err);
    if (status != HT_OK) return status;
    charge->known = size;
    atomic_store_explicit(&charge->counts.size, size, memory_order_relaxed);
    return HT_OK;
}

/* The witness has another size than we thought: believed only if it can be. */
static enum ht_status follow(struct charge *charge, const struct submission *submission, uint64_t size,
                             struct ht_error *err)
{
    if (size > submission->head.size)
        return ht_fail(err, HT_CORRUPT,
                       "it has seen %llu leaves of this log, which has %llu: the trail has gone back, or someone else "
                       "signs with its key",
                       (unsigned long long)size, (unsigned long long)submission->head.size);
    if (size == charge->known) return ht_fail(err, HT_CORRUPT, "it contradicts itself about the size that it has");
    charge->known = size;
    return HT_OK;
}

static enum ht_status submit(struct ht_witnesses *witnesses, struct charge *charge, struct submission *submission,
                             struct ht_error *err)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct ht_witness_answer answer = {0};
        enum ht_status status = make_body(witnesses, charge, submission, err);
        if (status == HT_OK) status = post(witnesses, charge, submission, &answer, err);
        bool done = status == HT_OK && !answer.conflict;
        if (done) status = keep(witnesses, charge, submission, ht_buffer_slice(&answer.lines), err);
        if (status == HT_OK && answer.conflict) status = follow(charge, submission, answer.size, err);
        ht_buffer_release(&answer.lines);
        if (done || status != HT_OK) return status;
    }
    return ht_fail(err, HT_CORRUPT, "it names another size each time");
}

/* ---- one witness's turn ---- */

static int64_t interval(const struct ht_witnesses *witnesses)
{
    return (int64_t)ht_config_number(&witnesses->server->config, HT_SETTING_WITNESS_INTERVAL);
}

static int64_t wait_after(const struct ht_witnesses *witnesses, unsigned failures)
{
    int64_t wait = interval(witnesses);
    for (unsigned i = 0; i < failures && wait < LONGEST_WAIT_MS; i++)
        wait *= 2;
    return wait < LONGEST_WAIT_MS || failures == 0 ? wait : LONGEST_WAIT_MS;
}

/* Says so when it begins to fail and when it no longer does; what comes between is for those who debug. */
static void tell(struct ht_witnesses *witnesses, const struct charge *charge, enum ht_status status,
                 const struct ht_error *err)
{
    struct ht_logger *log = &witnesses->server->log;
    const char *name = charge->witness->key.name, *origin = ht_log_origin(witnesses->server->store, charge->log);
    if (status != HT_OK)
        ht_log_write(log, charge->failures == 1 ? HT_LOG_WARNING : HT_LOG_DEBUG,
                     "the witness %s does not cosign %s: %s", name, origin, err->detail);
    else if (charge->failures > 0)
        ht_log_write(log, HT_LOG_INFO, "the witness %s cosigns %s again", name, origin);
}

static void settle(struct ht_witnesses *witnesses, struct charge *charge, enum ht_status status,
                   const struct ht_error *err)
{
    if (status == HT_STOPPING) return;
    ht_metrics_count(status == HT_OK ? &charge->counts.cosigned : &charge->counts.failed);
    if (status != HT_OK) charge->failures++;
    tell(witnesses, charge, status, err);
    if (status == HT_OK) charge->failures = 0;
    charge->next_at = ht_pause_now() + wait_after(witnesses, charge->failures);
}

/* Asks, if it is time and there is a checkpoint that the witness has not signed. False if there is none. */
static bool ask(struct ht_witnesses *witnesses, struct charge *charge)
{
    struct ht_error err = {0};
    struct submission submission = {0};
    enum ht_status status = read_checkpoint(witnesses, charge->log, &submission, &err);
    bool is_new =
        status != HT_NOT_FOUND && (status != HT_OK || submission.head.size != atomic_load(&charge->counts.size));
    if (is_new && charge->next_at <= ht_pause_now()) {
        if (status == HT_OK) status = submit(witnesses, charge, &submission, &err);
        settle(witnesses, charge, status, &err);
        is_new = status != HT_OK;
    }
    ht_buffer_release(&submission.checkpoint);
    ht_buffer_release(&submission.body);
    return is_new;
}

/* ---- the thread ---- */

/* Returns when to look again, without news. */
static int64_t ask_all(struct ht_witnesses *witnesses)
{
    int64_t at = INT64_MAX;
    for (size_t i = 0; i < witnesses->count && !ht_pause_is_stopped(&witnesses->pause); i++) {
        struct charge *charge = &witnesses->charges[i];
        if (ask(witnesses, charge) && charge->next_at < at) at = charge->next_at;
    }
    return at;
}

static void *run(void *context)
{
    struct ht_witnesses *witnesses = context;
    int64_t again_at = 0;
    while (ht_pause_for_news(&witnesses->pause, again_at)) {
        again_at = ask_all(witnesses);
        /* Commits are news several hundred times a second, but no checkpoint is signed more often than this. */
        if (!ht_pause_until(&witnesses->pause, ht_pause_now() + GLANCE_MS)) break;
    }
    return NULL;
}

static void add_charge(struct ht_witnesses *witnesses, const struct ht_witness *witness, enum ht_log log)
{
    struct charge *charge = &witnesses->charges[witnesses->count++];
    charge->witness = witness;
    charge->log = log;
    charge->counts.name = witness->key.name;
    charge->counts.log = log;
}

static enum ht_status prepare(struct ht_witnesses *witnesses, struct ht_error *err)
{
    for (size_t i = 0; i < witnesses->list.count; i++) {
        for (int log = 0; log < HT_LOG_COUNT; log++)
            add_charge(witnesses, &witnesses->list.witnesses[i], (enum ht_log)log);
    }
    enum ht_status status = ht_poster_set_up(err);
    if (status == HT_OK) status = ht_poster_new(&witnesses->poster, err);
    if (status == HT_OK) status = ht_reader_new(witnesses->server->store, &witnesses->reader, err);
    return status;
}

static void release(struct ht_witnesses *witnesses)
{
    ht_poster_free(witnesses->poster);
    if (witnesses->reader) ht_reader_free(witnesses->reader);
    ht_pause_release(&witnesses->pause);
    free(witnesses);
}

enum ht_status ht_witnesses_start(struct ht_server *server, struct ht_witnesses **out, struct ht_error *err)
{
    struct ht_witnesses *witnesses = calloc(1, sizeof *witnesses);
    if (!witnesses) return ht_fail(err, HT_NO_MEMORY, "out of memory for the witnesses");
    witnesses->server = server;
    ht_pause_init(&witnesses->pause);
    struct ht_slice text = ht_slice_from(ht_config_text(&server->config, HT_SETTING_WITNESS));
    enum ht_status status = ht_witness_list_parse(text, &witnesses->list, err);
    bool none = status == HT_OK && witnesses->list.count == 0;
    if (status == HT_OK && !none) status = prepare(witnesses, err);
    if (status == HT_OK && !none) {
        int error = pthread_create(&witnesses->thread, NULL, run, witnesses);
        if (error != 0) status = ht_fail_errno(err, error, "can't start the witness thread");
    }
    if (status == HT_OK && !none)
        *out = witnesses;
    else
        release(witnesses);
    return status;
}

void ht_witnesses_stop(struct ht_witnesses *witnesses)
{
    if (!witnesses) return;
    ht_pause_stop(&witnesses->pause);
    ht_poster_interrupt(witnesses->poster);
    pthread_join(witnesses->thread, NULL);
    release(witnesses);
}

void ht_witnesses_wake(struct ht_witnesses *witnesses)
{
    if (witnesses) ht_pause_wake(&witnesses->pause);
}

void ht_witnesses_add_metrics(struct ht_witnesses *witnesses, struct ht_buffer *out)
{
    const struct ht_metrics_witness *counts[HT_WITNESS_MAX * HT_LOG_COUNT];
    if (!witnesses) return;
    for (size_t i = 0; i < witnesses->count; i++)
        counts[i] = &witnesses->charges[i].counts;
    ht_metrics_write_witnesses(out, counts, witnesses->count);
}
