/* JSON that passes the scanner: mended it passes again, has nothing left to mend, and is the same text where nothing
   was; a key is no other's; other bytes: nothing beyond them is read.

   Covers: query/export/mend.c */
#include <stdlib.h>

#include "../../query/export/mend.h"
#include "hooktrail/json.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_json(struct ht_json *json, struct ht_slice text)
{
    struct ht_error err;
    enum ht_status status = ht_json_parse(json, text, &err);
    return status == HT_OK || strstr(err.detail, "has already") != NULL; /* two keys may become one */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_slice text = ht_slice_of(data, size);
    struct ht_buffer once = {0}, twice = {0};
    static struct ht_json *json; /* megabytes: made once */
    uint32_t reasons = 0, more = 0;
    if (!json) json = ht_json_new();
    require(json != NULL);
    if (size == 0) text = HT_SLICE("");
    bool sound = ht_json_parse(json, text, NULL) == HT_OK;
    struct ht_slice mended = mend_json(text, &once, &reasons);
    require(reasons != 0 || mended.data == text.data);
    if (sound) {
        require(is_json(json, mended));
        struct ht_slice again = mend_json(mended, &twice, &more);
        require(more == 0 && ht_slice_equal(again, mended));
    }
    struct ht_slice key = mend_key(text, &once, &more);
    require(key.size <= MEND_KEY_SIZE && !memchr(key.data, 0, key.size));
    /* Whoever is called as a mended key is told from it. */
    require(key.data == text.data || !ht_slice_equal(mend_key(key, &twice, &more), key));
    ht_buffer_release(&once);
    ht_buffer_release(&twice);
    return 0;
}
