#include "admin.h"

#include <stdio.h>
#include <stdlib.h>

#include "body.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/roster.h"
#include "hooktrail/token.h"
#include "ingest.h"
#include "reply.h"
#include "writer.h"

#define LABEL_SIZE 128 /* room for a name that is too long, so that the store may say so */

/* One change under way: filled by the loop, carried out by the writer, answered by the loop. */
struct change {
    struct ht_request *request;
    enum ht_status (*prepare)(struct change *change, struct ht_error *err); /* on the loop */
    void (*answer)(struct change *change);                                  /* on the loop */
    uint32_t id;
    char label[LABEL_SIZE];
    uint32_t scopes;
    struct ht_endpoint endpoint;
    struct ht_token token;
    char secret[HT_SECRET_TEXT_SIZE];
};

static void free_change(struct change *change)
{
    explicit_bzero(change, sizeof *change);
    free(change);
}

static void on_done(struct ht_job *job)
{
    struct change *change = job->context;
    if (job->status == HT_OK) {
        change->answer(change);
    } else {
        /* What the store calls a name is a label here. */
        if (strcmp(job->err.pointer, "name") == 0) snprintf(job->err.pointer, sizeof job->err.pointer, "label");
        ht_reply_problem(change->request, &job->err);
    }
    free_change(change);
    ht_job_free(job);
}

static enum ht_status put_job(struct change *change, enum ht_status (*act)(struct ht_job *job, struct ht_store *store),
                              struct ht_error *err)
{
    struct ht_request *request = change->request;
    struct ht_job *job = ht_job_new(request->loop, HT_JOB_CHANGE, on_done, change);
    if (!job) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    job->change = act;
    job->at = request->received_at;
    memcpy(job->who, request->who, sizeof job->who);
    enum ht_status status = ht_writer_put(request->loop->server->writer, job, err);
    if (status != HT_OK) ht_job_free(job);
    return status;
}

/* The writer thread acts: no loop may wait for the store's write lock. */
static enum ht_status start(struct change *change, enum ht_status (*act)(struct ht_job *job, struct ht_store *store),
                            struct ht_error *err)
{
    enum ht_status status = ht_ingest_admit(change->request->loop, 0, err);
    if (status == HT_OK) status = change->prepare(change, err);
    return status == HT_OK ? put_job(change, act, err) : status;
}

static void hand_over(struct ht_request *request,
                      enum ht_status (*prepare)(struct change *change, struct ht_error *err),
                      enum ht_status (*act)(struct ht_job *job, struct ht_store *store),
                      void (*answer)(struct change *change))
{
    struct ht_error err;
    struct change *change = calloc(1, sizeof *change);
    if (!change) {
        ht_fail(&err, HT_NO_MEMORY, "out of memory");
        ht_reply_problem(request, &err);
        return;
    }
    change->request = request;
    change->prepare = prepare;
    change->answer = answer;
    if (start(change, act, &err) == HT_OK) return;
    free_change(change);
    ht_reply_problem(request, &err);
}

/* ---- what is asked for ---- */

static enum ht_status take_id(struct change *change, struct ht_error *err)
{
    uint64_t id;
    if (ht_parse_u64(change->request->match.captures[0], &id) != HT_OK)
        return ht_fail_field(err, HT_INVALID, "id", "this is no decimal number");
    if (id > UINT32_MAX) return ht_fail(err, HT_NOT_FOUND, "there is none of this id");
    change->id = (uint32_t)id;
    return HT_OK;
}

/* The store says what a label may be: too long a one is only kept from growing. */
static void take_label(struct change *change, struct ht_slice label)
{
    snprintf(change->label, sizeof change->label, "%.*s", HT_SLICE_ARGS(label));
}

static enum ht_status take_new_endpoint(struct change *change, struct ht_error *err)
{
    struct ht_buffer text = {0};
    struct ht_member label = {.name = "label", .required = true};
    enum ht_status status = ht_body_read(change->request, &label, 1, &text, err);
    if (status == HT_OK) take_label(change, label.value);
    ht_buffer_wipe(&text);
    return status;
}

static enum ht_status take_new_token(struct change *change, struct ht_error *err)
{
    struct ht_buffer text = {0};
    struct ht_member fields[] = {{.name = "label", .required = true}, {.name = "scope", .required = true}};
    enum ht_status status = ht_body_read(change->request, fields, 2, &text, err);
    if (status == HT_OK) status = ht_roster_scopes(fields[1].value, &change->scopes, err);
    if (status == HT_OK) take_label(change, fields[0].value);
    ht_buffer_wipe(&text);
    return status;
}

