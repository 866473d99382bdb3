#include "event.h"

#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"
#include "query.h"

enum ht_status ht_event_row(struct ht_reader *reader, uint64_t seq, struct ht_row *row, struct ht_error *err)
{
    struct ht_error cause = {0};
    enum ht_status status = ht_index_row(reader, seq, row, &cause);
    if (status == HT_OK) return HT_OK;
    if (status == HT_NOT_FOUND)
        return ht_fail_index(reader, err, "the index has no row for event %llu", (unsigned long long)seq);
    return ht_fail(err, status, "the row of event %llu cannot be read: %s", (unsigned long long)seq, cause.detail);
}

static bool is_escape(const char *at, const char *end)
{
    if (end - at < 2 || at[1] == '\0' || !strchr("\"\\/bfnrtu", at[1])) return false;
    if (at[1] != 'u') return true;
    if (end - at < 6) return false;
    for (size_t i = 2; i < 6; i++) {
        if (at[i] == '\0' || !strchr("0123456789abcdefABCDEF", at[i])) return false;
    }
    return true;
}

/* Behind the string that begins at `at`, or NULL if none does. */
static const char *skip_string(const char *at, const char *end)
{
    if (at == end || *at++ != '"') return NULL;
    while (at < end && *at != '"') {
        if ((unsigned char)*at < 0x20) return NULL;
        if (*at == '\\' && !is_escape(at, end)) return NULL;
        at += *at == '\\' ? 2 : 1;
    }
    return at < end ? at + 1 : NULL;
}

/* Whether stored bytes can stand in a document: an array of strings without white space, as the indexer writes it. */
static bool is_array_of_strings(struct ht_slice text)
{
    if (ht_slice_is(text, "[]")) return true;
    const char *at = text.data;
    const char *end = at + text.size;
    if (text.size < 2 || *at != '[' || ht_utf8_check(text) != text.size) return false;
    while (at < end && (*at == '[' || *at == ',')) {
        at = skip_string(at + 1, end);
        if (!at) return false;
    }
    return at + 1 == end && *at == ']';
}

enum ht_status ht_event_names(struct ht_reader *reader, const struct ht_row *row, struct ht_event_names *names,
                              struct ht_error *err)
{
    const struct {
        enum ht_kind kind;
        uint32_t number;
        struct ht_slice *name;
    } wanted[] = {
        {HT_KIND_TYPE, row->type, &names->type},
        {HT_KIND_AGENT, row->agent, &names->agent},
        {HT_KIND_AGENT_NAME, row->agent_name, &names->agent_name},
        {HT_KIND_CONVERSATION, row->conversation, &names->conversation},
        {HT_KIND_LEAD, row->lead, &names->lead},
        {HT_KIND_VISITOR, row->visitor, &names->visitor},
        {HT_KIND_WARNINGS, row->warnings, &names->warnings},
    };
    struct ht_error cause = {0};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        enum ht_status status = query_name(reader, wanted[i].kind, wanted[i].number, wanted[i].name, &cause);
        if (status != HT_OK) return ht_fail(err, status, "event %llu: %s", (unsigned long long)row->seq, cause.detail);
    }
    if (!names->warnings.data) names->warnings = HT_SLICE("[]");
    if (!is_array_of_strings(names->warnings))
        return ht_fail_index(reader, err, "event %llu: its warnings are no array of strings",
                             (unsigned long long)row->seq);
    return HT_OK;
}

static void emit_names(struct ht_emit *emit, const char *const keys[], const struct ht_slice values[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ht_emit_key(emit, keys[i]);
        ht_emit_string(emit, values[i]);
    }
}

enum ht_status ht_event_emit_facts(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row,
                                   struct ht_error *err)
{
    static const char *const id_keys[] = {"agent_id", "agent_name", "conversation_id", "lead_id", "visitor_id"};
    struct ht_event_names names;
    enum ht_status status = ht_event_names(reader, row, &names, err);
    if (status != HT_OK) return status;
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, row->seq);
    ht_emit_key(emit, "type");
    ht_emit_string(emit, names.type);
    ht_emit_key(emit, "received_at");
    ht_emit_time(emit, row->received_at);
    ht_emit_key(emit, "occurred_at");
    ht_emit_time(emit, row->occurred_at);
    const struct ht_slice ids[] = {names.agent, names.agent_name, names.conversation, names.lead, names.visitor};
    emit_names(emit, id_keys, ids, sizeof ids / sizeof ids[0]);
    ht_emit_key(emit, "sha256");
    if (row->flags & HT_ROW_ERASED)
        ht_emit_null(emit);
    else
        ht_emit_hex(emit, row->sha256, sizeof row->sha256);
    ht_emit_key(emit, "size");
    ht_emit_uint(emit, row->size);
    ht_emit_key(emit, "deliveries");
    ht_emit_uint(emit, row->deliveries);
    ht_emit_key(emit, "warnings");
    ht_emit_raw(emit, names.warnings);
    return HT_OK;
}

int64_t ht_event_erased_at(struct ht_reader *reader, const struct ht_row *row)
{
    struct ht_record_header header;
    struct ht_erasure erasure;
    if (!(row->flags & HT_ROW_ERASED) || ht_trail_header(reader, row->seq, &header, NULL) != HT_OK) return HT_TIME_NONE;
    return ht_erasure_get(reader, header.erasure, &erasure, NULL) == HT_OK ? erasure.at : HT_TIME_NONE;
}

enum ht_status event_emit_members(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row,
                                  struct ht_error *err)
{
    enum ht_status status = ht_event_emit_facts(emit, reader, row, err);
    if (status != HT_OK) return status;
    if (row->flags & HT_ROW_DERIVED) {
        ht_emit_key(emit, "derived");
        ht_emit_bool(emit, true);
    }
    if (row->flags & HT_ROW_ERASED) {
        ht_emit_key(emit, "erased_at");
        ht_emit_time(emit, ht_event_erased_at(reader, row));
    }
    if (row->flags & HT_ROW_UNREADABLE) {
        ht_emit_key(emit, "unreadable");
        ht_emit_bool(emit, true);
    }
    return HT_OK;
}

enum ht_status event_emit(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row,
                          struct ht_error *err)
{
    ht_emit_object(emit);
    enum ht_status status = event_emit_members(emit, reader, row, err);
    if (status != HT_OK) return status;
    ht_emit_end_object(emit);
    return HT_OK;
}
