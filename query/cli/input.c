#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PIECE ((size_t)64 * 1024)

static enum ht_status read_all(int file, const char *name, size_t most, struct ht_buffer *out, struct ht_error *err)
{
    size_t total = 0;
    for (;;) {
        char *room = ht_buffer_reserve(out, PIECE);
        if (!room) return ht_buffer_status(out, err);
        ssize_t got = read(file, room, PIECE);
        if (got == 0) return HT_OK;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ht_fail_errno(err, errno, "can't read %s", name);
        out->size += (size_t)got;
        total += (size_t)got;
        if (total > most) return ht_fail(err, HT_TOO_LARGE, "%s is larger than %zu bytes", name, most);
    }
}

enum ht_status ht_input_read(const char *name, size_t most, struct ht_buffer *out, struct ht_error *err)
{
    if (strcmp(name, "-") == 0) return read_all(STDIN_FILENO, "standard input", most, out, err);
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return ht_fail_errno(err, errno, "can't open %s", name);
    enum ht_status status = read_all(file, name, most, out, err);
    close(file);
    return status;
}
