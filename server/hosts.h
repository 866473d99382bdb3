/* By which names the API may be asked: what keeps a web page, in a browser that was led here by a name of the page's
   own (DNS rebinding), from asking it. Pure. */
#ifndef HT_SERVER_HOSTS_H
#define HT_SERVER_HOSTS_H

#include "hooktrail/buffer.h"

/* Checks a list such as "api.example.com, hooktrail.internal": names without ports. HT_INVALID says which is none. */
HT_MUST_CHECK enum ht_status ht_hosts_check(struct ht_slice list, struct ht_error *err);

/* Whether the value of a Host header names one of the list (any case, with or without a port, or the root's dot), or
   what no page can have for a name of its own: an IP address, localhost, or what is below localhost (RFC 6761, 6.3). */
bool ht_hosts_has(struct ht_slice list, struct ht_slice host);

#endif
