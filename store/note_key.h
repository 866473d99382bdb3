/* Private to store/: what signed-note asks of any key's name, be it known here or not. */
#ifndef STORE_NOTE_KEY_H
#define STORE_NOTE_KEY_H

#include "hooktrail/note.h"

/* Not empty, UTF-8, without Unicode spaces and plus signs. Names of keys that we would use ourselves must be shorter
   and without control characters as well: ht_key_name_check. */
bool note_name_is_sound(struct ht_slice name);

/* A key's id, which is `hash`: of its name, type and bytes. */
uint32_t note_key_hash(const struct ht_verifier *verifier);

#endif
