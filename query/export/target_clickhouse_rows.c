/* Rows as ClickHouse's RowBinary has them (its manual, "Formats"): nothing to escape, little-endian. */
#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/sha256.h"
#include "target_clickhouse.h"

/* Of an INSERT. Where a batch ends follows from the rows alone, so that the same rows come again in the same batches.
 */
#define BATCH_ROWS 50000
#define BATCH_BYTES (16u << 20)

void clickhouse_rows_begin(struct clickhouse *clickhouse, const struct export_table *table)
{
    clickhouse->table = table;
    clickhouse->border = 0;
    clickhouse->batch = 0;
    clickhouse->batch_rows = 0;
    ht_buffer_clear(&clickhouse->rows);
}

static void add_i64(struct ht_buffer *out, int64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    ht_buffer_add_bytes(out, bytes, sizeof bytes);
}

/* The length is LEB128, seven bits a byte. */
static void add_string(struct ht_buffer *out, struct ht_slice text)
{
    size_t size = text.size;
    for (; size >= 0x80; size >>= 7)
        ht_buffer_add_byte(out, (char)(size | 0x80));
    ht_buffer_add_byte(out, (char)size);
    ht_buffer_add(out, text);
}

static void add_value(struct ht_buffer *out, const struct export_column *column, const struct export_value *value)
{
    if (column->nullable) ht_buffer_add_byte(out, !value->present);
    if (!value->present) return;
    switch (column->type) {
    case EXPORT_INT:
    case EXPORT_TIME:
        add_i64(out, value->number);
        break;
    case EXPORT_BOOL:
        ht_buffer_add_byte(out, value->number != 0);
        break;
    case EXPORT_TEXT:
    case EXPORT_JSON:
        add_string(out, value->text);
        break;
    }
}

enum ht_status clickhouse_rows_add(struct clickhouse *clickhouse, const struct export_row *row, struct ht_error *err)
{
    struct ht_buffer *rows = &clickhouse->rows;
    for (uint32_t i = 0; i < clickhouse->table->column_count; i++)
        add_value(rows, &clickhouse->table->columns[i], &row->values[i]);
    clickhouse->batch_rows++;
    if (clickhouse->border == 0 && (clickhouse->batch_rows == BATCH_ROWS || rows->size >= BATCH_BYTES)) {
        clickhouse->border = rows->size;
        clickhouse->batch_rows = 0;
    }
    return ht_buffer_status(rows, err);
}

static void add_columns(struct ht_buffer *sql, const struct export_table *table)
{
    for (uint32_t i = 0; i < table->column_count; i++)
        ht_buffer_printf(sql, "%s%s", i > 0 ? ", " : "", table->columns[i].name);
}

static enum ht_status send_batch(struct clickhouse *clickhouse, size_t size, struct ht_error *err)
{
    struct ht_buffer sql = {0}, token = {0};
    const struct export_run *run = &clickhouse->run;
    uint8_t digest[HT_SHA256_SIZE];
    ht_buffer_printf(&sql, "INSERT INTO %s.%s (", clickhouse->database, clickhouse->table->name);
    add_columns(&sql, clickhouse->table);
    ht_buffer_add_text(&sql, ") FORMAT RowBinary");
    /* What was deleted before has to come, though the try before had brought it. Where a batch ends depends on the
       rows, which an erasure between two tries changes: so what is in it counts. */
    if (!export_target_replaces(run, clickhouse->table, clickhouse->known)) {
        ht_sha256(ht_slice_of(clickhouse->rows.data, size), digest);
        ht_buffer_printf(&token, "%s:%s:%" PRIu64 ":%s:%" PRIu32 ":", run->trail, run->name, run->number,
                         clickhouse->table->name, clickhouse->batch);
        ht_hex_add(&token, digest, sizeof digest);
    }
    enum ht_status status = ht_buffer_status(&sql, err);
    if (status == HT_OK) status = ht_buffer_status(&token, err);
    if (status == HT_OK)
        status = clickhouse_do(clickhouse, "cannot insert rows", ht_buffer_slice(&sql),
                               ht_slice_of(clickhouse->rows.data, size), ht_buffer_text(&token), err);
    ht_buffer_release(&sql);
    ht_buffer_release(&token);
    return status;
}

enum ht_status clickhouse_rows_send(struct clickhouse *clickhouse, bool all, struct ht_error *err)
{
    struct ht_buffer *rows = &clickhouse->rows;
    enum ht_status status = HT_OK;
    while (status == HT_OK && rows->size > 0 && (all || clickhouse->border > 0)) {
        size_t size = clickhouse->border > 0 ? clickhouse->border : rows->size;
        status = send_batch(clickhouse, size, err);
        if (status != HT_OK) break;
        clickhouse->target.bytes += size;
        clickhouse->batch++;
        clickhouse->border = 0;
        memmove(rows->data, rows->data + size, rows->size - size);
        rows->size -= size;
    }
    return status;
}
