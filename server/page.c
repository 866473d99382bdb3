#include "page.h"

#include <assert.h>

#include "hooktrail/embedded.h"
#include "reply.h"
#include "request.h"

#define DOCUMENT "index.html"

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".webmanifest", "application/manifest+json"},
};

const char *ht_page_type(struct ht_slice name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t size = strlen(types[i].ending);
        if (name.size > size && memcmp(name.data + name.size - size, types[i].ending, size) == 0) return types[i].type;
    }
    return NULL;
}

void ht_page_init(struct ht_page *page)
{
    page->count = 0;
    for (const struct ht_embedded *file = ht_embedded_page; file->name; file++) {
        struct ht_slice bytes = ht_slice_of(file->data, file->size);
        const char *type = ht_page_type(ht_slice_from(file->name));
        assert(type);
        if (strcmp(file->name, DOCUMENT) == 0) {
            ht_kept_init(&page->document, type, bytes);
            continue;
        }
        assert(page->count < HT_PAGE_ASSETS);
        page->names[page->count] = file->name;
        ht_kept_init(&page->assets[page->count++], type, bytes);
    }
    assert(page->document.type);
}

void ht_page_release(struct ht_page *page)
{
    ht_kept_release(&page->document);
    for (size_t i = 0; i < page->count; i++)
        ht_kept_release(&page->assets[i]);
}

void ht_page_document(struct ht_request *request)
{
    ht_reply_page(request, &request->loop->server->page.document, false);
}

void ht_page_asset(struct ht_request *request)
{
    struct ht_error err;
    const struct ht_page *page = &request->loop->server->page;
    for (size_t i = 0; i < page->count; i++) {
        if (!ht_slice_is(request->match.captures[0], page->names[i])) continue;
        ht_reply_page(request, &page->assets[i], true);
        return;
    }
    ht_fail(&err, HT_NOT_FOUND, "there is nothing here");
    ht_reply_problem(request, &err);
}
