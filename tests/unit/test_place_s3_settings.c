#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "../../query/export/place_s3_settings.h"

static const char *const variables[] = {"AWS_ACCESS_KEY_ID",           "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                                        "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE",           "AWS_REGION",
                                        "AWS_DEFAULT_REGION",          "AWS_ENDPOINT_URL",      "AWS_ENDPOINT_URL_S3",
                                        "CREDENTIALS_DIRECTORY"};
static char dir[64];
static struct export_s3_settings settings;
static struct ht_error err;

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    snprintf(dir, sizeof dir, "/tmp/hooktrail-unit-XXXXXX");
    if (!mkdtemp(dir)) return -1;
    setenv("HOME", dir, 1);
    setenv("AWS_ACCESS_KEY_ID", "AKIA", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "SECRET", 1);
    settings = (struct export_s3_settings){0};
    err = (struct ht_error){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    export_s3_settings_release(&settings);
    return nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static enum ht_status read_settings(const char *url)
{
    export_s3_settings_release(&settings);
    settings = (struct export_s3_settings){0};
    return export_s3_settings_read(url, &settings, &err);
}

static void expect_base(const char *url, const char *base)
{
    if (read_settings(url) != HT_OK) fail_msg("%s: %s", url, err.detail);
    assert_string_equal(settings.base, base);
}

static void expect_text(struct ht_buffer *buffer, const char *wanted)
{
    assert_string_equal(ht_buffer_text(buffer), wanted);
}

/* Of mode `mode`, below the scratch folder, which is $HOME. */
static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    char *slash = strrchr(path + strlen(dir) + 1, '/');
    if (slash) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void forget_the_environment(void)
{
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
}

static void test_targets(void **state)
{
    (void)state;
    assert_int_equal(read_settings("s3://bucket"), HT_OK);
    assert_string_equal(settings.bucket, "bucket");
    assert_string_equal(settings.prefix, "");
    assert_int_equal(read_settings("s3://bucket/"), HT_OK);
    assert_string_equal(settings.prefix, "");
    assert_int_equal(read_settings("s3://my.bucket-1/a/b"), HT_OK);
    assert_string_equal(settings.bucket, "my.bucket-1");
    assert_string_equal(settings.prefix, "a/b/");
    assert_int_equal(read_settings("s3://bucket/a=1/"), HT_OK);
    assert_string_equal(settings.prefix, "a=1/");
}

static void test_targets_that_are_none(void **state)
{
    (void)state;
    static const char *const wrong[] = {"s3:/bucket",       "s3://",           "s3://ab",         "s3://Bucket",
                                        "s3://bucket//",    "s3://bucket/../", "s3://bucket/.x",  "s3://bucket/a b",
                                        "s3://user@bucket", "s3://bucket:80",  "s3://bucket?x=1", "https://bucket"};
    char name[600] = "s3://bucket/";
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (read_settings(wrong[i]) != HT_INVALID) fail_msg("%s", wrong[i]);
    }
    memset(name + 12, 'a', 560);
    assert_int_equal(read_settings(name), HT_INVALID);
    snprintf(name, sizeof name, "s3://%064d", 0);
    assert_int_equal(read_settings(name), HT_INVALID);
}

static void test_where_aws_is(void **state)
{
    (void)state;
    expect_base("s3://bucket/x", "https://bucket.s3.us-east-1.amazonaws.com/");
    setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
    expect_base("s3://bucket", "https://bucket.s3.eu-west-1.amazonaws.com/");
    setenv("AWS_REGION", "eu-central-1", 1);
    expect_base("s3://bucket", "https://bucket.s3.eu-central-1.amazonaws.com/");
    expect_base("s3://with.dots", "https://s3.eu-central-1.amazonaws.com/with.dots/");
    setenv("AWS_REGION", "cn-north-1", 1);
    expect_base("s3://bucket", "https://bucket.s3.cn-north-1.amazonaws.com.cn/");
    setenv("AWS_REGION", "evil.example.com/", 1);
    assert_int_equal(read_settings("s3://bucket"), HT_INVALID);
}

static void test_other_stores(void **state)
{
    (void)state;
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000", 1);
    expect_base("s3://bucket/x", "http://127.0.0.1:9000/bucket/");
    setenv("AWS_ENDPOINT_URL_S3", "https://account.r2.cloudflarestorage.com/", 1);
    setenv("AWS_REGION", "auto", 1);
    expect_base("s3://bucket/x", "https://account.r2.cloudflarestorage.com/bucket/");
    assert_string_equal(settings.region, "auto");
    setenv("AWS_ENDPOINT_URL_S3", "https://gateway.example.com/s3/", 1);
    expect_base("s3://bucket", "https://gateway.example.com/s3/bucket/");
}

static void test_endpoints_that_are_none(void **state)
{
    (void)state;
    static const char *const wrong[] = {"minio:9000",        "ftp://minio",        "file:///etc/passwd",
                                        "https://u:p@minio", "https://minio/?a=b", "https://minio/#a",
                                        "https://",          "http://minio:99999", "http://mi nio"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        setenv("AWS_ENDPOINT_URL", wrong[i], 1);
        if (read_settings("s3://bucket") != HT_INVALID) fail_msg("%s", wrong[i]);
        assert_null(strstr(err.detail, "u:p"));
    }
}

