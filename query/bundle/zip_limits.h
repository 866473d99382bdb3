/* Private to query/bundle/: what a zip of ours holds at most, so that one from outside can be refused by its directory,
   before anything of it is unpacked. */
#ifndef QUERY_BUNDLE_ZIP_LIMITS_H
#define QUERY_BUNDLE_ZIP_LIMITS_H

#include "hooktrail/bundle.h"

#define ZIP_MAX_ENTRIES 65000
#define ZIP_MAX_NAME 64 /* bytes of a name */
#define ZIP_MAX_FILE HT_BUNDLE_FILE

/* Bytes that all files of a zip of this size may have together: bombs have more. An event takes some 3 KiB of a zip at
   the least, so one whose payload is 1 MiB of blanks is still within. */
static inline uint64_t zip_max_total(uint64_t size)
{
    return (UINT64_C(512) << 20) + 400 * size;
}

#endif
