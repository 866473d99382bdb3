/* A bucket as the place of an export (S3 and what speaks its protocol).

   A file that fits into one part is put at once, a larger one in parts while it is written: memory holds one part. Each
   request carries the SHA-256 of its body, which the store checks; with a small file it is kept as x-amz-meta-sha256.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "place.h"
#include "place_s3_list.h"
#include "place_s3_upload.h"

struct bucket {
    struct export_place place;
    struct export_s3 s3;
    bool writing;
    char key[EXPORT_S3_KEY]; /* of the file being written */
    struct ht_buffer part;   /* what is not sent yet of it, a part at most */
    struct export_s3_upload upload;
};

static struct bucket *bucket_of(struct export_place *place)
{
    return (struct bucket *)place;
}

static enum ht_status make_key(const struct bucket *bucket, const char *name, char key[EXPORT_S3_KEY],
                               struct ht_error *err)
{
    enum ht_status status = export_place_name_check(name, err);
    if (status == HT_OK) snprintf(key, EXPORT_S3_KEY, "%s%s", bucket->s3.settings.prefix, name);
    return status;
}

/* ---- writing ---- */

static void abandon(struct export_place *place)
{
    struct bucket *bucket = bucket_of(place);
    export_s3_upload_abort(&bucket->upload, &bucket->s3);
    ht_buffer_clear(&bucket->part);
    bucket->writing = false;
}

/* What an earlier run left is removed once it is known whether this file is uploaded in parts: only then something can
   be left. */
static enum ht_status begin(struct export_place *place, const char *name, struct ht_error *err)
{
    struct bucket *bucket = bucket_of(place);
    assert(!bucket->writing);
    enum ht_status status = make_key(bucket, name, bucket->key, err);
    bucket->writing = status == HT_OK;
    return status;
}

static enum ht_status send_part(struct bucket *bucket, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (bucket->upload.id.size == 0) status = export_s3_upload_begin(&bucket->upload, &bucket->s3, bucket->key, err);
    if (status == HT_OK)
        status = export_s3_upload_part(&bucket->upload, &bucket->s3, ht_buffer_slice(&bucket->part), err);
    ht_buffer_clear(&bucket->part);
    return status;
}

/* A full part waits for one more byte, so that none is empty. */
static enum ht_status write_bytes(struct export_place *place, struct ht_slice bytes, struct ht_error *err)
{
    struct bucket *bucket = bucket_of(place);
    assert(bucket->writing);
    while (bytes.size > 0) {
        enum ht_status status = bucket->part.size == EXPORT_S3_PART ? send_part(bucket, err) : HT_OK;
        if (status != HT_OK) return status;
        size_t room = EXPORT_S3_PART - bucket->part.size;
        size_t size = bytes.size < room ? bytes.size : room;
        ht_buffer_add_bytes(&bucket->part, bytes.data, size);
        bytes = ht_slice_of(bytes.data + size, bytes.size - size);
    }
    return ht_buffer_status(&bucket->part, err);
}

static enum ht_status put(struct bucket *bucket, const uint8_t sha256[HT_SHA256_SIZE], struct ht_error *err)
{
    struct ht_buffer header = {0};
    struct export_s3_answer answer = {0};
    ht_buffer_add_text(&header, "x-amz-meta-sha256: ");
    ht_hex_add(&header, sha256, HT_SHA256_SIZE);
    struct export_s3_request request = {.method = "PUT",
                                        .key = bucket->key,
                                        .header = ht_buffer_text(&header),
                                        .body = ht_buffer_slice(&bucket->part),
                                        .sha256 = sha256};
    enum ht_status status = ht_buffer_status(&header, err);
    if (status == HT_OK) status = export_s3_perform(&bucket->s3, &request, &answer, err);
    export_s3_answer_release(&answer);
    ht_buffer_release(&header);
    return status;
}

static enum ht_status commit(struct export_place *place, const char *name, const uint8_t sha256[HT_SHA256_SIZE],
                             struct ht_error *err)
{
    struct bucket *bucket = bucket_of(place);
    enum ht_status status;
    assert(bucket->writing);
    (void)name; /* that of begin: an object can't be renamed */
    if (bucket->upload.id.size == 0) {
        status = put(bucket, sha256, err);
    } else {
        status = send_part(bucket, err);
        if (status == HT_OK) status = export_s3_upload_complete(&bucket->upload, &bucket->s3, err);
    }
    if (status != HT_OK) return status;
    ht_buffer_clear(&bucket->part);
    bucket->writing = false;
    return HT_OK;
}

/* ---- what is there ---- */

static enum ht_status list(struct export_place *place, const char *prefix, export_place_visit *visit, void *context,
                           struct ht_error *err)
{
    return export_s3_list(&bucket_of(place)->s3, prefix, visit, context, err);
}

static enum ht_status read_file(struct export_place *place, const char *name, size_t most, struct ht_buffer *out,
                                struct ht_error *err)
{
    struct bucket *bucket = bucket_of(place);
    char key[EXPORT_S3_KEY];
    struct export_s3_answer answer = {0};
    struct export_s3_request request = {.method = "GET", .key = key, .most = most};
    enum ht_status status = make_key(bucket, name, key, err);
    if (status == HT_OK) status = export_s3_perform(&bucket->s3, &request, &answer, err);
    if (status == HT_OK) {
        ht_buffer_add(out, ht_buffer_slice(&answer.body));
        status = ht_buffer_status(out, err);
    }
    export_s3_answer_release(&answer);
    return status;
}

static enum ht_status remove_file(struct export_place *place, const char *name, struct ht_error *err)
{
    struct bucket *bucket = bucket_of(place);
    char key[EXPORT_S3_KEY];
    struct export_s3_answer answer = {0};
    struct export_s3_request request = {.method = "DELETE", .key = key};
    enum ht_status status = make_key(bucket, name, key, err);
    if (status == HT_OK) status = export_s3_perform(&bucket->s3, &request, &answer, err);
    export_s3_answer_release(&answer);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* ---- opening ---- */

static void close_place(struct export_place *place)
{
    struct bucket *bucket = bucket_of(place);
    abandon(place);
    ht_buffer_release(&bucket->part);
    export_s3_close(&bucket->s3);
    free(bucket);
}

static const struct export_place_ops ops = {
    .begin = begin,
    .write = write_bytes,
    .commit = commit,
    .abandon = abandon,
    .list = list,
    .read = read_file,
    .remove = remove_file,
    .close = close_place,
};

enum ht_status export_place_s3_open(const char *url, struct export_place **place, struct ht_error *err)
{
    struct bucket *bucket = calloc(1, sizeof *bucket);
    if (!bucket) return ht_fail(err, HT_NO_MEMORY, "out of memory for an export");
    bucket->place.ops = &ops;
    enum ht_status status = export_s3_open(&bucket->s3, url, err);
    if (status == HT_OK)
        *place = &bucket->place;
    else
        close_place(&bucket->place);
    return status;
}
