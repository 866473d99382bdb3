#include "follow.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "local.h"
#include "view.h"

#define INTERVAL_MS 200
#define TAIL 10 /* events of the past, on a terminal */

struct following {
    const struct ht_call *call;
    struct ht_session *session;
    struct ht_filter filter; /* ascending; `after` moves */
    struct ht_view view;
    struct ht_buffer text;
    int signals; /* a signalfd */
};

static void add_row(struct following *following, struct ht_buffer *out)
{
    const struct ht_output *output = &following->call->output;
    struct ht_view *view = &following->view;
    ht_buffer_add_text(out, ht_output_style(output, HT_STYLE_DIM));
    ht_local_add(out, ht_view_time(view, 0, "received_at"), HT_LOCAL_TIME);
    ht_buffer_add_text(out, ht_output_plain(output));
    ht_buffer_printf(out, "  %6" PRIu64 "  ", ht_view_number(view, 0, "seq"));
    size_t before = out->size;
    ht_output_add(output, out, HT_STYLE_CYAN, ht_view_text(view, 0, "type"));
    size_t padding = ht_view_text(view, 0, "type").size;
    if (out->size > before && padding < 22) ht_buffer_printf(out, "%*s", (int)(22 - padding), "");
    static const char *const members[] = {"agent_name", "conversation_id", "lead_id", "visitor_id"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct ht_slice text = ht_view_text(view, 0, members[i]);
        if (text.size == 0) continue;
        ht_buffer_add_text(out, "  ");
        ht_terminal_add(out, text, false);
    }
    ht_buffer_add_byte(out, '\n');
}

/* One line of NDJSON becomes one line for people. */
static enum ht_status print_rows(struct following *following, struct ht_slice lines, struct ht_error *err)
{
    for (size_t at = 0; at < lines.size;) {
        const char *line = lines.data + at;
        const char *end = memchr(line, '\n', lines.size - at);
        size_t size = end ? (size_t)(end - line) : lines.size - at;
        enum ht_status status = ht_view_parse(&following->view, ht_slice_of(line, size), err);
        if (status != HT_OK) return status;
        ht_buffer_clear(&following->text);
        add_row(following, &following->text);
        ht_output_write(ht_buffer_slice(&following->text));
        at += size + 1;
    }
    return ht_buffer_status(&following->text, err);
}

static enum ht_status print(struct following *following, struct ht_slice lines, struct ht_error *err)
{
    const struct ht_output *output = &following->call->output;
    if (output->terminal && !output->json) return print_rows(following, lines, err);
    ht_output_write(lines);
    return HT_OK;
}

/* Everything behind `after` that the index knows; moves `after` to where that ended. */
static enum ht_status print_new(struct following *following, struct ht_error *err)
{
    struct ht_query *query = NULL;
    const struct ht_audit_read read = {.query = HT_QUERY_EVENTS, .filter = &following->filter};
    enum ht_status status = ht_session_record(following->session, &read, err);
    if (status == HT_OK) status = ht_session_catch_up(following->session, err);
    if (status != HT_OK) return status;
    status = ht_query_open(HT_QUERY_EVENTS, HT_FORMAT_LINES, HT_ABSENT, &following->filter, &query, err);
    while (status == HT_OK && !ht_query_done(query)) {
        status = ht_query_step(query, following->session->reader, err);
        if (status == HT_OK) status = print(following, ht_query_document(query), err);
        if (status == HT_OK) ht_query_drain(query);
    }
    if (status == HT_OK && ht_query_position(query) > following->filter.after)
        following->filter.after = ht_query_position(query);
    ht_query_free(query);
    if (!ht_output_flush()) return HT_OK; /* told at the end, by ht_output_finish */
    return status;
}

/* Where to begin so that the newest `limit` events of the past are shown. */
static enum ht_status find_tail(struct following *following, uint32_t limit, struct ht_error *err)
{
    struct ht_filter filter = following->call->filter;
    struct ht_buffer lines = {0};
    filter.ascending = false;
    filter.limit = limit;
    enum ht_status status =
        ht_session_read(following->session, HT_QUERY_EVENTS, HT_FORMAT_LINES, HT_ABSENT, &filter, &lines, NULL, err);
    const char *oldest = lines.size > 1 ? memrchr(lines.data, '\n', lines.size - 1) : NULL;
    oldest = oldest ? oldest + 1 : lines.data;
    if (status == HT_OK && lines.size > 0) {
        status = ht_view_parse(&following->view, ht_slice_of(oldest, (size_t)(lines.data + lines.size - oldest)), err);
        if (status == HT_OK) following->filter.after = ht_view_number(&following->view, 0, "seq") - 1;
    }
    ht_buffer_release(&lines);
    return status;
}

static enum ht_status begin(struct following *following, struct ht_error *err)
{
    const struct ht_call *call = following->call;
    bool whole = call->filter.after > 0 || call->filter.since != HT_TIME_NONE || !call->output.terminal;
    following->filter = call->filter;
    following->filter.ascending = true;
    following->filter.limit = UINT32_MAX;
    if (call->limited) return find_tail(following, call->filter.limit, err);
    return whole ? HT_OK : find_tail(following, TAIL, err);
}

/* Blocks what ends the following, so that it is noticed between two looks only and no line is cut. */
static int watch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Waits for the next look; false if it is over: a signal, or nobody reads standard output any more. */
static bool wait_for_more(const struct following *following)
{
    struct pollfd files[] = {{.fd = following->signals, .events = POLLIN}, {.fd = STDOUT_FILENO}};
    int ready = poll(files, 2, INTERVAL_MS);
    if (ready < 0) return errno == EINTR;
    return ready == 0 || (files[0].revents == 0 && (files[1].revents & (POLLERR | POLLHUP | POLLNVAL)) == 0);
}

enum ht_status ht_follow(const struct ht_call *call, struct ht_session *session, struct ht_error *err)
{
    struct following following = {.call = call, .session = session, .signals = watch_signals()};
    if (following.signals < 0) return ht_fail_errno(err, errno, "can't watch for signals");
    enum ht_status status = begin(&following, err);
    if (status == HT_OK) status = print_new(&following, err);
    while (status == HT_OK && !ferror(stdout) && wait_for_more(&following))
        status = print_new(&following, err);
    close(following.signals);
    ht_view_release(&following.view);
    ht_buffer_release(&following.text);
    return status;
}
