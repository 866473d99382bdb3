#include "erasures_log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "files.h"
#include "record.h"

#define HEAD_SIZE 32
#define SIZE_SIZE 4
#define LEAST_BODY 20                     /* checksum, number, size of the row */
#define GREATEST_BODY (UINT32_C(1) << 30) /* more is a lie */

static const char magic[16] = {'h', 'o', 'o', 'k', 't', 'r', 'a', 'i', 'l', '/', 'e', 'r', 'a', 's', '/', '1'};

/* ---- bytes ---- */

static uint32_t read_size(int fd, uint64_t offset)
{
    uint8_t bytes[SIZE_SIZE];
    return files_read_at(fd, bytes, sizeof bytes, offset) ? ht_get_be32(bytes) : 0;
}

/* ---- frames ---- */

/* The body of `size` bytes at `offset`; its number if it is whole, else 0. */
static uint64_t read_body(int fd, uint64_t offset, uint32_t size, struct ht_buffer *buffer)
{
    ht_buffer_clear(buffer);
    if (size < LEAST_BODY || size > GREATEST_BODY) return 0;
    char *to = ht_buffer_reserve(buffer, size);
    if (to == NULL || !files_read_at(fd, to, size, offset)) return 0;
    buffer->size = size;
    uint64_t number = ht_get_be64((const uint8_t *)to + RECORD_CHECKED);
    return record_intact(ht_buffer_slice(buffer), number) ? number : 0;
}

/* The frame at `offset`, if a whole one is there: its number, and where it ends. */
static uint64_t read_frame(int fd, uint64_t offset, uint64_t *end, struct ht_buffer *buffer)
{
    uint32_t size = read_size(fd, offset);
    uint64_t number = read_body(fd, offset + SIZE_SIZE, size, buffer);
    if (number == 0 || read_size(fd, offset + SIZE_SIZE + size) != size) return 0;
    *end = offset + SIZE_SIZE + size + SIZE_SIZE;
    return number;
}

/* The common case: the file ends with a whole frame. */
static bool find_last(struct erasures_log *log, uint64_t file_size, struct ht_buffer *buffer)
{
    uint64_t end;
    if (file_size < HEAD_SIZE + SIZE_SIZE + LEAST_BODY + SIZE_SIZE) return false;
    uint64_t size = (uint64_t)read_size(log->fd, file_size - SIZE_SIZE) + SIZE_SIZE + SIZE_SIZE;
    if (size > file_size - HEAD_SIZE) return false;
    log->last = read_frame(log->fd, file_size - size, &end, buffer);
    log->end = file_size;
    return log->last != 0 && end == file_size;
}

