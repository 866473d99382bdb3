#include "auth.h"

#include <sodium.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "browser.h"
#include "field.h"
#include "health.h"
#include "stream.h"
#include "tiles.h"

#define SCHEME "Bearer "
#define COOKIE "hooktrail_session"

bool ht_auth_is_secure(const struct ht_request *request)
{
    if (request->conn->door->entrance->tls) return true;
    /* behind_proxy says that the proxy speaks TLS; one that also takes plain requests tells which this is. */
    struct ht_slice scheme = ht_request_header(request, "X-Forwarded-Proto");
    return request->conn->forwards && (!scheme.data || ht_slice_is_word(scheme, "https"));
}

const char *ht_auth_cookie_name(bool secure)
{
    /* A browser takes a name with that prefix from nobody else than this host, over TLS. */
    return secure ? "__Host-" COOKIE : COOKIE;
}

struct ht_slice ht_auth_cookie(const struct ht_request *request)
{
    return ht_browser_cookie(ht_request_header(request, "Cookie"), ht_auth_cookie_name(ht_auth_is_secure(request)));
}

struct ht_session_limits ht_auth_limits(const struct ht_server *server)
{
    return (struct ht_session_limits){.idle = (int64_t)ht_config_number(&server->config, HT_SETTING_SESSION_IDLE),
                                      .age = (int64_t)ht_config_number(&server->config, HT_SETTING_SESSION_AGE)};
}

int64_t ht_auth_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- bearer tokens ---- */

static enum ht_status find_token(struct ht_loop *loop, struct ht_slice text, struct ht_token *token,
                                 struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(loop->reader, err);
    if (status != HT_OK) return status;
    status = ht_token_find(loop->reader, text, token, err);
    ht_reader_end(loop->reader);
    return status;
}

enum ht_status ht_auth_token(struct ht_request *request, struct ht_slice text, struct ht_token *token,
                             struct ht_error *err)
{
    enum ht_status status = find_token(request->loop, text, token, err);
    if (status != HT_UNAUTHORIZED && status != HT_NOT_FOUND) return status;
    ht_request_slow(request);
    return ht_fail(err, HT_UNAUTHORIZED, "the API token is unknown or revoked");
}

static enum ht_status check_bearer(struct ht_request *request, struct ht_slice value, struct ht_token *token,
                                   struct ht_error *err)
{
    size_t scheme = sizeof SCHEME - 1;
    if (!value.data || value.size <= scheme || strncasecmp(value.data, SCHEME, scheme) != 0)
        return ht_fail(err, HT_UNAUTHORIZED, "send an API token as \"Authorization: Bearer TOKEN\"");
    return ht_auth_token(request, ht_slice_of(value.data + scheme, value.size - scheme), token, err);
}

/* ---- sessions ---- */

bool ht_auth_session(const struct ht_request *request, bool use, struct ht_session *session)
{
    struct ht_server *server = request->loop->server;
    const struct ht_session_limits limits = ht_auth_limits(server);
    return ht_sessions_find(server->sessions, request->session, &limits, ht_auth_now(), use, session);
}

