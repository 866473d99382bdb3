#include "selection.h"

#include "event.h"
#include "hooktrail/time.h"

/* ---- what is wanted ---- */

static enum ht_status resolve_id(struct wanted *wanted, uint32_t *number, struct ht_reader *reader, enum ht_kind kind,
                                 const struct ht_filter_id *id, struct ht_error *err)
{
    if (!id->set) return HT_OK;
    enum ht_status status = ht_index_number(reader, kind, ht_slice_of(id->text, id->size), number, err);
    if (status != HT_NOT_FOUND) return status;
    wanted->nothing = true;
    return HT_OK;
}

static enum ht_status resolve_types(struct wanted *wanted, const struct ht_filter *filter, struct ht_reader *reader,
                                    struct ht_error *err)
{
    for (uint32_t i = 0; i < filter->type_count; i++) {
        uint32_t *number = &wanted->types[wanted->type_count];
        enum ht_status status = ht_index_number(reader, HT_KIND_TYPE, ht_slice_from(filter->types[i]), number, err);
        if (status == HT_NOT_FOUND) continue;
        if (status != HT_OK) return status;
        wanted->type_count++;
    }
    if (filter->type_count > 0 && wanted->type_count == 0) wanted->nothing = true;
    return HT_OK;
}

enum ht_status wanted_resolve(struct wanted *wanted, const struct ht_filter *filter, struct ht_reader *reader,
                              struct ht_error *err)
{
    memset(wanted, 0, sizeof *wanted);
    enum ht_status status = resolve_id(wanted, &wanted->agent, reader, HT_KIND_AGENT, &filter->agent, err);
    if (status == HT_OK)
        status = resolve_id(wanted, &wanted->conversation, reader, HT_KIND_CONVERSATION, &filter->conversation, err);
    if (status == HT_OK) status = resolve_id(wanted, &wanted->lead, reader, HT_KIND_LEAD, &filter->lead, err);
    if (status == HT_OK) status = resolve_id(wanted, &wanted->visitor, reader, HT_KIND_VISITOR, &filter->visitor, err);
    if (status == HT_OK) status = resolve_types(wanted, filter, reader, err);
    return status;
}

bool wanted_type(const struct wanted *wanted, uint32_t type)
{
    if (wanted->type_count == 0) return true;
    for (uint32_t i = 0; i < wanted->type_count; i++) {
        if (wanted->types[i] == type) return true;
    }
    return false;
}

static bool fits(uint32_t wanted, uint32_t number)
{
    return wanted == 0 || wanted == number;
}

bool wanted_row(const struct wanted *wanted, const struct ht_filter *filter, const struct ht_row *row)
{
    return !wanted->nothing && fits(wanted->agent, row->agent) && fits(wanted->conversation, row->conversation) &&
           fits(wanted->lead, row->lead) && fits(wanted->visitor, row->visitor) && wanted_type(wanted, row->type) &&
           row->received_at >= filter->since && row->received_at < filter->until;
}

/* ---- merged postings ---- */

void merged_init(struct merged_postings *merged)
{
    merged->count = 0;
    merged->total = 0;
}

enum ht_status merged_add(struct merged_postings *merged, struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                          struct ht_error *err)
{
    struct ht_postings *list = NULL;
    enum ht_status status = ht_postings_open(reader, kind, number, &list, err);
    if (status == HT_NOT_FOUND) return HT_OK;
    if (status != HT_OK) return status;
    merged->lists[merged->count++] = list;
    merged->total += ht_postings_count(list);
    return HT_OK;
}

enum ht_status merged_find(const struct merged_postings *merged, bool ascending, uint64_t seq, uint64_t *found,
                           struct ht_error *err)
{
    bool any = false;
    for (size_t i = 0; i < merged->count; i++) {
        uint64_t at;
        enum ht_status status = ascending ? ht_postings_at_least(merged->lists[i], seq, &at, err)
                                          : ht_postings_at_most(merged->lists[i], seq, &at, err);
        if (status == HT_NOT_FOUND) continue;
        if (status != HT_OK) return status;
        if (!any || (ascending ? at < *found : at > *found)) *found = at;
        any = true;
    }
    return any ? HT_OK : HT_NOT_FOUND;
}

void merged_close(struct merged_postings *merged)
{
    for (size_t i = 0; i < merged->count; i++)
        ht_postings_close(merged->lists[i]);
    merged_init(merged);
}

/* ---- the walk ---- */

static void exclude_all(struct selection *selection)
{
    selection->first = 1;
    selection->last = 0;
}

/* Nothing at or before seq, or nothing at or behind it. */
static void begin_behind(struct selection *selection, uint64_t seq)
{
    if (seq == UINT64_MAX) {
        exclude_all(selection);
    } else if (seq >= selection->first) {
        selection->first = seq + 1;
    }
}

static void end_before(struct selection *selection, uint64_t seq)
{
    if (seq == 0) {
        exclude_all(selection);
    } else if (seq <= selection->last) {
        selection->last = seq - 1;
    }
}

