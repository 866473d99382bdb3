/* Uploads one file to a bucket in parts (S3's multipart upload): nothing is seen of it until it is complete.

   An upload that is neither completed nor aborted stays in the bucket, unseen and paid for: whoever begins one for a
   key aborts what killed runs have left of that key. A bucket's rule "AbortIncompleteMultipartUpload" does the same for
   keys that nobody writes again. */
#ifndef EXPORT_PLACE_S3_UPLOAD_H
#define EXPORT_PLACE_S3_UPLOAD_H

#include "place_s3_request.h"

/* All parts but the last have this size (R2 wants them equal, S3 at least 5 MiB); 10,000 of them are allowed. */
#define EXPORT_S3_PART ((size_t)8 * 1024 * 1024)
#define EXPORT_S3_PARTS_MAX 10000

struct export_s3_upload {
    const char *key;        /* borrowed */
    struct ht_buffer id;    /* empty: there is none under way */
    struct ht_buffer parts; /* as they are listed to complete it */
    uint32_t count;
    uint64_t size;
    char mark[33]; /* random, kept with the file: says that what is there is of this upload */
};

/* Aborts what others have left of this key, and begins. Every later failure leaves the upload to be aborted. */
HT_MUST_CHECK enum ht_status export_s3_upload_begin(struct export_s3_upload *upload, struct export_s3 *s3,
                                                    const char *key, struct ht_error *err);
HT_MUST_CHECK enum ht_status export_s3_upload_part(struct export_s3_upload *upload, struct export_s3 *s3,
                                                   struct ht_slice bytes, struct ht_error *err);
/* The file has its name when this returns, and its size has been asked for. */
HT_MUST_CHECK enum ht_status export_s3_upload_complete(struct export_s3_upload *upload, struct export_s3 *s3,
                                                       struct ht_error *err);
/* Gives it up, as far as that can be told to the bucket; nothing if there is none. */
void export_s3_upload_abort(struct export_s3_upload *upload, struct export_s3 *s3);

#endif
