/* Private to store/: the file of the keyring, keys/data.keys, slot by slot, and where the master key comes from.

   Header, 128 bytes: "hooktrail keys\n\0" (16), version 1 (u32), 0 (4 bytes), a nonce (24) and the tag (16) of nothing
   sealed by the master key with it, by which a wrong one is known; zeros. A slot: nonce (24), the key sealed (48). */
#ifndef STORE_KEYRING_FILE_H
#define STORE_KEYRING_FILE_H

#include <limits.h>

#include "store.h"

#define KEYRING_KEY 32
#define KEYRING_SLOT 72
#define KEYRING_HEADER 128
#define KEYRING_NAME "keys/data.keys" /* in errors */

struct keyring_file {
    int fd; /* -1: closed */
    uint8_t trail_id[HT_TRAIL_ID_SIZE];
};

/* Where in the file the slot of a key begins. */
static inline off_t keyring_offset(uint32_t id)
{
    return KEYRING_HEADER + (off_t)(id - 1) * KEYRING_SLOT;
}

bool keyring_file_exists(const char *dir);
HT_MUST_CHECK enum ht_status keyring_file_make(const char *dir, const uint8_t *trail_id,
                                               const uint8_t master[KEYRING_KEY], struct ht_error *err);
HT_MUST_CHECK enum ht_status keyring_file_open(struct keyring_file *file, const char *dir, const uint8_t *trail_id,
                                               struct ht_error *err);
void keyring_file_close(struct keyring_file *file);

/* Where the master key is looked for: $HOOKTRAIL_MASTER_KEY_FILE, else the systemd credential "hooktrail-master-key",
   else keys/master.key. Of a symbolic link, what it leads to: that is what a rotation overwrites. */
HT_MUST_CHECK enum ht_status keyring_file_master_path(const char *dir, char path[PATH_MAX], struct ht_error *err);

/* Reads the master key and checks that the file's keys are wrapped by it; finishes a rotation that was killed, or
   undoes it (keys_master.c). Missing or another store's: HT_FORBIDDEN. */
HT_MUST_CHECK enum ht_status keyring_file_master(struct keyring_file *file, const char *dir,
                                                 uint8_t master[KEYRING_KEY], struct ht_error *err);

/* How many slots there are. */
HT_MUST_CHECK enum ht_status keyring_file_count(const struct keyring_file *file, uint32_t *count, struct ht_error *err);
/* One key: HT_ERASED if it is destroyed, HT_CORRUPT if it is damaged or not there. Without `master` (NULL) a slot that
   is not all zeros is taken for sound, and `key` is left alone. */
HT_MUST_CHECK enum ht_status keyring_file_read(const struct keyring_file *file, const uint8_t *master, uint32_t id,
                                               uint8_t key[KEYRING_KEY], struct ht_error *err);
/* Writes the slots from `first` to `last`, none of which has been given out, and syncs: those that hold a key as they
   are, for after a sync that failed only another write brings them to disk; new random keys to the others. */
HT_MUST_CHECK enum ht_status keyring_file_fill(const struct keyring_file *file, const uint8_t *master, uint32_t first,
                                               uint32_t last, struct ht_error *err);
/* Overwrites one slot with zeros; to be synced. */
HT_MUST_CHECK enum ht_status keyring_file_erase(const struct keyring_file *file, uint32_t id, struct ht_error *err);
HT_MUST_CHECK enum ht_status keyring_file_sync(const struct keyring_file *file, struct ht_error *err);

/* ---- rotation ---- */

/* DIR/keys/data.keys, the same with ".new" behind, and where a new master key waits that is to take the old one's path.
 */
HT_MUST_CHECK enum ht_status keyring_file_path(const char *dir, char path[PATH_MAX], struct ht_error *err);
HT_MUST_CHECK enum ht_status keyring_file_waiting(const char *path, char waiting[PATH_MAX], struct ht_error *err);

/* Writes the same keys, wrapped by another master key, to the new file `path`, and syncs it. What is destroyed or
   damaged stays so. */
HT_MUST_CHECK enum ht_status keyring_file_rewrap(const struct keyring_file *file, const uint8_t *master,
                                                 const uint8_t *other, const char *path, struct ht_error *err);

/* Overwrites an open file with zeros, all of it, and syncs. */
HT_MUST_CHECK enum ht_status keyring_file_wipe(int fd, const char *name, struct ht_error *err);
/* The same of a file by its path, which is then removed. Fine if it is missing. */
HT_MUST_CHECK enum ht_status keyring_file_shred(const char *path, struct ht_error *err);

/* Puts the new master key, which waits beside, in the place of the old one, which is overwritten first. */
HT_MUST_CHECK enum ht_status keyring_file_replace_master(const char *path, const char *waiting, struct ht_error *err);

#endif
