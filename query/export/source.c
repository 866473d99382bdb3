#include "source.h"

#include <assert.h>
#include <inttypes.h>

#include "hooktrail/json.h"
#include "hooktrail/time.h"

#define SPAN_ROWS 1000
#define SPAN_TIME (HT_SECOND / 10)
#define STEP_BYTES (UINT64_C(4) << 20)
#define LOOK_ROWS 16 /* rows between two looks at the clock */

enum ht_status export_source_init(struct export_source *source, struct ht_reader *reader, const struct export_run *run,
                                  struct export_target *target, struct ht_error *err)
{
    *source = (struct export_source){
        .reader = reader, .run = run, .target = target, .budget = {SPAN_ROWS, SPAN_TIME}, .json = ht_json_new()};
    return source->json ? HT_OK : ht_fail(err, HT_NO_MEMORY, "no memory for an export");
}

void export_source_release(struct export_source *source)
{
    ht_json_free(source->json);
    ht_buffer_release(&source->text);
    ht_buffer_release(&source->scratch);
    *source = (struct export_source){0};
}

/* ---- rows ---- */

static struct export_value *next_cell(struct export_source *source, enum export_type type)
{
    struct export_cells *cells = &source->cells;
    assert(cells->count < source->table->column_count && source->table->columns[cells->count].type == type);
    (void)type;
    struct export_value *value = &cells->values[cells->count++];
    *value = (struct export_value){.present = true};
    return value;
}

void export_cells_begin(struct export_source *source)
{
    source->cells.count = 0;
    next_cell(source, EXPORT_TEXT)->text = ht_slice_from(source->run->trail);
}

void export_cell_int(struct export_source *source, uint64_t value)
{
    next_cell(source, EXPORT_INT)->number = (int64_t)value;
}

void export_cell_time(struct export_source *source, int64_t time)
{
    struct export_value *value = next_cell(source, EXPORT_TIME);
    value->present = time != HT_TIME_NONE;
    value->number = value->present ? time : 0;
}

void export_cell_bool(struct export_source *source, bool value)
{
    next_cell(source, EXPORT_BOOL)->number = value;
}

void export_cell_text(struct export_source *source, struct ht_slice text)
{
    enum export_type type = source->table->columns[source->cells.count].type;
    struct export_value *value = next_cell(source, type == EXPORT_JSON ? EXPORT_JSON : EXPORT_TEXT);
    source->bytes += text.size;
    value->present = text.data != NULL;
    value->text = text;
}

/* What no target could take must not come as far as one. The first key behind the trail's id tells whose row it is. */
static enum ht_status check_present(const struct export_source *source, struct ht_error *err)
{
    const struct export_value *values = source->cells.values;
    const struct export_column *columns = source->table->columns;
    for (uint32_t i = 0; i < source->cells.count; i++) {
        if (values[i].present || columns[i].nullable) continue;
        if (columns[1].type == EXPORT_INT)
            return ht_fail(err, HT_CORRUPT, "a row of %s lacks %s, of %s %" PRId64, source->table->name,
                           columns[i].name, columns[1].name, values[1].number);
        return ht_fail(err, HT_CORRUPT, "a row of %s lacks %s, of %s %.*s", source->table->name, columns[i].name,
                       columns[1].name, HT_SLICE_ARGS(values[1].text));
    }
    return HT_OK;
}

enum ht_status export_cells_give(struct export_source *source, uint64_t number, int64_t day, struct ht_error *err)
{
    struct export_target *target = source->target;
    assert(source->cells.count == source->table->column_count);
    enum ht_status status = check_present(source, err);
    if (status != HT_OK) return status;
    const struct export_row row = {.values = source->cells.values, .number = number, .day = day};
    target->rows++;
    return target->ops->add(target, &row, err);
}

/* ---- steps ---- */

struct export_left export_left_all(struct export_source *source)
{
    source->bytes = 0;
    return (struct export_left){
        .source = source, .rows = source->budget.rows, .deadline = ht_time_steady() + source->budget.time};
}

bool export_left_spend(struct export_left *left)
{
    if (left->rows-- <= 0 || left->source->bytes >= STEP_BYTES) return false;
    return left->rows % LOOK_ROWS != 0 || ht_time_steady() < left->deadline;
}

/* ---- entities ---- */

static uint32_t number_in(const struct ht_row *row, enum ht_kind kind)
{
    if (kind == HT_KIND_CONVERSATION) return row->conversation;
    return kind == HT_KIND_LEAD ? row->lead : row->agent;
}

enum ht_status export_is_last(struct export_source *source, enum ht_kind kind, uint32_t number, bool *last,
                              struct ht_error *err)
{
    struct ht_postings *postings;
    uint64_t found = 0;
    *last = false;
    if (number == 0) return HT_OK;
    enum ht_status status = ht_postings_open(source->reader, kind, number, &postings, err);
    if (status != HT_OK) return status;
    status = ht_postings_at_most(postings, source->last, &found, err);
    ht_postings_close(postings);
    *last = status == HT_OK && found == source->next;
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* Whether event `next` is where its entity is given. */
static enum ht_status look(struct export_source *source, enum ht_kind kind, bool *found, struct ht_error *err)
{
    struct ht_row row;
    struct ht_slice id;
    enum ht_status status = ht_event_row(source->reader, source->next, &row, err);
    if (status != HT_OK) return status;
    uint32_t number = number_in(&row, kind);
    status = export_is_last(source, kind, number, found, err);
    if (status != HT_OK || !*found) return status;
    status = ht_index_name(source->reader, kind, number, &id, err);
    if (status == HT_NOT_FOUND) { /* of a conversation only erased events are left */
        *found = false;
        return HT_OK;
    }
    if (status != HT_OK) return status;
    ht_buffer_clear(&source->scratch);
    ht_buffer_add(&source->scratch, id);
    return ht_buffer_status(&source->scratch, err);
}

enum ht_status export_find_entity(struct export_source *source, enum ht_kind kind, bool *found, struct ht_error *err)
{
    struct export_left left = export_left_all(source);
    *found = false;
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    while (status == HT_OK && source->next <= source->last && export_left_spend(&left)) {
        status = look(source, kind, found, err);
        if (*found) break;
        source->next++;
    }
    ht_reader_end(source->reader);
    return status;
}

/* ---- JSON on one line ---- */

/* Adds `text` without any byte `unwanted`. */
static void add_without(struct ht_buffer *out, struct ht_slice text, char unwanted)
{
    while (text.size > 0) {
        const char *found = memchr(text.data, unwanted, text.size);
        size_t size = found ? (size_t)(found - text.data) : text.size;
        ht_buffer_add_bytes(out, text.data, size);
        if (!found) return;
        text = ht_slice_of(found + 1, text.size - size - 1);
    }
}

struct ht_slice export_one_line(struct ht_slice text, struct ht_buffer *scratch)
{
    bool has_return = memchr(text.data, '\r', text.size) != NULL;
    if (!has_return && !memchr(text.data, '\n', text.size)) return text;
    ht_buffer_clear(scratch);
    while (text.size > 0) {
        const char *found = memchr(text.data, '\n', text.size);
        size_t size = found ? (size_t)(found - text.data) : text.size;
        add_without(scratch, ht_slice_of(text.data, size), '\r');
        if (!found) break;
        text = ht_slice_of(found + 1, text.size - size - 1);
    }
    return ht_buffer_slice(scratch);
}
