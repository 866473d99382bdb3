/* The table of routes. */
#ifndef HT_SERVER_ROUTES_H
#define HT_SERVER_ROUTES_H

#include "router.h"

/* ht_router_match in the table. */
void ht_routes_match(unsigned faces, unsigned method, struct ht_slice target, struct ht_match *match);
/* A route's place in the table, for metrics; of NULL the last place of all. */
size_t ht_routes_place(const struct ht_route *route);
/* The name of a place; NULL if there is nothing. */
const char *ht_routes_name(size_t place);

/* Whether the route takes deliveries. */
bool ht_routes_is_ingest(const struct ht_route *route);

#endif
