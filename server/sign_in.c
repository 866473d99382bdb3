#include "sign_in.h"

#include <sodium.h>
#include <stdio.h>

#include "auth.h"
#include "body.h"
#include "hooktrail/emit.h"
#include "hooktrail/time.h"
#include "reply.h"

/* ---- the document ---- */

static void answer(struct ht_request *request, const struct ht_token *token, const struct ht_session *session,
                   struct ht_slice secret)
{
    char csrf[HT_SESSION_TEXT], scopes[HT_SCOPES_SIZE];
    struct ht_buffer out = {0};
    struct ht_emit emit;
    const struct ht_session_limits limits = ht_auth_limits(request->loop->server);
    int64_t left = session->begun_at + limits.age - ht_auth_now();
    ht_session_csrf(secret, csrf);
    ht_scopes_spell(token->scopes, ' ', scopes);
    ht_emit_init(&emit, &out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "scope");
    ht_emit_text(&emit, scopes);
    ht_emit_key(&emit, "token");
    ht_emit_uint(&emit, token->id);
    ht_emit_key(&emit, "name");
    ht_emit_text(&emit, token->name);
    ht_emit_key(&emit, "csrf");
    ht_emit_text(&emit, csrf);
    ht_emit_key(&emit, "idle_seconds");
    ht_emit_int(&emit, limits.idle / 1000);
    ht_emit_key(&emit, "expires_at");
    ht_emit_time(&emit, request->received_at + left * 1000);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(&out, '\n');
    ht_reply_built(request, 200, &out);
    sodium_memzero(csrf, sizeof csrf);
}

/* ---- the cookie ---- */

/* Without Max-Age it lasts as long as the browser at most; how long it counts is decided here. */
static void set_cookie(struct ht_request *request, const char *secret)
{
    char cookie[160];
    bool secure = ht_auth_is_secure(request);
    snprintf(cookie, sizeof cookie, "%s=%s; HttpOnly; SameSite=Strict; Path=/%s%s", ht_auth_cookie_name(secure), secret,
             secure ? "; Secure" : "", secret[0] == '\0' ? "; Max-Age=0" : "");
    ht_request_add_header(request, "Set-Cookie", cookie);
    sodium_memzero(cookie, sizeof cookie);
}

/* A browser that signs in again leaves no session behind. */
static void end_former(struct ht_request *request)
{
    uint8_t hash[HT_SESSION_HASH];
    struct ht_slice secret = ht_auth_cookie(request);
    if (!secret.data) return;
    ht_session_hash(secret, hash);
    ht_sessions_end(request->loop->server->sessions, hash);
}

static void begin(struct ht_request *request, const struct ht_token *token)
{
    uint8_t random[32];
    char secret[HT_SESSION_TEXT];
    struct ht_session session = {.token = token->id, .begun_at = ht_auth_now()};
    const struct ht_session_limits limits = ht_auth_limits(request->loop->server);
    randombytes_buf(random, sizeof random);
    ht_session_text(random, secret);
    sodium_memzero(random, sizeof random);
    ht_session_hash(ht_slice_from(secret), session.hash);
    end_former(request);
    ht_sessions_begin(request->loop->server->sessions, session.hash, token->id, &limits, session.begun_at);
    set_cookie(request, secret);
    answer(request, token, &session, ht_slice_from(secret));
    sodium_memzero(secret, sizeof secret);
}

/* ---- requests ---- */

void ht_sign_in_begin(struct ht_request *request)
{
    struct ht_error err;
    struct ht_token token = {0};
    struct ht_buffer text = {0};
    struct ht_member field = {.name = "token", .required = true};
    enum ht_status status = ht_body_read(request, &field, 1, &text, &err);
    if (status == HT_OK) status = ht_auth_token(request, field.value, &token, &err);
    if (status == HT_OK)
        begin(request, &token);
    else
        ht_reply_problem(request, &err);
    ht_buffer_wipe(&text);
}

static enum ht_status fail_sessionless(struct ht_error *err)
{
    return ht_fail(err, HT_UNAUTHORIZED, "there is no session: a token asks by itself");
}

static enum ht_status find(struct ht_request *request, struct ht_token *token, struct ht_session *session,
                           struct ht_error *err)
{
    struct ht_loop *loop = request->loop;
    if (!request->by_session || !ht_auth_session(request, false, session)) return fail_sessionless(err);
    enum ht_status status = ht_reader_begin(loop->reader, err);
    if (status != HT_OK) return status;
    status = ht_token_next(loop->reader, session->token, token, err);
    ht_reader_end(loop->reader);
    return status;
}

void ht_sign_in_show(struct ht_request *request)
{
    struct ht_error err;
    struct ht_token token = {0};
    struct ht_session session = {0};
    if (find(request, &token, &session, &err) == HT_OK)
        answer(request, &token, &session, ht_auth_cookie(request));
    else
        ht_reply_problem(request, &err);
}

void ht_sign_in_end(struct ht_request *request)
{
    struct ht_error err;
    if (!request->by_session) {
        fail_sessionless(&err);
        ht_reply_problem(request, &err);
        return;
    }
    ht_sessions_end(request->loop->server->sessions, request->session);
    set_cookie(request, "");
    ht_reply_empty(request, 204);
}
