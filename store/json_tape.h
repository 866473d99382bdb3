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

/* A string's text, of a node that is one. */
static inline struct ht_json_text ht_json_text_of(const struct ht_json *json, uint32_t node)
{
    const struct ht_json_node *string = &json->nodes[node];
    return (struct ht_json_text){ht_slice_of(json->text.data + string->offset, string->size), string->escaped != 0};
}

#endif
