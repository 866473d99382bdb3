#include "routes.h"

#include "admin.h"
#include "api.h"
#include "health.h"
#include "hooktrail/token.h"
#include "ingest.h"
#include "metrics.h"
#include "page.h"
#include "proof.h"
#include "pull.h"
#include "rejects.h"
#include "roster.h"
#include "sign_in.h"
#include "stream.h"
#include "tiles.h"

static const struct ht_route routes[] = {
    {"/hooks/{}", "hooks", ht_ingest_serve, HT_METHOD_POST, 0, HT_FACE_HOOKS},
    {"/hooks/{}/{}", "hooks_type", ht_ingest_serve, HT_METHOD_POST, 0, HT_FACE_HOOKS},
    {"/v1/events", "events", ht_api_events, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/events/{}", "event", ht_api_event, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/events/{}/payload", "payload", ht_api_payload, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/events/{}/proof", "proof", ht_proof_serve, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/conversations", "conversations", ht_api_conversations, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/conversations/{}", "timeline", ht_api_timeline, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/leads", "leads", ht_api_leads, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/leads/{}", "history", ht_api_history, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/agents", "agents", ht_api_agents, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/stats", "stats", ht_api_stats, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/health", "health", ht_api_health, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/rejected", "rejected", ht_api_rejected, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/rejected/{}", "rejected_one", ht_api_rejected_one, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/rejected/{}", "rejected_drop", ht_rejects_drop, HT_METHOD_DELETE, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/rejected/{}/retry", "rejected_retry", ht_rejects_retry, HT_METHOD_POST, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/acts", "acts", ht_api_acts, HT_METHOD_GET, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/endpoints", "endpoints", ht_roster_serve_endpoints, HT_METHOD_GET, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/endpoints", "endpoint_add", ht_admin_endpoint_add, HT_METHOD_POST, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/endpoints/{}/rotate", "endpoint_rotate", ht_admin_endpoint_rotate, HT_METHOD_POST, HT_SCOPE_ADMIN,
     HT_FACE_API},
    {"/v1/endpoints/{}/retire", "endpoint_retire", ht_admin_endpoint_retire, HT_METHOD_POST, HT_SCOPE_ADMIN,
     HT_FACE_API},
    {"/v1/tokens", "tokens", ht_roster_serve_tokens, HT_METHOD_GET, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/tokens", "token_add", ht_admin_token_add, HT_METHOD_POST, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/tokens/{}", "token_revoke", ht_admin_token_revoke, HT_METHOD_DELETE, HT_SCOPE_ADMIN, HT_FACE_API},
    {"/v1/exports", "exports", ht_roster_serve_exports, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/export", "export", ht_pull_serve, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/stream", "stream", ht_stream_serve, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/log/checkpoint", "log_checkpoint", ht_tiles_checkpoint, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/log/tile/entries/{*}", "log_entries", ht_tiles_entries, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/log/tile/{*}", "log_tile", ht_tiles_tile, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/log/acts/checkpoint", "log_acts_checkpoint", ht_tiles_acts_checkpoint, HT_METHOD_GET, HT_SCOPE_READ,
     HT_FACE_API},
    {"/log/acts/tile/entries/{*}", "log_acts_entries", ht_tiles_acts_entries, HT_METHOD_GET, HT_SCOPE_READ,
     HT_FACE_API},
    {"/log/acts/tile/{*}", "log_acts_tile", ht_tiles_acts_tile, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/v1/session", "session", ht_sign_in_show, HT_METHOD_GET, HT_SCOPE_ANY, HT_FACE_API},
    {"/v1/session", "session_begin", ht_sign_in_begin, HT_METHOD_POST, HT_SCOPE_NONE, HT_FACE_API},
    {"/v1/session", "session_end", ht_sign_in_end, HT_METHOD_DELETE, HT_SCOPE_ANY, HT_FACE_API},
    {"/metrics", "metrics", ht_health_metrics, HT_METHOD_GET, HT_SCOPE_READ, HT_FACE_API},
    {"/healthz", "healthz", ht_health_alive, HT_METHOD_GET, 0, HT_FACE_HOOKS | HT_FACE_API},
    {"/readyz", "readyz", ht_health_ready, HT_METHOD_GET, 0, HT_FACE_API},
    {"/openapi.json", "openapi", ht_health_openapi, HT_METHOD_GET, 0, HT_FACE_API},
    {"/", "page", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/sign-in", "page_sign_in", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/trail", "page_trail", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/events/{}", "page_event", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/conversations", "page_conversations", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/conversations/{}", "page_conversation", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/leads", "page_leads", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/leads/{}", "page_lead", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/rejected", "page_rejected", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/rejected/{}", "page_rejected_one", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/settings", "page_settings", ht_page_document, HT_METHOD_GET, 0, HT_FACE_API},
    {"/assets/{}", "page_asset", ht_page_asset, HT_METHOD_GET, 0, HT_FACE_API},
};

#define ROUTE_COUNT (sizeof routes / sizeof routes[0])
_Static_assert(ROUTE_COUNT < HT_METRIC_ROUTES, "every route needs its counters");

void ht_routes_match(unsigned faces, unsigned method, struct ht_slice target, struct ht_match *match)
{
    ht_router_match(routes, ROUTE_COUNT, faces, method, target, match);
}

size_t ht_routes_place(const struct ht_route *route)
{
    return route ? (size_t)(route - routes) : HT_METRIC_ROUTES - 1;
}

const char *ht_routes_name(size_t place)
{
    if (place == HT_METRIC_ROUTES - 1) return "none";
    return place < ROUTE_COUNT ? routes[place].name : NULL;
}

bool ht_routes_is_ingest(const struct ht_route *route)
{
    return route && route->handler == ht_ingest_serve;
}
