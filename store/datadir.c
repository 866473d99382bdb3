#include "hooktrail/datadir.h"

#include <stdlib.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] != '\0' ? value : NULL;
}

static enum ht_status join(struct ht_buffer *out, const char *dir, const char *below, struct ht_error *err)
{
    ht_buffer_add_text(out, dir);
    ht_buffer_add_text(out, below);
    return ht_buffer_status(out, err);
}

enum ht_status ht_datadir(const char *option, struct ht_buffer *out, struct ht_error *err)
{
    ht_buffer_clear(out);
    if (option && option[0] == '\0') return ht_fail(err, HT_INVALID, "the data directory's name is empty");
    if (option) return join(out, option, "", err);
    const char *data = variable("HOOKTRAIL_DATA");
    if (data) return join(out, data, "", err);
    if (geteuid() == 0) return join(out, "/var/lib/hooktrail", "", err);
    const char *xdg = variable("XDG_DATA_HOME");
    if (xdg && xdg[0] == '/') return join(out, xdg, "/hooktrail", err);
    const char *home = variable("HOME");
    if (home) return join(out, home, "/.local/share/hooktrail", err);
    return ht_fail(err, HT_INVALID, "no data directory: give --data DIR or set HOOKTRAIL_DATA");
}
