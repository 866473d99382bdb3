/* Load: many kept-alive connections of one thread, each with one request at a time, latencies measured.

   Closed loop: each connection sends the next request as soon as the last is answered. Open loop: request i is due at
   i / rate seconds after the start, and its latency counts from then, also when no connection was free to send it, and
   when the run is over by then; so a server that stalls is charged for all who would have waited. */
#ifndef BENCHMARKS_CLIENT_H
#define BENCHMARKS_CLIENT_H

#include <netinet/in.h>

#include "histogram.h"
#include "requests.h"

#define CLIENT_STATUSES 600

struct client_options {
    struct sockaddr_in server;
    uint32_t connections;
    double rate;      /* requests per second; 0: closed loop */
    uint64_t warm_up; /* nanoseconds that do not count, before */
    uint64_t run;     /* those that count */
    bool again;       /* begin anew with the requests when they are used up; else that ends the run */
};

struct client_result {
    struct histogram latency;         /* nanoseconds; answers of 200 only, begun after the warm-up */
    uint64_t status[CLIENT_STATUSES]; /* answers by status; of the warm-up's only those that are not 200 */
    uint64_t broken;                  /* connections that ended with a request under way, and answers that are none */
    uint64_t unanswered;              /* requests still without an answer 10 seconds after the run, or not even sent */
    uint64_t ok_in_time;              /* answers of 200 within the run */
    uint64_t response_bytes;          /* of the bodies of 200s */
    uint64_t sent;                    /* requests in all, the warm-up's included: the next number to use */
    double seconds;                   /* that the run took: less than asked for if the requests were used up */
};

/* Runs the load on the calling thread. HT_IO if the server cannot be reached. */
HT_MUST_CHECK enum ht_status client_run(const struct client_options *options, const struct requests *requests,
                                        struct client_result *result, struct ht_error *err);

#endif
