/* What a browser sends when it signs in and after: of a Cookie header the value comes out that stands in it once, of an
   Origin only the one that is the host's is our own, and of a body the members say the same when they are written
   again.

   Covers: server/browser.c server/members.c */
#include <ctype.h>
#include <stdlib.h>

#include "../../server/browser.h"
#include "../../server/members.h"
#include "hooktrail/emit.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- cookies ---- */

/* How many parts of the header, at semicolons, begin with "s=" once blanks are skipped. */
static size_t count_cookies(struct ht_slice header)
{
    size_t count = 0;
    bool begins = true;
    for (size_t i = 0; i < header.size; i++) {
        if (header.data[i] == ';') {
            begins = true;
        } else if (header.data[i] != ' ' && header.data[i] != '\t') {
            count += begins && header.data[i] == 's' && i + 1 < header.size && header.data[i + 1] == '=';
            begins = false;
        }
    }
    return count;
}

static void check_cookie(struct ht_slice header)
{
    struct ht_buffer again = {0};
    struct ht_slice value = ht_browser_cookie(header, "s");
    require((value.data != NULL) == (count_cookies(header) == 1));
    if (!value.data) return;
    require(value.data >= header.data && value.data + value.size <= header.data + header.size);
    ht_buffer_printf(&again, "other=1; s=%.*s; more=2", HT_SLICE_ARGS(value));
    bool has_nul = value.size > 0 && memchr(value.data, '\0', value.size); /* printf ends there, headers have none */
    require(has_nul || ht_slice_equal(ht_browser_cookie(ht_buffer_slice(&again), "s"), value));
    ht_buffer_release(&again);
}

/* ---- origins ---- */

static void check_origin(struct ht_slice origin)
{
    static const char own[] = "https://a.example:81";
    bool is_own = origin.size == sizeof own - 1;
    for (size_t i = 0; is_own && i < origin.size; i++)
        is_own = tolower((unsigned char)origin.data[i]) == own[i];
    require(ht_browser_is_own(origin, HT_SLICE("A.example:81"), true) == is_own);
    require(!ht_browser_is_own(origin, HT_SLICE("a.example"), true) || !is_own);
    (void)ht_browser_is_own_site(origin);
}

/* ---- bodies ---- */

static void write_again(const struct ht_member members[2], struct ht_buffer *out)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    for (size_t i = 0; i < 2; i++) {
        if (!members[i].value.data) continue;
        ht_emit_key(&emit, members[i].name);
        ht_emit_string(&emit, members[i].value);
    }
    ht_emit_end_object(&emit);
}

static void check_body(struct ht_json *json, struct ht_slice text)
{
    struct ht_error err;
    struct ht_buffer out = {0}, written = {0}, out_again = {0};
    struct ht_member once[] = {{.name = "token", .required = true}, {.name = "scope"}};
    struct ht_member twice[] = {{.name = "token", .required = true}, {.name = "scope"}};
    if (ht_members_read(json, text, once, 2, &out, &err) == HT_OK) {
        require(once[0].value.data != NULL);
        write_again(once, &written);
        require(ht_members_read(json, ht_buffer_slice(&written), twice, 2, &out_again, &err) == HT_OK);
        for (size_t i = 0; i < 2; i++) {
            require((once[i].value.data == NULL) == (twice[i].value.data == NULL));
            require(ht_slice_equal(once[i].value, twice[i].value));
            require(!once[i].value.data || strlen(once[i].value.data) == once[i].value.size);
        }
    }
    ht_buffer_release(&out);
    ht_buffer_release(&written);
    ht_buffer_release(&out_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ht_json *json;
    struct ht_slice text = ht_slice_of(size ? (const char *)data : "", size);
    if (!json) json = ht_json_new();
    require(json != NULL);
    check_cookie(text);
    check_origin(text);
    check_body(json, text);
    return 0;
}