/* Within the reader's span: the token of this id, if it is valid. */
static enum ht_status get_valid(struct ht_reader *reader, uint32_t id, struct ht_token *token, struct ht_error *err)
{
    enum ht_status status = ht_token_next(reader, id, token, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (status == HT_OK && token->id == id && token->revoked_at == HT_TIME_NONE) return HT_OK;
    return ht_fail(err, HT_UNAUTHORIZED, "the session's API token has been revoked; sign in again");
}

static enum ht_status read_valid(struct ht_loop *loop, uint32_t id, struct ht_token *token, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(loop->reader, err);
    if (status != HT_OK) return status;
    status = get_valid(loop->reader, id, token, err);
    ht_reader_end(loop->reader);
    if (status == HT_UNAUTHORIZED) ht_sessions_end_of(loop->server->sessions, id);
    return status;
}

/* A page of others must not ask in the person's name, whatever it asks. */
static enum ht_status check_site(const struct ht_request *request, struct ht_error *err)
{
    struct ht_slice origin = ht_request_header(request, "Origin"), host = ht_request_header(request, "Host");
    if (ht_browser_is_own(origin, host, ht_auth_is_secure(request)) &&
        ht_browser_is_own_site(ht_request_header(request, "Sec-Fetch-Site")))
        return HT_OK;
    return ht_fail(err, HT_FORBIDDEN, "this is not for pages of another origin");
}

static enum ht_status check_csrf(const struct ht_request *request, struct ht_slice secret, struct ht_error *err)
{
    char csrf[HT_SESSION_TEXT];
    struct ht_slice given = ht_request_header(request, "X-CSRF-Token");
    if (request->match.route->method == HT_METHOD_GET) return HT_OK;
    ht_session_csrf(secret, csrf);
    bool same = given.size == sizeof csrf - 1 && sodium_memcmp(given.data, csrf, sizeof csrf - 1) == 0;
    sodium_memzero(csrf, sizeof csrf);
    if (same) return HT_OK;
    return ht_fail_field(err, HT_FORBIDDEN, "X-CSRF-Token", "a change by a session wants its \"csrf\" in X-CSRF-Token");
}

/* An ended session is an everyday thing, and 256 bits are not guessed: it slows nobody. */
static enum ht_status check_session(struct ht_request *request, struct ht_slice secret, struct ht_token *token,
                                    struct ht_error *err)
{
    struct ht_session session;
    /* A stream comes back by itself: that is no sign of a person. */
    bool use = request->match.route->handler != ht_stream_serve;
    enum ht_status status = check_site(request, err);
    if (status != HT_OK) return status;
    ht_session_hash(secret, request->session);
    if (!ht_auth_session(request, false, &session))
        return ht_fail(err, HT_UNAUTHORIZED, "the session has ended; sign in again");
    status = read_valid(request->loop, session.token, token, err);
    if (status == HT_OK) status = check_csrf(request, secret, err);
    if (status != HT_OK) return status;
    request->by_session = true;
    (void)ht_auth_session(request, use, &session);
    return HT_OK;
}

bool ht_auth_lasts(const struct ht_request *request)
{
    struct ht_token token = {0};
    struct ht_error err;
    struct ht_session session;
    if (request->token == 0) return true;
    if (request->by_session && !ht_auth_session(request, false, &session)) return false;
    return get_valid(request->loop->reader, request->token, &token, &err) != HT_UNAUTHORIZED;
}

/* ---- routes ---- */

static bool is_open(const struct ht_request *request)
{
    const struct ht_route *route = request->match.route;
    const struct ht_config *config = &request->loop->server->config;
    if (route->scope == 0) return true;
    if (route->handler == ht_health_metrics && ht_config_number(config, HT_SETTING_METRICS_PUBLIC)) return true;
    return ht_tiles_are_public(config, route);
}

static enum ht_status find_asker(struct ht_request *request, struct ht_token *token, struct ht_error *err)
{
    struct ht_slice bearer = ht_request_header(request, "Authorization");
    struct ht_slice secret = bearer.data ? HT_ABSENT : ht_auth_cookie(request);
    return secret.data ? check_session(request, secret, token, err) : check_bearer(request, bearer, token, err);
}

enum ht_status ht_auth_check(struct ht_request *request, struct ht_error *err)
{
    struct ht_token token = {0};
    uint32_t wanted = request->match.route->scope;
    if (is_open(request)) return HT_OK;
    if (wanted == HT_SCOPE_NONE) return check_site(request, err);
    enum ht_status status = find_asker(request, &token, err);
    if (status != HT_OK) return status;
    wanted &= ~HT_SCOPE_ANY;
    if ((token.scopes & wanted) != wanted)
        return ht_fail(err, HT_FORBIDDEN, "the API token lacks the scope that this needs");
    request->token = token.id;
    snprintf(request->who, sizeof request->who, "token:%s", token.name);
    return HT_OK;
}
