#include "browser.h"

#include <strings.h>

#include "field.h"

struct ht_slice ht_browser_cookie(struct ht_slice header, const char *name)
{
    struct ht_slice pair, found = HT_ABSENT;
    size_t size = strlen(name), count = 0;
    while (ht_field_split(&header, ';', &pair)) {
        if (pair.size <= size || pair.data[size] != '=' || memcmp(pair.data, name, size) != 0) continue;
        found = ht_slice_of(pair.data + size + 1, pair.size - size - 1);
        count++;
    }
    return count == 1 ? found : HT_ABSENT;
}

bool ht_browser_is_own(struct ht_slice origin, struct ht_slice host, bool secure)
{
    const char *scheme = secure ? "https://" : "http://";
    size_t size = strlen(scheme);
    if (!origin.data) return true;
    if (!host.data || origin.size != size + host.size) return false;
    return strncasecmp(origin.data, scheme, size) == 0 && strncasecmp(origin.data + size, host.data, host.size) == 0;
}

bool ht_browser_is_own_site(struct ht_slice sec_fetch_site)
{
    if (!sec_fetch_site.data) return true;
    return ht_slice_is_word(sec_fetch_site, "same-origin") || ht_slice_is_word(sec_fetch_site, "none");
}
