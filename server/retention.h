/* The retention thread: erases once a day what is older than the setting `retain` says. */
#ifndef HT_SERVER_RETENTION_H
#define HT_SERVER_RETENTION_H

#include "server.h"

/* Starts the thread, if there is a policy in the configuration; else *retention is NULL. HT_INVALID if it is none. */
HT_MUST_CHECK enum ht_status ht_retention_start(struct ht_server *server, struct ht_retention **retention,
                                                struct ht_error *err);
void ht_retention_stop(struct ht_retention *retention); /* after the batch under way. NULL is fine */

/* Whether the configuration's policy is one. */
HT_MUST_CHECK enum ht_status ht_retention_check(const struct ht_config *config, struct ht_error *err);

#endif
