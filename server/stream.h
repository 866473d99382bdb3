/* The live stream: Server-Sent Events with id = seq, resumable without a gap. */
#ifndef HT_SERVER_STREAM_H
#define HT_SERVER_STREAM_H

#include "request.h"

/* GET /v1/stream. Begins behind the Last-Event-ID header, else behind ?after=, else with what comes from now on. */
void ht_stream_serve(struct ht_request *request);

void ht_stream_index_advanced(struct ht_loop *loop);
void ht_stream_tick(struct ht_loop *loop);    /* heartbeats */
void ht_stream_end_all(struct ht_loop *loop); /* when stopping; clients come back to another daemon */

#endif
