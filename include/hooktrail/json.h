/* JSON texts from outside: a strict scanner (RFC 8259) that leaves a tape of nodes to read from.

   One pass, no allocation in it: tape and key table belong to the workspace and are made once. A text that passes is
   UTF-8, one value, within depth and node limits, without duplicate keys (compared after unescaping), without lone
   surrogates. Numbers stay as written, so 2^53+1 survives. Replaces a tree of cJSON on the way in: that would read
   numbers as doubles, end strings at \u0000 and take 40 times the text's size in heap. */
#ifndef HOOKTRAIL_JSON_H
#define HOOKTRAIL_JSON_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_JSON_MAX_DEPTH 64
#define HT_JSON_MAX_NODES 131072 /* keys and values of one text; more is HT_INVALID */
#define HT_JSON_NONE UINT32_MAX

enum ht_json_type {
    HT_JSON_NULL,
    HT_JSON_FALSE,
    HT_JSON_TRUE,
    HT_JSON_NUMBER,
    HT_JSON_STRING,
    HT_JSON_ARRAY,
    HT_JSON_OBJECT
};

/* A node of the tape. In an object, key (a STRING) and value take turns. Node 0 is the root. */
struct ht_json_node {
    uint32_t offset; /* of the first byte; for strings behind the quote */
    uint32_t size;   /* of the raw text; for strings without the quotes */
    uint32_t next;   /* index of the node behind this one and all below it */
    uint8_t type;    /* enum ht_json_type */
    uint8_t escaped; /* a string that has backslashes */
    uint16_t depth;
};

/* A workspace: one thread at a time; holds the last text's tape. */
struct ht_json;

struct ht_json *ht_json_new(void); /* NULL when out of memory; freed with ht_json_free */
void ht_json_free(struct ht_json *json);

/* Scans `text` (at most 4 GiB), which must stay in place as long as nodes are read. On HT_INVALID err->offset is the
   byte at fault. */
HT_MUST_CHECK enum ht_status ht_json_parse(struct ht_json *json, struct ht_slice text, struct ht_error *err);

/* Readers take HT_JSON_NONE, and any node after a text that failed, as a member that is absent: no node (NULL), type
   HT_JSON_NULL, no members, no children, absent slices. */
const struct ht_json_node *ht_json_node(const struct ht_json *json, uint32_t node);
enum ht_json_type ht_json_type(const struct ht_json *json, uint32_t node);

/* The value of `key` in `object`, or HT_JSON_NONE: also when object is HT_JSON_NONE or no object. Exact case. */
uint32_t ht_json_member(const struct ht_json *json, uint32_t object, const char *key);

/* The same of several keys, all different, in one walk: values[i] is that of keys[i]. */
void ht_json_members(const struct ht_json *json, uint32_t object, const struct ht_slice *keys, size_t count,
                     uint32_t *values);

/* The same along "a.b.c". */
uint32_t ht_json_path(const struct ht_json *json, uint32_t node, const char *path);

/* Walks a container: the first child (in an object a key, whose value is the node behind it), then the next sibling;
   HT_JSON_NONE at the end. `container` is the parent in both. */
uint32_t ht_json_first(const struct ht_json *json, uint32_t container);
uint32_t ht_json_after(const struct ht_json *json, uint32_t container, uint32_t child);

/* The text as written: of a string without quotes and still escaped; of a container with its brackets. */
struct ht_slice ht_json_raw(const struct ht_json *json, uint32_t node);

/* A string's value. Borrowed from the text where it has no escapes, else decoded to the end of `scratch`, which must
   not be changed otherwise while the slice is in use: reserve enough before, or copy (a later call may move it). */
struct ht_slice ht_json_string(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch);

#endif
