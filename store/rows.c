#include "rows.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"

#define HEAD_SIZE 32
#define ROW_HEAD 7
#define LONGEST_KEY 511 /* LMDB's own bound */
#define READ_AT_ONCE ((size_t)1 << 20)

static const char magic[16] = {'h', 'o', 'o', 'k', 't', 'r', 'a', 'i', 'l', '/', 'r', 'o', 'w', 's', '/', '1'};

static const struct {
    size_t handle; /* in struct trail_env */
    bool whole;
} tables[ROWS_TABLES] = {
    [ROWS_META] = {offsetof(struct trail_env, meta), true},
    [ROWS_EVENTS] = {offsetof(struct trail_env, events), false},
    [ROWS_REPEATS] = {offsetof(struct trail_env, repeats), false},
    [ROWS_ENDPOINTS] = {offsetof(struct trail_env, endpoints), true},
    [ROWS_SECRETS] = {offsetof(struct trail_env, secrets), true},
    [ROWS_TOKENS] = {offsetof(struct trail_env, tokens), true},
    [ROWS_BEARERS] = {offsetof(struct trail_env, bearers), true},
    [ROWS_REJECTED] = {offsetof(struct trail_env, rejected), false},
    [ROWS_WATERMARKS] = {offsetof(struct trail_env, watermarks), true},
    [ROWS_ACTS] = {offsetof(struct trail_env, acts), false},
    [ROWS_CHECKPOINTS] = {offsetof(struct trail_env, checkpoints), true},
    [ROWS_ERASURES] = {offsetof(struct trail_env, erasures), false},
    [ROWS_ERASED] = {offsetof(struct trail_env, erased), false},
    [ROWS_HOLDS] = {offsetof(struct trail_env, holds), true},
};

MDB_dbi rows_table(const struct trail_env *trail, enum rows_kind kind)
{
    assert(kind > 0 && kind < ROWS_TABLES);
    return *(const MDB_dbi *)(const void *)((const char *)trail + tables[kind].handle);
}

bool rows_is_whole(enum rows_kind kind)
{
    return kind > 0 && kind < ROWS_TABLES && tables[kind].whole;
}

/* ---- writing ---- */

enum ht_status rows_create(struct rows_writer *writer, const char *path, const uint8_t *trail_id, struct ht_error *err)
{
    *writer = (struct rows_writer){.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (writer->fd < 0) return ht_fail_errno(err, errno, "cannot make %s", path);
    ht_buffer_add_bytes(&writer->bytes, magic, sizeof magic);
    ht_buffer_add_bytes(&writer->bytes, trail_id, HT_TRAIL_ID_SIZE);
    return ht_buffer_status(&writer->bytes, err);
}

void rows_add(struct rows_writer *writer, enum rows_kind kind, struct ht_slice key, struct ht_slice value)
{
    assert(key.size <= LONGEST_KEY && value.size <= UINT32_MAX);
    encode_uint(&writer->bytes, kind, 1);
    encode_uint(&writer->bytes, key.size, 2);
    encode_uint(&writer->bytes, value.size, 4);
    ht_buffer_add(&writer->bytes, key);
    ht_buffer_add(&writer->bytes, value);
}

enum ht_status rows_write(struct rows_writer *writer, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(&writer->bytes, err);
    struct ht_slice left = ht_buffer_slice(&writer->bytes);
    while (status == HT_OK && left.size > 0) {
        ssize_t written = write(writer->fd, left.data, left.size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ht_fail_errno(err, errno, "cannot write rows");
        left.data += written;
        left.size -= (size_t)written;
    }
    ht_buffer_clear(&writer->bytes);
    return status;
}

void rows_writer_release(struct rows_writer *writer)
{
    if (writer->fd >= 0) close(writer->fd);
    writer->fd = -1;
    ht_buffer_release(&writer->bytes);
}

/* ---- reading ---- */

/* Makes `size` bytes that were not taken yet lie together in memory. HT_CORRUPT if there are fewer. */
static enum ht_status want(struct rows_reader *reader, size_t size, struct ht_error *err)
{
    struct ht_buffer *bytes = &reader->bytes;
    size_t held = bytes->size - reader->at;
    if (held >= size) return HT_OK;
    if (size - held > reader->left) return ht_fail(err, HT_CORRUPT, "it ends in the midst of a row");
    memmove(bytes->data, bytes->data + reader->at, held);
    bytes->size = held;
    reader->at = 0;
    size_t more = size - held > READ_AT_ONCE ? size - held : READ_AT_ONCE;
    if (more > reader->left) more = (size_t)reader->left;
    char *to = ht_buffer_reserve(bytes, more);
    if (to == NULL) return ht_buffer_status(bytes, err);
    while (bytes->size < size) {
        ssize_t got = read(reader->fd, bytes->data + bytes->size, held + more - bytes->size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ht_fail_errno(err, errno, "cannot read rows");
        if (got == 0) return ht_fail(err, HT_CORRUPT, "it was cut off while it was read");
        bytes->size += (size_t)got;
        reader->left -= (uint64_t)got;
    }
    return HT_OK;
}

static struct ht_slice take(struct rows_reader *reader, size_t size)
{
    struct ht_slice taken = ht_slice_of(reader->bytes.data + reader->at, size);
    reader->at += size;
    return taken;
}

enum ht_status rows_open(struct rows_reader *reader, const char *path, const uint8_t *trail_id, struct ht_error *err)
{
    struct stat stat_of;
    *reader = (struct rows_reader){.fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (reader->fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    if (fstat(reader->fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", path);
    if (!S_ISREG(stat_of.st_mode)) return ht_fail(err, HT_CORRUPT, "%s is not a file", path);
    reader->left = (uint64_t)stat_of.st_size;
    if (ht_buffer_reserve(&reader->bytes, HEAD_SIZE) == NULL) return ht_buffer_status(&reader->bytes, err);
    enum ht_status status = want(reader, HEAD_SIZE, err);
    if (status != HT_OK) return status;
    struct ht_slice head = take(reader, HEAD_SIZE);
    if (memcmp(head.data, magic, sizeof magic) != 0) return ht_fail(err, HT_CORRUPT, "%s is no file of rows", path);
    if (memcmp(head.data + sizeof magic, trail_id, HT_TRAIL_ID_SIZE) == 0) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "%s has rows of another trail", path);
}

enum ht_status rows_next(struct rows_reader *reader, struct rows_row *row, struct ht_error *err)
{
    if (reader->at == reader->bytes.size && reader->left == 0) return ht_fail(err, HT_NOT_FOUND, "there are no more");
    enum ht_status status = want(reader, ROW_HEAD, err);
    if (status != HT_OK) return status;
    struct decoder head = decoder_of(take(reader, ROW_HEAD));
    unsigned kind = decode_u8(&head);
    size_t key = decode_u16(&head), value = decode_u32(&head);
    if (kind == 0 || kind == ROWS_TABLES || kind >= ROWS_KINDS || key > LONGEST_KEY)
        return ht_fail(err, HT_CORRUPT, "a row does not decode");
    status = want(reader, key + value, err);
    if (status != HT_OK) return status;
    row->kind = (enum rows_kind)kind;
    row->key = take(reader, key);
    row->value = take(reader, value);
    return HT_OK;
}

void rows_reader_release(struct rows_reader *reader)
{
    if (reader->fd >= 0) close(reader->fd);
    reader->fd = -1;
    ht_buffer_release(&reader->bytes);
}
