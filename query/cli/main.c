/* The program `hooktrail`: finds the command, reads its options, runs it, and turns its status into words and an exit
   code. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "help.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "options.h"

#define EXIT_DAMAGED 4 /* ht_status_exit(HT_CORRUPT), for a signal handler */

/* Details may quote hostile bytes, and this goes to a terminal. */
static void report(const struct ht_command *command, const struct ht_error *err)
{
    struct ht_buffer text = {0};
    ht_terminal_add(&text, ht_slice_from(err->detail), false);
    if (text.size == 0) ht_buffer_add_text(&text, ht_status_title(err->status));
    const char *words = ht_buffer_text(&text);
    if (text.failed) words = ht_status_title(err->status);
    fprintf(stderr, "hooktrail%s%s: %s\n", command ? " " : "", command ? command->name : "", words);
    ht_buffer_release(&text);
}

static int fail(const struct ht_command *command, enum ht_status status, struct ht_error *err)
{
    err->status = status;
    report(command, err);
    return ht_status_exit(status);
}

static void hint(const struct ht_command *command)
{
    fprintf(stderr, "usage: hooktrail %s [OPTION]…%s%s (see `hooktrail help %s`)\n", command->name,
            command->arguments[0] ? " " : "", command->arguments, command->name);
}

static int finish(const struct ht_command *command, enum ht_status status, struct ht_error *err)
{
    struct ht_error output;
    if (status != HT_OK) fail(command, status, err);
    enum ht_status written = ht_output_finish(&output);
    if (written == HT_OK) return ht_status_exit(status);
    int code = fail(command, written, &output);
    return status != HT_OK ? ht_status_exit(status) : code;
}

static enum ht_status run(struct ht_call *call, struct ht_error *err)
{
    if (ht_call_has(call, HT_OPTION_VERSION)) {
        printf("hooktrail %s\n", ht_version());
        return HT_OK;
    }
    if (!ht_call_has(call, HT_OPTION_HELP)) return call->command->run(call, err);
    struct ht_buffer out = {0};
    ht_help_command(&out, call->command, call->output.width);
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    return status;
}

static int run_command(const struct ht_command *command, int count, char **words)
{
    mode_t given = umask(077);
    if (command->shares) umask(given | 007);
    struct ht_error err = {0};
    struct ht_call call = {.command = command, .now = ht_time_now()};
    enum ht_status status = ht_options_parse(&call, count, words, &err);
    if (status != HT_OK) {
        int code = fail(command, status, &err);
        hint(command);
        return code;
    }
    return finish(command, run(&call, &err), &err);
}

static int run_without_command(void)
{
    struct ht_buffer out = {0};
    ht_help_all(&out);
    fputs(ht_buffer_text(&out), stderr);
    ht_buffer_release(&out);
    return ht_status_exit(HT_INVALID);
}

/* --help, --version and -h may stand alone, for whoever doesn't know the commands yet. */
static char *as_command(char *word)
{
    static char help[] = "help";
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ? help : word;
}

/* A page of the store can't be read: its file was cut off, or the disk fails. Only what a signal handler may call. */
static void on_lost_page(int number)
{
    static const char text[] =
        "hooktrail: a page of the store can't be read, its file is cut off or the disk fails: see `hooktrail verify`\n";
    (void)number;
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    _exit(EXIT_DAMAGED);
}

int main(int count, char **words)
{
    struct ht_error err;
    const struct rlimit none = {0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) ht_output_note("can't forbid core dumps, which would hold secrets");
    /* Only how characters are made of bytes, and the same on every machine: numbers stay as C writes them. */
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGBUS, on_lost_page);
    if (count < 2) return run_without_command();
    if (strcmp(words[1], "--version") == 0) {
        printf("hooktrail %s\n", ht_version());
        return finish(NULL, HT_OK, &err);
    }
    words[1] = as_command(words[1]);
    int taken;
    const struct ht_command *command = ht_command_find(words + 1, count - 1, &taken, &err);
    if (!command) return fail(NULL, err.status, &err);
    return run_command(command, count - taken, words + taken);
}
