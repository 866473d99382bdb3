/* What libevent and OpenSSL do when memory runs out. */
#ifndef HT_SERVER_MEMORY_H
#define HT_SERVER_MEMORY_H

#include "hooktrail/status.h"

/* libevent leaves out what it finds no memory for, and goes on: a header of a reply, its length, its body. OpenSSL
   remembers that it could not set something up, and refuses every connection from then on. So from this call on the
   process ends instead, with a line on stderr and the status of HT_NO_MEMORY: as after a kill, nothing that was
   acknowledged is lost. Before any other call of either. */
HT_MUST_CHECK enum ht_status ht_memory_guard(struct ht_error *err);

#endif
