#include "place_s3_settings.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789"

static enum ht_status parse_target(const char *url, struct export_s3_settings *settings, struct ht_error *err)
{
    static const char scheme[] = "s3://";
    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return ht_fail_field(err, HT_INVALID, "to", "a bucket is given as s3://BUCKET or s3://BUCKET/PREFIX");
    const char *bucket = url + sizeof scheme - 1;
    size_t size = strspn(bucket, LOWER "._-");
    if (size < 3 || size >= sizeof settings->bucket || (bucket[size] != '\0' && bucket[size] != '/'))
        return ht_fail_field(err, HT_INVALID, "to", "a bucket's name is 3 to 63 of a-z 0-9 . _ -");
    snprintf(settings->bucket, sizeof settings->bucket, "%.*s", (int)size, bucket);
    const char *prefix = bucket + size + (bucket[size] == '/');
    size = strlen(prefix);
    if (size > 1 && prefix[size - 1] == '/') size--;
    if (size == 0) return HT_OK;
    if (size > EXPORT_PLACE_NAME_MAX) return ht_fail_field(err, HT_INVALID, "to", "the prefix is too long");
    snprintf(settings->prefix, sizeof settings->prefix, "%.*s", (int)size, prefix);
    enum ht_status status = export_place_name_check(settings->prefix, err);
    memcpy(settings->prefix + size, "/", 2);
    return status;
}

/* The first of the variables that is set, else what the credentials say, else NULL. */
static const char *find(const char *first, const char *second, struct ht_buffer *credential)
{
    const char *value = getenv(first);
    if (!value || !value[0]) value = getenv(second);
    if (value && value[0]) return value;
    return credential->size > 0 ? ht_buffer_text(credential) : NULL;
}

static enum ht_status set_region(struct export_s3_settings *settings, struct ht_error *err)
{
    const char *region = find("AWS_REGION", "AWS_DEFAULT_REGION", &settings->credentials.region);
    if (!region) region = "us-east-1";
    size_t size = strlen(region);
    if (size == 0 || size >= sizeof settings->region || strspn(region, LOWER "-") != size)
        return ht_fail(err, HT_INVALID, "AWS_REGION is no region, like eu-central-1");
    snprintf(settings->region, sizeof settings->region, "%s", region);
    return HT_OK;
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *value = NULL;
    bool has = curl_url_get(url, part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return has;
}

/* http:// or https://, host, port and path, nothing else. */
static bool is_endpoint(CURLU *url, const char *text)
{
    bool known = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
    return known && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK && !has_part(url, CURLUPART_USER) &&
           !has_part(url, CURLUPART_PASSWORD) && !has_part(url, CURLUPART_QUERY) && !has_part(url, CURLUPART_FRAGMENT);
}

static enum ht_status set_base(struct export_s3_settings *settings, const char *endpoint, struct ht_error *err)
{
    size_t size = strlen(endpoint);
    while (size > 0 && endpoint[size - 1] == '/')
        size--;
    int wanted = snprintf(settings->base, sizeof settings->base, "%.*s/%s/", (int)size, endpoint, settings->bucket);
    if (wanted > 0 && (size_t)wanted < sizeof settings->base) return HT_OK;
    return ht_fail(err, HT_INVALID, "AWS_ENDPOINT_URL is too long");
}

static void set_base_of_aws(struct export_s3_settings *settings)
{
    const char *region = settings->region, *bucket = settings->bucket;
    const char *domain = strncmp(region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com";
    if (strchr(bucket, '.'))
        snprintf(settings->base, sizeof settings->base, "https://s3.%s.%s/%s/", region, domain, bucket);
    else
        snprintf(settings->base, sizeof settings->base, "https://%s.s3.%s.%s/", bucket, region, domain);
}

static enum ht_status set_endpoint(struct export_s3_settings *settings, struct ht_error *err)
{
    const char *endpoint = find("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", &settings->credentials.endpoint);
    if (!endpoint) {
        set_base_of_aws(settings);
        return HT_OK;
    }
    CURLU *url = curl_url();
    if (!url) return ht_fail(err, HT_NO_MEMORY, "out of memory for a URL");
    bool sound = is_endpoint(url, endpoint);
    curl_url_cleanup(url);
    if (sound) return set_base(settings, endpoint, err);
    return ht_fail(err, HT_INVALID, "AWS_ENDPOINT_URL is no endpoint, like https://minio.example.com:9000");
}

enum ht_status export_s3_settings_read(const char *url, struct export_s3_settings *settings, struct ht_error *err)
{
    enum ht_status status = parse_target(url, settings, err);
    if (status == HT_OK) status = export_s3_credentials_find(&settings->credentials, err);
    if (status == HT_OK) status = set_region(settings, err);
    return status == HT_OK ? set_endpoint(settings, err) : status;
}

void export_s3_settings_release(struct export_s3_settings *settings)
{
    export_s3_credentials_release(&settings->credentials);
}
