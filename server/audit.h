/* Reads of personal data, recorded as acts before they are answered, where the setting audit_reads is on. On the loop's
   thread, which waits for nothing: the writer commits the act, and the request goes on when it has. */
#ifndef HT_SERVER_AUDIT_H
#define HT_SERVER_AUDIT_H

#include "request.h"

/* Whether the request's success has to be recorded, and was not yet. */
bool ht_audit_wants(const struct ht_request *request);

/* Hands the act to the writer. `then` is called a turn or more later, when the act is durable (`err` is NULL) or could
   not be recorded; also if the client has left meanwhile. If this fails, `then` is not called. */
HT_MUST_CHECK enum ht_status ht_audit_record(struct ht_request *request,
                                             void (*then)(struct ht_request *request, const struct ht_error *err),
                                             struct ht_error *err);

#endif
