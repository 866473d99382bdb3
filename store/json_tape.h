/* The workspace behind struct ht_json, shared by the scanner that fills it and the readers. */
#ifndef HOOKTRAIL_STORE_JSON_TAPE_H
#define HOOKTRAIL_STORE_JSON_TAPE_H

#include "hooktrail/json.h"
#include "json_keys.h"

struct ht_json {
    struct ht_slice text; /* borrowed; what the nodes point into */
    uint32_t count;       /* nodes on the tape; 0 after a text that failed */
    struct ht_json_node nodes[HT_JSON_MAX_NODES];
    struct ht_json_keys keys;
};

#endif
