#include "beside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "files.h"

#define LONGEST_SUFFIX 32 /* ".WORD-XXXXXX" */

static enum ht_status check_absent(const char *path, struct ht_error *err)
{
    struct stat stat;
    if (lstat(path, &stat) != 0) return HT_OK;
    return ht_fail(err, HT_EXISTS, "%s is there already: name a new directory", path);
}

static enum ht_status check_empty(const char *path, struct ht_error *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL && errno == ENOENT) return HT_OK;
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", path);
    struct dirent *entry;
    bool empty = true;
    while ((entry = readdir(folder)) != NULL)
        empty &= files_is_dots(entry->d_name);
    closedir(folder);
    return empty ? HT_OK : ht_fail(err, HT_EXISTS, "%s is not empty: name a new or empty directory", path);
}

/* How the two kinds differ: a store may take the place of an empty directory, which rename replaces, and nothing else.
 */
static const struct {
    const char *name;
    enum ht_status (*check)(const char *path, struct ht_error *err);
    unsigned rename_flags;
    const char *taken_since;
} kinds[] = {
    [BESIDE_STORE] = {"data directory", check_empty, 0, "is not empty any more"},
    [BESIDE_BACKUP] = {"backup", check_absent, RENAME_NOREPLACE, "has come to be meanwhile"},
};

/* An empty directory by the name that rename can replace: not ".", and not that of a link to it. */
static enum ht_status resolve(struct beside *beside, struct ht_error *err)
{
    char real[PATH_MAX];
    if (realpath(beside->to, real) == NULL)
        return errno == ENOENT ? HT_OK : ht_fail_errno(err, errno, "cannot find %s", beside->to);
    if (strlen(real) + LONGEST_SUFFIX >= sizeof real)
        return ht_fail(err, HT_INVALID, "the path %.64s… is too long", real);
    memcpy(beside->to, real, strlen(real) + 1);
    return HT_OK;
}

/* Said now rather than when all is done. */
static enum ht_status check_place(const struct beside *beside, struct ht_error *err)
{
    struct stat there, made;
    if (beside->kind != BESIDE_STORE) return HT_OK;
    enum ht_status status = store_check_filesystem(beside->temporary, err);
    if (status != HT_OK) return status;
    if (stat(beside->to, &there) != 0 || stat(beside->temporary, &made) != 0 || there.st_dev == made.st_dev)
        return HT_OK;
    return ht_fail(err, HT_INVALID,
                   "a filesystem is mounted at %s, which cannot be replaced: name a new directory in it", beside->to);
}

enum ht_status beside_make(struct beside *beside, enum beside_kind kind, const char *to, const char *word,
                           struct ht_error *err)
{
    char path[PATH_MAX];
    beside->kind = kind;
    beside->temporary[0] = '\0';
    int size = snprintf(beside->to, sizeof beside->to, "%s", to);
    if (size <= 0 || (size_t)size + LONGEST_SUFFIX > sizeof beside->to)
        return ht_fail(err, HT_INVALID, "the path of the %s is empty or too long", kinds[kind].name);
    while (size > 1 && beside->to[size - 1] == '/')
        beside->to[--size] = '\0';
    enum ht_status status = kinds[kind].check(beside->to, err);
    if (status == HT_OK && kind == BESIDE_STORE) status = resolve(beside, err);
    if (status != HT_OK) return status;
    snprintf(path, sizeof path, "%.*s.%.16s-XXXXXX", PATH_MAX - LONGEST_SUFFIX, beside->to, word);
    if (mkdtemp(path) == NULL) return ht_fail_errno(err, errno, "cannot make a folder beside %s", beside->to);
    memcpy(beside->temporary, path, sizeof path);
    return check_place(beside, err);
}

enum ht_status beside_publish(struct beside *beside, struct ht_error *err)
{
    enum ht_status status = files_sync_tree(beside->temporary, err);
    if (status != HT_OK) return status;
    if (renameat2(AT_FDCWD, beside->temporary, AT_FDCWD, beside->to, kinds[beside->kind].rename_flags) != 0) {
        if (errno == ENOTEMPTY || errno == EEXIST)
            return ht_fail(err, HT_EXISTS, "%s %s", beside->to, kinds[beside->kind].taken_since);
        return ht_fail_errno(err, errno, "cannot rename %s to %s", beside->temporary, beside->to);
    }
    beside->temporary[0] = '\0';
    return files_sync_parent(beside->to, err);
}

void beside_drop(struct beside *beside)
{
    if (beside->temporary[0] != '\0') files_remove_tree(beside->temporary);
    beside->temporary[0] = '\0';
}
