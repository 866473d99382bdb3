/* Certificates and keys for tests: made here, in files. */
#ifndef HT_TESTS_PAIR_H
#define HT_TESTS_PAIR_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAIR_DAY (24L * 3600)

/* A folder for one certificate and one key. */
struct pair {
    char dir[64];
    char certificate[96];
    char key[96];
};

/* A key: "P-256" or the like, or "RSA". */
static inline EVP_PKEY *pair_key(const char *kind)
{
    return strcmp(kind, "RSA") == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen(kind);
}

static inline void pair_write_key(const char *path, EVP_PKEY *key, const char *passphrase)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, passphrase ? EVP_aes_256_cbc() : NULL, NULL, 0, NULL,
                                          (void *)(uintptr_t)passphrase),
                     1);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
}

/* Signed by itself, of `name`, valid from and until so many seconds from now. */
static inline void pair_write_certificate(const char *path, EVP_PKEY *key, const char *name, long from, long until)
{
    X509 *own = X509_new();
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    ASN1_INTEGER_set(X509_get_serialNumber(own), 1);
    X509_gmtime_adj(X509_getm_notBefore(own), from);
    X509_gmtime_adj(X509_getm_notAfter(own), until);
    X509_set_pubkey(own, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(own), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(own, X509_get_subject_name(own));
    assert_true(X509_sign(own, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, own), 1);
    fclose(file);
    X509_free(own);
}

/* Both, of a new P-256 key. */
static inline void pair_write(const struct pair *pair, const char *name, long from, long until)
{
    EVP_PKEY *own = pair_key("P-256");
    pair_write_key(pair->key, own, NULL);
    pair_write_certificate(pair->certificate, own, name, from, until);
    EVP_PKEY_free(own);
}

static inline void pair_make(struct pair *pair)
{
    snprintf(pair->dir, sizeof pair->dir, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(pair->dir));
    snprintf(pair->certificate, sizeof pair->certificate, "%s/certificate.pem", pair->dir);
    snprintf(pair->key, sizeof pair->key, "%s/key.pem", pair->dir);
}

static inline void pair_drop(const struct pair *pair)
{
    unlink(pair->certificate);
    unlink(pair->key);
    rmdir(pair->dir);
}

#endif
