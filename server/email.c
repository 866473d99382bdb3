#include "email.h"

#include <stdlib.h>

#include "hooktrail/index.h"
#include "hooktrail/query.h"
#include "read.h"
#include "reply.h"

/* The leads are found one by one, each asked for by its id, and their members put together to one list. */
struct search {
    struct ht_buffer email;
    struct ht_filter filter;
    struct ht_query *query; /* of the lead under way, or NULL */
    uint32_t lead;          /* number of the last one found */
    unsigned count;
    struct ht_buffer list; /* members, commas between them */
};

static void release(void *context)
{
    struct search *search = context;
    ht_buffer_wipe(&search->email);
    ht_buffer_release(&search->list);
    ht_query_free(search->query);
    free(search);
}

static enum ht_status find_next(struct search *search, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_slice id = HT_ABSENT;
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_index_email(reader, ht_buffer_slice(&search->email), search->lead, &search->lead, err);
    if (status == HT_OK) status = ht_index_name(reader, HT_KIND_LEAD, search->lead, &id, err);
    struct ht_filter filter = search->filter;
    if (status == HT_OK && id.size <= sizeof filter.lead.text) {
        filter.lead.set = true;
        filter.lead.size = (uint16_t)id.size;
        memcpy(filter.lead.text, id.data, id.size);
    }
    ht_reader_end(reader);
    if (status != HT_OK) return status;
    return ht_query_open(HT_QUERY_LEADS, HT_FORMAT_LINES, HT_ABSENT, &filter, &search->query, err);
}

static void take_members(struct search *search)
{
    struct ht_slice lines = ht_query_document(search->query);
    while (lines.size > 0) {
        const char *end = memchr(lines.data, '\n', lines.size);
        size_t size = end ? (size_t)(end - lines.data) : lines.size;
        if (search->list.size > 0) ht_buffer_add_byte(&search->list, ',');
        ht_buffer_add_bytes(&search->list, lines.data, size);
        size_t taken = size + (end ? 1 : 0);
        lines = ht_slice_of(lines.data + taken, lines.size - taken);
    }
    ht_query_free(search->query);
    search->query = NULL;
}

static void answer(struct ht_request *request, const struct search *search)
{
    struct ht_buffer document = {0};
    ht_buffer_add_text(&document, "{\"leads\":[");
    ht_buffer_add(&document, ht_buffer_slice(&search->list));
    ht_buffer_add_text(&document, "],\"next\":null}\n");
    struct ht_error err;
    if (search->list.failed || ht_buffer_status(&document, &err) != HT_OK) {
        ht_fail(&err, HT_NO_MEMORY, "out of memory");
        ht_reply_problem(request, &err);
    } else {
        ht_reply_document(request, "application/json", ht_buffer_slice(&document));
    }
    ht_buffer_release(&document);
}

static bool step(struct ht_read *read)
{
    struct ht_error err;
    struct search *search = read->context;
    struct ht_reader *reader = read->request->loop->reader;
    enum ht_status status = HT_OK;
    if (!search->query) {
        status = search->count++ < HT_EMAIL_LEADS ? find_next(search, reader, &err) : HT_NOT_FOUND;
        if (status == HT_NOT_FOUND) {
            answer(read->request, search);
            return false;
        }
    }
    if (status == HT_OK) status = ht_query_step(search->query, reader, &err);
    if (status != HT_OK) {
        ht_reply_problem(read->request, &err);
        return false;
    }
    if (ht_query_done(search->query)) take_members(search);
    return true;
}

void ht_email_leads(struct ht_request *request, struct ht_slice email, const struct ht_filter *filter)
{
    struct ht_error err;
    struct search *search = calloc(1, sizeof *search);
    if (search) {
        search->filter = *filter;
        ht_buffer_add(&search->email, email);
    }
    if (!search || search->email.failed) {
        ht_fail(&err, HT_NO_MEMORY, "out of memory");
    } else if (filter->lead.set || filter->cursor[0] != '\0') {
        ht_fail_field(&err, HT_INVALID, "email", "email doesn't go together with lead or cursor");
    } else {
        ht_read_begin(request, step, release, search);
        return;
    }
    if (search) release(search);
    ht_reply_problem(request, &err);
}
