/* Private to store/: files and folders, made durable: what is renamed was synced before, and its parent after. */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include <limits.h>

#include "hooktrail/sha256.h"

/* "DIR/NAME" into `path`; HT_INVALID if it is too long. */
HT_MUST_CHECK enum ht_status files_join(char path[PATH_MAX], const char *dir, const char *name, struct ht_error *err);

/* Whether it is what every folder has: "." or "..". */
bool files_is_dots(const char *name);

/* Makes a folder "PATH.new-XXXXXX" (0700) and returns its name. */
HT_MUST_CHECK enum ht_status files_make_temporary(const char *path, char temporary[PATH_MAX], struct ht_error *err);

/* fsync of a file or folder; of every file in a folder and the folder (one level down too); of the folder above. */
HT_MUST_CHECK enum ht_status files_sync(const char *path, struct ht_error *err);
HT_MUST_CHECK enum ht_status files_sync_tree(const char *path, struct ht_error *err);
HT_MUST_CHECK enum ht_status files_sync_parent(const char *path, struct ht_error *err);

/* Removes a folder and all below it, as far as it can: for leftovers that nobody needs. */
void files_remove_tree(const char *path);

/* Removes every file of a folder but the one named `except`. */
HT_MUST_CHECK enum ht_status files_clear(const char *path, const char *except, struct ht_error *err);

/* Writes a new file of mode 0600 and syncs it; HT_EXISTS if it is there. */
HT_MUST_CHECK enum ht_status files_write_new(const char *path, struct ht_slice bytes, struct ht_error *err);

/* Reads a file of exactly `size` bytes. */
HT_MUST_CHECK enum ht_status files_read_exact(const char *path, void *bytes, size_t size, struct ht_error *err);

/* Reads a whole file of at most `most` bytes behind what `bytes` holds. HT_NOT_FOUND; HT_CORRUPT if it is larger. */
HT_MUST_CHECK enum ht_status files_read(const char *path, size_t most, struct ht_buffer *bytes, struct ht_error *err);

/* All of `size` bytes at `offset`. False where the file ends (errno 0) or can't be read (errno). */
bool files_read_at(int fd, void *to, size_t size, uint64_t offset);
/* Writes all of them there; `name` is what the error calls the file. */
HT_MUST_CHECK enum ht_status files_write_at(int fd, struct ht_slice bytes, uint64_t offset, const char *name,
                                            struct ht_error *err);

/* Size and SHA-256 of a regular file of any size. HT_NOT_FOUND; HT_CORRUPT if it is something else. */
HT_MUST_CHECK enum ht_status files_digest(const char *path, uint64_t *size, uint8_t digest[HT_SHA256_SIZE],
                                          struct ht_error *err);

/* Gives a file of mode 0600 new contents, whole or not at all: written beside ("PATH.new"), synced, renamed. One at a
   time. The folder is not synced, so a power cut may bring the old contents back. */
HT_MUST_CHECK enum ht_status files_replace(const char *path, struct ht_slice bytes, struct ht_error *err);

#endif
