/* hooktrail token: list, add, revoke. */
#include "hooktrail/token.h"

#include <stdio.h>

#include "hooktrail/encode.h"
#include "list.h"
#include "secret.h"

static const struct ht_column columns[] = {
    {"ID", "id", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"NAME", "name", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"STATE", "state", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"SCOPES", "scopes", NULL, HT_COLUMN_LIST, false, HT_STYLE_PLAIN},
    {"MADE", "created_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"REVOKED", "revoked_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {0},
};

static bool is_revoked(const struct ht_token *token)
{
    return token->revoked_at != HT_TIME_NONE;
}

static enum ht_status next_token(struct ht_reader *reader, struct ht_token *token, struct ht_error *err)
{
    if (token->id == UINT32_MAX) return ht_fail(err, HT_NOT_FOUND, "there is no token behind it");
    return ht_token_next(reader, token->id + 1, token, err);
}

enum ht_status ht_run_token_list(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK)
        status = ht_list_roster(call, &session, ht_roster_tokens, "tokens", columns, "there are no tokens", err);
    ht_session_close(&session);
    return status;
}

enum ht_status ht_run_token_add(const struct ht_call *call, struct ht_error *err)
{
    const char *name = call->values[HT_OPTION_NAME];
    const char *scope = call->values[HT_OPTION_SCOPE];
    if (!name) return ht_fail(err, HT_INVALID, "--name is missing");
    struct ht_session session = {0};
    struct ht_token token = {0};
    uint32_t sum;
    char text[HT_SECRET_TEXT_SIZE] = "";
    char id[16];
    enum ht_status status = ht_roster_scopes(ht_slice_from(scope ? scope : "read"), &sum, err);
    if (status == HT_OK) status = ht_session_open_store(&session, call, err);
    if (status == HT_OK) status = ht_token_add(session.store, name, sum, HT_ABSENT, call->now, &token, text, err);
    if (status != HT_OK) goto out;
    snprintf(id, sizeof id, "%u", token.id);
    struct ht_shown shown[] = {{"id", id, true}, {"name", token.name, false}, {"token", text, false}};
    status = ht_secret_print(&call->output, shown, sizeof shown / sizeof *shown, err);
out:
    explicit_bzero(text, sizeof text);
    ht_session_close(&session);
    return status;
}

/* By id, or by the name of a token that is not revoked. */
static bool is_meant(const struct ht_token *token, const char *word)
{
    uint64_t id;
    if (ht_parse_u64(ht_slice_from(word), &id) == HT_OK && id == token->id) return true;
    return !is_revoked(token) && strcmp(token->name, word) == 0;
}

static enum ht_status find_token(struct ht_reader *reader, const char *word, struct ht_token *found,
                                 struct ht_error *err)
{
    struct ht_token token = {0};
    uint32_t count = 0;
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    while ((status = next_token(reader, &token, err)) == HT_OK) {
        if (!is_meant(&token, word)) continue;
        if (count++ == 0) *found = token;
    }
    ht_reader_end(reader);
    if (status != HT_NOT_FOUND) return status;
    if (count > 1)
        return ht_fail(err, HT_INVALID, "%u tokens are called '%.64s': give the id, see `hooktrail token`", count,
                       word);
    if (count == 0) return ht_fail(err, HT_NOT_FOUND, "there is no valid token '%.64s', see `hooktrail token`", word);
    if (is_revoked(found))
        return ht_fail(err, HT_GONE, "the token %u ('%s') is revoked already", found->id, found->name);
    return HT_OK;
}

enum ht_status ht_run_token_revoke(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_token token = {0};
    struct ht_buffer line = {0};
    enum ht_status status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK) status = find_token(session.reader, call->arguments[0], &token, err);
    if (status == HT_OK) status = ht_token_revoke(session.store, token.id, HT_ABSENT, call->now, err);
    if (status != HT_OK) goto out;
    token.revoked_at = call->now;
    if (call->output.json)
        ht_roster_add_token(&line, &token);
    else
        ht_buffer_printf(&line, "token %u ('%s') is revoked\n", token.id, token.name);
    status = ht_buffer_status(&line, err);
    ht_output_write(ht_buffer_slice(&line));
out:
    ht_buffer_release(&line);
    ht_session_close(&session);
    return status;
}
