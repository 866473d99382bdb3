/* A connection before its first reply. evhttp tells of the end of one only when it has told of a request; until then
   its callbacks are called by ours, which look whether it has given the connection up: where few may be open, who has
   gone must not take up room until the next sweep. On the loop's thread. */
#ifndef HT_SERVER_EARLY_H
#define HT_SERVER_EARLY_H

#include "conn.h"

/* From when evhttp has the connection; with its first reply evhttp sets its own callbacks again. */
void ht_early_begin(struct ht_conn *conn);

/* evhttp's callback for events, as ht_early_begin found it if ours stands in for it, and what it wants to be called
   with. NULL: evhttp has given the connection up. */
bufferevent_event_cb ht_early_event(struct ht_conn *conn, void **context);

#endif