static enum ht_status find_end(struct erasures_log *log, struct ht_error *err)
{
    struct stat stat_of;
    struct ht_buffer buffer = {0};
    if (fstat(log->fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", ERASURES_LOG_NAME);
    if (!find_last(log, (uint64_t)stat_of.st_size, &buffer)) {
        uint64_t number;
        log->last = 0;
        log->end = HEAD_SIZE;
        while ((number = read_frame(log->fd, log->end, &log->end, &buffer)) == log->last + 1)
            log->last = number;
    }
    enum ht_status status = ht_buffer_status(&buffer, err);
    ht_buffer_release(&buffer);
    return status;
}

/* ---- opening ---- */

static enum ht_status write_head(struct ht_store *store, int fd, struct ht_error *err)
{
    char head[HEAD_SIZE];
    memcpy(head, magic, sizeof magic);
    memcpy(head + sizeof magic, store->trail_id, HT_TRAIL_ID_SIZE);
    enum ht_status status = files_write_at(fd, ht_slice_of(head, sizeof head), 0, ERASURES_LOG_NAME, err);
    if (status == HT_OK && fsync(fd) != 0) status = ht_fail_errno(err, errno, "cannot sync %s", ERASURES_LOG_NAME);
    return status;
}

/* A head that is missing, or was being written, is written anew: no frame is behind it. */
static enum ht_status check_head(struct ht_store *store, int fd, bool write, struct ht_error *err)
{
    char head[HEAD_SIZE];
    struct stat stat_of;
    if (fstat(fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", ERASURES_LOG_NAME);
    if (stat_of.st_size < HEAD_SIZE)
        return write ? write_head(store, fd, err) : ht_fail(err, HT_NOT_FOUND, "%s is empty", ERASURES_LOG_NAME);
    if (!files_read_at(fd, head, sizeof head, 0)) return ht_fail_errno(err, errno, "cannot read %s", ERASURES_LOG_NAME);
    if (memcmp(head, magic, sizeof magic) != 0)
        return ht_fail(err, HT_CORRUPT, "%s/%s is not a log of erasures: move it aside, and it is written anew",
                       store->dir, ERASURES_LOG_NAME);
    if (memcmp(head + sizeof magic, store->trail_id, HT_TRAIL_ID_SIZE) != 0)
        return ht_fail(err, HT_INVALID, "%s/%s is of another trail: move it aside", store->dir, ERASURES_LOG_NAME);
    return HT_OK;
}

static enum ht_status open_locked(struct ht_store *store, int flags, int operation, int *fd, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, ERASURES_LOG_NAME, err);
    if (status != HT_OK) return status;
    *fd = open(path, flags | O_CLOEXEC, 0600);
    if (*fd < 0 && errno == ENOENT) return ht_fail(err, HT_NOT_FOUND, "there is no %s", path);
    if (*fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    while (flock(*fd, operation) != 0) {
        if (errno == EINTR) continue;
        status = ht_fail_errno(err, errno, "cannot lock %s", path);
        close(*fd);
        return status;
    }
    return HT_OK;
}

enum ht_status erasures_log_open(struct ht_store *store, bool write, struct erasures_log *log, struct ht_error *err)
{
    *log = (struct erasures_log){.fd = -1};
    enum ht_status status =
        open_locked(store, write ? O_RDWR | O_CREAT : O_RDONLY, write ? LOCK_EX : LOCK_SH, &log->fd, err);
    if (status != HT_OK) return status;
    status = check_head(store, log->fd, write, err);
    if (status == HT_OK && write) status = files_sync(store->dir, err);
    if (status == HT_OK) status = find_end(log, err);
    if (status != HT_OK) erasures_log_close(log);
    return status;
}

enum ht_status erasures_log_hold(struct ht_store *store, int *lock, struct ht_error *err)
{
    return open_locked(store, O_RDWR | O_CREAT, LOCK_SH, lock, err);
}

void erasures_log_close(struct erasures_log *log)
{
    if (log->fd >= 0) close(log->fd);
    log->fd = -1;
}

enum ht_status erasures_log_is_cut(struct ht_store *store, bool *cut, uint64_t *last, struct ht_error *err)
{
    char path[PATH_MAX];
    struct stat stat_of;
    struct erasures_log log;
    *cut = false;
    *last = 0;
    enum ht_status status = files_join(path, store->dir, ERASURES_LOG_NAME, err);
    if (status != HT_OK || stat(path, &stat_of) != 0) return status;
    status = erasures_log_open(store, false, &log, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    *cut = (uint64_t)stat_of.st_size > log.end;
    *last = log.last;
    erasures_log_close(&log);
    return HT_OK;
}

/* ---- writing and reading ---- */

static void add_frame(struct ht_buffer *out, uint64_t number, struct ht_slice row, struct ht_slice marks)
{
    uint64_t size = LEAST_BODY + row.size + marks.size;
    encode_uint(out, size, SIZE_SIZE);
    encode_uint(out, 0, RECORD_CHECKED);
    encode_uint(out, number, 8);
    encode_sized(out, row, 4);
    ht_buffer_add(out, marks);
    if (out->failed) return;
    uint8_t *body = (uint8_t *)out->data + SIZE_SIZE;
    ht_put_be64(body, record_checksum(record_digest(ht_slice_of(body, (size_t)size)), number));
    encode_uint(out, size, SIZE_SIZE);
}

enum ht_status erasures_log_append(struct erasures_log *log, struct ht_slice row, struct ht_slice marks,
                                   struct ht_error *err)
{
    struct ht_buffer frame = {0};
    if (row.size > GREATEST_BODY / 2 || marks.size > GREATEST_BODY / 4)
        return ht_fail(err, HT_FULL, "the erasure is too large for %s", ERASURES_LOG_NAME);
    add_frame(&frame, log->last + 1, row, marks);
    enum ht_status status = ht_buffer_status(&frame, err);
    if (status == HT_OK && ftruncate(log->fd, (off_t)log->end) != 0)
        status = ht_fail_errno(err, errno, "cannot cut %s", ERASURES_LOG_NAME);
    if (status == HT_OK) status = files_write_at(log->fd, ht_buffer_slice(&frame), log->end, ERASURES_LOG_NAME, err);
    if (status == HT_OK && fsync(log->fd) != 0) status = ht_fail_errno(err, errno, "cannot sync %s", ERASURES_LOG_NAME);
    if (status == HT_OK) {
        log->last++;
        log->end += frame.size;
    }
    ht_buffer_release(&frame);
    return status;
}

enum ht_status erasures_log_next(const struct erasures_log *log, uint64_t *offset, struct ht_buffer *buffer,
                                 struct erasures_frame *frame, struct ht_error *err)
{
    if (*offset == 0) *offset = HEAD_SIZE;
    if (*offset >= log->end) return ht_fail(err, HT_NOT_FOUND, "the log of erasures ends");
    frame->number = read_frame(log->fd, *offset, offset, buffer);
    enum ht_status status = ht_buffer_status(buffer, err);
    if (status != HT_OK) return status;
    if (frame->number == 0)
        return ht_fail(err, HT_CORRUPT, "%s is damaged at byte %llu", ERASURES_LOG_NAME, (unsigned long long)*offset);
    struct decoder in = decoder_of(ht_buffer_slice(buffer));
    decode_bytes(&in, RECORD_CHECKED + 8);
    struct ht_slice row = decode_sized(&in, 4);
    frame->marks = decode_rest(&in);
    status = erasures_decode(row, frame->number, &frame->row, err);
    if (status != HT_OK) return status;
    if (in.failed || frame->marks.size / ERASURES_LOG_MARK != frame->row.erasure.events)
        return ht_fail(err, HT_CORRUPT, "erasure %llu in %s does not decode", (unsigned long long)frame->number,
                       ERASURES_LOG_NAME);
    return HT_OK;
}
