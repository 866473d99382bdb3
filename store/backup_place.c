#include "backup_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"

enum ht_status backup_place_make(struct backup_place *place, const char *to, struct ht_error *err)
{
    struct stat stat;
    place->temporary[0] = '\0';
    int size = snprintf(place->to, sizeof place->to, "%s", to);
    if (size <= 0 || (size_t)size + sizeof ".tmp-XXXXXX" > sizeof place->to)
        return ht_fail(err, HT_INVALID, "the path of the backup is empty or too long");
    while (size > 1 && place->to[size - 1] == '/')
        place->to[--size] = '\0';
    if (lstat(place->to, &stat) == 0)
        return ht_fail(err, HT_EXISTS, "%s is there already: name a new directory", place->to);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s.tmp-XXXXXX", PATH_MAX - 16, place->to);
    if (!mkdtemp(path)) return ht_fail_errno(err, errno, "cannot make a folder beside %s", place->to);
    memcpy(place->temporary, path, sizeof path);
    return HT_OK;
}

enum ht_status backup_place_publish(struct backup_place *place, struct ht_error *err)
{
    enum ht_status status = files_sync_tree(place->temporary, err);
    if (status != HT_OK) return status;
    if (renameat2(AT_FDCWD, place->temporary, AT_FDCWD, place->to, RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST) return ht_fail(err, HT_EXISTS, "%s has come to be meanwhile", place->to);
        return ht_fail_errno(err, errno, "cannot rename %s to %s", place->temporary, place->to);
    }
    place->temporary[0] = '\0';
    return files_sync_parent(place->to, err);
}

void backup_place_release(struct backup_place *place)
{
    if (place->temporary[0] != '\0') files_remove_tree(place->temporary);
    place->temporary[0] = '\0';
}
