/* Listening sockets: from "ADDR:PORT" to descriptors, one for each loop. */
#ifndef HT_SERVER_LISTEN_H
#define HT_SERVER_LISTEN_H

#include <sys/socket.h>

#include "hooktrail/buffer.h"

#define HT_LISTEN_URL_SIZE 96

struct ht_address {
    const char *setting; /* that gave it, a literal */
    struct sockaddr_storage socket;
    socklen_t size;
};

/* "127.0.0.1:8787", "[::1]:8787", "localhost:0" of the setting of that name, which errors call by it. HT_INVALID says
   what is expected. */
HT_MUST_CHECK enum ht_status ht_listen_parse(const char *setting, const char *text, struct ht_address *address,
                                             struct ht_error *err);
bool ht_listen_is_loopback(const struct ht_address *address);
/* Whether both can't be listened on: the same port, and the same address or one that stands for all. */
bool ht_listen_overlap(const struct ht_address *one, const struct ht_address *other);

/* Opens `count` sockets that share the address (port 0 is picked once and put into `address`): TCP_NODELAY, inherited
   by every connection. HT_BUSY if somebody else has the port. On failure none stays open. */
HT_MUST_CHECK enum ht_status ht_listen_open(struct ht_address *address, int *sockets, size_t count,
                                            struct ht_error *err);

/* "http://127.0.0.1:8787", or "https://…" */
void ht_listen_url(const struct ht_address *address, bool tls, char url[HT_LISTEN_URL_SIZE]);

#endif
