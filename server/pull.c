#include "pull.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "hooktrail/export.h"
#include "read.h"
#include "reply.h"

#define LIMIT 1000 /* events of a page where the request names none */

struct pull {
    struct ht_export_page *page;
    char limit[24]; /* "&limit=7" if the request names one: the next page has it too */
};

static void add_headers(struct ht_request *request, const struct pull *pull)
{
    char text[96];
    uint64_t last = ht_export_page_last(pull->page);
    snprintf(text, sizeof text, "%" PRIu64, last);
    ht_request_add_header(request, "Hooktrail-Last-Seq", text);
    if (!ht_export_page_more(pull->page)) return;
    snprintf(text, sizeof text, "</v1/export?after=%" PRIu64 "%s>; rel=\"next\"", last, pull->limit);
    ht_request_add_header(request, "Link", text);
}

static bool step(struct ht_read *read)
{
    struct ht_error err;
    const struct pull *pull = read->context;
    struct ht_export_page *page = pull->page;
    if (ht_export_page_step(page, read->request->loop->reader, &err) != HT_OK) {
        ht_reply_problem(read->request, &err);
        return false;
    }
    if (!ht_export_page_done(page)) return true;
    add_headers(read->request, pull);
    ht_reply_document(read->request, "application/x-ndjson", ht_export_page_lines(page));
    return false;
}

static void release(void *context)
{
    struct pull *pull = context;
    ht_export_page_free(pull->page);
    free(pull);
}

/* Of all filters only these two make sense here: a page is all events behind one. */
static enum ht_status check(const struct ht_filter *filter, bool *limited, struct ht_error *err)
{
    const struct ht_filter_name *names = ht_filter_names();
    *limited = false;
    for (uint32_t i = 0; names[i].name; i++) {
        bool given = filter->given & 1u << i, is_limit = strcmp(names[i].name, "limit") == 0;
        if (given && is_limit) *limited = true;
        if (given && !is_limit && strcmp(names[i].name, "after") != 0)
            return ht_fail_field(err, HT_INVALID, names[i].name, "this filter does not apply here");
    }
    return HT_OK;
}

void ht_pull_serve(struct ht_request *request)
{
    struct ht_error err;
    struct ht_filter filter;
    bool limited = false;
    struct pull *pull = calloc(1, sizeof *pull);
    enum ht_status status = pull ? HT_OK : ht_fail(&err, HT_NO_MEMORY, "no memory for a page");
    if (status == HT_OK) status = ht_api_filter(request, &filter, NULL, NULL, NULL, &err);
    if (status == HT_OK) status = check(&filter, &limited, &err);
    if (status == HT_OK)
        status = ht_export_page_open(request->loop->server->store, filter.after, limited ? filter.limit : LIMIT,
                                     &pull->page, &err);
    if (status != HT_OK) {
        free(pull);
        ht_reply_problem(request, &err);
        return;
    }
    if (limited) snprintf(pull->limit, sizeof pull->limit, "&limit=%" PRIu32, filter.limit);
    ht_read_begin(request, step, release, pull);
}
