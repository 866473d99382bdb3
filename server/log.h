/* The daemon's log: lines on a descriptor, as text (with journal levels if asked) or as JSON.

   Never give it payloads, secret paths or tokens. Everything that came from outside is escaped here, so that one call
   is one line whatever it quotes, and none of it moves a cursor or hides text, not out of JSON either. Each line is one
   write: threads don't mix. Any thread may call ht_log_write. */
#ifndef HT_SERVER_LOG_H
#define HT_SERVER_LOG_H

#include <stdatomic.h>

#include "hooktrail/buffer.h"

enum ht_log_level { HT_LOG_ERROR, HT_LOG_WARNING, HT_LOG_INFO, HT_LOG_DEBUG };
enum ht_log_format { HT_LOG_TEXT, HT_LOG_JSON };

struct ht_logger {
    int fd;
    enum ht_log_format format;
    bool journal;     /* prefix "<N>" to text lines, as systemd's journal understands */
    atomic_int level; /* enum ht_log_level; lines above it are left out */
};

/* To `fd`, which stays the caller's. `journal` only matters for text. */
void ht_log_init(struct ht_logger *log, int fd, enum ht_log_format format, bool journal, enum ht_log_level level);
/* Whether what is written to `fd` goes to systemd's journal, which says so in $JOURNAL_STREAM, `stream`
   ("DEVICE:INODE"; may be NULL). A process whose output was led elsewhere has inherited the variable all the same
   (systemd.exec(5)). */
bool ht_log_is_journal(int fd, const char *stream);
void ht_log_set_level(struct ht_logger *log, enum ht_log_level level);

void ht_log_write(struct ht_logger *log, enum ht_log_level level, const char *format, ...) HT_PRINTF(3, 4);

/* "hooktraild: MESSAGE" as text to `fd`, for whoever has started it: why it doesn't serve. */
void ht_log_tell(int fd, const char *format, ...) HT_PRINTF(2, 3);

/* "WHAT: title: detail" of an error. */
void ht_log_failure(struct ht_logger *log, enum ht_log_level level, const char *what, const struct ht_error *err);

#endif
