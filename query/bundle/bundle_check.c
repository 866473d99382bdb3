/* An evidence bundle, checked: the zip, its sums, and what is in it. */
#include "check.h"
#include "hooktrail/encode.h"
#include "zip_reader.h"

struct checking {
    struct check check;
    struct zip_reader zip;
    struct ht_buffer sums;
    ht_progress *progress;
    void *context;
    uint64_t done;
};

void ht_bundle_shown_release(struct ht_bundle_shown *shown)
{
    ht_buffer_release(&shown->about);
}

static enum ht_status count_file(struct checking *checking, struct ht_error *err)
{
    checking->done++;
    if (!checking->progress || checking->progress(checking->context, checking->done, 2 * checking->zip.count))
        return HT_OK;
    return ht_fail(err, HT_STOPPING, "stopped before the bundle was checked");
}

static enum ht_status take_file(void *context, const struct zip_entry *entry, struct ht_slice bytes,
                                struct ht_error *err)
{
    struct checking *checking = context;
    enum ht_status status = count_file(checking, err);
    if (status != HT_OK) return status;
    if (strcmp(entry->name, LAYOUT_SUMS) != 0)
        return check_take(&checking->check, ht_slice_from(entry->name), entry->sha256, bytes, err);
    memcpy(checking->check.shown->sums, entry->sha256, sizeof entry->sha256);
    ht_buffer_add(&checking->sums, bytes);
    return ht_buffer_status(&checking->sums, err);
}

static enum ht_status take_again(void *context, const struct zip_entry *entry, struct ht_slice bytes,
                                 struct ht_error *err)
{
    struct checking *checking = context;
    enum ht_status status = count_file(checking, err);
    if (status != HT_OK) return status;
    return check_again(&checking->check, ht_slice_from(entry->name), entry->sha256, bytes, err);
}

/* "HEX  NAME", the line of one file, as we would write it. */
static enum ht_status check_line(const struct zip_reader *zip, struct ht_slice line, struct ht_buffer *wanted,
                                 struct ht_error *err)
{
    const size_t digits = 2 * HT_SHA256_SIZE;
    struct ht_slice name =
        line.size > digits + 2 ? ht_slice_of(line.data + digits + 2, line.size - digits - 2) : HT_SLICE("");
    struct zip_entry *entry = zip_reader_find(zip, name);
    if (!entry || entry->summed || strcmp(entry->name, LAYOUT_SUMS) == 0)
        return ht_fail(err, HT_CORRUPT, "SHA256SUMS has a line that is of no file, or of one twice");
    entry->summed = true;
    ht_buffer_clear(wanted);
    ht_hex_add(wanted, entry->sha256, sizeof entry->sha256);
    ht_buffer_printf(wanted, "  %s", entry->name);
    enum ht_status status = ht_buffer_status(wanted, err);
    if (status != HT_OK) return status;
    if (ht_slice_equal(line, ht_buffer_slice(wanted))) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "%s has another SHA-256 than SHA256SUMS says", entry->name);
}

static enum ht_status check_sums(const struct checking *checking, struct ht_buffer *wanted, struct ht_error *err)
{
    const struct zip_reader *zip = &checking->zip;
    struct ht_slice rest = ht_buffer_slice(&checking->sums);
    while (rest.size > 0) {
        const char *end = memchr(rest.data, '\n', rest.size);
        if (!end) return ht_fail(err, HT_CORRUPT, "SHA256SUMS does not end with a whole line");
        size_t size = (size_t)(end - rest.data);
        enum ht_status status = check_line(zip, ht_slice_of(rest.data, size), wanted, err);
        if (status != HT_OK) return status;
        rest = ht_slice_of(end + 1, rest.size - size - 1);
    }
    for (size_t i = 0; i < zip->count; i++)
        if (!zip->entries[i].summed && strcmp(zip->entries[i].name, LAYOUT_SUMS) != 0)
            return ht_fail(err, HT_CORRUPT, "%s is not in SHA256SUMS", zip->entries[i].name);
    return HT_OK;
}

static enum ht_status run(struct checking *checking, struct ht_error *err)
{
    struct ht_buffer line = {0};
    enum ht_status status = zip_reader_open(&checking->zip, err);
    if (status == HT_OK) status = zip_reader_run(&checking->zip, take_file, checking, err);
    if (status == HT_OK) status = check_sums(checking, &line, err);
    if (status == HT_OK) status = check_end(&checking->check, err);
    if (status == HT_OK) status = zip_reader_run(&checking->zip, take_again, checking, err);
    ht_buffer_release(&line);
    return status;
}

static enum ht_status check_zip(struct checking *checking, const struct ht_verifier *keys, size_t count,
                                struct ht_bundle_shown *shown, struct ht_error *err)
{
    *shown = (struct ht_bundle_shown){.made_at = HT_TIME_NONE};
    enum ht_status status = check_init(&checking->check, keys, count, shown, err);
    if (status == HT_OK) status = run(checking, err);
    check_release(&checking->check);
    zip_reader_release(&checking->zip);
    ht_buffer_release(&checking->sums);
    return status;
}

enum ht_status ht_bundle_check(const char *path, const struct ht_verifier *keys, size_t count, ht_progress *progress,
                               void *context, struct ht_bundle_shown *shown, struct ht_error *err)
{
    struct checking checking = {.zip = {.path = path}, .progress = progress, .context = context};
    return check_zip(&checking, keys, count, shown, err);
}

enum ht_status ht_bundle_check_bytes(struct ht_slice zip, const struct ht_verifier *keys, size_t count,
                                     struct ht_bundle_shown *shown, struct ht_error *err)
{
    struct checking checking = {.zip = {.bytes = zip}};
    return check_zip(&checking, keys, count, shown, err);
}
