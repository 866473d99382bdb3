#include "openapi.h"

#include "hooktrail/embedded.h"

struct ht_slice ht_openapi_document(void)
{
    return ht_slice_of(ht_embedded_openapi[0].data, ht_embedded_openapi[0].size);
}
