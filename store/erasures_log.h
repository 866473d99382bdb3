/* Private to store/: DIR/erasures.log, what was erased, outside the trail, so that an older backup of it can be told.

   32 bytes: "hooktrail/eras/1", trail id. Then for each erasure from number 1 on, without gaps, a frame: size (u32) of
   what follows but for the size behind; checksum 8 (bound to the number, as in record.h), number (u64), size (u32) and
   bytes of the trail's own row (erasures.h), and of each erased event, in order, the first 8 bytes of its commitment,
   by which it is known again; the size (u32) once more, by which the end is read. It names nobody. What a death in the
   midst of writing left behind the last whole frame is cut off by the next who appends. */
#ifndef STORE_ERASURES_LOG_H
#define STORE_ERASURES_LOG_H

#include "erasures.h"

#define ERASURES_LOG_NAME "erasures.log"
#define ERASURES_LOG_MARK 8 /* bytes of a commitment */

struct erasures_log {
    int fd;
    uint64_t last; /* number of the last whole frame; 0: none */
    uint64_t end;  /* where it ends */
};

/* Opens the store's log, to read under a shared lock (HT_NOT_FOUND if it is missing), or to `write` under an exclusive
   one (then it is made if it is missing). Either waits. HT_INVALID if it is another trail's, HT_CORRUPT if it is none.
 */
HT_MUST_CHECK enum ht_status erasures_log_open(struct ht_store *store, bool write, struct erasures_log *log,
                                               struct ht_error *err);

/* Takes the shared lock alone, of a log that is made, empty, if it is missing: until `lock` is closed nobody finishes
   an erasure, so no data key is destroyed. */
HT_MUST_CHECK enum ht_status erasures_log_hold(struct ht_store *store, int *lock, struct ht_error *err);
void erasures_log_close(struct erasures_log *log);

/* Whether something lies behind the last whole frame, of number `last`: the beginning of one, or one that has rotted.
 */
HT_MUST_CHECK enum ht_status erasures_log_is_cut(struct ht_store *store, bool *cut, uint64_t *last,
                                                 struct ht_error *err);

/* Appends the frame of log->last + 1 and syncs. */
HT_MUST_CHECK enum ht_status erasures_log_append(struct erasures_log *log, struct ht_slice row, struct ht_slice marks,
                                                 struct ht_error *err);

/* Reads the frame at *offset (0: the first) into `buffer` and moves *offset behind it; HT_NOT_FOUND at the end. The
   slices borrow from `buffer`. */
struct erasures_frame {
    uint64_t number;
    struct erasures_row row;
    struct ht_slice marks;
};
HT_MUST_CHECK enum ht_status erasures_log_next(const struct erasures_log *log, uint64_t *offset,
                                               struct ht_buffer *buffer, struct erasures_frame *frame,
                                               struct ht_error *err);

#endif
