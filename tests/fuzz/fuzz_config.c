/* Configuration files: whatever is taken is within its range, and whatever is refused says where and why.

   Covers: server/config.c */
#include <stdlib.h>

#include "../../server/config.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_config config;
    struct ht_error err = {0};
    require(ht_config_init(&config, &err) == HT_OK);
    enum ht_status status = ht_config_parse(&config, ht_slice_of(data, size), "file", &err);
    require(status == HT_OK || (status == HT_INVALID && err.detail[0] != '\0'));
    uint64_t threads = ht_config_number(&config, HT_SETTING_THREADS);
    uint64_t max_body = ht_config_number(&config, HT_SETTING_MAX_BODY);
    require(threads >= 1 && threads <= 64);
    require(max_body >= 1024 && max_body <= 64 * 1024 * 1024);
    require(ht_config_number(&config, HT_SETTING_LOG_LEVEL) <= 3);
    require(ht_config_number(&config, HT_SETTING_BEHIND_PROXY) <= 1);
    require(ht_config_text(&config, HT_SETTING_LISTEN)[0] != '\0');
    ht_config_release(&config);
    return 0;
}
