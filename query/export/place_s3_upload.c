#include "place_s3_upload.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>

#include "hooktrail/encode.h"
#include "place_s3_xml.h"

static void forget(struct export_s3_upload *upload)
{
    ht_buffer_release(&upload->id);
    ht_buffer_release(&upload->parts);
    *upload = (struct export_s3_upload){0};
}

/* ---- what killed runs left ---- */

static enum ht_status abort_upload(struct export_s3 *s3, const char *key, const char *id, bool once,
                                   struct ht_error *err)
{
    struct ht_buffer query = {0};
    struct export_s3_answer answer = {0};
    ht_buffer_add_text(&query, "uploadId=");
    export_s3_escape(&query, id, false);
    struct export_s3_request request = {.method = "DELETE", .key = key, .query = ht_buffer_text(&query), .once = once};
    enum ht_status status = ht_buffer_status(&query, err);
    if (status == HT_OK) status = export_s3_perform(s3, &request, &answer, err);
    bool gone = strcmp(answer.failure.code, "NoSuchUpload") == 0;
    export_s3_answer_release(&answer);
    ht_buffer_release(&query);
    return gone ? HT_OK : status;
}

struct stale {
    const char *key;
    bool same_key;
    struct ht_buffer id;  /* of the upload that is being listed */
    struct ht_buffer ids; /* of this key, each with a NUL behind */
};

/* One that begins with our key may be another's, and is left alone. */
static enum ht_status take_stale(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    static const char root[] = "ListMultipartUploadsResult/Upload";
    struct stale *stale = context;
    if (strncmp(path, root, sizeof root - 1) != 0) return HT_OK;
    const char *field = path + sizeof root - 1;
    if (strcmp(field, "/Key") == 0) stale->same_key = ht_slice_is(text, stale->key);
    if (strcmp(field, "/UploadId") == 0) {
        ht_buffer_clear(&stale->id);
        ht_buffer_add(&stale->id, text);
    }
    if (field[0] != '\0') return HT_OK;
    if (stale->same_key && stale->id.size > 0) {
        ht_buffer_add(&stale->ids, ht_buffer_slice(&stale->id));
        ht_buffer_add_byte(&stale->ids, '\0');
    }
    stale->same_key = false;
    ht_buffer_clear(&stale->id);
    return ht_buffer_status(&stale->ids, err);
}

static enum ht_status list_stale(struct export_s3 *s3, struct stale *stale, struct ht_error *err)
{
    struct ht_buffer query = {0};
    struct export_s3_answer answer = {0};
    ht_buffer_add_text(&query, "prefix=");
    export_s3_escape(&query, stale->key, false);
    ht_buffer_add_text(&query, "&uploads=");
    struct export_s3_request request = {.method = "GET", .key = "", .query = ht_buffer_text(&query)};
    enum ht_status status = ht_buffer_status(&query, err);
    if (status == HT_OK) status = export_s3_perform(s3, &request, &answer, err);
    if (status == HT_OK) status = export_s3_xml_walk(ht_buffer_slice(&answer.body), take_stale, stale, err);
    export_s3_answer_release(&answer);
    ht_buffer_release(&query);
    return status;
}

/* One page of the list, the first 1,000, is enough: a run that is killed leaves one. */
static enum ht_status abort_stale(struct export_s3 *s3, const char *key, struct ht_error *err)
{
    struct stale stale = {.key = key};
    enum ht_status status = list_stale(s3, &stale, err);
    struct ht_slice ids = ht_buffer_slice(&stale.ids);
    for (size_t at = 0; at < ids.size && status == HT_OK; at += strlen(ids.data + at) + 1)
        status = abort_upload(s3, key, ids.data + at, false, err);
    ht_buffer_release(&stale.id);
    ht_buffer_release(&stale.ids);
    return status;
}

/* ---- begin ---- */

static enum ht_status make_mark(struct export_s3_upload *upload, struct ht_error *err)
{
    uint8_t random[16];
    struct ht_buffer text = {0};
    if (getrandom(random, sizeof random, 0) != sizeof random) return ht_fail(err, HT_IO, "there are no random bytes");
    ht_hex_add(&text, random, sizeof random);
    snprintf(upload->mark, sizeof upload->mark, "%s", ht_buffer_text(&text));
    enum ht_status status = ht_buffer_status(&text, err);
    ht_buffer_release(&text);
    return status;
}

static enum ht_status take_id(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    struct ht_buffer *id = context;
    if (strcmp(path, "InitiateMultipartUploadResult/UploadId") == 0 && id->size == 0) ht_buffer_add(id, text);
    return ht_buffer_status(id, err);
}

static enum ht_status create(struct export_s3_upload *upload, struct export_s3 *s3, struct ht_error *err)
{
    char mark[80];
    struct export_s3_answer answer = {0};
    struct export_s3_request request = {.method = "POST", .key = upload->key, .query = "uploads=", .header = mark};
    snprintf(mark, sizeof mark, "x-amz-meta-hooktrail-upload: %s", upload->mark);
    enum ht_status status = export_s3_perform(s3, &request, &answer, err);
    if (status == HT_OK) status = export_s3_xml_walk(ht_buffer_slice(&answer.body), take_id, &upload->id, err);
    if (status == HT_OK && (upload->id.size == 0 || memchr(upload->id.data, '\0', upload->id.size)))
        status = ht_fail(err, HT_IO, "the store gave no id for an upload");
    export_s3_answer_release(&answer);
    return status;
}

