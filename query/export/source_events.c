/* Events, and their first deliveries. */
#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "source.h"

#define MOST_REPEATS 10000 /* that are counted one by one */

/* Reads the event's record. *record.payload is absent where the event was erased or its record is lost for good. */
static enum ht_status read_record(struct export_source *source, const struct ht_row *row, struct ht_record *record,
                                  struct ht_error *err)
{
    const struct ht_tools *tools = ht_reader_tools(source->reader);
    *record = (struct ht_record){0};
    if (!tools) return ht_fail(err, HT_NO_MEMORY, "no memory to unpack events");
    enum ht_status status = ht_trail_peek(source->reader, row->seq, tools->unpacker, record, err);
    if (status == HT_OK) return HT_OK;
    *record = (struct ht_record){0};
    if (status == HT_CORRUPT && ht_trail_lost(source->reader, row->seq)) return HT_OK;
    if (status != HT_ERASED || row->flags & HT_ROW_ERASED) return status == HT_ERASED ? HT_OK : status;
    return ht_fail(err, HT_BUSY, "the index is being rebuilt after an erasure: export again when that is done");
}

/* How often the event was delivered by the end of the run. */
static enum ht_status count_deliveries(const struct export_source *source, const struct ht_row *row, uint64_t *count,
                                       struct ht_error *err)
{
    uint64_t number = 0;
    *count = row->deliveries;
    if (row->deliveries == 1 || row->deliveries > MOST_REPEATS) return HT_OK;
    for (*count = 1;; ++*count) {
        enum ht_status status = ht_index_repeat(source->reader, row->seq, number, &number, err);
        if (status == HT_NOT_FOUND || (status == HT_OK && number > source->run->until.position.repeat)) return HT_OK;
        if (status != HT_OK) return status;
    }
}

static void add_digest(struct export_source *source, const struct ht_row *row)
{
    struct ht_slice hex = HT_ABSENT;
    ht_buffer_clear(&source->text);
    if (!(row->flags & HT_ROW_ERASED)) {
        ht_hex_add(&source->text, row->sha256, sizeof row->sha256);
        hex = ht_buffer_slice(&source->text);
    }
    export_cell_text(source, hex);
}

static enum ht_status give_event(struct export_source *source, const struct ht_row *row, struct ht_error *err)
{
    struct ht_event_names names;
    struct ht_record record;
    uint64_t count;
    enum ht_status status = ht_event_names(source->reader, row, &names, err);
    if (status == HT_OK) status = read_record(source, row, &record, err);
    if (status == HT_OK) status = count_deliveries(source, row, &count, err);
    if (status != HT_OK) return status;
    struct ht_slice payload = record.payload.data ? export_one_line(record.payload, &source->scratch) : HT_ABSENT;
    export_cells_begin(source);
    export_cell_int(source, row->seq);
    export_cell_text(source, names.type);
    export_cell_time(source, row->received_at);
    export_cell_time(source, row->occurred_at);
    export_cell_text(source, names.agent);
    export_cell_text(source, names.agent_name);
    export_cell_text(source, names.conversation);
    export_cell_text(source, names.lead);
    export_cell_text(source, names.visitor);
    export_cell_bool(source, row->flags & HT_ROW_DERIVED);
    add_digest(source, row);
    export_cell_int(source, row->size);
    export_cell_int(source, count);
    export_cell_text(source, names.warnings);
    export_cell_text(source, payload);
    export_cell_time(source, ht_event_erased_at(source->reader, row));
    status = ht_buffer_status(&source->scratch, err);
    if (status == HT_OK) status = ht_buffer_status(&source->text, err);
    return status == HT_OK ? export_cells_give(source, row->seq, ht_time_day(row->received_at), err) : status;
}

static enum ht_status give_delivery(struct export_source *source, const struct ht_row *row, struct ht_error *err)
{
    struct ht_record record;
    enum ht_status status = read_record(source, row, &record, err);
    if (status != HT_OK) return status;
    export_cells_begin(source);
    export_cell_int(source, row->seq);
    export_cell_int(source, 0);
    export_cell_time(source, row->received_at);
    export_cell_int(source, row->endpoint);
    export_cell_text(source, record.delivery.sender);
    return export_cells_give(source, row->seq, ht_time_day(row->received_at), err);
}

typedef enum ht_status give_row(struct export_source *source, const struct ht_row *row, struct ht_error *err);

static enum ht_status step_rows(struct export_source *source, give_row *give, struct ht_error *err)
{
    struct export_left left = export_left_all(source);
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    while (status == HT_OK && source->next <= source->last && export_left_spend(&left)) {
        struct ht_row row;
        status = ht_event_row(source->reader, source->next, &row, err);
        if (status == HT_OK && (!source->wants || source->wants(source->context, &row)))
            status = give(source, &row, err);
        if (status == HT_OK) source->next++;
    }
    ht_reader_end(source->reader);
    return status;
}

enum ht_status export_step_events(struct export_source *source, struct ht_error *err)
{
    return step_rows(source, give_event, err);
}

enum ht_status export_step_deliveries(struct export_source *source, struct ht_error *err)
{
    return step_rows(source, give_delivery, err);
}

/* ---- repeated deliveries ---- */

/* One that was erased is not there any more. */
static enum ht_status give_repeat(struct export_source *source, uint64_t number, struct ht_error *err)
{
    struct ht_repeat repeat;
    const struct ht_tools *tools = ht_reader_tools(source->reader);
    if (!tools) return ht_fail(err, HT_NO_MEMORY, "no memory to unpack deliveries");
    enum ht_status status = ht_trail_repeat(source->reader, number, tools->unpacker, &repeat, err);
    if (status == HT_ERASED) return HT_OK;
    if (status != HT_OK) return status;
    const struct ht_row received = {.seq = repeat.seq, .received_at = repeat.delivery.received_at};
    if (source->wants && !source->wants(source->context, &received)) return HT_OK;
    export_cells_begin(source);
    export_cell_int(source, repeat.seq);
    export_cell_int(source, number);
    export_cell_time(source, repeat.delivery.received_at);
    export_cell_int(source, repeat.delivery.endpoint);
    export_cell_text(source, repeat.delivery.sender);
    return export_cells_give(source, number, ht_time_day(repeat.delivery.received_at), err);
}

enum ht_status export_step_repeats(struct export_source *source, struct ht_error *err)
{
    struct export_left left = export_left_all(source);
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    while (status == HT_OK && source->next <= source->last && export_left_spend(&left)) {
        status = give_repeat(source, source->next, err);
        if (status == HT_OK) source->next++;
    }
    ht_reader_end(source->reader);
    return status;
}