void selection_init(struct selection *selection, const struct ht_filter *filter, bool resumed, uint64_t resume)
{
    memset(selection, 0, sizeof *selection);
    selection->filter = filter;
    selection->first = 1;
    selection->last = UINT64_MAX - 1;
    begin_behind(selection, filter->after);
    end_before(selection, filter->before);
    if (!resumed) return;
    if (filter->ascending) {
        begin_behind(selection, resume);
    } else {
        end_before(selection, resume);
    }
}

/* Lets an entity lead if it has fewer events than what leads so far. */
static enum ht_status offer(struct selection *selection, enum ht_kind kind, const uint32_t *numbers, size_t count,
                            struct ht_error *err)
{
    struct merged_postings merged;
    enum ht_status status = HT_OK;
    merged_init(&merged);
    for (size_t i = 0; i < count && status == HT_OK; i++)
        status = merged_add(&merged, selection->reader, kind, numbers[i], err);
    if (status != HT_OK || (!selection->by_rows && merged.total >= selection->lead.total)) {
        merged_close(&merged);
        return status;
    }
    merged_close(&selection->lead);
    selection->lead = merged;
    selection->by_rows = false;
    return HT_OK;
}

static enum ht_status choose_lead(struct selection *selection, struct ht_error *err)
{
    const struct wanted *wanted = &selection->wanted;
    const struct {
        enum ht_kind kind;
        const uint32_t *number;
    } entities[] = {
        {HT_KIND_CONVERSATION, &wanted->conversation},
        {HT_KIND_LEAD, &wanted->lead},
        {HT_KIND_VISITOR, &wanted->visitor},
        {HT_KIND_AGENT, &wanted->agent},
    };
    selection->by_rows = true;
    if (wanted->nothing) return HT_OK;
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (*entities[i].number == 0) continue;
        enum ht_status status = offer(selection, entities[i].kind, entities[i].number, 1, err);
        if (status != HT_OK) return status;
    }
    if (wanted->type_count == 0) return HT_OK;
    return offer(selection, HT_KIND_TYPE, wanted->types, wanted->type_count, err);
}

static enum ht_status choose_range(struct selection *selection, struct ht_error *err)
{
    const struct ht_filter *filter = selection->filter;
    struct ht_position end;
    enum ht_status status = ht_index_position(selection->reader, &end, err);
    if (status != HT_OK) return status;
    selection->indexed = end.seq;
    selection->low = selection->first;
    selection->high = selection->last < end.seq ? selection->last : end.seq;
    if (filter->since == HT_TIME_NONE && filter->until == INT64_MAX) return HT_OK;
    uint64_t first, last;
    status = ht_index_range(selection->reader, filter->since, filter->until, &first, &last, err);
    if (status != HT_OK) return status;
    if (first > selection->low) selection->low = first;
    if (last < selection->high) selection->high = last;
    return HT_OK;
}

enum ht_status selection_begin(struct selection *selection, struct ht_reader *reader, struct ht_error *err)
{
    selection->reader = reader;
    merged_init(&selection->lead);
    enum ht_status status = wanted_resolve(&selection->wanted, selection->filter, reader, err);
    if (status == HT_OK) status = choose_range(selection, err);
    if (status == HT_OK) status = choose_lead(selection, err);
    if (status != HT_OK) selection_end(selection);
    return status;
}

void selection_end(struct selection *selection)
{
    merged_close(&selection->lead);
    selection->reader = NULL;
}

/* The next seq to look at; HT_NOT_FOUND if there is none in this snapshot. */
static enum ht_status candidate(const struct selection *selection, uint64_t *seq, struct ht_error *err)
{
    bool ascending = selection->filter->ascending;
    if (selection->low > selection->high || selection->wanted.nothing) return HT_NOT_FOUND;
    *seq = ascending ? selection->low : selection->high;
    if (selection->by_rows) return HT_OK;
    uint64_t from = *seq;
    enum ht_status status = merged_find(&selection->lead, ascending, from, seq, err);
    if (status != HT_OK) return status;
    if (ascending ? *seq < from : *seq > from)
        return ht_fail_index(selection->reader, err, "the postings of the index are out of order at event %llu",
                             (unsigned long long)*seq);
    return *seq < selection->low || *seq > selection->high ? HT_NOT_FOUND : HT_OK;
}

enum ht_status selection_next(struct selection *selection, struct ht_row *row, bool *matched, struct ht_error *err)
{
    uint64_t seq;
    *matched = false;
    enum ht_status status = candidate(selection, &seq, err);
    if (status != HT_OK) return status;
    status = ht_event_row(selection->reader, seq, row, err);
    if (status != HT_OK) return status;
    if (selection->filter->ascending) {
        selection->low = selection->first = seq + 1;
    } else {
        selection->high = selection->last = seq - 1;
    }
    *matched = wanted_row(&selection->wanted, selection->filter, row);
    return HT_OK;
}

enum ht_status selection_has_more(struct selection *selection, bool *more, struct ht_error *err)
{
    uint64_t seq;
    enum ht_status status = candidate(selection, &seq, err);
    *more = status == HT_OK;
    return status == HT_NOT_FOUND ? HT_OK : status;
}
