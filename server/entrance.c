#include "entrance.h"

#include <unistd.h>

#include "router.h"

static void forget_sockets(struct ht_entrance *entrance)
{
    for (size_t i = 0; i < HT_MAX_LOOPS; i++)
        entrance->sockets[i] = -1;
}

static enum ht_status check_exposure(const struct ht_config *config, const struct ht_entrance *entrance,
                                     const char *text, struct ht_error *err)
{
    bool is_safe =
        entrance->tls || ht_listen_is_loopback(&entrance->address) || ht_config_number(config, HT_SETTING_BEHIND_PROXY);
    if (is_safe) return HT_OK;
    const char *setting = entrance->address.setting;
    return ht_fail_field(
        err, HT_INVALID, setting,
        "%s: %s is no loopback address, and there is no TLS: set tls_certificate and tls_key, or put a "
        "proxy that speaks TLS before it and set behind_proxy = on, or listen on 127.0.0.1",
        setting, text);
}

static enum ht_status add(struct ht_entrances *entrances, const struct ht_config *config, const char *name,
                          enum ht_setting setting, struct ht_error *err)
{
    struct ht_entrance *entrance = &entrances->list[entrances->count];
    const char *text = ht_config_text(config, setting);
    bool has_certificate = ht_config_text(config, HT_SETTING_TLS_CERTIFICATE)[0] != '\0';
    forget_sockets(entrance);
    enum ht_status status = ht_listen_parse(name, text, &entrance->address, err);
    if (status != HT_OK) return status;
    bool is_local = setting == HT_SETTING_API_LISTEN && ht_listen_is_loopback(&entrance->address);
    entrance->tls = has_certificate && !is_local;
    entrances->count++;
    return check_exposure(config, entrance, text, err);
}

static enum ht_status check_pair(const struct ht_config *config, struct ht_error *err)
{
    bool has_certificate = ht_config_text(config, HT_SETTING_TLS_CERTIFICATE)[0] != '\0';
    bool has_key = ht_config_text(config, HT_SETTING_TLS_KEY)[0] != '\0';
    if (has_certificate == has_key) return HT_OK;
    return ht_fail_field(err, HT_INVALID, has_key ? "tls_certificate" : "tls_key",
                         "tls_certificate and tls_key are only of use together: %s is missing",
                         has_key ? "tls_certificate" : "tls_key");
}

enum ht_status ht_entrances_plan(const struct ht_config *config, struct ht_entrances *entrances, struct ht_error *err)
{
    bool has_api = ht_config_text(config, HT_SETTING_API_LISTEN)[0] != '\0';
    entrances->count = 0;
    enum ht_status status = check_pair(config, err);
    if (status == HT_OK && has_api) status = add(entrances, config, "api_listen", HT_SETTING_API_LISTEN, err);
    if (status == HT_OK) status = add(entrances, config, "listen", HT_SETTING_LISTEN, err);
    if (status != HT_OK) return status;
    if (has_api && ht_listen_overlap(&entrances->list[0].address, &entrances->list[1].address))
        return ht_fail_field(err, HT_INVALID, "api_listen", "api_listen and listen want the same port (%s and %s)",
                             ht_config_text(config, HT_SETTING_API_LISTEN), ht_config_text(config, HT_SETTING_LISTEN));
    entrances->list[0].faces = has_api ? HT_FACE_API : HT_FACE_API | HT_FACE_HOOKS;
    if (has_api) entrances->list[1].faces = HT_FACE_HOOKS;
    return HT_OK;
}

bool ht_entrances_need_tls(const struct ht_entrances *entrances)
{
    for (size_t i = 0; i < entrances->count; i++) {
        if (entrances->list[i].tls) return true;
    }
    return false;
}

enum ht_status ht_entrances_open(struct ht_entrances *entrances, size_t loops, struct ht_error *err)
{
    for (size_t i = 0; i < entrances->count; i++) {
        struct ht_entrance *entrance = &entrances->list[i];
        enum ht_status status = ht_listen_open(&entrance->address, entrance->sockets, loops, err);
        if (status == HT_OK) continue;
        forget_sockets(entrance);
        ht_entrances_close(entrances);
        return status;
    }
    return HT_OK;
}

int ht_entrance_take(struct ht_entrance *entrance, size_t loop)
{
    int fd = entrance->sockets[loop];
    entrance->sockets[loop] = -1;
    return fd;
}

void ht_entrances_close(struct ht_entrances *entrances)
{
    for (size_t i = 0; i < entrances->count; i++) {
        for (size_t loop = 0; loop < HT_MAX_LOOPS; loop++) {
            int fd = ht_entrance_take(&entrances->list[i], loop);
            if (fd >= 0) close(fd);
        }
    }
}

void ht_entrances_tell(const struct ht_entrances *entrances, int fd)
{
    for (size_t i = 0; i < entrances->count; i++) {
        char url[HT_LISTEN_URL_SIZE];
        const struct ht_entrance *entrance = &entrances->list[i];
        ht_listen_url(&entrance->address, entrance->tls, url);
        /* Exactly these lines, in every format: scripts wait for them. */
        dprintf(fd, "%s on %s\n", entrance->faces & HT_FACE_HOOKS ? "listening" : "serving the API", url);
    }
}
