/* Private to store/: the index verified, by deriving it from the trail once more. */
#ifndef STORE_VERIFY_INDEX_H
#define STORE_VERIFY_INDEX_H

#include <limits.h>

#include "verify_derive.h"

/* A copy of the index (a reader is held for as long as copying takes), and another one that is derived from the trail
   up to the position that the copy has, to be compared at leisure. Both lie in DIR/verify.tmp-XXXXXX meanwhile. */
struct verify_index {
    struct verify *verify;
    enum ht_status status; /* what beginning came to */
    struct ht_error err;
    bool unfit; /* that is a finding: the copy can't be read */
    bool stale; /* the index is from before an erasure, and another process renews it */
    char folder[PATH_MAX];
    int fd;            /* of the folder, locked; -1: none */
    uint64_t erasures; /* with which the index was begun */
    struct index_env *stored;
    struct index_env *derived;
    struct derivation derivation;
};

/* Copies the index and begins the other one; removes what a killed run left. An index from before an erasure is rebuilt
   first. What fails is told by verify_index_end, and by nothing before it: the trail can be verified all the same. To
   be released. */
void verify_index_begin(struct verify_index *index, struct verify *verify);
void verify_index_release(struct verify_index *index);

/* What is to take the trail's events, between the two; NULL if nothing is. */
struct derivation *verify_index_derivation(struct verify_index *index);

/* Compares the two, or, if something was erased meanwhile, two new ones. HT_BUSY if another process rebuilds the index,
   or if others keep erasing. */
HT_MUST_CHECK enum ht_status verify_index_end(struct verify_index *index, struct ht_error *err);

#endif
