#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hooktrail/encode.h"

#define DEFAULT_WIDTH 80
#define MIN_WIDTH 20
#define MAX_WIDTH 1000

static const char *const styles[HT_STYLE_COUNT] = {
    [HT_STYLE_PLAIN] = "",        [HT_STYLE_BOLD] = "\033[1m",   [HT_STYLE_DIM] = "\033[2m",
    [HT_STYLE_RED] = "\033[31m",  [HT_STYLE_GREEN] = "\033[32m", [HT_STYLE_YELLOW] = "\033[33m",
    [HT_STYLE_CYAN] = "\033[36m",
};

static bool environment_has(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

static bool color_wanted(void)
{
    const char *term = getenv("TERM");
    return !environment_has("NO_COLOR") && term && term[0] && strcmp(term, "dumb") != 0;
}

static unsigned width_of_terminal(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    uint64_t columns;
    if (ht_parse_u64(ht_slice_from(getenv("COLUMNS")), &columns) == HT_OK && columns > 0 && columns <= MAX_WIDTH)
        return (unsigned)columns;
    return DEFAULT_WIDTH;
}

void ht_output_init(struct ht_output *output, bool json, bool no_color)
{
    output->terminal = isatty(STDOUT_FILENO) == 1;
    output->color = output->terminal && !no_color && color_wanted();
    output->json = json;
    unsigned width = width_of_terminal();
    output->width = width < MIN_WIDTH ? MIN_WIDTH : width > MAX_WIDTH ? MAX_WIDTH : width;
}

const char *ht_output_style(const struct ht_output *output, enum ht_style style)
{
    return output->color ? styles[style] : "";
}

const char *ht_output_plain(const struct ht_output *output)
{
    return output->color ? "\033[0m" : "";
}

void ht_output_add(const struct ht_output *output, struct ht_buffer *out, enum ht_style style, struct ht_slice text)
{
    bool styled = output->color && style != HT_STYLE_PLAIN;
    if (styled) ht_buffer_add_text(out, styles[style]);
    ht_terminal_add(out, text, false);
    if (styled) ht_buffer_add_text(out, ht_output_plain(output));
}

bool ht_output_lines(const struct ht_output *output)
{
    return !output->terminal && !output->json;
}

/* Why standard output failed first: what the stream itself does not keep. Of the process, as the stream is. */
static int first_error;

static void note_failure(void)
{
    if (first_error == 0) first_error = errno;
}

void ht_output_write(struct ht_slice bytes)
{
    if (bytes.size > 0 && fwrite(bytes.data, 1, bytes.size, stdout) < bytes.size) note_failure();
}

bool ht_output_flush(void)
{
    if (fflush(stdout) != 0) note_failure();
    return ferror(stdout) == 0;
}

enum ht_status ht_output_finish(struct ht_error *err)
{
    if (ht_buffer_ever_failed()) return ht_fail(err, HT_NO_MEMORY, "out of memory: the output is not whole");
    bool whole = ht_output_flush();
    if (first_error != 0) return ht_fail_errno(err, first_error, "can't write the output");
    return whole ? HT_OK : ht_fail(err, HT_IO, "can't write all of the output");
}

void ht_output_note(const char *format, ...)
{
    char message[1024];
    struct ht_buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (size >= 0) ht_terminal_add(&text, ht_slice_from(message), false);
    fprintf(stderr, "hooktrail: %s\n", ht_buffer_text(&text));
    ht_buffer_release(&text);
}
