#include "filter.h"

#include <assert.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"

_Static_assert(FILTER_NAME_COUNT <= 32, "a bit for each name");

static const struct ht_filter_name names[FILTER_NAME_COUNT + 1] = {
    [FILTER_AGENT] = {"agent", "ID", "events of this agent"},
    [FILTER_CONVERSATION] = {"conversation", "ID", "events of this conversation"},
    [FILTER_LEAD] = {"lead", "ID", "events of this lead"},
    [FILTER_VISITOR] = {"visitor", "ID", "events of this visitor"},
    [FILTER_TYPE] = {"type", "TYPE[,TYPE…]", "events of one of these types, up to 16"},
    [FILTER_SINCE] = {"since", "TIME", "received at or after: RFC 3339, a date, or an age such as 24h or 7d"},
    [FILTER_UNTIL] = {"until", "TIME", "received before: RFC 3339, a date, or an age such as 24h or 7d"},
    [FILTER_AFTER] = {"after", "SEQ", "events with a greater seq"},
    [FILTER_BEFORE] = {"before", "SEQ", "events with a smaller seq"},
    [FILTER_ORDER] = {"order", "asc|desc", "oldest or newest first; newest is the default"},
    [FILTER_LIMIT] = {"limit", "COUNT", "at most so many, 1 to 1000; 100 is the default"},
    [FILTER_CURSOR] = {"cursor", "CURSOR", "go on where the page that gave this cursor as \"next\" ended"},
};

const struct ht_filter_name *ht_filter_names(void)
{
    return names;
}

void ht_filter_init(struct ht_filter *filter)
{
    memset(filter, 0, sizeof *filter);
    filter->since = HT_TIME_NONE;
    filter->until = INT64_MAX;
    filter->before = UINT64_MAX;
    filter->limit = HT_FILTER_LIMIT;
}

uint32_t filter_bits(const struct ht_filter *filter)
{
    const bool set[FILTER_NAME_COUNT] = {
        [FILTER_AGENT] = filter->agent.set,
        [FILTER_CONVERSATION] = filter->conversation.set,
        [FILTER_LEAD] = filter->lead.set,
        [FILTER_VISITOR] = filter->visitor.set,
        [FILTER_TYPE] = filter->type_count > 0,
        [FILTER_SINCE] = filter->since != HT_TIME_NONE,
        [FILTER_UNTIL] = filter->until != INT64_MAX,
        [FILTER_AFTER] = filter->after != 0,
        [FILTER_BEFORE] = filter->before != UINT64_MAX,
        [FILTER_ORDER] = filter->ascending,
        [FILTER_LIMIT] = filter->limit != HT_FILTER_LIMIT,
        [FILTER_CURSOR] = filter->cursor[0] != '\0',
    };
    uint32_t bits = 0;
    for (size_t i = 0; i < FILTER_NAME_COUNT; i++) {
        if (set[i]) bits |= FILTER_BIT(i);
    }
    return bits;
}

static bool was_given(const struct ht_filter *filter, enum filter_name name)
{
    return (filter->given & FILTER_BIT(name)) != 0;
}

static enum ht_status fail_twice(struct ht_error *err, enum filter_name name)
{
    return ht_fail_field(err, HT_INVALID, names[name].name, "%s was given twice with different values",
                         names[name].name);
}

static enum ht_status set_id(struct ht_filter *filter, struct ht_filter_id *id, enum filter_name name,
                             struct ht_slice value, struct ht_error *err)
{
    if (value.size == 0 || value.size > HT_MAX_ID || ht_utf8_check(value) != value.size)
        return ht_fail_field(err, HT_INVALID, names[name].name, "an id is 1 to %d bytes of UTF-8", HT_MAX_ID);
    if (was_given(filter, name) && !ht_slice_equal(value, ht_slice_of(id->text, id->size)))
        return fail_twice(err, name);
    id->set = true;
    id->size = (uint16_t)value.size;
    memcpy(id->text, value.data, value.size);
    return HT_OK;
}

/* Into its place among those there are, which stay sorted and distinct. */
static bool insert_type(struct ht_filter *filter, const char type[HT_MAX_TYPE + 1])
{
    uint32_t at = 0;
    while (at < filter->type_count && strcmp(filter->types[at], type) < 0)
        at++;
    if (at < filter->type_count && strcmp(filter->types[at], type) == 0) return true;
    if (filter->type_count == HT_FILTER_TYPES) return false;
    memmove(filter->types[at + 1], filter->types[at], (filter->type_count - at) * sizeof filter->types[0]);
    memcpy(filter->types[at], type, sizeof filter->types[0]);
    filter->type_count++;
    return true;
}

static enum ht_status add_types(struct ht_filter *filter, struct ht_slice value, struct ht_error *err)
{
    const char *at = value.data;
    const char *end = at + value.size;
    for (;;) {
        const char *comma = at == end ? NULL : memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        char type[HT_MAX_TYPE + 1] = {0};
        if (!ht_reading_fold_type(ht_slice_of(at, (size_t)(stop - at)), type))
            return ht_fail_field(err, HT_INVALID, "type", "a type is 1 to %d of a-z, 0-9 and \"-\"", HT_MAX_TYPE);
        if (!insert_type(filter, type))
            return ht_fail_field(err, HT_INVALID, "type", "more than %d types", HT_FILTER_TYPES);
        if (!comma) return HT_OK;
        at = comma + 1;
    }
}