enum ht_status export_s3_upload_begin(struct export_s3_upload *upload, struct export_s3 *s3, const char *key,
                                      struct ht_error *err)
{
    *upload = (struct export_s3_upload){.key = key};
    enum ht_status status = make_mark(upload, err);
    if (status == HT_OK) status = abort_stale(s3, key, err);
    if (status == HT_OK) status = create(upload, s3, err);
    return status;
}

/* ---- parts ---- */

static enum ht_status add_part(struct export_s3_upload *upload, const char *etag, struct ht_error *err)
{
    if (etag[0] == '\0') return ht_fail(err, HT_IO, "the store gave no ETag for part %" PRIu32, upload->count);
    ht_buffer_printf(&upload->parts, "<Part><PartNumber>%" PRIu32 "</PartNumber><ETag>", upload->count);
    export_s3_xml_add(&upload->parts, etag);
    ht_buffer_add_text(&upload->parts, "</ETag></Part>");
    return ht_buffer_status(&upload->parts, err);
}

enum ht_status export_s3_upload_part(struct export_s3_upload *upload, struct export_s3 *s3, struct ht_slice bytes,
                                     struct ht_error *err)
{
    struct ht_buffer query = {0};
    struct export_s3_answer answer = {0};
    if (upload->count == EXPORT_S3_PARTS_MAX)
        return ht_fail(err, HT_TOO_LARGE, "a file in a bucket has at most %d parts of %zu bytes", EXPORT_S3_PARTS_MAX,
                       EXPORT_S3_PART);
    ht_buffer_printf(&query, "partNumber=%" PRIu32 "&uploadId=", ++upload->count);
    export_s3_escape(&query, ht_buffer_text(&upload->id), false);
    struct export_s3_request request = {
        .method = "PUT", .key = upload->key, .query = ht_buffer_text(&query), .body = bytes};
    enum ht_status status = ht_buffer_status(&query, err);
    if (status == HT_OK) status = export_s3_perform(s3, &request, &answer, err);
    if (status == HT_OK) status = add_part(upload, answer.etag, err);
    upload->size += bytes.size;
    export_s3_answer_release(&answer);
    ht_buffer_release(&query);
    return status;
}

/* ---- the end ---- */

/* Of this upload, and of its size: what each part holds the store has checked by its digest. */
static enum ht_status check_whole(const struct export_s3_upload *upload, struct export_s3 *s3, struct ht_error *err)
{
    struct export_s3_answer answer = {0};
    struct export_s3_request request = {.method = "HEAD", .key = upload->key};
    enum ht_status status = export_s3_perform(s3, &request, &answer, err);
    if (status == HT_NOT_FOUND || (status == HT_OK && strcmp(answer.mark, upload->mark) != 0))
        status = ht_fail(err, HT_IO, "s3://%s/%.200s is not what was uploaded: does another export write there?",
                         s3->settings.bucket, upload->key);
    if (status == HT_OK && answer.size != upload->size)
        status = ht_fail(err, HT_CORRUPT, "s3://%s/%.200s has %" PRIu64 " bytes, and not %" PRIu64, s3->settings.bucket,
                         upload->key, answer.size, upload->size);
    export_s3_answer_release(&answer);
    return status;
}

static enum ht_status send_list(struct export_s3_upload *upload, struct export_s3 *s3, struct export_s3_answer *answer,
                                struct ht_error *err)
{
    struct ht_buffer query = {0}, body = {0};
    ht_buffer_add_text(&query, "uploadId=");
    export_s3_escape(&query, ht_buffer_text(&upload->id), false);
    ht_buffer_add_text(&body, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    ht_buffer_add(&body, ht_buffer_slice(&upload->parts));
    ht_buffer_add_text(&body, "</CompleteMultipartUpload>");
    struct export_s3_request request = {.method = "POST",
                                        .key = upload->key,
                                        .query = ht_buffer_text(&query),
                                        .type = "application/xml",
                                        .body = ht_buffer_slice(&body)};
    enum ht_status status = ht_buffer_status(&query, err);
    if (status == HT_OK) status = ht_buffer_status(&body, err);
    if (status == HT_OK) status = export_s3_perform(s3, &request, answer, err);
    ht_buffer_release(&body);
    ht_buffer_release(&query);
    return status;
}

/* A try whose answer got lost may have completed it; the next one then finds no upload, and the file tells. */
enum ht_status export_s3_upload_complete(struct export_s3_upload *upload, struct export_s3 *s3, struct ht_error *err)
{
    struct export_s3_answer answer = {0};
    struct ht_error unlike = {0};
    enum ht_status status = send_list(upload, s3, &answer, err);
    bool gone = status != HT_OK && strcmp(answer.failure.code, "NoSuchUpload") == 0;
    export_s3_answer_release(&answer);
    if (status == HT_OK)
        status = check_whole(upload, s3, err);
    else if (gone && check_whole(upload, s3, &unlike) == HT_OK)
        status = HT_OK;
    if (status == HT_OK) forget(upload);
    return status;
}

void export_s3_upload_abort(struct export_s3_upload *upload, struct export_s3 *s3)
{
    if (upload->id.size > 0) (void)!abort_upload(s3, upload->key, ht_buffer_text(&upload->id), true, NULL);
    forget(upload);
}
