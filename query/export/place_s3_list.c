#include "place_s3_list.h"

#include <stdio.h>

#include "hooktrail/encode.h"
#include "place_s3_xml.h"

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = c ? strchr(digits, c) : NULL;
    return digit ? (int)(digit - digits) % 16 : -1;
}

/* Keys come escaped, as in a query: XML couldn't hold all that a foreign key may. False if it is too long for ours, or
   has a NUL. */
static bool unescape(struct ht_slice text, char *to, size_t capacity)
{
    size_t size = 0;
    for (size_t at = 0; at < text.size; at++) {
        char c = text.data[at];
        if (size + 1 == capacity) return false;
        int high = at + 2 < text.size ? hex_digit(text.data[at + 1]) : -1,
            low = high < 0 ? -1 : hex_digit(text.data[at + 2]);
        if (c == '+') c = ' ';
        if (c == '%' && low >= 0) {
            c = (char)(16 * high + low);
            at += 2;
        }
        if (c == '\0') return false;
        to[size++] = c;
    }
    to[size] = '\0';
    return true;
}

static enum ht_status end_entry(struct export_s3_page *page, struct ht_error *err)
{
    size_t prefix = strlen(page->prefix);
    bool is_ours =
        strncmp(page->key, page->prefix, prefix) == 0 && export_place_name_check(page->key + prefix, NULL) == HT_OK;
    if (!is_ours) return HT_OK;
    if (strcmp(page->last, page->key) >= 0)
        return ht_fail(err, HT_IO, "the store lists %.100s behind %.100s: not in the order of the names", page->key,
                       page->last);
    memcpy(page->last, page->key, sizeof page->last);
    return page->visit(page->context, page->key + prefix, page->size, err);
}

static enum ht_status take_size(struct export_s3_page *page, struct ht_slice text, struct ht_error *err)
{
    if (ht_parse_u64(text, &page->size) == HT_OK) return HT_OK;
    return ht_fail(err, HT_INVALID, "the store gives a file a size that is no number");
}

static enum ht_status take(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    static const char root[] = "ListBucketResult/";
    struct export_s3_page *page = context;
    if (strncmp(path, root, sizeof root - 1) != 0) return HT_OK;
    const char *field = path + sizeof root - 1;
    if (strcmp(field, "IsTruncated") == 0) page->truncated = ht_slice_is(text, "true");
    if (strcmp(field, "NextContinuationToken") == 0) {
        ht_buffer_clear(&page->next);
        ht_buffer_add(&page->next, text);
        return ht_buffer_status(&page->next, err);
    }
    if (strcmp(field, "Contents/Key") == 0 && !unescape(text, page->key, sizeof page->key)) page->key[0] = '\0';
    if (strcmp(field, "Contents/Size") == 0) return take_size(page, text, err);
    if (strcmp(field, "Contents") != 0) return HT_OK;
    enum ht_status status = end_entry(page, err);
    page->key[0] = '\0';
    page->size = 0;
    return status;
}

enum ht_status export_s3_page_parse(struct export_s3_page *page, struct ht_slice xml, struct ht_error *err)
{
    page->key[0] = '\0';
    page->size = 0;
    page->truncated = false;
    ht_buffer_clear(&page->next);
    enum ht_status status = export_s3_xml_walk(xml, take, page, err);
    if (status == HT_OK && page->truncated && (page->next.size == 0 || memchr(page->next.data, '\0', page->next.size)))
        return ht_fail(err, HT_INVALID, "the store gives no token for the next page of its list");
    return status;
}

static enum ht_status ask(struct export_s3 *s3, const char *token, const char *prefix, struct export_s3_answer *answer,
                          struct ht_error *err)
{
    struct ht_buffer query = {0};
    if (token[0]) {
        ht_buffer_add_text(&query, "continuation-token=");
        export_s3_escape(&query, token, false);
        ht_buffer_add_byte(&query, '&');
    }
    ht_buffer_add_text(&query, "encoding-type=url&list-type=2&prefix=");
    export_s3_escape(&query, s3->settings.prefix, false);
    export_s3_escape(&query, prefix, false);
    struct export_s3_request request = {.method = "GET", .key = "", .query = ht_buffer_text(&query)};
    enum ht_status status = ht_buffer_status(&query, err);
    if (status == HT_OK) status = export_s3_perform(s3, &request, answer, err);
    ht_buffer_release(&query);
    return status;
}

/* A page is held while its files are visited, so that the visitor may ask the bucket for them. */
enum ht_status export_s3_list(struct export_s3 *s3, const char *prefix, export_place_visit *visit, void *context,
                              struct ht_error *err)
{
    struct export_s3_page page = {.prefix = s3->settings.prefix, .visit = visit, .context = context};
    enum ht_status status;
    do {
        struct export_s3_answer answer = {0};
        status = ask(s3, ht_buffer_text(&page.next), prefix, &answer, err);
        if (status == HT_OK) status = export_s3_page_parse(&page, ht_buffer_slice(&answer.body), err);
        export_s3_answer_release(&answer);
    } while (status == HT_OK && page.truncated);
    ht_buffer_release(&page.next);
    return status;
}
