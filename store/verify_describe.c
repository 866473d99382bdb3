#include "verify_describe.h"

#include <inttypes.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "index_codec.h"

#define LONGEST_TEXT 60 /* bytes of an id quoted */

/* What a key or a value consists of. */
enum shape { NOTHING, TEXT, BYTES, SEQ, REPEAT, NUMBER, KIND_HASH, KIND_NUMBER, KIND_SEQ, DAY, HOUR, MINUTE };

static const struct {
    const char *name;
    enum shape key;
    enum shape duplicate; /* the value, where a key can have several */
} tables[INDEX_TABLES] = {
    [INDEX_META] = {"index/meta", TEXT, NOTHING},
    [INDEX_ROWS] = {"index/rows", SEQ, NOTHING},
    [INDEX_IDS] = {"index/ids", KIND_HASH, NOTHING},
    [INDEX_NAMES] = {"index/names", KIND_NUMBER, NOTHING},
    [INDEX_POSTINGS] = {"index/postings", KIND_NUMBER, SEQ},
    [INDEX_SUMMARIES] = {"index/summaries", KIND_NUMBER, NOTHING},
    [INDEX_RECENT] = {"index/recent", KIND_SEQ, NOTHING},
    [INDEX_LINKS] = {"index/links", KIND_NUMBER, NUMBER},
    [INDEX_EMAILS] = {"index/emails", BYTES, NUMBER},
    [INDEX_STRAYS] = {"index/strays", BYTES, SEQ},
    [INDEX_DUPLICATES] = {"index/duplicates", BYTES, SEQ},
    [INDEX_KEYS] = {"index/keys", NUMBER, SEQ},
    [INDEX_REPEATS] = {"index/repeats", SEQ, REPEAT},
    [INDEX_DAILY] = {"index/daily", DAY, NOTHING},
    [INDEX_HOURS] = {"index/hours", HOUR, NOTHING},
    [INDEX_MINUTES] = {"index/minutes", MINUTE, NOTHING},
    [INDEX_OPENINGS] = {"index/openings", BYTES, NOTHING},
    [INDEX_ORPHANS] = {"index/orphans", BYTES, SEQ},
};

static const char *const kinds[] = {
    [HT_KIND_AGENT] = "agent",       [HT_KIND_CONVERSATION] = "conversation",
    [HT_KIND_LEAD] = "lead",         [HT_KIND_VISITOR] = "visitor",
    [HT_KIND_TYPE] = "type",         [HT_KIND_AGENT_NAME] = "agent name",
    [HT_KIND_WARNINGS] = "warnings",
};

/* The fields of the values that have several, by the byte that each begins at. */
struct field {
    enum index_table table;
    size_t at;
    const char *name;
};

static const struct field fields[] = {
    {INDEX_META, 0, "value"},
    {INDEX_ROWS, 0, "received_at"},
    {INDEX_ROWS, 8, "occurred_at"},
    {INDEX_ROWS, 16, "type"},
    {INDEX_ROWS, 20, "agent"},
    {INDEX_ROWS, 24, "agent_name"},
    {INDEX_ROWS, 28, "conversation"},
    {INDEX_ROWS, 32, "lead"},
    {INDEX_ROWS, 36, "visitor"},
    {INDEX_ROWS, 40, "warnings"},
    {INDEX_ROWS, 44, "size"},
    {INDEX_ROWS, 48, "deliveries"},
    {INDEX_ROWS, 52, "endpoint"},
    {INDEX_ROWS, 56, "flags"},
    {INDEX_ROWS, 60, "sha256"},
    {INDEX_IDS, 0, "number"},
    {INDEX_NAMES, 0, "text"},
    {INDEX_SUMMARIES, 0, "first_at"},
    {INDEX_SUMMARIES, 8, "last_at"},
    {INDEX_SUMMARIES, 16, "first_seq"},
    {INDEX_SUMMARIES, 24, "last_seq"},
    {INDEX_SUMMARIES, 32, "events"},
    {INDEX_SUMMARIES, 40, "agent"},
    {INDEX_SUMMARIES, 44, "agent_name"},
    {INDEX_SUMMARIES, 48, "visitor"},
    {INDEX_SUMMARIES, 52, "profile_seq"},
    {INDEX_SUMMARIES, 60, "opening_at"},
    {INDEX_SUMMARIES, 68, "opening"},
    {INDEX_RECENT, 0, "number"},
    {INDEX_DAILY, 0, "events"},
    {INDEX_DAILY, 8, "bytes"},
    {INDEX_DAILY, 16, "deliveries"},
    {INDEX_DAILY, 24, "last_at"},
    {INDEX_HOURS, 0, "least"},
    {INDEX_HOURS, 8, "greatest"},
    {INDEX_MINUTES, 0, "least"},
    {INDEX_MINUTES, 8, "greatest"},
    {INDEX_OPENINGS, 0, "conversation"},
};

const char *describe_table(enum index_table table)
{
    return tables[table].name;
}

