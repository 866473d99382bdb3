/* TLS for the connections of evhttp, by libevent_openssl: versions 1.2 and 1.3, one certificate, which a reload
   replaces for the connections to come.

   bufferevent_openssl (2.1.12) has no options but BEV_OPT_CLOSE_ON_FREE that can be trusted, says nothing to the other
   end when it closes, leaves what it has decrypted unread behind a read watermark, and calls the write callback a turn
   late. The first three are answered here, the last one in conn.c. */
#ifndef HT_SERVER_TLS_H
#define HT_SERVER_TLS_H

#include <event2/bufferevent.h>

#include "hooktrail/status.h"

struct ht_tls;

/* Reads a certificate and its key, by the rules of certificate.h. Keeps the paths for reloads. */
HT_MUST_CHECK enum ht_status ht_tls_new(const char *certificate, const char *key, struct ht_tls **tls,
                                        struct ht_error *err);
void ht_tls_free(struct ht_tls *tls); /* NULL is fine; connections that are open go on */

/* Reads both files again. The pair in use stays if the new one is faulty, or not valid at `now` (seconds since 1970).
   Any thread. */
HT_MUST_CHECK enum ht_status ht_tls_reload(struct ht_tls *tls, int64_t now, struct ht_error *err);

/* HT_INVALID, for a warning, if the certificate in use is not valid at `now`, or not for two weeks more. Any thread. */
HT_MUST_CHECK enum ht_status ht_tls_check(struct ht_tls *tls, int64_t now, struct ht_error *err);
/* When the certificate in use expires, in seconds since 1970. Any thread. */
int64_t ht_tls_expiry(struct ht_tls *tls);

/* A bufferevent without a descriptor that will speak TLS to a client; NULL without memory. Any thread. */
struct bufferevent *ht_tls_accept(struct ht_tls *tls, struct event_base *base);

/* On the thread of a bufferevent of ht_tls_accept: */

/* Whether the handshake is over. */
bool ht_tls_is_open(struct bufferevent *bev);
/* Reads on where a watermark stopped the reading amid a record: no event would come of the rest. */
void ht_tls_read_rest(struct bufferevent *bev);
/* Tells the client that nothing follows (close_notify), unless something was to follow. The descriptor stays open. */
void ht_tls_say_end(struct bufferevent *bev);

#endif
