/* Where a delivery came from, and which of its headers are kept. */
#ifndef HT_SERVER_SENDER_H
#define HT_SERVER_SENDER_H

#include "hooktrail/delivery.h"

#define HT_SENDER_SIZE 64

/* The last address of an X-Forwarded-For header, if it is one (with or without a port); else false. Pure. */
bool ht_sender_forwarded(struct ht_slice header, char out[HT_SENDER_SIZE]);

#endif
