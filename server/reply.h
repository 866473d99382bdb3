/* Replies: JSON documents with entity tags and content coding, problem details (RFC 9457), what every reply carries. */
#ifndef HT_SERVER_REPLY_H
#define HT_SERVER_REPLY_H

#include "kept.h"
#include "request.h"

const char *ht_reply_phrase(int code);

/* The headers that every reply but a receipt carries; ends with a NULL name. */
struct ht_reply_header {
    const char *name;
    const char *value;
};
const struct ht_reply_header *ht_reply_common(void);

/* Each of these answers the request, which is then gone. */

/* A small JSON text that is nobody's copy: no tag, no coding. */
void ht_reply_json(struct ht_request *request, int code, struct ht_slice json);
/* The same of what was built in a buffer, which is wiped: secrets are in it. A problem if memory failed it. */
void ht_reply_built(struct ht_request *request, int code, struct ht_buffer *json);
/* The first, 200, for a sender, which is no browser: without the headers that tell a browser what not to do. */
void ht_reply_receipt(struct ht_request *request, struct ht_slice json);
/* A document: 200 with a tag, or 304; packed if it is large and the client likes that. */
void ht_reply_document(struct ht_request *request, const char *type, struct ht_slice document);
/* The same of a document that was made ready before, and outlives the reply. */
void ht_reply_kept(struct ht_request *request, const struct ht_kept *kept);
/* The same of what the page is made of, for everyone. `lasts`: it will never be other bytes under this address. */
void ht_reply_page(struct ht_request *request, const struct ht_kept *kept, bool lasts);
/* Bytes that will never be others under this address. `is_public`: for caches that many share. */
void ht_reply_lasting(struct ht_request *request, struct ht_slice bytes, bool is_public);
/* Bytes as they are, with a strong tag (quoted), to be kept by no cache. */
void ht_reply_bytes(struct ht_request *request, const char *type, struct ht_slice bytes, const char *etag);
void ht_reply_empty(struct ht_request *request, int code);
void ht_reply_problem(struct ht_request *request, const struct ht_error *err);
/* 404, or 405 with Allow, as the match says. */
void ht_reply_no_route(struct ht_request *request);

/* The body of a problem: {"type","title","status","detail","offset","pointer"}. `title` NULL: the status's. */
void ht_reply_add_problem(struct ht_buffer *out, int code, const char *title, const struct ht_error *err);

/* Leaves out of an error what names paths or states of this machine: for those who have shown no token. */
void ht_reply_for_strangers(struct ht_error *err);

/* Seconds for Retry-After, or NULL if the status doesn't call for one. */
const char *ht_reply_retry_after(enum ht_status status);

#endif
