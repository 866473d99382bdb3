/* What a browser says of a request: cookies (RFC 6265), Origin (RFC 6454), Sec-Fetch-Site (Fetch Metadata). Pure. */
#ifndef HT_SERVER_BROWSER_H
#define HT_SERVER_BROWSER_H

#include "hooktrail/buffer.h"

/* The value of a cookie in a Cookie header. Absent if there is none of that name, or if there are several: then another
   service of this host has put its own beside ours, and no order says which is which. */
struct ht_slice ht_browser_cookie(struct ht_slice header, const char *name);

/* Whether an Origin header names the page's own origin: scheme, and host with port as the Host header has it. An absent
   Origin is fine: then no page of others has asked, or none that may read or change anything. */
bool ht_browser_is_own(struct ht_slice origin, struct ht_slice host, bool secure);

/* Whether Sec-Fetch-Site leaves the request to us: absent, "same-origin", or "none", the person himself. */
bool ht_browser_is_own_site(struct ht_slice sec_fetch_site);

#endif
