/* Who may ask: bearer tokens (RFC 6750), sessions of browsers (session.h), and the scopes of routes. All on the
   request's loop's thread. */
#ifndef HT_SERVER_AUTH_H
#define HT_SERVER_AUTH_H

#include "hooktrail/token.h"
#include "request.h"
#include "session.h"

/* HT_OK if the route is open, or the request's token or session has its scope; else HT_UNAUTHORIZED or HT_FORBIDDEN. A
   bearer token counts before a session. What a browser sends for another page's sake is HT_FORBIDDEN, and so is a
   change by a session without its X-CSRF-Token. */
HT_MUST_CHECK enum ht_status ht_auth_check(struct ht_request *request, struct ht_error *err);

/* The valid token of this text; HT_UNAUTHORIZED, which slows its sender's next attempts. */
HT_MUST_CHECK enum ht_status ht_auth_token(struct ht_request *request, struct ht_slice text, struct ht_token *token,
                                           struct ht_error *err);

/* Whether what the request was let in by lasts still: for those that take long. With the reader's span begun. */
bool ht_auth_lasts(const struct ht_request *request);

/* Whether the request came over TLS, or to a believed proxy over that. */
bool ht_auth_is_secure(const struct ht_request *request);

/* The cookie's name, and the secret in it; absent if none was sent. */
const char *ht_auth_cookie_name(bool secure);
struct ht_slice ht_auth_cookie(const struct ht_request *request);

/* Whether the session that the request is by, whose hash is request->session, is there still; `use` makes it last
 * longer.
 */
bool ht_auth_session(const struct ht_request *request, bool use, struct ht_session *session);

/* How long sessions last, and what time it is for them: ms, also while the machine sleeps. */
struct ht_session_limits ht_auth_limits(const struct ht_server *server);
int64_t ht_auth_now(void);

#endif
