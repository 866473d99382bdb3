/* A page of events for whoever pulls: the source and the encoder of the nightly run, with memory for a target. */
#include <sodium.h>
#include <stdlib.h>

#include "format.h"
#include "hooktrail/export.h"
#include "hooktrail/time.h"
#include "source.h"

#define PAGE_BYTES (UINT64_C(4) << 20) /* ends a page, once it has so many */
#define STEP_ROWS 64
#define STEP_TIME (HT_SECOND / 50)

struct ht_export_page {
    struct export_target target; /* first: the rows come here */
    struct export_source source;
    struct export_run run;
    struct export_encoder *encoder;
    struct ht_buffer lines;
    char trail[2 * HT_TRAIL_ID_SIZE + 1];
    uint64_t after;
    uint32_t limit;
    bool bounded; /* the run's end is known */
    bool done;
    bool more;
};

static enum ht_status page_add(struct export_target *target, const struct export_row *row, struct ht_error *err)
{
    struct ht_export_page *page = (struct ht_export_page *)target;
    return export_ndjson.add(page->encoder, row, &page->lines, err);
}

static const struct export_target_ops page_ops = {.add = page_add};

static enum ht_status prepare(struct ht_export_page *page, struct ht_store *store, struct ht_error *err)
{
    const struct export_format_options plain = {0};
    sodium_bin2hex(page->trail, sizeof page->trail, ht_store_trail_id(store), HT_TRAIL_ID_SIZE);
    page->run.trail = page->trail;
    enum ht_status status = export_source_init(&page->source, NULL, &page->run, &page->target, err);
    page->source.table = &export_tables[EXPORT_EVENTS];
    page->source.budget = (struct export_budget){STEP_ROWS, STEP_TIME};
    if (status == HT_OK) status = export_ndjson.begin(&plain, page->source.table, &page->lines, &page->encoder, err);
    return status;
}

enum ht_status ht_export_page_open(struct ht_store *store, uint64_t after, uint32_t limit, struct ht_export_page **page,
                                   struct ht_error *err)
{
    *page = calloc(1, sizeof **page);
    if (!*page) return ht_fail(err, HT_NO_MEMORY, "no memory for a page");
    (*page)->target.ops = &page_ops;
    (*page)->after = after;
    (*page)->limit = limit;
    enum ht_status status = prepare(*page, store, err);
    if (status == HT_OK) return HT_OK;
    ht_export_page_free(*page);
    *page = NULL;
    return status;
}

/* The trail's end as the index has it at the first step. */
static enum ht_status bound(struct ht_export_page *page, struct ht_reader *reader, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_index_position(reader, &page->run.until.position, err);
    ht_reader_end(reader);
    if (status != HT_OK) return status;
    uint64_t end = page->run.until.position.seq;
    if (page->after > end) page->after = end;
    page->source.next = page->after + 1;
    page->source.last = end - page->after > page->limit ? page->after + page->limit : end;
    page->bounded = true;
    return HT_OK;
}

enum ht_status ht_export_page_step(struct ht_export_page *page, struct ht_reader *reader, struct ht_error *err)
{
    enum ht_status status = page->bounded ? HT_OK : bound(page, reader, err);
    page->source.reader = reader;
    if (status == HT_OK) status = export_step_events(&page->source, err);
    if (status != HT_OK) return status;
    page->done = page->source.next > page->source.last || page->lines.size >= PAGE_BYTES;
    page->more = page->source.next <= page->run.until.position.seq;
    return HT_OK;
}

bool ht_export_page_done(const struct ht_export_page *page)
{
    return page->done;
}

struct ht_slice ht_export_page_lines(const struct ht_export_page *page)
{
    return ht_buffer_slice(&page->lines);
}

uint64_t ht_export_page_last(const struct ht_export_page *page)
{
    return page->source.next - 1;
}

bool ht_export_page_more(const struct ht_export_page *page)
{
    return page->more;
}

void ht_export_page_free(struct ht_export_page *page)
{
    if (!page) return;
    if (page->encoder) export_ndjson.free(page->encoder);
    export_source_release(&page->source);
    ht_buffer_release(&page->lines);
    free(page);
}
