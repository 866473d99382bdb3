/* What a death by a signal leaves behind: a note that the index may be damaged, and, of a page that can't be read, a
   word of what to do. */
#ifndef HT_SERVER_CRASH_H
#define HT_SERVER_CRASH_H

#include "hooktrail/index.h"

/* First thing in main. */
void ht_crash_watch(void);

/* From now on a death leaves that note; NULL: no longer. Borrows it. One thread, while no other runs. */
void ht_crash_note(const struct ht_index_doubt *doubt);

#endif
