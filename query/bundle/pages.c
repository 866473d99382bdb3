#include "pages.h"

#include <stdio.h>

void pages_release(struct pages *pages)
{
    ht_buffer_release(&pages->document);
    ht_buffer_release(&pages->text);
    ht_buffer_release(&pages->page);
    ht_buffer_release(&pages->more);
    ht_json_free(pages->json);
    *pages = (struct pages){0};
}

/* One page; `next` gets the cursor of the one behind it. */
static enum ht_status run_query(struct ht_reader *reader, enum ht_query_kind kind, struct ht_slice id,
                                const struct ht_filter *filter, struct ht_buffer *out, char next[HT_CURSOR_SIZE],
                                struct ht_error *err)
{
    struct ht_query *query = NULL;
    enum ht_status status = ht_query_open(kind, HT_FORMAT_DOCUMENT, id, filter, &query, err);
    if (status == HT_OK) status = ht_query_run(query, reader, err);
    if (status == HT_OK) {
        ht_buffer_add(out, ht_query_document(query));
        snprintf(next, HT_CURSOR_SIZE, "%s", ht_query_next(query));
        status = ht_buffer_status(out, err);
    }
    ht_query_free(query);
    return status;
}

enum ht_status pages_one(struct ht_reader *reader, enum ht_query_kind kind, struct ht_slice id, struct ht_buffer *out,
                         struct ht_error *err)
{
    struct ht_filter filter;
    char next[HT_CURSOR_SIZE];
    ht_filter_init(&filter);
    return run_query(reader, kind, id, &filter, out, next, err);
}

struct ht_slice pages_value(const struct ht_json *json, uint32_t node)
{
    struct ht_slice text = ht_json_raw(json, node);
    if (node == HT_JSON_NONE) return HT_SLICE("null");
    return ht_json_type(json, node) == HT_JSON_STRING ? ht_slice_of(text.data - 1, text.size + 2) : text;
}

/* The list that later pages go on with. */
static const char *list_of(enum ht_query_kind kind)
{
    return kind == HT_QUERY_TIMELINE ? "items" : "events";
}

/* An array's text without its brackets. */
static struct ht_slice members_of(const struct ht_json *json, uint32_t array)
{
    struct ht_slice text = ht_json_raw(json, array);
    return text.size < 2 ? HT_SLICE("") : ht_slice_of(text.data + 1, text.size - 2);
}

static enum ht_status keep_members(struct pages *pages, enum ht_query_kind kind, struct ht_error *err)
{
    enum ht_status status = ht_json_parse(pages->json, ht_buffer_slice(&pages->page), err);
    if (status != HT_OK) return status;
    struct ht_slice members = members_of(pages->json, ht_json_member(pages->json, 0, list_of(kind)));
    if (members.size == 0) return HT_OK;
    ht_buffer_add_byte(&pages->more, ',');
    ht_buffer_add(&pages->more, members);
    return ht_buffer_status(&pages->more, err);
}

static void add_joined(struct pages *pages, uint32_t array)
{
    struct ht_slice members = members_of(pages->json, array);
    struct ht_slice more = ht_buffer_slice(&pages->more);
    if (members.size == 0 && more.size > 0) more = ht_slice_of(more.data + 1, more.size - 1);
    ht_buffer_add_byte(&pages->page, '[');
    ht_buffer_add(&pages->page, members);
    ht_buffer_add(&pages->page, more);
    ht_buffer_add_byte(&pages->page, ']');
}

/* The first page's members as they are, but for the list, which is whole, and "next", for nothing comes next. Keys, as
   ht_json_raw gives them, are without quotes and still escaped: fit to be written again. */
static enum ht_status join(struct pages *pages, enum ht_query_kind kind, struct ht_error *err)
{
    struct ht_json *json = pages->json;
    const char *before = "{\"";
    enum ht_status status = ht_json_parse(json, ht_buffer_slice(&pages->document), err);
    if (status != HT_OK) return status;
    ht_buffer_clear(&pages->page);
    for (uint32_t key = ht_json_first(json, 0); key != HT_JSON_NONE; key = ht_json_after(json, 0, key)) {
        struct ht_slice name = ht_json_raw(json, key);
        ht_buffer_add_text(&pages->page, before);
        ht_buffer_add(&pages->page, name);
        ht_buffer_add_text(&pages->page, "\":");
        if (ht_slice_is(name, list_of(kind)))
            add_joined(pages, key + 1);
        else
            ht_buffer_add(&pages->page, ht_slice_is(name, "next") ? HT_SLICE("null") : pages_value(json, key + 1));
        before = ",\"";
    }
    ht_buffer_add_text(&pages->page, "}\n");
    ht_buffer_clear(&pages->document);
    ht_buffer_add(&pages->document, ht_buffer_slice(&pages->page));
    status = ht_buffer_status(&pages->page, err);
    return status == HT_OK ? ht_buffer_status(&pages->document, err) : status;
}

static enum ht_status read_page(struct pages *pages, struct ht_reader *reader, struct ht_slice id,
                                struct ht_filter *filter, const struct ht_bundle_options *options,
                                struct ht_bundle_page page, struct ht_error *err)
{
    char next[HT_CURSOR_SIZE] = "";
    struct ht_buffer *out = page.first ? &pages->document : &pages->page;
    ht_buffer_clear(out);
    enum ht_status status = run_query(reader, page.kind, id, filter, out, next, err);
    if (status != HT_OK) return status;
    snprintf(filter->cursor, sizeof filter->cursor, "%s", next);
    page.document = ht_buffer_slice(out);
    page.last = next[0] == '\0';
    status = options->text(options->text_context, &page, &pages->text, err);
    return status == HT_OK && !page.first ? keep_members(pages, page.kind, err) : status;
}

enum ht_status pages_read(struct pages *pages, struct ht_reader *reader, enum ht_query_kind kind, struct ht_slice id,
                          const struct ht_bundle_options *options, struct ht_error *err)
{
    struct ht_filter filter;
    struct ht_bundle_page page = {.kind = kind, .first = true};
    ht_filter_init(&filter);
    filter.limit = HT_FILTER_MAX_LIMIT;
    ht_buffer_clear(&pages->text);
    ht_buffer_clear(&pages->more);
    if (!pages->json) pages->json = ht_json_new();
    if (!pages->json) return ht_fail(err, HT_NO_MEMORY, "no memory to read a document");
    enum ht_status status = HT_OK;
    do {
        status = read_page(pages, reader, id, &filter, options, page, err);
        page.first = false;
    } while (status == HT_OK && filter.cursor[0]);
    if (status == HT_OK) status = ht_buffer_status(&pages->text, err);
    return status == HT_OK && pages->more.size > 0 ? join(pages, kind, err) : status;
}
