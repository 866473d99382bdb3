#include "signed.h"

enum ht_log ht_signed_log(const struct ht_call *call)
{
    return ht_call_has(call, HT_OPTION_ACTS) ? HT_LOG_ACTS : HT_LOG_EVENTS;
}
