#include "hooktrail/audit.h"

#include <inttypes.h>

#include "hooktrail/encode.h"

/* The kinds of query that give out personal data; others have no row. */
static const struct {
    const char *name;
    enum ht_kind kind; /* of the entity that it is about; 0: it is a list, or about a number */
} queries[] = {
    [HT_QUERY_EVENTS] = {"events", 0},
    [HT_QUERY_EVENT] = {"event", 0},
    [HT_QUERY_TIMELINE] = {"timeline", HT_KIND_CONVERSATION},
    [HT_QUERY_HISTORY] = {"history", HT_KIND_LEAD},
    [HT_QUERY_CONVERSATIONS] = {"conversations", 0},
    [HT_QUERY_LEADS] = {"leads", 0},
    [HT_QUERY_REJECTED] = {"rejected deliveries", 0},
    [HT_QUERY_REJECTED_ONE] = {"rejected delivery", 0},
};

bool ht_audit_is_personal(enum ht_query_kind query)
{
    return (size_t)query < sizeof queries / sizeof *queries && queries[query].name != NULL;
}

static void add_object(const struct ht_store *store, const struct ht_audit_read *read, struct ht_buffer *object)
{
    char ref[HT_ACT_REF_SIZE];
    uint64_t number;
    enum ht_kind kind = queries[read->query].kind;
    ht_buffer_add_text(object, read->what ? read->what : queries[read->query].name);
    if (read->id.data == NULL) return;
    if (kind != 0) {
        ht_act_ref(store, kind, read->id, ref);
        ht_buffer_printf(object, " %s", ref);
    } else if (ht_parse_u64(read->id, &number) == HT_OK) {
        ht_buffer_printf(object, " %" PRIu64, number);
    }
}

static void add_filter(const struct ht_store *store, enum ht_kind kind, const char *name, const struct ht_filter_id *id,
                       struct ht_buffer *detail)
{
    char ref[HT_ACT_REF_SIZE];
    if (!id->set) return;
    ht_act_ref(store, kind, ht_slice_of(id->text, id->size), ref);
    ht_buffer_printf(detail, "%s%s %s", detail->size > 0 ? ", " : "", name, ref);
}

void ht_audit_describe(const struct ht_store *store, const struct ht_audit_read *read, struct ht_buffer *object,
                       struct ht_buffer *detail)
{
    char ref[HT_ACT_REF_SIZE];
    const struct ht_filter *filter = read->filter;
    add_object(store, read, object);
    if (read->email.data != NULL) {
        ht_act_ref_email(store, read->email, ref);
        ht_buffer_printf(detail, "address %s", ref);
    }
    if (filter == NULL) return;
    add_filter(store, HT_KIND_CONVERSATION, "conversation", &filter->conversation, detail);
    add_filter(store, HT_KIND_LEAD, "lead", &filter->lead, detail);
    add_filter(store, HT_KIND_VISITOR, "visitor", &filter->visitor, detail);
}
