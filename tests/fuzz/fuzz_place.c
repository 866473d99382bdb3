/* What an export finds where it goes, and what it is given, the first byte says which: the manifest of a run, names of
   which a manifest is made, a file of credentials, a state of Singer's. What was written is read again as it was; what
   is taken stands in the text.

   Covers: query/export/files_manifest.c query/export/place_s3_credentials.c query/export/place.c */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../query/export/files_manifest.h"
#include "../../query/export/place_s3_credentials.h"
#include "../../query/export/target_singer.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TRAIL "00112233445566778899aabbccddeeff"
#define NAME "nightly"

/* ---- a place that holds one manifest, and notes what is removed ---- */

struct shelf {
    struct export_place place;
    struct ht_slice manifest;
    struct files_names removed;
};

static enum ht_status list(struct export_place *place, const char *prefix, export_place_visit *visit, void *context,
                           struct ht_error *err)
{
    require(strcmp(prefix, "_manifests/") == 0);
    return visit(context, "_manifests/nightly-000000000001.json", ((struct shelf *)place)->manifest.size, err);
}

static enum ht_status read_file(struct export_place *place, const char *name, size_t most, struct ht_buffer *out,
                                struct ht_error *err)
{
    (void)name, (void)most;
    ht_buffer_add(out, ((struct shelf *)place)->manifest);
    return ht_buffer_status(out, err);
}

/* As every place does. */
static enum ht_status remove_file(struct export_place *place, const char *name, struct ht_error *err)
{
    require(strlen(name) < FILES_NAME_SIZE);
    enum ht_status status = export_place_name_check(name, err);
    return status == HT_OK ? files_names_add(&((struct shelf *)place)->removed, name, err) : status;
}

static const struct export_place_ops ops = {.list = list, .read = read_file, .remove = remove_file};

/* ---- manifests ---- */

static bool says(struct ht_slice text, const char *what)
{
    return text.size > 0 && memmem(text.data, text.size, what, strlen(what)) != NULL;
}

static void check_manifest(struct ht_slice text)
{
    struct shelf shelf = {.place.ops = &ops, .manifest = text};
    struct ht_error err = {0};
    uint64_t run;
    enum ht_status status = files_manifest_newest(&shelf.place, TRAIL, NAME, &run, &err);
    require(status == HT_OK || ((status == HT_EXISTS || status == HT_INVALID) && err.detail[0] != '\0'));
    require(status != HT_OK || (says(text, "\"" TRAIL "\"") && says(text, "\"" NAME "\"")));
    require(status != HT_EXISTS || shelf.removed.count == 0);
    for (const char *name = files_names_next(&shelf.removed, NULL); name; name = files_names_next(&shelf.removed, name))
        require(says(text, name));
    ht_buffer_release(&shelf.removed.text);
}

/* Each line that may be a file's name is one that the run has superseded. */
static void take_names(struct files_names *names, struct ht_slice text)
{
    char name[FILES_NAME_SIZE];
    while (text.size > 0) {
        const char *newline = memchr(text.data, '\n', text.size);
        size_t size = newline ? (size_t)(newline - text.data) : text.size, line = size + (newline ? 1 : 0);
        snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text.data);
        if (export_place_name_check(name, NULL) == HT_OK) require(files_names_add(names, name, NULL) == HT_OK);
        text = ht_slice_of(text.data + line, text.size - line);
    }
}

static void check_names(struct ht_slice text)
{
    const struct export_run run = {.trail = TRAIL,
                                   .name = NAME,
                                   .number = text.size,
                                   .restates = true,
                                   .checkpoint = HT_SLICE("a\n\"superseded\":[")};
    struct files_manifest manifest;
    struct files_names gone = {0};
    struct ht_buffer out = {0};
    uint64_t number;
    take_names(&gone, text);
    files_manifest_begin(&manifest);
    files_manifest_end(&manifest, &run, &gone, &out);
    struct shelf shelf = {.place.ops = &ops, .manifest = ht_buffer_slice(&out)};
    require(files_manifest_newest(&shelf.place, TRAIL, NAME, &number, NULL) == HT_OK && number == run.number);
    require(shelf.removed.count == gone.count);
    require(ht_slice_equal(ht_buffer_slice(&shelf.removed.text), ht_buffer_slice(&gone.text)));
    ht_buffer_release(&shelf.removed.text);
    ht_buffer_release(&manifest.text);
    ht_buffer_release(&gone.text);
    ht_buffer_release(&out);
}

/* ---- credentials ---- */

static void add_setting(struct ht_buffer *out, const char *name, struct ht_buffer *value)
{
    if (value->size == 0) return;
    ht_buffer_printf(out, " %s\t= ", name);
    ht_buffer_add(out, ht_buffer_slice(value));
    ht_buffer_add_text(out, "\r\n");
}

static void require_same(struct ht_buffer *a, struct ht_buffer *b)
{
    require(ht_slice_equal(ht_buffer_slice(a), ht_buffer_slice(b)));
    require(a->size == 0 || !memchr(a->data, '\n', a->size));
}

static void check_credentials(struct ht_slice text)
{
    struct ht_buffer out = {0};
    struct ht_error err = {0};
    struct export_s3_credentials once = {0}, twice = {0};
    enum ht_status status = export_s3_credentials_parse(text, "default", "file", &once, &err);
    require(status == HT_OK || (status == HT_INVALID && err.detail[0] != '\0'));
    if (status == HT_OK) {
        require(once.key_id.size > 0 && once.secret.size > 0 && says(text, "default"));
        ht_buffer_add_text(&out, "[other]\naws_access_key_id = x\n[ default ]\n");
        add_setting(&out, "aws_access_key_id", &once.key_id);
        add_setting(&out, "aws_secret_access_key", &once.secret);
        add_setting(&out, "aws_session_token", &once.token);
        add_setting(&out, "region", &once.region);
        add_setting(&out, "endpoint_url", &once.endpoint);
        ht_buffer_add_text(&out, "[other]\naws_secret_access_key = x\n");
        require(export_s3_credentials_parse(ht_buffer_slice(&out), "default", "file", &twice, NULL) == HT_OK);
        require_same(&once.key_id, &twice.key_id);
        require_same(&once.secret, &twice.secret);
        require_same(&once.token, &twice.token);
        require_same(&once.region, &twice.region);
        require_same(&once.endpoint, &twice.endpoint);
    }
    ht_buffer_release(&out);
    export_s3_credentials_release(&once);
    export_s3_credentials_release(&twice);
}

/* ---- states ---- */

static void check_state(struct ht_slice text)
{
    char path[64];
    uint64_t run = 7;
    struct ht_mark after;
    struct ht_error err = {0};
    int fd = memfd_create("state", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, text.data, text.size) == (ssize_t)text.size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum ht_status status = export_singer_state(path, TRAIL, &run, &after, &err);
    require(status == HT_OK || (status == HT_INVALID && strcmp(err.pointer, "state") == 0));
    require(status != HT_OK || (text.size == 0 ? run == 0 : says(text, TRAIL)));
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct ht_slice) = {check_manifest, check_names, check_credentials, check_state};
    if (size == 0) return 0;
    checks[data[0] % (sizeof checks / sizeof checks[0])](ht_slice_of(data + 1, size - 1));
    return 0;
}