bool describe_is_multiple(enum index_table table)
{
    return tables[table].duplicate != NOTHING;
}

static void add_text(struct ht_buffer *out, struct ht_slice text)
{
    bool cut = text.size > LONGEST_TEXT;
    if (cut) text.size = LONGEST_TEXT;
    ht_buffer_add_byte(out, '"');
    ht_terminal_add(out, text, false);
    ht_buffer_add_text(out, cut ? "…\"" : "\"");
}

static void add_bytes(struct ht_buffer *out, struct ht_slice bytes)
{
    if (bytes.size > LONGEST_TEXT / 2) bytes.size = LONGEST_TEXT / 2;
    ht_hex_add(out, bytes.data, bytes.size);
}

static void add_kind(struct ht_buffer *out, uint8_t byte)
{
    bool known = byte >= HT_KIND_AGENT && byte < HT_KIND_COUNT;
    if (known) ht_buffer_printf(out, "%s ", kinds[byte]);
    if (!known) ht_buffer_printf(out, "kind %u ", byte);
}

static void add_day(struct ht_buffer *out, const uint8_t *key)
{
    char day[16];
    ht_time_format_day(day, index_of_order64(ht_get_be64(key)));
    ht_buffer_printf(out, "day %s, type %" PRIu32 ", agent %" PRIu32, day, ht_get_be32(key + 8), ht_get_be32(key + 12));
}

static void add_shape(struct ht_buffer *out, enum shape shape, struct ht_slice bytes)
{
    static const size_t sizes[] = {
        [SEQ] = 8,  [REPEAT] = 8, [NUMBER] = 4,   [KIND_NUMBER] = 5, [KIND_SEQ] = 9, [DAY] = INDEX_DAILY_KEY_SIZE,
        [HOUR] = 8, [MINUTE] = 8, [KIND_HASH] = 0 /* above */};
    const uint8_t *at = (const uint8_t *)bytes.data;
    bool fixed = shape != TEXT && shape != BYTES && shape != KIND_HASH && shape != NOTHING;
    if ((fixed && bytes.size != sizes[shape]) || (shape == KIND_HASH && bytes.size == 0)) shape = BYTES;
    switch (shape) {
    case NOTHING:
        break;
    case TEXT:
        add_text(out, bytes);
        break;
    case BYTES:
        add_bytes(out, bytes);
        break;
    case SEQ:
        ht_buffer_printf(out, "seq %" PRIu64, ht_get_be64(at));
        break;
    case REPEAT:
        ht_buffer_printf(out, "repeat %" PRIu64, ht_get_be64(at));
        break;
    case NUMBER:
        ht_buffer_printf(out, "number %" PRIu32, ht_get_be32(at));
        break;
    case KIND_HASH:
        add_kind(out, at[0]);
        add_bytes(out, ht_slice_of(bytes.data + 1, bytes.size - 1));
        break;
    case KIND_NUMBER:
        add_kind(out, at[0]);
        ht_buffer_printf(out, "number %" PRIu32, ht_get_be32(at + 1));
        break;
    case KIND_SEQ:
        add_kind(out, at[0]);
        ht_buffer_printf(out, "seq %" PRIu64, ht_get_be64(at + 1));
        break;
    case DAY:
        add_day(out, at);
        break;
    case HOUR:
        ht_buffer_printf(out, "hour %" PRId64, index_of_order64(ht_get_be64(at)));
        break;
    case MINUTE:
        ht_buffer_printf(out, "minute %" PRId64, index_of_order64(ht_get_be64(at)));
        break;
    }
}

void describe_entry(struct ht_buffer *out, enum index_table table, MDB_val key, MDB_val value)
{
    add_shape(out, tables[table].key, val_slice(key));
    if (!describe_is_multiple(table)) return;
    ht_buffer_add_text(out, ", ");
    add_shape(out, tables[table].duplicate, val_slice(value));
}

static const char *field_at(enum index_table table, size_t at)
{
    const char *name = "value";
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].table == table && fields[i].at <= at) name = fields[i].name;
    }
    return name;
}

void describe_difference(struct ht_buffer *out, enum index_table table, MDB_val a, MDB_val b)
{
    const uint8_t *left = a.mv_data, *right = b.mv_data;
    size_t at = 0;
    if (a.mv_size != b.mv_size) {
        ht_buffer_printf(out, "size %zu instead of %zu", a.mv_size, b.mv_size);
        return;
    }
    while (at < a.mv_size && left[at] == right[at])
        at++;
    ht_buffer_add_text(out, field_at(table, at));
}

uint64_t describe_seq(enum index_table table, MDB_val key, MDB_val value)
{
    if (tables[table].key == SEQ && key.mv_size == 8) return ht_get_be64(key.mv_data);
    if (tables[table].duplicate == SEQ && value.mv_size == 8) return ht_get_be64(value.mv_data);
    if (tables[table].key == KIND_SEQ && key.mv_size == 9) return ht_get_be64((const uint8_t *)key.mv_data + 1);
    return 0;
}
