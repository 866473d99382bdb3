#include "certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The cause that OpenSSL gave last, for people. */
static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return text ? text : "no cause is known";
}

static enum ht_status load_certificate(SSL_CTX *context, const char *path, struct ht_error *err)
{
    if (access(path, R_OK) != 0) return ht_fail_errno(err, errno, "can't read the certificate %s", path);
    if (SSL_CTX_use_certificate_chain_file(context, path) == 1) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "tls_certificate",
                         "%s is no PEM certificate with its chain that can be used (%s)", path, reason());
}

static int64_t seconds_of(const ASN1_TIME *time)
{
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) == 1 ? timegm(&parts) : 0;
}

/* ---- the key ---- */

/* Else OpenSSL asks on the terminal. */
static int refuse_passphrase(char *buffer, int size, int writes, void *context)
{
    (void)buffer, (void)size, (void)writes, (void)context;
    return -1;
}

static enum ht_status check_mode(int fd, const char *path, struct ht_error *err)
{
    struct stat stat_of;
    if (fstat(fd, &stat_of) != 0) return ht_fail_errno(err, errno, "can't look at the key %s", path);
    if (!S_ISREG(stat_of.st_mode)) return ht_fail_field(err, HT_INVALID, "tls_key", "the key %s is no file", path);
    if ((stat_of.st_mode & (S_IRWXO | S_IWGRP)) == 0) return HT_OK;
    return ht_fail_field(err, HT_FORBIDDEN, "tls_key",
                         "the key %s can be read by others, or changed by its group (mode %04o): run `chmod 600 %s`",
                         path, (unsigned)(stat_of.st_mode & 07777), path);
}

/* Unbuffered, so that no copy of the key is left behind. */
static enum ht_status read_key(int fd, const char *path, EVP_PKEY **key, struct ht_error *err)
{
    BIO *file = BIO_new_fd(fd, BIO_NOCLOSE);
    *key = file ? PEM_read_bio_PrivateKey(file, NULL, refuse_passphrase, NULL) : NULL;
    BIO_free(file);
    if (*key) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "tls_key", "%s is no PEM private key without a passphrase (%s)", path,
                         reason());
}

static enum ht_status open_key(const char *path, EVP_PKEY **key, struct ht_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return ht_fail_errno(err, errno, "can't read the key %s", path);
    enum ht_status status = check_mode(fd, path, err);
    if (status == HT_OK) status = read_key(fd, path, key, err);
    close(fd);
    return status;
}

enum ht_status ht_certificate_load(const char *certificate, const char *key_path, SSL_CTX *context,
                                   struct ht_validity *validity, struct ht_error *err)
{
    EVP_PKEY *key = NULL;
    enum ht_status status = load_certificate(context, certificate, err);
    if (status == HT_OK) status = open_key(key_path, &key, err);
    if (status != HT_OK) return status;
    X509 *own = SSL_CTX_get0_certificate(context);
    validity->from = seconds_of(X509_get0_notBefore(own));
    validity->until = seconds_of(X509_get0_notAfter(own));
    if (X509_check_private_key(own, key) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
        status = ht_fail_field(err, HT_INVALID, "tls_key", "the key %s doesn't belong to the certificate %s", key_path,
                               certificate);
    ERR_clear_error();
    EVP_PKEY_free(key);
    return status;
}

/* ---- its time ---- */

static enum ht_status fail_time(struct ht_error *err, const char *what, int64_t at)
{
    struct tm parts;
    time_t seconds = (time_t)at;
    char text[32] = "?";
    if (gmtime_r(&seconds, &parts)) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return ht_fail_field(err, HT_INVALID, "tls_certificate", "the certificate %s %s", what, text);
}

enum ht_status ht_certificate_check(const struct ht_validity *validity, int64_t now, int64_t ahead,
                                    struct ht_error *err)
{
    if (now < validity->from) return fail_time(err, "is not valid before", validity->from);
    if (now >= validity->until) return fail_time(err, "has expired on", validity->until);
    if (now + ahead >= validity->until) return fail_time(err, "expires on", validity->until);
    return HT_OK;
}
