/* What must hold of a store after whatever has happened to it: all that was promised is there, and it goes on. */
#ifndef CRASH_CHECK_H
#define CRASH_CHECK_H

#include "hooktrail/sha256.h"
#include "hooktrail/store.h"

/* An acknowledged delivery. */
struct promise {
    uint64_t seq;
    uint8_t sha256[HT_SHA256_SIZE];
};

struct promises {
    struct promise *list;
    size_t count;
};

void promises_add(struct promises *promises, uint64_t seq, const uint8_t sha256[HT_SHA256_SIZE]);
/* Of a text that has `"seq":N` and `"sha256":"HEX"`, the answer to a delivery. False if it has not. */
bool promises_add_answer(struct promises *promises, struct ht_slice text);
void promises_release(struct promises *promises);

struct expectation {
    const struct promises *promises;
    bool made;         /* init has returned: there must be a store. Else there may be none, and init can make one */
    bool erasing;      /* somebody has begun to erase: any promise may be kept by a tombstone */
    uint64_t erasures; /* that have returned: there must be at least as many */
};

enum check_result { CHECK_FINE, CHECK_LOST, CHECK_BROKEN };

/* Opens the store at `dir` as a daemon does that starts: brings the index up, verifies everything, looks for each
   promise, delivers the last payload once more (it must be known) and a new one (it must be taken). `why`: what is
   wrong first. LMDB may crash on what is broken: call it in a process of its own. */
enum check_result check_store(const char *dir, const struct expectation *expectation, struct ht_error *why);

#endif
