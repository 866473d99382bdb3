/* Rosters: what a store is run by and gives to, listed: its endpoints, its tokens, its exports. One JSON object and a
   newline for each, the same for the command line and the API; no secret is in them. */
#ifndef HOOKTRAIL_ROSTER_H
#define HOOKTRAIL_ROSTER_H

#include "hooktrail/endpoint.h"
#include "hooktrail/token.h"

/* One of them: {"id","name","state","signed","family","created_at","retired_at"} and
   {"id","name","state","scopes","created_at","revoked_at"}. */
void ht_roster_add_endpoint(struct ht_buffer *lines, const struct ht_endpoint *endpoint);
void ht_roster_add_token(struct ht_buffer *lines, const struct ht_token *token);

/* All of them, by id; exports by name: {"name","runs","done_at","rows","events","behind","erasures_behind","state"}.
   Within the reader's span. */
typedef enum ht_status ht_roster(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_roster_endpoints(struct ht_reader *reader, struct ht_buffer *lines,
                                                 struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_roster_tokens(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_roster_exports(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err);

/* Lines as one document: {"NAME":[…]} and a newline. */
void ht_roster_wrap(const char *name, struct ht_slice lines, struct ht_buffer *out);

/* What was made, with its secret, which is shown this once: {"id","name",KIND:secret} and a newline. */
void ht_roster_add_made(struct ht_buffer *out, uint32_t id, const char *name, const char *kind, const char *secret);

/* The scopes of "read", "admin" or both, "read,admin", as a mask of enum ht_scope. HT_INVALID. */
HT_MUST_CHECK enum ht_status ht_roster_scopes(struct ht_slice text, uint32_t *scopes, struct ht_error *err);

#endif
