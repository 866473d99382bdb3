/* API tokens: named, revocable, with scopes; only their hash is stored. */
#ifndef HOOKTRAIL_TOKEN_H
#define HOOKTRAIL_TOKEN_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/store.h"
#include "hooktrail/time.h"

enum ht_scope { HT_SCOPE_READ = 1, HT_SCOPE_ADMIN = 2 };

struct ht_token {
    uint32_t id;
    uint32_t scopes; /* of enum ht_scope */
    int64_t created_at;
    int64_t revoked_at; /* HT_TIME_NONE while valid */
    char name[65];
};

HT_MUST_CHECK enum ht_status ht_token_find(struct ht_reader *reader, struct ht_slice text, struct ht_token *token,
                                           struct ht_error *err); /* HT_UNAUTHORIZED if unknown or revoked */
HT_MUST_CHECK enum ht_status ht_token_next(struct ht_reader *reader, uint32_t from, struct ht_token *token,
                                           struct ht_error *err);
/* The names of scopes, a mask of enum ht_scope, with `between` between them: "read,admin". */
#define HT_SCOPES_SIZE 12 /* with the NUL */
void ht_scopes_spell(uint32_t scopes, char between, char text[HT_SCOPES_SIZE]);

/* `who` does it, for the log of acts; absent: the store's actor. `text` gets the token, shown once. */
HT_MUST_CHECK enum ht_status ht_token_add(struct ht_store *store, const char *name, uint32_t scopes,
                                          struct ht_slice who, int64_t now, struct ht_token *token,
                                          char text[HT_SECRET_TEXT_SIZE], struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_token_revoke(struct ht_store *store, uint32_t id, struct ht_slice who, int64_t now,
                                             struct ht_error *err);

#endif
