#include "keyring_slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "files.h"
#include "keyring_file.h"

#define SLOTS_AT_ONCE 1024

/* *fd is -1 for a store that isn't sealed. */
static enum ht_status open_keys(const char *dir, int flags, int *fd, struct ht_error *err)
{
    char path[PATH_MAX];
    *fd = -1;
    if (!keyring_file_exists(dir)) return HT_OK;
    enum ht_status status = keyring_file_path(dir, path, err);
    if (status != HT_OK) return status;
    *fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0 ? HT_OK : ht_fail_errno(err, errno, "cannot open %s", path);
}

static enum ht_status read_at(int fd, void *bytes, size_t size, off_t offset, struct ht_error *err)
{
    if (files_read_at(fd, bytes, size, (uint64_t)offset)) return HT_OK;
    if (errno != 0) return ht_fail_errno(err, errno, "cannot read " KEYRING_NAME);
    return ht_fail(err, HT_CORRUPT, KEYRING_NAME " is cut off");
}

enum ht_status keyring_slots_wrapping(const char *dir, uint8_t digest[HT_SHA256_SIZE], struct ht_error *err)
{
    uint8_t head[KEYRING_HEADER];
    int fd;
    memset(digest, 0, HT_SHA256_SIZE);
    enum ht_status status = open_keys(dir, O_RDONLY, &fd, err);
    if (status != HT_OK || fd < 0) return status;
    status = read_at(fd, head, sizeof head, 0, err);
    close(fd);
    if (status == HT_OK) ht_sha256(ht_slice_of(head, sizeof head), digest);
    return status;
}

/* ---- gathering ---- */

static void add_slots(struct rows_writer *rows, uint32_t first, struct ht_slice slots)
{
    uint8_t id[4];
    ht_put_be32(id, first);
    rows_add(rows, ROWS_SLOTS, ht_slice_of(id, sizeof id), slots);
}

static enum ht_status gather_some(int fd, uint32_t first, uint32_t count, const struct erase_set *destroyed,
                                  uint8_t *slots, struct rows_writer *rows, struct ht_error *err)
{
    enum ht_status status = read_at(fd, slots, (size_t)count * KEYRING_SLOT, keyring_offset(first), err);
    if (status != HT_OK) return status;
    for (uint32_t i = 0; i < count; i++)
        if (erase_set_has(destroyed, (uint64_t)first + i)) memset(slots + (size_t)i * KEYRING_SLOT, 0, KEYRING_SLOT);
    add_slots(rows, first, ht_slice_of(slots, (size_t)count * KEYRING_SLOT));
    return rows_write(rows, err);
}

static enum ht_status gather_range(int fd, uint32_t first, uint32_t last, const struct erase_set *destroyed,
                                   struct rows_writer *rows, struct ht_error *err)
{
    uint8_t *slots = malloc((size_t)SLOTS_AT_ONCE * KEYRING_SLOT);
    if (slots == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for the keys");
    enum ht_status status = HT_OK;
    for (uint64_t id = first; status == HT_OK && id <= last; id += SLOTS_AT_ONCE) {
        uint64_t left = last - id + 1;
        uint32_t count = left < SLOTS_AT_ONCE ? (uint32_t)left : SLOTS_AT_ONCE;
        status = gather_some(fd, (uint32_t)id, count, destroyed, slots, rows, err);
    }
    explicit_bzero(slots, (size_t)SLOTS_AT_ONCE * KEYRING_SLOT);
    free(slots);
    return status;
}

enum ht_status keyring_slots_gather(const char *dir, uint32_t first, uint32_t last, const struct erase_set *destroyed,
                                    struct rows_writer *rows, struct ht_error *err)
{
    static const uint8_t zeros[KEYRING_SLOT];
    uint8_t head[KEYRING_HEADER];
    int fd;
    enum ht_status status = open_keys(dir, O_RDONLY, &fd, err);
    if (status != HT_OK || fd < 0) return status;
    status = read_at(fd, head, sizeof head, 0, err);
    if (status == HT_OK) rows_add(rows, ROWS_SLOTS_HEAD, HT_SLICE(""), ht_slice_of(head, sizeof head));
    for (size_t i = 0; status == HT_OK && i < erase_set_count(destroyed); i++)
        add_slots(rows, (uint32_t)erase_set_at(destroyed, i), ht_slice_of(zeros, sizeof zeros));
    if (status == HT_OK) status = gather_range(fd, first, last, destroyed, rows, err);
    close(fd);
    return status == HT_OK ? rows_write(rows, err) : status;
}

/* ---- applying ---- */

static enum ht_status apply_slots(int fd, const struct rows_row *row, uint32_t last, struct ht_error *err)
{
    uint64_t id = row->key.size == 4 ? ht_get_be32((const uint8_t *)row->key.data) : 0;
    uint64_t count = row->value.size / KEYRING_SLOT;
    if (id == 0 || count == 0 || row->value.size % KEYRING_SLOT != 0 || id + count - 1 > last)
        return ht_fail(err, HT_CORRUPT, "a row of data keys does not decode");
    return files_write_at(fd, row->value, (uint64_t)keyring_offset((uint32_t)id), KEYRING_NAME, err);
}

static enum ht_status apply_row(int fd, const struct rows_row *row, uint32_t last, struct ht_error *err)
{
    if (row->kind == ROWS_SLOTS) return apply_slots(fd, row, last, err);
    if (row->kind != ROWS_SLOTS_HEAD || row->value.size != KEYRING_HEADER)
        return ht_fail(err, HT_CORRUPT, "there is a row that is of no data keys");
    return files_write_at(fd, row->value, 0, KEYRING_NAME, err);
}

enum ht_status keyring_slots_apply(const char *dir, struct rows_reader *rows, uint32_t last, struct ht_error *err)
{
    struct rows_row row;
    int fd;
    enum ht_status status = open_keys(dir, O_RDWR, &fd, err);
    if (status != HT_OK) return status;
    while (status == HT_OK) {
        status = rows_next(rows, &row, err);
        if (status == HT_OK && fd < 0) status = ht_fail(err, HT_CORRUPT, "there are data keys for a store without");
        if (status == HT_OK) status = apply_row(fd, &row, last, err);
    }
    if (status == HT_NOT_FOUND) status = HT_OK;
    if (fd < 0) return status;
    if (status == HT_OK && ftruncate(fd, keyring_offset(last + 1)) != 0)
        status = ht_fail_errno(err, errno, "cannot cut " KEYRING_NAME);
    close(fd);
    return status;
}
