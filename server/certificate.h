/* A certificate with its chain, and the private key to it: two PEM files, read into an OpenSSL context and checked. */
#ifndef HT_SERVER_CERTIFICATE_H
#define HT_SERVER_CERTIFICATE_H

#include <openssl/ssl.h>

#include "hooktrail/status.h"

/* When it is valid, in seconds since 1970. */
struct ht_validity {
    int64_t from;
    int64_t until;
};

/* Fails, naming the file, where one of them can't be read or is not what it should be, where the key has a passphrase
   or belongs to another certificate, and with HT_FORBIDDEN where others may read the key or its group may change it. */
HT_MUST_CHECK enum ht_status ht_certificate_load(const char *certificate, const char *key, SSL_CTX *context,
                                                 struct ht_validity *validity, struct ht_error *err);

/* HT_INVALID if it is not valid at `now` (seconds since 1970) or expires within `ahead` seconds from then. */
HT_MUST_CHECK enum ht_status ht_certificate_check(const struct ht_validity *validity, int64_t now, int64_t ahead,
                                                  struct ht_error *err);

#endif
