/* Tells systemd how the daemon is (sd_notify's protocol, by hand: one datagram). */
#ifndef HT_SERVER_NOTIFY_H
#define HT_SERVER_NOTIFY_H

/* Sends `state` ("READY=1", "STOPPING=1") to $NOTIFY_SOCKET; does nothing if that is not set. */
void ht_notify(const char *state);

#endif
