/* Who we are to an object store: an access key, from the environment or a file of the form that AWS's tools use.

   What is found first counts: the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), the
   systemd credential hooktrail-s3 (in $CREDENTIALS_DIRECTORY), the file $AWS_SHARED_CREDENTIALS_FILE, else
   ~/.aws/credentials. Of a file the section [$AWS_PROFILE] counts, or [default]; `region` and `endpoint_url` may stand
   there as well. */
#ifndef EXPORT_PLACE_S3_CREDENTIALS_H
#define EXPORT_PLACE_S3_CREDENTIALS_H

#include "hooktrail/buffer.h"

/* Zero-initialised is empty; absent is empty. To be released whatever was returned. */
struct export_s3_credentials {
    struct ht_buffer key_id;
    struct ht_buffer secret;
    struct ht_buffer token;
    struct ht_buffer region;
    struct ht_buffer endpoint;
};

/* HT_INVALID if there are none, or half of them; HT_FORBIDDEN if others than its owner may read the file; HT_IO. The
   error never quotes a value. Reads the environment: call it before threads start. */
HT_MUST_CHECK enum ht_status export_s3_credentials_find(struct export_s3_credentials *credentials,
                                                        struct ht_error *err);

/* What the section `profile` of a file says; `file` is its name, for errors. */
HT_MUST_CHECK enum ht_status export_s3_credentials_parse(struct ht_slice text, const char *profile, const char *file,
                                                         struct export_s3_credentials *credentials,
                                                         struct ht_error *err);

void export_s3_credentials_release(struct export_s3_credentials *credentials); /* wipes and frees */

#endif
