/* Which bucket an export goes to, and how it is reached.

   s3://BUCKET[/PREFIX]. Region: $AWS_REGION, $AWS_DEFAULT_REGION, that of the credentials, else us-east-1. Endpoint:
   $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, that of the credentials; there buckets are the first part of the path.
   Without one it is AWS's of the region, where the bucket is the first part of the host's name (but one with a dot in
   it, which AWS's certificate doesn't cover). */
#ifndef EXPORT_PLACE_S3_SETTINGS_H
#define EXPORT_PLACE_S3_SETTINGS_H

#include "place.h"
#include "place_s3_credentials.h"

/* Zero-initialised is valid. To be released whatever was returned. */
struct export_s3_settings {
    char bucket[64];
    char prefix[EXPORT_PLACE_NAME_MAX + 2]; /* of keys: empty, or with a slash behind */
    char region[64];
    char base[512]; /* URL of the bucket, with a slash behind */
    struct export_s3_credentials credentials;
};

/* HT_INVALID and what export_s3_credentials_find returns. Reads the environment: call it before threads start. */
HT_MUST_CHECK enum ht_status export_s3_settings_read(const char *url, struct export_s3_settings *settings,
                                                     struct ht_error *err);
void export_s3_settings_release(struct export_s3_settings *settings); /* wipes and frees */

#endif
