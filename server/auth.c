#include "auth.h"

#include <stdio.h>
#include <strings.h>

#include "health.h"
#include "hooktrail/token.h"
#include "tiles.h"

#define SCHEME "Bearer "

static enum ht_status find_token(struct ht_loop *loop, struct ht_slice text, struct ht_token *token,
                                 struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(loop->reader, err);
    if (status != HT_OK) return status;
    status = ht_token_find(loop->reader, text, token, err);
    ht_reader_end(loop->reader);
    return status;
}

enum ht_status ht_auth_check(struct ht_request *request, struct ht_error *err)
{
    const struct ht_route *route = request->match.route;
    const struct ht_config *config = &request->loop->server->config;
    if (route->scope == 0) return HT_OK;
    if (route->handler == ht_health_metrics && ht_config_number(config, HT_SETTING_METRICS_PUBLIC)) return HT_OK;
    if (ht_tiles_are_public(config, route)) return HT_OK;
    struct ht_slice value = ht_request_header(request, "Authorization");
    size_t scheme = sizeof SCHEME - 1;
    if (value.size <= scheme || strncasecmp(value.data, SCHEME, scheme) != 0)
        return ht_fail(err, HT_UNAUTHORIZED, "send an API token as \"Authorization: Bearer TOKEN\"");
    struct ht_token token;
    struct ht_slice text = ht_slice_of(value.data + scheme, value.size - scheme);
    enum ht_status status = find_token(request->loop, text, &token, err);
    if (status == HT_UNAUTHORIZED || status == HT_NOT_FOUND) {
        ht_request_slow(request);
        return ht_fail(err, HT_UNAUTHORIZED, "the API token is unknown or revoked");
    }
    if (status != HT_OK) return status;
    if ((token.scopes & route->scope) != route->scope)
        return ht_fail(err, HT_FORBIDDEN, "the API token lacks the scope that this needs");
    snprintf(request->who, sizeof request->who, "token:%s", token.name);
    return HT_OK;
}
