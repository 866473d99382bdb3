/* What libevent does when memory runs out. */
#ifndef HT_SERVER_MEMORY_H
#define HT_SERVER_MEMORY_H

/* libevent leaves out what it finds no memory for, and goes on: a header of a reply, its length, its body. A header
   that is missing says something else than what was meant, so from this call on the process ends instead, with a line
   on stderr and the status of HT_NO_MEMORY: as after a kill, nothing that was acknowledged is lost. Before any other
   call of libevent. */
void ht_memory_guard(void);

#endif
