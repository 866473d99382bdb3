#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bar.h"

#define LOOK_MS 1000
#define SILENT_CPU_SECONDS 30 /* a step of verification takes milliseconds */

/* What the child tells, each in one write: parent and child are the same program, so a struct is format enough. */
struct message {
    enum { MESSAGE_FINDING, MESSAGE_PROGRESS, MESSAGE_END } kind;
    char table[64];
    struct ht_finding finding; /* its table is the one above */
    uint64_t done;
    uint64_t total;
    enum ht_status status;
    struct ht_error err;
    struct ht_verified verified;
};

_Static_assert(sizeof(struct message) <= 4096, "a message must fit into PIPE_BUF, so that it is written whole");

static void tell(const int *pipe_end, const struct message *message)
{
    ssize_t written;
    do
        written = write(*pipe_end, message, sizeof *message);
    while (written < 0 && errno == EINTR);
    if (written < 0) _exit(1); /* nobody listens any more */
}

static void tell_finding(void *context, const struct ht_finding *finding)
{
    struct message message = {.kind = MESSAGE_FINDING, .finding = *finding};
    snprintf(message.table, sizeof message.table, "%s", finding->table);
    tell(context, &message);
}

static bool tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct message message = {.kind = MESSAGE_PROGRESS, .done = done, .total = total};
    tell(context, &message);
    return true;
}

/* What LMDB can't read any more is no mere failure of ours: the store is at fault. */
static enum ht_status verify(struct ht_store *store, const struct ht_verify_options *options, int *pipe_end,
                             struct message *end)
{
    enum ht_status status = ht_verify(store, options, tell_finding, tell_progress, pipe_end, &end->verified, &end->err);
    if (status != HT_IO) return status;
    struct ht_finding finding = {.table = "store"};
    snprintf(finding.detail, sizeof finding.detail, "%.*s", (int)sizeof finding.detail - 1, end->err.detail);
    tell_finding(pipe_end, &finding);
    return ht_fail(&end->err, HT_CORRUPT, "%s", finding.detail);
}

_Noreturn static void run_child(const char *dir, const struct ht_verify_options *options, int pipe_end)
{
    struct message end = {.kind = MESSAGE_END};
    struct ht_store *store = NULL;
    struct ht_store_options opening = {.without_master_key = true};
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(SIGPIPE, SIG_IGN);
    signal(SIGBUS, SIG_DFL); /* the parent says what that means */
    end.status = ht_store_open(dir, &opening, &store, &end.err);
    if (end.status == HT_OK) end.status = verify(store, options, &pipe_end, &end);
    tell(&pipe_end, &end);
    _exit(0);
}

/* CPU time that the child has used, in seconds; 0 if it is gone. */
static int64_t cpu_seconds(pid_t child)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
    return used.tv_sec;
}

/* Waits until the child has something to tell. Pages that lead in a circle keep LMDB busy for ever: a child that burns
   CPU without a word is ended. Waiting for a slow disk costs no CPU, so it may take as long as it likes. */
static void await_word(int pipe_end, pid_t child)
{
    struct pollfd file = {.fd = pipe_end, .events = POLLIN};
    int64_t begun = cpu_seconds(child);
    while (poll(&file, 1, LOOK_MS) <= 0) {
        if (cpu_seconds(child) - begun <= SILENT_CPU_SECONDS) continue;
        kill(child, SIGXCPU);
        return;
    }
}

/* False at the end of the pipe. */
static bool hear(int pipe_end, pid_t child, struct message *message)
{
    ssize_t got;
    await_word(pipe_end, child);
    do
        got = read(pipe_end, message, sizeof *message);
    while (got < 0 && errno == EINTR);
    return got == sizeof *message;
}

/* Passes on what the child tells until it ends; true if it came to its end. */
static bool listen_to(int pipe_end, pid_t child, ht_report *report, void *context, struct message *message)
{
    struct ht_bar bar;
    ht_bar_init(&bar, "verifying");
    bool ended = false;
    while (!ended && hear(pipe_end, child, message)) {
        if (message->kind == MESSAGE_PROGRESS) ht_bar_step(&bar, message->done, message->total);
        if (message->kind == MESSAGE_FINDING) {
            ht_bar_clear(&bar);
            message->finding.table = message->table;
            report(context, &message->finding);
        }
        ended = message->kind == MESSAGE_END;
    }
    ht_bar_clear(&bar);
    return ended;
}

static void describe_crash(int state, struct ht_finding *finding)
{
    *finding = (struct ht_finding){.table = "store"};
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGXCPU)
        snprintf(finding->detail, sizeof finding->detail,
                 "the store keeps the reader busy without end: pages in a circle");
    else if (WIFSIGNALED(state))
        snprintf(finding->detail, sizeof finding->detail, "the store crashed the reader: signal %d (%s)",
                 WTERMSIG(state), strsignal(WTERMSIG(state)));
    else
        snprintf(finding->detail, sizeof finding->detail, "the store ended the reader: exit status %d",
                 WEXITSTATUS(state));
}

static enum ht_status judge(bool ended, int state, ht_report *report, void *context, const struct message *end,
                            struct ht_verified *verified, struct ht_error *err)
{
    if (ended) {
        *verified = end->verified;
        if (end->status != HT_OK && err) *err = end->err;
        return end->status;
    }
    struct ht_finding crash;
    describe_crash(state, &crash);
    report(context, &crash);
    return ht_fail(err, HT_CORRUPT, "%s", crash.detail);
}

enum ht_status ht_child_verify(const char *dir, const struct ht_verify_options *options, ht_report *report,
                               void *context, struct ht_verified *verified, struct ht_error *err)
{
    int ends[2];
    int state = 0;
    struct message message = {0};
    *verified = (struct ht_verified){0};
    fflush(NULL);
    if (pipe(ends) != 0) return ht_fail_errno(err, errno, "can't make a pipe");
    pid_t child = fork();
    if (child < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return ht_fail_errno(err, error, "can't start a process");
    }
    if (child == 0) {
        close(ends[0]);
        run_child(dir, options, ends[1]);
    }
    close(ends[1]);
    bool ended = listen_to(ends[0], child, report, context, &message);
    close(ends[0]);
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    return judge(ended, state, report, context, &message, verified, err);
}
