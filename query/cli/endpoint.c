/* hooktrail endpoint: list, add, rotate, retire. */
#include "hooktrail/endpoint.h"

#include <stdio.h>

#include "hooktrail/encode.h"
#include "input.h"
#include "list.h"
#include "secret.h"

#define MAX_SECRET_FILE 4096

static const struct ht_column columns[] = {
    {"ID", "id", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"NAME", "name", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"STATE", "state", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"SIGNED", "signed", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"FAMILY", "family", NULL, HT_COLUMN_COUNT, false, HT_STYLE_DIM},
    {"MADE", "created_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"RETIRED", "retired_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {0},
};

/* The endpoint after the one in `endpoint`, whose id is 0 to begin; HT_NOT_FOUND at the end. */
static enum ht_status next_endpoint(struct ht_reader *reader, struct ht_endpoint *endpoint, struct ht_error *err)
{
    if (endpoint->id == UINT32_MAX) return ht_fail(err, HT_NOT_FOUND, "there is no endpoint behind it");
    return ht_endpoint_next(reader, endpoint->id + 1, endpoint, err);
}

enum ht_status ht_run_endpoint_list(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK)
        status =
            ht_list_roster(call, &session, ht_roster_endpoints, "endpoints", columns, "there are no endpoints", err);
    ht_session_close(&session);
    return status;
}

/* Looks for an active endpoint of this name; two of them, in the overlap of a rotation, are told apart by id only. */
static enum ht_status find_by_name(struct ht_reader *reader, const char *name, struct ht_endpoint *found,
                                   struct ht_error *err)
{
    struct ht_endpoint endpoint = {0};
    uint32_t active = 0;
    bool retired = false;
    enum ht_status status;
    while ((status = next_endpoint(reader, &endpoint, err)) == HT_OK) {
        if (strcmp(endpoint.name, name) != 0) continue;
        retired |= endpoint.retired;
        if (endpoint.retired) continue;
        if (active++ == 0) *found = endpoint;
    }
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status != HT_NOT_FOUND) return status;
    if (active > 1)
        return ht_fail(err, HT_INVALID, "%u active endpoints are called '%.64s': give the id, see `hooktrail endpoint`",
                       active, name);
    if (active == 1) return HT_OK;
    if (retired) return ht_fail(err, HT_GONE, "the endpoint '%.64s' is retired already", name);
    return ht_fail(err, HT_NOT_FOUND, "there is no endpoint '%.64s', see `hooktrail endpoint`", name);
}

static enum ht_status find_endpoint(struct ht_reader *reader, const char *word, struct ht_endpoint *endpoint,
                                    struct ht_error *err)
{
    uint64_t id;
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = HT_NOT_FOUND;
    if (ht_parse_u64(ht_slice_from(word), &id) == HT_OK && id <= UINT32_MAX)
        status = ht_endpoint_get(reader, (uint32_t)id, endpoint, err);
    if (status == HT_NOT_FOUND) status = find_by_name(reader, word, endpoint, err);
    ht_reader_end(reader);
    if (status == HT_OK && endpoint->retired)
        return ht_fail(err, HT_GONE, "the endpoint %u ('%s') is retired already", endpoint->id, endpoint->name);
    return status;
}

static enum ht_status print_made(const struct ht_call *call, const struct ht_endpoint *endpoint, const char *path,
                                 struct ht_error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", endpoint->id);
    struct ht_shown shown[] = {{"id", id, true}, {"name", endpoint->name, false}, {"endpoint", path, false}};
    return ht_secret_print(&call->output, shown, sizeof shown / sizeof *shown, err);
}

static enum ht_status read_signing_secret(const struct ht_call *call, struct ht_buffer *file, struct ht_slice *secret,
                                          struct ht_error *err)
{
    const char *name = call->values[HT_OPTION_SIGNING_SECRET_FILE];
    *secret = HT_ABSENT;
    if (!name) return HT_OK;
    enum ht_status status = ht_input_read(name, MAX_SECRET_FILE, file, err);
    if (status != HT_OK) return status;
    struct ht_slice text = ht_buffer_slice(file);
    while (text.size > 0 && strchr(" \t\r\n", text.data[text.size - 1]))
        text.size--;
    *secret = text;
    return HT_OK;
}

enum ht_status ht_run_endpoint_add(const struct ht_call *call, struct ht_error *err)
{
    const char *name = call->values[HT_OPTION_NAME];
    if (!name) return ht_fail(err, HT_INVALID, "--name is missing");
    struct ht_session session = {0};
    struct ht_buffer file = {0};
    struct ht_endpoint endpoint = {0};
    struct ht_slice secret;
    char path[HT_SECRET_TEXT_SIZE] = "";
    enum ht_status status = read_signing_secret(call, &file, &secret, err);
    if (status == HT_OK) status = ht_session_open_store(&session, call, err);
    if (status == HT_OK)
        status = ht_endpoint_add(session.store, name, secret, HT_ABSENT, call->now, &endpoint, path, err);
    if (status == HT_OK) status = print_made(call, &endpoint, path, err);
    explicit_bzero(path, sizeof path);
    explicit_bzero(&endpoint, sizeof endpoint);
    ht_buffer_wipe(&file);
    ht_session_close(&session);
    return status;
}

enum ht_status ht_run_endpoint_rotate(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_endpoint old = {0};
    struct ht_endpoint endpoint = {0};
    char path[HT_SECRET_TEXT_SIZE] = "";
    enum ht_status status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK) status = find_endpoint(session.reader, call->arguments[0], &old, err);
    if (status == HT_OK) status = ht_endpoint_rotate(session.store, old.id, HT_ABSENT, call->now, &endpoint, path, err);
    if (status == HT_OK) status = print_made(call, &endpoint, path, err);
    if (status == HT_OK) ht_output_note("the old path works on until `hooktrail endpoint retire %u --confirm`", old.id);
    explicit_bzero(path, sizeof path);
    explicit_bzero(&old, sizeof old);
    explicit_bzero(&endpoint, sizeof endpoint);
    ht_session_close(&session);
    return status;
}

static enum ht_status print_retired(const struct ht_call *call, struct ht_session *session, uint32_t id,
                                    struct ht_error *err)
{
    struct ht_endpoint endpoint = {0};
    struct ht_buffer line = {0};
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_endpoint_get(session->reader, id, &endpoint, err);
    ht_reader_end(session->reader);
    if (status == HT_OK) {
        if (call->output.json)
            ht_roster_add_endpoint(&line, &endpoint);
        else
            ht_buffer_printf(&line, "endpoint %u ('%s') is retired: it answers 410 Gone\n", id, endpoint.name);
        status = ht_buffer_status(&line, err);
        ht_output_write(ht_buffer_slice(&line));
    }
    explicit_bzero(&endpoint, sizeof endpoint);
    ht_buffer_release(&line);
    return status;
}

enum ht_status ht_run_endpoint_retire(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_endpoint endpoint = {0};
    enum ht_status status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK) status = find_endpoint(session.reader, call->arguments[0], &endpoint, err);
    uint32_t id = endpoint.id;
    if (status == HT_OK && !ht_call_has(call, HT_OPTION_CONFIRM))
        status = ht_fail(err, HT_INVALID,
                         "endpoint %u ('%s') would answer 410 Gone from then on, for good, and Aimdoc would remove the "
                         "subscription: add --confirm to retire it",
                         id, endpoint.name);
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) status = ht_endpoint_retire(session.store, id, HT_ABSENT, call->now, err);
    if (status == HT_OK) status = print_retired(call, &session, id, err);
    ht_session_close(&session);
    return status;
}
