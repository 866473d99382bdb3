/* Private to store/: the keyring's slots as they lie in keys/data.keys, for increments: each stays wrapped by the
   master key, and is never unwrapped here. */
#ifndef STORE_KEYRING_SLOTS_H
#define STORE_KEYRING_SLOTS_H

#include "erase_set.h"
#include "hooktrail/sha256.h"
#include "rows.h"

/* SHA-256 of the file's head: another one whenever the keys are wrapped by another master key. Zeros for a store that
   isn't sealed. */
HT_MUST_CHECK enum ht_status keyring_slots_wrapping(const char *dir, uint8_t digest[HT_SHA256_SIZE],
                                                    struct ht_error *err);

/* Adds the head, the slots from `first` to `last`, and before them those of `destroyed` (which is sorted), as zeros
   wherever they are: whether the store has overwritten them yet or not. Nothing for a store that isn't sealed. */
HT_MUST_CHECK enum ht_status keyring_slots_gather(const char *dir, uint32_t first, uint32_t last,
                                                  const struct erase_set *destroyed, struct rows_writer *rows,
                                                  struct ht_error *err);

/* Puts what was gathered to the file in `dir`, which ends behind slot `last` then: those behind were never given out,
   and are made anew. */
HT_MUST_CHECK enum ht_status keyring_slots_apply(const char *dir, struct rows_reader *rows, uint32_t last,
                                                 struct ht_error *err);

#endif
