/* The API's description, an OpenAPI 3.1 document; built in from server/openapi.json. */
#ifndef HT_SERVER_OPENAPI_H
#define HT_SERVER_OPENAPI_H

#include "hooktrail/buffer.h"

struct ht_slice ht_openapi_document(void);

#endif
