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
    struct ht_restored restored; /* of a verification, what was verified */
};

_Static_assert(sizeof(struct message) <= 4096, "a message must fit into PIPE_BUF, so that it is written whole");

/* What a child is to do. */
struct task {
    enum ht_status (*run)(const struct task *task, int *pipe_end, struct message *end);
    const char *dir;
    const struct ht_verify_options *verify;
    const struct ht_restore_options *restore;
    const char *title;    /* of the bar */
    const char *what;     /* is read: "the store" */
    bool speaks_steadily; /* a child that doesn't is caught in a circle */
};

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
    enum ht_status status =
        ht_verify(store, options, tell_finding, tell_progress, pipe_end, &end->restored.verified, &end->err);
    if (status != HT_IO) return status;
    struct ht_finding finding = {.table = "store"};
    snprintf(finding.detail, sizeof finding.detail, "%.*s", (int)sizeof finding.detail - 1, end->err.detail);
    tell_finding(pipe_end, &finding);
    return ht_fail(&end->err, HT_CORRUPT, "%s", finding.detail);
}

static enum ht_status run_verify(const struct task *task, int *pipe_end, struct message *end)
{
    struct ht_store *store = NULL;
    struct ht_store_options opening = {.without_master_key = true};
    enum ht_status status = ht_store_open(task->dir, &opening, &store, &end->err);
    return status == HT_OK ? verify(store, task->verify, pipe_end, end) : status;
}

static enum ht_status run_restore(const struct task *task, int *pipe_end, struct message *end)
{
    return ht_restore(task->restore, task->dir, tell_progress, pipe_end, &end->restored, &end->err);
}

_Noreturn static void run_child(const struct task *task, int pipe_end)
{
    struct message end = {.kind = MESSAGE_END};
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(SIGPIPE, SIG_IGN);
    signal(SIGBUS, SIG_DFL); /* the parent says what that means */
    end.status = task->run(task, &pipe_end, &end);
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
static bool hear(const struct task *task, int pipe_end, pid_t child, struct message *message)
{
    ssize_t got;
    if (task->speaks_steadily) await_word(pipe_end, child);
    do
        got = read(pipe_end, message, sizeof *message);
    while (got < 0 && errno == EINTR);
    return got == sizeof *message;
}

/* Passes on what the child tells until it ends; true if it came to its end. */
static bool listen_to(const struct task *task, int pipe_end, pid_t child, ht_report *report, void *context,
                      struct message *message)
{
    struct ht_bar bar;
    ht_bar_init(&bar, task->title);
    bool ended = false;
    while (!ended && hear(task, pipe_end, child, message)) {
        if (message->kind == MESSAGE_PROGRESS) ht_bar_step(&bar, message->done, message->total);
        if (message->kind == MESSAGE_FINDING && report) {
            ht_bar_clear(&bar);
            message->finding.table = message->table;
            report(context, &message->finding);
        }
        ended = message->kind == MESSAGE_END;
    }
    ht_bar_clear(&bar);
    return ended;
}

static void describe_crash(const struct task *task, int state, struct ht_finding *finding)
{
    *finding = (struct ht_finding){.table = "store"};
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGXCPU)
        snprintf(finding->detail, sizeof finding->detail, "%s keeps the reader busy without end: pages in a circle",
                 task->what);
    else if (WIFSIGNALED(state))
        snprintf(finding->detail, sizeof finding->detail, "%s crashed the reader: signal %d (%s)", task->what,
                 WTERMSIG(state), strsignal(WTERMSIG(state)));
    else
        snprintf(finding->detail, sizeof finding->detail, "%s ended the reader: exit status %d", task->what,
                 WEXITSTATUS(state));
}

/* Whether a child that told no end was ended by somebody else, or for want of memory: that says nothing of what it
 * read. */
static bool is_ended_by_others(int state)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (WIFSIGNALED(state) && WTERMSIG(state) == signals[i]) return true;
    return false;
}

/* Runs the task in a child and listens to it. Without a `report` there are no findings, and a crash is an error alone.
 */
static enum ht_status run(const struct task *task, ht_report *report, void *context, struct message *message,
                          struct ht_error *err)
{
    int ends[2];
    int state = 0;
    struct ht_finding crash;
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
        run_child(task, ends[1]);
    }
    close(ends[1]);
    bool ended = listen_to(task, ends[0], child, report, context, message);
    close(ends[0]);
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    if (ended) {
        if (message->status != HT_OK && err) *err = message->err;
        return message->status;
    }
    if (is_ended_by_others(state))
        return ht_fail(err, HT_IO, "%s was not read to the end: signal %d (%s) ended the reader", task->what,
                       WTERMSIG(state), strsignal(WTERMSIG(state)));
    describe_crash(task, state, &crash);
    if (report) report(context, &crash);
    return ht_fail(err, HT_CORRUPT, "%s", crash.detail);
}

enum ht_status ht_child_verify(const char *dir, const struct ht_verify_options *options, ht_report *report,
                               void *context, struct ht_verified *verified, struct ht_error *err)
{
    struct message message = {0};
    const struct task task = {
        .run = run_verify,
        .dir = dir,
        .verify = options,
        .title = "verifying",
        .what = "the store",
        .speaks_steadily = true,
    };
    enum ht_status status = run(&task, report, context, &message, err);
    *verified = message.kind == MESSAGE_END ? message.restored.verified : (struct ht_verified){0};
    return status;
}

enum ht_status ht_child_restore(const struct ht_restore_options *options, const char *to, struct ht_restored *restored,
                                struct ht_error *err)
{
    struct message message = {0};
    const struct task task = {
        .run = run_restore,
        .dir = to,
        .restore = options,
        .title = "restoring",
        .what = "the backup",
    };
    enum ht_status status = run(&task, NULL, NULL, &message, err);
    *restored = message.kind == MESSAGE_END ? message.restored : (struct ht_restored){0};
    return status;
}
