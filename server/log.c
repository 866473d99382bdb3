#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"

static const struct {
    const char *name;
    int priority; /* of syslog(3) */
} levels[] = {
    [HT_LOG_ERROR] = {"error", 3},
    [HT_LOG_WARNING] = {"warning", 4},
    [HT_LOG_INFO] = {"info", 6},
    [HT_LOG_DEBUG] = {"debug", 7},
};

void ht_log_init(struct ht_logger *log, int fd, enum ht_log_format format, bool journal, enum ht_log_level level)
{
    log->fd = fd;
    log->format = format;
    log->journal = journal;
    atomic_init(&log->level, (int)level);
}

bool ht_log_is_journal(int fd, const char *stream)
{
    struct stat stat_of;
    char own[64];
    if (!stream || fstat(fd, &stat_of) != 0) return false;
    snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)stat_of.st_dev, (uintmax_t)stat_of.st_ino);
    return strcmp(own, stream) == 0;
}

void ht_log_set_level(struct ht_logger *log, enum ht_log_level level)
{
    atomic_store_explicit(&log->level, (int)level, memory_order_relaxed);
}

static void add_json(struct ht_buffer *line, enum ht_log_level level, struct ht_slice message)
{
    struct ht_emit emit;
    ht_emit_init(&emit, line);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "time");
    ht_emit_time(&emit, ht_time_now());
    ht_emit_key(&emit, "level");
    ht_emit_text(&emit, levels[level].name);
    ht_emit_key(&emit, "message");
    ht_emit_string(&emit, message);
    ht_emit_end_object(&emit);
}

static void add_text(struct ht_buffer *line, const struct ht_logger *log, enum ht_log_level level,
                     struct ht_slice message)
{
    if (log->journal) ht_buffer_printf(line, "<%d>", levels[level].priority);
    if (level <= HT_LOG_WARNING) ht_buffer_printf(line, "%s: ", levels[level].name);
    ht_buffer_add(line, message);
}

/* Ends the line, writes it, and releases it. */
static void put_line(int fd, struct ht_buffer *line)
{
    ht_buffer_add_byte(line, '\n');
    static const char no_memory[] = "hooktraild: out of memory\n";
    /* A log that can't be written has nowhere to say so. */
    bool whole = ht_buffer_status(line, NULL) == HT_OK;
    ssize_t written = whole ? write(fd, line->data, line->size) : write(fd, no_memory, sizeof no_memory - 1);
    (void)written;
    ht_buffer_release(line);
}

/* Adds the message as it may be shown. */
HT_PRINTF(2, 0)
static void add_message(struct ht_buffer *out, const char *format, va_list arguments)
{
    char message[1024];
    int size = vsnprintf(message, sizeof message, format, arguments);
    if (size < 0) return;
    ht_terminal_add(out, ht_slice_from(message), false);
}

void ht_log_write(struct ht_logger *log, enum ht_log_level level, const char *format, ...)
{
    if ((int)level > atomic_load_explicit(&log->level, memory_order_relaxed)) return;
    struct ht_buffer message = {0}, line = {0};
    va_list arguments;
    va_start(arguments, format);
    add_message(&message, format, arguments);
    va_end(arguments);
    if (log->format == HT_LOG_JSON)
        add_json(&line, level, ht_buffer_slice(&message));
    else
        add_text(&line, log, level, ht_buffer_slice(&message));
    ht_buffer_release(&message);
    put_line(log->fd, &line);
}

void ht_log_tell(int fd, const char *format, ...)
{
    struct ht_buffer line = {0};
    va_list arguments;
    ht_buffer_add_text(&line, "hooktraild: ");
    va_start(arguments, format);
    add_message(&line, format, arguments);
    va_end(arguments);
    put_line(fd, &line);
}

void ht_log_failure(struct ht_logger *log, enum ht_log_level level, const char *what, const struct ht_error *err)
{
    ht_log_write(log, level, "%s: %s: %s", what, ht_status_title(err->status), err->detail);
}
