#include "beside.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"

#define LONGEST_SUFFIX 32 /* ".WORD-XXXXXX" */

static enum ht_status check_empty(const char *path, struct ht_error *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL && errno == ENOENT) return HT_OK;
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", path);
    struct dirent *entry;
    bool empty = true;
    while ((entry = readdir(folder)) != NULL)
        empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return empty ? HT_OK : ht_fail(err, HT_EXISTS, "%s is not empty: name a new or empty directory", path);
}

enum ht_status beside_make(struct beside *beside, const char *to, const char *word, struct ht_error *err)
{
    char path[PATH_MAX];
    beside->temporary[0] = '\0';
    int size = snprintf(beside->to, sizeof beside->to, "%s", to);
    if (size <= 0 || (size_t)size + LONGEST_SUFFIX > sizeof beside->to)
        return ht_fail(err, HT_INVALID, "the path of the data directory is empty or too long");
    while (size > 1 && beside->to[size - 1] == '/')
        beside->to[--size] = '\0';
    enum ht_status status = check_empty(beside->to, err);
    if (status != HT_OK) return status;
    snprintf(path, sizeof path, "%.*s.%.16s-XXXXXX", PATH_MAX - LONGEST_SUFFIX, beside->to, word);
    if (mkdtemp(path) == NULL) return ht_fail_errno(err, errno, "cannot make a folder beside %s", beside->to);
    memcpy(beside->temporary, path, sizeof path);
    return HT_OK;
}

enum ht_status beside_publish(struct beside *beside, struct ht_error *err)
{
    enum ht_status status = files_sync_tree(beside->temporary, err);
    if (status != HT_OK) return status;
    if (rename(beside->temporary, beside->to) != 0) { /* replaces an empty directory, and nothing else */
        if (errno == ENOTEMPTY || errno == EEXIST)
            return ht_fail(err, HT_EXISTS, "%s is not empty any more", beside->to);
        return ht_fail_errno(err, errno, "cannot rename %s to %s", beside->temporary, beside->to);
    }
    beside->temporary[0] = '\0';
    return files_sync_parent(beside->to, err);
}

void beside_drop(struct beside *beside)
{
    if (beside->temporary[0] != '\0') files_remove_tree(beside->temporary);
}