static void test_credentials_of_the_environment(void **state)
{
    (void)state;
    setenv("AWS_SESSION_TOKEN", "TOKEN", 1);
    write_file(".aws/credentials", "[default]\naws_access_key_id=other\naws_secret_access_key=other\n", 0600);
    assert_int_equal(read_settings("s3://bucket"), HT_OK);
    expect_text(&settings.credentials.key_id, "AKIA");
    expect_text(&settings.credentials.secret, "SECRET");
    expect_text(&settings.credentials.token, "TOKEN");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    assert_int_equal(read_settings("s3://bucket"), HT_INVALID);
    assert_non_null(strstr(err.detail, "go together"));
}

static void test_credentials_of_a_file(void **state)
{
    (void)state;
    char path[128];
    forget_the_environment();
    assert_int_equal(read_settings("s3://bucket"), HT_INVALID);
    assert_non_null(strstr(err.detail, "no credentials"));
    write_file(".aws/credentials", "[default]\naws_access_key_id=home\naws_secret_access_key=1\n", 0600);
    write_file("other", "[default]\naws_access_key_id=other\naws_secret_access_key=2\n", 0600);
    write_file("systemd/hooktrail-s3", "[default]\naws_access_key_id=systemd\naws_secret_access_key=3\n", 0440);
    assert_int_equal(read_settings("s3://bucket"), HT_OK);
    expect_text(&settings.credentials.key_id, "home");
    snprintf(path, sizeof path, "%s/other", dir);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    assert_int_equal(read_settings("s3://bucket"), HT_OK);
    expect_text(&settings.credentials.key_id, "other");
    snprintf(path, sizeof path, "%s/systemd", dir);
    setenv("CREDENTIALS_DIRECTORY", path, 1);
    assert_int_equal(read_settings("s3://bucket"), HT_OK);
    expect_text(&settings.credentials.key_id, "systemd");
}

static void test_files_that_are_refused(void **state)
{
    (void)state;
    char path[128];
    forget_the_environment();
    snprintf(path, sizeof path, "%s/file", dir);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    assert_int_equal(read_settings("s3://bucket"), HT_IO);
    write_file("file", "[default]\naws_access_key_id=a\naws_secret_access_key=VERYSECRET\n", 0640);
    assert_int_equal(read_settings("s3://bucket"), HT_FORBIDDEN);
    assert_non_null(strstr(err.detail, "chmod 600"));
    setenv("AWS_PROFILE", "nightly", 1);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(read_settings("s3://bucket"), HT_INVALID);
    assert_non_null(strstr(err.detail, "[nightly]"));
    assert_null(strstr(err.detail, "VERYSECRET"));
    setenv("AWS_SHARED_CREDENTIALS_FILE", dir, 1);
    assert_int_equal(read_settings("s3://bucket"), HT_INVALID);
}

static enum ht_status parse(const char *text, const char *profile)
{
    export_s3_credentials_release(&settings.credentials);
    return export_s3_credentials_parse(ht_slice_from(text), profile, "file", &settings.credentials, &err);
}

static void test_sections(void **state)
{
    (void)state;
    static const char text[] = "aws_access_key_id = of no section\n"
                               "# [nightly] of a comment\n"
                               "; aws_access_key_id = too\n"
                               "[default]\r\n"
                               "aws_access_key_id=A\r\n"
                               "aws_secret_access_key = s/e+c=ret==\r\n"
                               "\n"
                               "[ nightly ]\n"
                               "  aws_access_key_id\t=\tB\t\n"
                               "output = json\n"
                               "no setting\n"
                               "aws_secret_access_key = x\n"
                               "aws_session_token = t\n"
                               "region = eu-west-1\n"
                               "endpoint_url = http://localhost:1\n"
                               "[half]\n"
                               "aws_access_key_id = C";
    assert_int_equal(parse(text, "default"), HT_OK);
    expect_text(&settings.credentials.key_id, "A");
    expect_text(&settings.credentials.secret, "s/e+c=ret==");
    expect_text(&settings.credentials.token, "");
    expect_text(&settings.credentials.region, "");
    assert_int_equal(parse(text, "nightly"), HT_OK);
    expect_text(&settings.credentials.key_id, "B");
    expect_text(&settings.credentials.token, "t");
    expect_text(&settings.credentials.region, "eu-west-1");
    expect_text(&settings.credentials.endpoint, "http://localhost:1");
    assert_int_equal(parse(text, "half"), HT_INVALID);
    assert_int_equal(parse(text, "none"), HT_INVALID);
    assert_int_equal(parse("", "default"), HT_INVALID);
}

/* Longer than readers of such files often take: those of AWS have about a thousand bytes. */
static void test_a_long_token(void **state)
{
    (void)state;
    static char text[4200], token[4001];
    memset(token, 't', 4000);
    snprintf(text, sizeof text, "[default]\naws_access_key_id=a\naws_secret_access_key=b\naws_session_token=%s\n",
             token);
    assert_int_equal(parse(text, "default"), HT_OK);
    expect_text(&settings.credentials.token, token);
}

static void test_region_and_endpoint_of_a_file(void **state)
{
    (void)state;
    forget_the_environment();
    write_file(".aws/credentials",
               "[default]\naws_access_key_id=a\naws_secret_access_key=b\nregion=eu-west-1\n"
               "endpoint_url=http://localhost:1\n",
               0600);
    expect_base("s3://bucket", "http://localhost:1/bucket/");
    assert_string_equal(settings.region, "eu-west-1");
    setenv("AWS_REGION", "us-west-2", 1);
    setenv("AWS_ENDPOINT_URL", "http://localhost:2", 1);
    expect_base("s3://bucket", "http://localhost:2/bucket/");
    assert_string_equal(settings.region, "us-west-2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_targets_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_where_aws_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_stores, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_endpoints_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_credentials_of_the_environment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_credentials_of_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_long_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_region_and_endpoint_of_a_file, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