/* Both of two nows give the same time, unless it was given as an age. */
static enum ht_status set_time(struct ht_filter *filter, enum filter_name name, struct ht_slice value, int64_t now,
                               struct ht_error *err)
{
    struct ht_error cause;
    int64_t time, earlier;
    if (ht_time_parse_bound(value, now, &time, &cause) != HT_OK)
        return ht_fail_field(err, HT_INVALID, names[name].name, "%s", cause.detail);
    bool is_age = ht_time_parse_bound(value, now - 1, &earlier, NULL) == HT_OK && earlier != time;
    int64_t *bound = name == FILTER_SINCE ? &filter->since : &filter->until;
    if (was_given(filter, name) && *bound != time) return fail_twice(err, name);
    *bound = time;
    *(name == FILTER_SINCE ? &filter->since_is_age : &filter->until_is_age) = is_age;
    return HT_OK;
}

static enum ht_status set_seq(struct ht_filter *filter, enum filter_name name, struct ht_slice value,
                              struct ht_error *err)
{
    uint64_t *bound = name == FILTER_AFTER ? &filter->after : &filter->before;
    uint64_t seq;
    if (ht_parse_u64(value, &seq) != HT_OK)
        return ht_fail_field(err, HT_INVALID, names[name].name, "a seq is a decimal number");
    if (was_given(filter, name) && *bound != seq) return fail_twice(err, name);
    *bound = seq;
    return HT_OK;
}

static enum ht_status set_order(struct ht_filter *filter, struct ht_slice value, struct ht_error *err)
{
    bool ascending = ht_slice_is(value, "asc");
    if (!ascending && !ht_slice_is(value, "desc"))
        return ht_fail_field(err, HT_INVALID, "order", "the order is \"asc\" or \"desc\"");
    if (was_given(filter, FILTER_ORDER) && filter->ascending != ascending) return fail_twice(err, FILTER_ORDER);
    filter->ascending = ascending;
    return HT_OK;
}

static enum ht_status set_limit(struct ht_filter *filter, struct ht_slice value, struct ht_error *err)
{
    uint64_t limit;
    if (ht_parse_u64(value, &limit) != HT_OK || limit < 1 || limit > HT_FILTER_MAX_LIMIT)
        return ht_fail_field(err, HT_INVALID, "limit", "the limit is a number from 1 to %d", HT_FILTER_MAX_LIMIT);
    if (was_given(filter, FILTER_LIMIT) && filter->limit != limit) return fail_twice(err, FILTER_LIMIT);
    filter->limit = (uint32_t)limit;
    return HT_OK;
}

static enum ht_status set_cursor(struct ht_filter *filter, struct ht_slice value, struct ht_error *err)
{
    if (value.size >= HT_CURSOR_SIZE || (value.size > 0 && memchr(value.data, '\0', value.size)))
        return ht_fail_field(err, HT_INVALID, "cursor", "this is no cursor that was handed out");
    if (was_given(filter, FILTER_CURSOR) && !ht_slice_is(value, filter->cursor)) return fail_twice(err, FILTER_CURSOR);
    memset(filter->cursor, 0, sizeof filter->cursor);
    if (value.size > 0) memcpy(filter->cursor, value.data, value.size);
    return HT_OK;
}

static enum ht_status set_named(struct ht_filter *filter, enum filter_name name, struct ht_slice value, int64_t now,
                                struct ht_error *err)
{
    switch (name) {
    case FILTER_AGENT:
        return set_id(filter, &filter->agent, name, value, err);
    case FILTER_CONVERSATION:
        return set_id(filter, &filter->conversation, name, value, err);
    case FILTER_LEAD:
        return set_id(filter, &filter->lead, name, value, err);
    case FILTER_VISITOR:
        return set_id(filter, &filter->visitor, name, value, err);
    case FILTER_TYPE:
        return add_types(filter, value, err);
    case FILTER_SINCE:
    case FILTER_UNTIL:
        return set_time(filter, name, value, now, err);
    case FILTER_AFTER:
    case FILTER_BEFORE:
        return set_seq(filter, name, value, err);
    case FILTER_ORDER:
        return set_order(filter, value, err);
    case FILTER_LIMIT:
        return set_limit(filter, value, err);
    case FILTER_CURSOR:
        return set_cursor(filter, value, err);
    case FILTER_NAME_COUNT:
        break;
    }
    assert(false);
    return HT_INVALID;
}

enum ht_status ht_filter_set(struct ht_filter *filter, struct ht_slice name, struct ht_slice value, int64_t now,
                             struct ht_error *err)
{
    if (!value.data) value = HT_SLICE("");
    for (enum filter_name i = 0; i < FILTER_NAME_COUNT; i++) {
        if (!ht_slice_is(name, names[i].name)) continue;
        enum ht_status status = set_named(filter, i, value, now, err);
        if (status == HT_OK) filter->given |= FILTER_BIT(i);
        return status;
    }
    char shown[64];
    size_t size = name.size < sizeof shown ? name.size : sizeof shown - 1;
    if (size > 0) memcpy(shown, name.data, size);
    shown[size] = '\0';
    return ht_fail_field(err, HT_INVALID, shown, "there is no filter of this name");
}
