#include "copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

#define LONGEST_NAME 64 /* of a table */

/* LMDB refuses to compact an environment that has lost pages; the plain copy of it is sound none the less. */
static enum ht_status copy_to(MDB_env *env, int fd, unsigned flags, struct ht_error *err)
{
    int code = mdb_env_copyfd2(env, fd, flags);
    if (code == MDB_INCOMPATIBLE && flags != 0) {
        if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
            return ht_fail_errno(err, errno, "cannot rewind a copy");
        code = mdb_env_copyfd2(env, fd, 0);
    }
    return code == 0 ? HT_OK : env_fail(err, code, "copying an environment");
}

enum ht_status copy_env_briefly(MDB_env *env, const char *path, unsigned flags, struct ht_error *err)
{
    char file[PATH_MAX];
    enum ht_status status = files_join(file, path, "data.mdb", err);
    if (status != HT_OK) return status;
    if (mkdir(path, 0700) != 0) return ht_fail_errno(err, errno, "cannot make %s", path);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot make %s", file);
    status = copy_to(env, fd, flags, err);
    close(fd);
    return status;
}

enum ht_status copy_env(MDB_env *env, const char *path, unsigned flags, struct ht_error *err)
{
    enum ht_status status = copy_env_briefly(env, path, flags, err);
    return status == HT_OK ? files_sync_tree(path, err) : status;
}

static enum ht_status pour(int from, int to, const char *path, struct ht_error *err)
{
    char bytes[65536];
    ssize_t got;
    enum ht_status status = HT_OK;
    while (status == HT_OK && (got = read(from, bytes, sizeof bytes)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) status = ht_fail_errno(err, errno, "cannot read what is to be %s", path);
        for (ssize_t at = 0; status == HT_OK && at < got;) {
            ssize_t put = write(to, bytes + at, (size_t)(got - at));
            if (put < 0 && errno != EINTR) status = ht_fail_errno(err, errno, "cannot write %s", path);
            if (put > 0) at += put;
        }
    }
    explicit_bzero(bytes, sizeof bytes); /* of keys, perhaps */
    if (status == HT_OK && fsync(to) != 0) status = ht_fail_errno(err, errno, "cannot sync %s", path);
    return status;
}

static enum ht_status copy_open(int from, const char *path, const char *to, struct ht_error *err)
{
    struct stat stat_of;
    if (fstat(from, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", path);
    if (!S_ISREG(stat_of.st_mode)) return ht_fail(err, HT_CORRUPT, "%s is not a file", path);
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot make %s", to);
    enum ht_status status = pour(from, fd, to, err);
    close(fd);
    return status;
}

enum ht_status copy_file(const char *from, const char *to, struct ht_error *err)
{
    int fd = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return ht_fail(err, HT_NOT_FOUND, "there is no %s", from);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", from);
    enum ht_status status = copy_open(fd, from, to, err);
    close(fd);
    return status;
}

static bool is_passed_over(const char *name, const char *except)
{
    return name[0] == '.' || (except != NULL && strcmp(name, except) == 0);
}

static enum ht_status copy_each(DIR *folder, const char *from, const char *to, const char *except, struct ht_error *err)
{
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char source[PATH_MAX], target[PATH_MAX];
        if (is_passed_over(entry->d_name, except)) continue;
        enum ht_status status = files_join(source, from, entry->d_name, err);
        if (status == HT_OK) status = files_join(target, to, entry->d_name, err);
        if (status == HT_OK) status = copy_file(source, target, err);
        if (status != HT_OK) return status;
    }
    return files_sync(to, err);
}

enum ht_status copy_files(const char *from, const char *to, const char *except, struct ht_error *err)
{
    DIR *folder = opendir(from);
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", from);
    enum ht_status status = copy_each(folder, from, to, except, err);
    closedir(folder);
    return status;
}

enum ht_status copy_folder(const char *from, const char *to, const char *except, struct ht_error *err)
{
    if (mkdir(to, 0700) != 0) return ht_fail_errno(err, errno, "cannot make %s", to);
    return copy_files(from, to, except, err);
}

/* The number of entries of the table `name`. */
static int count_entries(MDB_txn *txn, const char *name, size_t *entries)
{
    MDB_dbi table;
    MDB_stat stat;
    int code = mdb_dbi_open(txn, name, 0, &table);
    if (code == 0) code = mdb_stat(txn, table, &stat);
    if (code == 0) *entries = stat.ms_entries;
    return code;
}

static enum ht_status compare_table(MDB_txn *original, MDB_txn *copy, MDB_val key, struct ht_error *err)
{
    char name[LONGEST_NAME + 1] = "";
    size_t wanted = 0, found = 0;
    if (key.mv_size > LONGEST_NAME) return ht_fail(err, HT_CORRUPT, "a table has a name of %zu bytes", key.mv_size);
    memcpy(name, key.mv_data, key.mv_size);
    int code = count_entries(original, name, &wanted);
    if (code == 0) code = count_entries(copy, name, &found);
    if (code != 0) return env_fail(err, code, "comparing a copy");
    if (wanted == found) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "table %s has %zu entries, its copy %zu", name, wanted, found);
}

/* The entries of the unnamed table are the tables. */
static enum ht_status compare_tables(MDB_txn *original, MDB_txn *copy, struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_dbi tables;
    MDB_val key, value;
    enum ht_status status = HT_OK;
    int code = mdb_dbi_open(original, NULL, 0, &tables);
    if (code == 0) code = mdb_cursor_open(original, tables, &cursor);
    if (code != 0) return env_fail(err, code, "comparing a copy");
    while (status == HT_OK && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        status = compare_table(original, copy, key, err);
    mdb_cursor_close(cursor);
    return status == HT_OK && code != MDB_NOTFOUND ? env_fail(err, code, "comparing a copy") : status;
}

enum ht_status copy_compare(MDB_env *original, MDB_env *copy, struct ht_error *err)
{
    MDB_txn *left = NULL, *right = NULL;
    enum ht_status status = HT_OK;
    int code = mdb_txn_begin(original, NULL, MDB_RDONLY, &left);
    if (code == 0) code = mdb_txn_begin(copy, NULL, MDB_RDONLY, &right);
    if (code != 0) status = env_fail(err, code, "comparing a copy");
    if (status == HT_OK) status = compare_tables(left, right, err);
    if (left) mdb_txn_abort(left);
    if (right) mdb_txn_abort(right);
    return status;
}
