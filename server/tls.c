#include "tls.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"

#define WARN_AHEAD (INT64_C(14) * 24 * 3600)

struct ht_tls {
    char *certificate; /* paths */
    char *key;
    pthread_mutex_t mutex;
    SSL_CTX *context; /* under the mutex, as is all below */
    struct ht_validity validity;
};

/* ---- what is offered ---- */

/* Clients that name protocols must be after HTTP/1.1 (RFC 7301): then none can be led here to talk something else. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *size, const unsigned char *offered,
                           unsigned offered_size, void *context)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)context;
    if (SSL_select_next_proto(&chosen, size, ours, sizeof ours - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* Mozilla's "intermediate" without finite-field DH: forward secrecy and authenticated encryption only (RFC 9325). */
static bool set_up(SSL_CTX *context)
{
    char groups[] = "X25519:P-256:P-384"; /* OpenSSL's macro wants it writable */
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_security_level(context, 2);
    return SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, groups) == 1;
}

static enum ht_status load(const struct ht_tls *tls, SSL_CTX **context, struct ht_validity *validity,
                           struct ht_error *err)
{
    enum ht_status status = HT_OK;
    *context = SSL_CTX_new(TLS_server_method());
    if (!*context || !set_up(*context)) status = ht_fail(err, HT_NO_MEMORY, "OpenSSL can't be set up for TLS");
    if (status == HT_OK) status = ht_certificate_load(tls->certificate, tls->key, *context, validity, err);
    if (status == HT_OK) return HT_OK;
    SSL_CTX_free(*context);
    *context = NULL;
    ERR_clear_error();
    return status;
}

/* ---- the certificate ---- */

enum ht_status ht_tls_new(const char *certificate, const char *key, struct ht_tls **out, struct ht_error *err)
{
    struct ht_tls *tls = calloc(1, sizeof *tls);
    if (!tls) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    pthread_mutex_init(&tls->mutex, NULL);
    tls->certificate = strdup(certificate);
    tls->key = strdup(key);
    enum ht_status status = tls->certificate && tls->key ? load(tls, &tls->context, &tls->validity, err)
                                                         : ht_fail(err, HT_NO_MEMORY, "out of memory");
    if (status == HT_OK)
        *out = tls;
    else
        ht_tls_free(tls);
    return status;
}

void ht_tls_free(struct ht_tls *tls)
{
    if (!tls) return;
    SSL_CTX_free(tls->context);
    pthread_mutex_destroy(&tls->mutex);
    free(tls->certificate);
    free(tls->key);
    free(tls);
}

enum ht_status ht_tls_reload(struct ht_tls *tls, int64_t now, struct ht_error *err)
{
    SSL_CTX *fresh, *old;
    struct ht_validity validity;
    enum ht_status status = load(tls, &fresh, &validity, err);
    if (status == HT_OK) status = ht_certificate_check(&validity, now, 0, err);
    if (status != HT_OK) {
        SSL_CTX_free(fresh);
        return status;
    }
    pthread_mutex_lock(&tls->mutex);
    old = tls->context;
    tls->context = fresh;
    tls->validity = validity;
    pthread_mutex_unlock(&tls->mutex);
    SSL_CTX_free(old);
    return HT_OK;
}

static struct ht_validity validity_of(struct ht_tls *tls)
{
    pthread_mutex_lock(&tls->mutex);
    struct ht_validity validity = tls->validity;
    pthread_mutex_unlock(&tls->mutex);
    return validity;
}

enum ht_status ht_tls_check(struct ht_tls *tls, int64_t now, struct ht_error *err)
{
    struct ht_validity validity = validity_of(tls);
    return ht_certificate_check(&validity, now, WARN_AHEAD, err);
}

int64_t ht_tls_expiry(struct ht_tls *tls)
{
    return validity_of(tls).until;
}

/* ---- connections ---- */

struct bufferevent *ht_tls_accept(struct ht_tls *tls, struct event_base *base)
{
    pthread_mutex_lock(&tls->mutex);
    SSL *ssl = SSL_new(tls->context);
    pthread_mutex_unlock(&tls->mutex);
    if (!ssl) return NULL;
    /* Takes `ssl`, also when it fails. */
    struct bufferevent *bev =
        bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (bev) bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

bool ht_tls_is_open(struct bufferevent *bev)
{
    return SSL_is_init_finished(bufferevent_openssl_get_ssl(bev)) != 0;
}

void ht_tls_read_rest(struct bufferevent *bev)
{
    if (SSL_pending(bufferevent_openssl_get_ssl(bev)) > 0) event_active(&bev->ev_read, EV_READ, 0);
}

void ht_tls_say_end(struct bufferevent *bev)
{
    if (!ht_tls_is_open(bev) || evbuffer_get_length(bufferevent_get_output(bev)) > 0) return;
    /* As far as it goes: a client that has left needs no word, and what OpenSSL thinks of it must not be taken for the
       next connection's error. */
    (void)SSL_shutdown(bufferevent_openssl_get_ssl(bev));
    ERR_clear_error();
}
