/* What an object store answers, the first byte says which: any XML, an error, a page of a list. Only bounded text comes
   out; the names of a list are ours and ascend.

   Covers: query/export/place_s3_xml.c query/export/place_s3_failure.c query/export/place_s3_list.c query/export/place.c
 */
#include <stdlib.h>

#include "../../query/export/place_s3_list.h"
#include "../../query/export/place_s3_xml.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ht_status see_element(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    size_t *left = context;
    require(path[0] != '\0' && strlen(path) < EXPORT_S3_XML_PATH && text.size <= EXPORT_S3_XML_TEXT);
    if (*left == 0) return ht_fail(err, HT_STOPPING, "enough");
    --*left;
    return HT_OK;
}

/* The walk ends where the visitor ends it. */
static void check_xml(struct ht_slice bytes)
{
    size_t left = bytes.size % 64;
    enum ht_status status = export_s3_xml_walk(bytes, see_element, &left, NULL);
    require(status == HT_OK || status == HT_INVALID || (status == HT_STOPPING && left == 0));
}

static void check_error(struct ht_slice bytes)
{
    struct export_s3_failure failure = {.http = 400};
    struct ht_error err = {0};
    bool known = export_s3_failure_parse(bytes, &failure);
    require(known == (failure.code[0] != '\0'));
    require(export_s3_failure_tell(&failure, "s3://bucket/key", &err) != HT_OK);
    require(strncmp(err.detail, "s3://bucket/key: ", 17) == 0);
}

static enum ht_status see_name(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    char *last = context;
    (void)size;
    require(export_place_name_check(name, err) == HT_OK && strcmp(last, name) < 0);
    memcpy(last, name, strlen(name) + 1);
    return HT_OK;
}

static void check_list(struct ht_slice bytes)
{
    char last[EXPORT_PLACE_NAME_MAX + 1] = "";
    struct export_s3_page page = {.prefix = "a/", .visit = see_name, .context = last};
    enum ht_status status = export_s3_page_parse(&page, bytes, NULL);
    require(status == HT_OK || status == HT_INVALID || status == HT_IO);
    require(status != HT_OK || !page.truncated || page.next.size > 0);
    ht_buffer_release(&page.next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct ht_slice) = {check_xml, check_error, check_list};
    if (size == 0) return 0;
    checks[data[0] % (sizeof checks / sizeof checks[0])](ht_slice_of(data + 1, size - 1));
    return 0;
}
