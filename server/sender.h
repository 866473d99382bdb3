/* Where a request came from: the other end of the connection or, where that is a proxy whose word is taken, whom it
   names in X-Forwarded-For. Pure. */
#ifndef HT_SERVER_SENDER_H
#define HT_SERVER_SENDER_H

#include "proxies.h"

#define HT_SENDER_SIZE 64

struct ht_sender {
    char address[HT_SENDER_SIZE]; /* the answer, at any time; "" if even the connection's other end is unknown */
    bool named;                   /* the answer is from a header */
    /* private */
    char peer[HT_SENDER_SIZE];
    const struct ht_proxies *proxies; /* NULL: nobody is believed */
};

/* `peer` is the connection's other end. `proxies`, whose word is taken, must outlive the sender; NULL: nobody's. */
void ht_sender_init(struct ht_sender *sender, const char *peer, const struct ht_proxies *proxies);

/* Takes one X-Forwarded-For line; several in the order in which they came. The sender is the rightmost address that is
   no proxy of ours, or the leftmost if all are; what stands left of an element that is no address (with or without a
   port) is not believed. */
void ht_sender_forwarded(struct ht_sender *sender, struct ht_slice header);

#endif
