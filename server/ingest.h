/* Ingest: from a POST at an endpoint to a durable event, or a rejected delivery, and only then an answer. */
#ifndef HT_SERVER_INGEST_H
#define HT_SERVER_INGEST_H

#include "hooktrail/endpoint.h"
#include "job.h"
#include "request.h"

/* The handler of POST /hooks/{secret} and /hooks/{secret}/{type}. */
void ht_ingest_serve(struct ht_request *request);

/* HT_BUSY or HT_STOPPING if no delivery of `bytes` is taken now: asked before anybody's secret is looked at. */
HT_MUST_CHECK enum ht_status ht_ingest_admit(struct ht_loop *loop, size_t bytes, struct ht_error *err);

/* Finds the endpoint, for one delivery. HT_NOT_FOUND, HT_GONE if it is retired, HT_LIMITED if it has had as many in
   this second as it may. */
HT_MUST_CHECK enum ht_status ht_ingest_find(struct ht_loop *loop, struct ht_slice secret, struct ht_endpoint *endpoint,
                                            struct ht_error *err);

/* Checks the signature if the endpoint wants one, as of the time when the delivery came, and notes that it was right.
   `duplicate_id` gets the webhook-id, or absent where no signature is wanted. HT_UNAUTHORIZED. */
HT_MUST_CHECK enum ht_status ht_ingest_verify(const struct ht_endpoint *endpoint, struct ht_delivery *delivery,
                                              struct ht_slice body, struct ht_slice *duplicate_id,
                                              struct ht_error *err);

/* Validates the payload and packs the event into the job. HT_INVALID or HT_UNPROCESSABLE say what is wrong with the
   payload; other statuses what went wrong here. */
HT_MUST_CHECK enum ht_status ht_ingest_pack(struct ht_loop *loop, struct ht_job *job,
                                            const struct ht_delivery *delivery, struct ht_slice payload,
                                            const struct ht_endpoint *endpoint, struct ht_slice duplicate_id,
                                            struct ht_error *err);

/* Answers the request of a stored event: {"seq","type","sha256","duplicate","warnings"}. */
void ht_ingest_answer(struct ht_request *request, const struct ht_job *job);

/* Which result a refused delivery counts as. */
enum ht_result ht_ingest_result(enum ht_status status);

#endif
