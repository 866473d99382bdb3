/* The addresses that are served: by the settings listen and api_listen. Says for each whether it speaks TLS and which
   routes it has, and refuses what would put secrets on the net unencrypted. */
#ifndef HT_SERVER_ENTRANCE_H
#define HT_SERVER_ENTRANCE_H

#include "config.h"
#include "listen.h"

#define HT_MAX_LOOPS 64
#define HT_ENTRANCES 2

struct ht_entrance {
    struct ht_address address;
    unsigned faces; /* enum ht_face of the routes that are served */
    bool tls;
    int sockets[HT_MAX_LOOPS]; /* one for each loop; -1: none, or taken */
};

struct ht_entrances {
    struct ht_entrance list[HT_ENTRANCES];
    size_t count;
};

/* Works them out; nothing is opened. HT_INVALID says which setting is at fault, and why. */
HT_MUST_CHECK enum ht_status ht_entrances_plan(const struct ht_config *config, struct ht_entrances *entrances,
                                               struct ht_error *err);
/* Whether any of them speaks TLS. */
bool ht_entrances_need_tls(const struct ht_entrances *entrances);

/* Opens `loops` sockets for each. Who uses one takes it out, by ht_entrance_take. On failure none stays open. */
HT_MUST_CHECK enum ht_status ht_entrances_open(struct ht_entrances *entrances, size_t loops, struct ht_error *err);
int ht_entrance_take(struct ht_entrance *entrance, size_t loop);
/* Closes those that nobody took. */
void ht_entrances_close(struct ht_entrances *entrances);

/* Writes where they are, a line each; the last one is "listening on URL", of the one that takes deliveries. */
void ht_entrances_tell(const struct ht_entrances *entrances, int fd);

#endif
