#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../server/certificate.h"
#include "pair.h"

static struct pair pair;
static struct ht_validity validity;
static struct ht_error err;

static int set_up(void **state)
{
    (void)state;
    pair_make(&pair);
    pair_write(&pair, "localhost", -PAIR_DAY, 10 * PAIR_DAY);
    memset(&err, 0, sizeof err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pair_drop(&pair);
    return 0;
}

static enum ht_status load(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    assert_non_null(context);
    enum ht_status status = ht_certificate_load(pair.certificate, pair.key, context, &validity, &err);
    SSL_CTX_free(context);
    return status;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
}

static void test_a_pair_is_read(void **state)
{
    (void)state;
    assert_int_equal(load(), HT_OK);
    int64_t now = time(NULL);
    assert_in_range(validity.from, now - PAIR_DAY - 60, now - PAIR_DAY + 60);
    assert_in_range(validity.until, now + 10 * PAIR_DAY - 60, now + 10 * PAIR_DAY + 60);
}

static void test_keys_of_every_kind(void **state)
{
    (void)state;
    static const char *const kinds[] = {"RSA", "P-256", "P-384"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        EVP_PKEY *own = pair_key(kinds[i]);
        pair_write_key(pair.key, own, NULL);
        assert_int_equal(load(), HT_INVALID);
        assert_non_null(strstr(err.detail, "doesn't belong to"));
        assert_string_equal(err.pointer, "tls_key");
        pair_write_certificate(pair.certificate, own, "localhost", 0, PAIR_DAY);
        assert_int_equal(load(), HT_OK);
        EVP_PKEY_free(own);
    }
}

static void test_files_that_are_missing(void **state)
{
    (void)state;
    assert_int_equal(remove(pair.key), 0);
    assert_int_equal(load(), HT_IO);
    assert_non_null(strstr(err.detail, pair.key));
    assert_int_equal(remove(pair.certificate), 0);
    assert_int_equal(load(), HT_IO);
    assert_non_null(strstr(err.detail, pair.certificate));
}

static void test_files_that_are_something_else(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "nonsense",
                                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_text(pair.key, texts[i]);
        assert_int_equal(load(), HT_INVALID);
        assert_string_equal(err.pointer, "tls_key");
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_text(pair.certificate, texts[i]);
        assert_int_equal(load(), HT_INVALID);
        assert_string_equal(err.pointer, "tls_certificate");
    }
}

static void test_a_folder_is_no_key(void **state)
{
    (void)state;
    assert_int_equal(remove(pair.key), 0);
    assert_int_equal(mkdir(pair.key, 0700), 0);
    assert_int_equal(load(), HT_INVALID);
    assert_non_null(strstr(err.detail, "is no file"));
    assert_int_equal(rmdir(pair.key), 0);
}

/* And OpenSSL asks nobody for the passphrase: this test would wait for ever. */
static void test_a_key_with_a_passphrase_is_refused(void **state)
{
    (void)state;
    EVP_PKEY *own = pair_key("P-256");
    pair_write_key(pair.key, own, "passphrase");
    pair_write_certificate(pair.certificate, own, "localhost", 0, PAIR_DAY);
    EVP_PKEY_free(own);
    assert_int_equal(load(), HT_INVALID);
    assert_non_null(strstr(err.detail, "without a passphrase"));
}

static void test_who_may_read_the_key(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        enum ht_status status;
    } cases[] = {{0400, HT_OK},        {0600, HT_OK},        {0640, HT_OK},        {0440, HT_OK},
                 {0644, HT_FORBIDDEN}, {0604, HT_FORBIDDEN}, {0602, HT_FORBIDDEN}, {0660, HT_FORBIDDEN}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(chmod(pair.key, cases[i].mode), 0);
        assert_int_equal(load(), cases[i].status);
        if (cases[i].status != HT_OK) assert_non_null(strstr(err.detail, "chmod 600"));
    }
}

static void test_its_time(void **state)
{
    (void)state;
    const struct ht_validity year = {.from = 1767225600, .until = 1798761600};
    static const struct {
        int64_t now;
        int64_t ahead;
        const char *wrong;
    } cases[] = {
        {1767225599, 0, "is not valid before 2026-01-01T00:00:00Z"},
        {1767225600, 0, NULL},
        {1798761599, 0, NULL},
        {1798761600, 0, "has expired on 2027-01-01T00:00:00Z"},
        {1798761500, 100, "expires on 2027-01-01T00:00:00Z"},
        {1798761499, 100, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ht_certificate_check(&year, cases[i].now, cases[i].ahead, &err),
                         cases[i].wrong ? HT_INVALID : HT_OK);
        if (cases[i].wrong) assert_non_null(strstr(err.detail, cases[i].wrong));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_pair_is_read),         TEST(test_keys_of_every_kind),
        TEST(test_files_that_are_missing), TEST(test_files_that_are_something_else),
        TEST(test_a_folder_is_no_key),     TEST(test_a_key_with_a_passphrase_is_refused),
        TEST(test_who_may_read_the_key),   TEST(test_its_time),
    };
    return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