static enum ht_status get_endpoint(struct change *change, struct ht_error *err)
{
    struct ht_reader *reader = change->request->loop->reader;
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_endpoint_get(reader, change->id, &change->endpoint, err);
    ht_reader_end(reader);
    return status;
}

/* Whoever retires names what it is: for a sender takes 410 as the end of its subscription. */
static enum ht_status check_confirmed(const struct change *change, struct ht_slice confirm, struct ht_error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", change->id);
    if (ht_slice_is(confirm, change->endpoint.name) || ht_slice_is(confirm, id)) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "confirm",
                         "endpoint %u ('%s') would answer 410 Gone from then on, for good, and Aimdoc would remove the "
                         "subscription: \"confirm\" is its label or id",
                         change->id, change->endpoint.name);
}

static enum ht_status take_retired(struct change *change, struct ht_error *err)
{
    struct ht_buffer text = {0};
    struct ht_member confirm = {.name = "confirm", .required = true};
    enum ht_status status = take_id(change, err);
    if (status == HT_OK) status = ht_body_read(change->request, &confirm, 1, &text, err);
    if (status == HT_OK) status = get_endpoint(change, err);
    if (status == HT_OK) status = check_confirmed(change, confirm.value, err);
    ht_buffer_wipe(&text);
    return status;
}

/* ---- what is done, on the writer's thread ---- */

static enum ht_status add_endpoint(struct ht_job *job, struct ht_store *store)
{
    struct change *change = job->context;
    return ht_endpoint_add(store, change->label, HT_ABSENT, ht_slice_from(job->who), job->at, &change->endpoint,
                           change->secret, &job->err);
}

static enum ht_status rotate_endpoint(struct ht_job *job, struct ht_store *store)
{
    struct change *change = job->context;
    return ht_endpoint_rotate(store, change->id, ht_slice_from(job->who), job->at, &change->endpoint, change->secret,
                              &job->err);
}

static enum ht_status retire_endpoint(struct ht_job *job, struct ht_store *store)
{
    const struct change *change = job->context;
    return ht_endpoint_retire(store, change->id, ht_slice_from(job->who), job->at, &job->err);
}

static enum ht_status add_token(struct ht_job *job, struct ht_store *store)
{
    struct change *change = job->context;
    return ht_token_add(store, change->label, change->scopes, ht_slice_from(job->who), job->at, &change->token,
                        change->secret, &job->err);
}

static enum ht_status revoke_token(struct ht_job *job, struct ht_store *store)
{
    const struct change *change = job->context;
    return ht_token_revoke(store, change->id, ht_slice_from(job->who), job->at, &job->err);
}

/* ---- what is answered ---- */

static void answer_endpoint(struct change *change, int code)
{
    struct ht_buffer out = {0};
    ht_roster_add_made(&out, change->endpoint.id, change->endpoint.name, "endpoint", change->secret);
    ht_reply_built(change->request, code, &out);
}

static void answer_added(struct change *change)
{
    answer_endpoint(change, 201);
}

static void answer_rotated(struct change *change)
{
    answer_endpoint(change, 200);
}

static void answer_retired(struct change *change)
{
    struct ht_error err;
    struct ht_buffer out = {0};
    if (get_endpoint(change, &err) != HT_OK) {
        ht_reply_problem(change->request, &err);
        return;
    }
    ht_roster_add_endpoint(&out, &change->endpoint);
    ht_reply_built(change->request, 200, &out);
}

static void answer_token(struct change *change)
{
    struct ht_buffer out = {0};
    ht_roster_add_made(&out, change->token.id, change->token.name, "token", change->secret);
    ht_reply_built(change->request, 201, &out);
}

static void answer_revoked(struct change *change)
{
    ht_sessions_end_of(change->request->loop->server->sessions, change->id);
    ht_reply_empty(change->request, 204);
}

/* ---- requests ---- */

void ht_admin_endpoint_add(struct ht_request *request)
{
    hand_over(request, take_new_endpoint, add_endpoint, answer_added);
}

void ht_admin_endpoint_rotate(struct ht_request *request)
{
    hand_over(request, take_id, rotate_endpoint, answer_rotated);
}

void ht_admin_endpoint_retire(struct ht_request *request)
{
    hand_over(request, take_retired, retire_endpoint, answer_retired);
}

void ht_admin_token_add(struct ht_request *request)
{
    hand_over(request, take_new_token, add_token, answer_token);
}

void ht_admin_token_revoke(struct ht_request *request)
{
    hand_over(request, take_id, revoke_token, answer_revoked);
}
