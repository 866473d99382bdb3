/* Private to store/: backup.json, which says what a backup is: full or an increment, of which trail, what it follows,
   to what point it has come, and what its files were when it was made. An increment names the one that it follows by
   the SHA-256 of that one's backup.json, so a chain can't be put together wrongly. docs/format.md has the members. */
#ifndef STORE_MANIFEST_H
#define STORE_MANIFEST_H

#include "backup_point.h"

#define MANIFEST_NAME "backup.json"
#define MANIFEST_ROWS "rows"        /* of an increment: the trail's */
#define MANIFEST_SLOTS "keys/slots" /* and the keyring's */

struct manifest_file {
    char name[288]; /* "keys/log.pub": in the backup, or in a folder of it */
    uint64_t size;
    char sha256[BACKUP_DIGEST];
};

/* Zero-initialised is valid and empty. */
struct manifest {
    bool increment;
    uint8_t trail_id[HT_TRAIL_ID_SIZE];
    int64_t made_at;
    char since_name[256]; /* of what it follows: the last part of its path, for people; "" of a full one */
    char since[BACKUP_DIGEST];
    struct backup_point at;
    struct ht_buffer files;  /* struct manifest_file, in the order of their names */
    char own[BACKUP_DIGEST]; /* of the manifest itself, once it was written or read */
};
void manifest_release(struct manifest *manifest);

size_t manifest_files(const struct manifest *manifest);
const struct manifest_file *manifest_file_at(const struct manifest *manifest, size_t index);

/* Lists all files in `dir`, and in its folders, and writes the manifest there, as the last of them. */
HT_MUST_CHECK enum ht_status manifest_write(struct manifest *manifest, const char *dir, struct ht_error *err);

/* Reads that of the backup in `dir`. HT_NOT_FOUND if it has none; HT_CORRUPT, HT_VERSION. */
HT_MUST_CHECK enum ht_status manifest_read(struct manifest *manifest, const char *dir, struct ht_error *err);

/* That every file is there as it was written: HT_CORRUPT names the first that isn't. */
HT_MUST_CHECK enum ht_status manifest_check_files(const struct manifest *manifest, const char *dir,
                                                  struct ht_error *err);

#endif
