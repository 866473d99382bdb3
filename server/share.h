/* What one address may take for itself: connections, or requests where a proxy of ours brings them; and how soon it is
   told that a secret was wrong. On the loop's thread, all of it.

   Connections are counted by their other end, unless that is one of trusted_proxies. Where such a proxy is believed
   (behind_proxy), the requests in hand of each address that it names are counted instead. */
#ifndef HT_SERVER_SHARE_H
#define HT_SERVER_SHARE_H

#include <stdbool.h>
#include <stdint.h>

struct ht_conn;
struct ht_request;

/* A connection has come. False: its address has as many as it may. */
bool ht_share_enter(struct ht_conn *conn);
void ht_share_leave(struct ht_conn *conn);

/* A request has come. False: the sender has as many in hand as it may. */
bool ht_share_begin(struct ht_request *request);
void ht_share_end(struct ht_request *request);

/* A secret was wrong, or a path unknown, which must not be told apart: how many milliseconds to keep the answer back.
   Who sends the right one waits for nothing. `request` may be NULL, if there is but the connection. */
int64_t ht_share_failed(const struct ht_conn *conn, const struct ht_request *request);

#endif
