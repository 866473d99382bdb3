#include "bar.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hooktrail/time.h"

#define PATIENCE 500 /* ms before a bar is worth the distraction */
#define INTERVAL 100 /* ms between two drawings */
#define MAX_CELLS 40

static unsigned width_of_stderr(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void ht_bar_init(struct ht_bar *bar, const char *label)
{
    *bar = (struct ht_bar){.label = label, .terminal = isatty(STDERR_FILENO) == 1, .began_at = ht_time_steady() / 1000};
}

static void add_rest(struct ht_buffer *out, double seconds)
{
    uint64_t rest = seconds > 0 ? (uint64_t)(seconds + 0.5) : 0;
    if (rest >= 3600)
        ht_buffer_printf(out, "  %" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " left", rest / 3600, rest / 60 % 60, rest % 60);
    else
        ht_buffer_printf(out, "  %" PRIu64 ":%02" PRIu64 " left", rest / 60, rest % 60);
}

void ht_bar_line(struct ht_buffer *out, const char *label, uint64_t first, uint64_t done, uint64_t total,
                 int64_t elapsed, unsigned width)
{
    struct ht_buffer tail = {0};
    if (done > total) done = total;
    double part = total > 0 ? (double)done / (double)total : 1;
    ht_buffer_printf(&tail, " %3d %%", (int)(part * 100));
    if (elapsed > 0 && done > first) {
        double rate = (double)(done - first) * 1000 / (double)elapsed;
        ht_buffer_printf(&tail, "  %.0f/s", rate);
        add_rest(&tail, (double)(total - done) / rate);
    }
    size_t taken = strlen(label) + tail.size + 3;
    unsigned cells = taken + 4 > width ? 0 : (unsigned)(width - taken);
    if (cells > MAX_CELLS) cells = MAX_CELLS;
    ht_buffer_add_text(out, label);
    if (cells > 0) {
        ht_buffer_add_text(out, " [");
        for (unsigned i = 0; i < cells; i++)
            ht_buffer_add_byte(out, i < (unsigned)(part * cells) ? '#' : '.');
        ht_buffer_add_byte(out, ']');
    }
    ht_buffer_add(out, ht_buffer_slice(&tail));
    ht_buffer_release(&tail);
}

bool ht_bar_step(void *context, uint64_t done, uint64_t total)
{
    struct ht_bar *bar = context;
    int64_t now = ht_time_steady() / 1000;
    /* Work has begun when there is something done; less than before is other work. */
    if (bar->done == 0 || done < bar->done) {
        bar->first = done;
        bar->first_at = now;
    }
    bar->done = done;
    if (!bar->terminal) return true;
    if (now - bar->began_at < PATIENCE || (bar->drawn && now - bar->drawn_at < INTERVAL)) return true;
    struct ht_buffer line = {0};
    ht_bar_line(&line, bar->label, bar->first, done, total, now - bar->first_at, width_of_stderr());
    fprintf(stderr, "\r%s\033[K", ht_buffer_text(&line));
    ht_buffer_release(&line);
    bar->drawn = true;
    bar->drawn_at = now;
    return true;
}

void ht_bar_clear(struct ht_bar *bar)
{
    if (bar->drawn) fputs("\r\033[K", stderr);
    bar->drawn = false;
}
