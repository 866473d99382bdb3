#include "json_tape.h"
#include "plain.h"
#include "utf8.h"

#define FEW_KEYS 16

/* One forward pass. `at` never goes back, and every byte before it is the beginning of some valid text: so the first
   byte that cannot go on is the fault. */
struct json_scan {
    struct ht_json *json;
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *fault; /* with `problem`, once something failed */
    const char *problem;
    uint32_t depth;                   /* containers that are open */
    uint32_t open[HT_JSON_MAX_DEPTH]; /* their nodes */
    uint32_t keys[HT_JSON_MAX_DEPTH]; /* and how many keys each has so far */
};

/* What the grammar wants next. */
enum scan_step { STEP_VALUE, STEP_AFTER_VALUE, STEP_DONE, STEP_FAILED };

static bool fail(struct json_scan *scan, const uint8_t *fault, const char *problem)
{
    scan->fault = fault;
    scan->problem = problem;
    return false;
}

static enum scan_step fail_step(struct json_scan *scan, const char *problem)
{
    fail(scan, scan->at, problem);
    return STEP_FAILED;
}

/* The byte at hand, or -1 at the end. */
static inline int peek(const struct json_scan *scan)
{
    return scan->at < scan->end ? *scan->at : -1;
}

static inline bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* Skips white space and returns the byte behind it, or -1. */
static inline int peek_token(struct json_scan *scan)
{
    while (scan->at < scan->end) {
        uint8_t c = *scan->at;
        if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) return c;
        scan->at++;
    }
    return -1;
}

/* A node that begins where the scan stands; NULL if there are too many. */
static struct ht_json_node *add_node(struct json_scan *scan, enum ht_json_type type)
{
    struct ht_json *json = scan->json;
    if (json->count == HT_JSON_MAX_NODES) {
        fail(scan, scan->at, "more keys and values than are taken");
        return NULL;
    }
    struct ht_json_node *node = &json->nodes[json->count++];
    node->offset = (uint32_t)(scan->at - scan->start);
    node->next = json->count;
    node->type = (uint8_t)type;
    node->escaped = 0;
    node->depth = (uint16_t)scan->depth;
    return node;
}

static void end_node(const struct json_scan *scan, struct ht_json_node *node)
{
    node->size = (uint32_t)(scan->at - scan->start) - node->offset;
}

static bool scan_utf8(struct json_scan *scan)
{
    struct utf8_step step = utf8_step(scan->at, scan->end);
    if (step.code == UTF8_MALFORMED) return fail(scan, scan->at + step.size, "expected well-formed UTF-8");
    scan->at += step.size;
    return true;
}

/* Takes a hex digit between `low` and `high` (as values). */
static bool scan_hex(struct json_scan *scan, int low, int high, int *value, const char *problem)
{
    int c = peek(scan);
    if (is_digit(c)) {
        *value = c - '0';
    } else {
        c |= 0x20;
        *value = c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
    if (*value < low || *value > high) return fail(scan, scan->at, problem);
    scan->at++;
    return true;
}

static bool scan_hex_digits(struct json_scan *scan, int count)
{
    int value;
    for (int i = 0; i < count; i++) {
        if (!scan_hex(scan, 0, 15, &value, "expected a hex digit")) return false;
    }
    return true;
}

static bool scan_low_surrogate(struct json_scan *scan)
{
    static const char problem[] = "expected the second half of a surrogate pair";
    int value;
    if (peek(scan) != '\\') return fail(scan, scan->at, problem);
    scan->at++;
    if (peek(scan) != 'u') return fail(scan, scan->at, problem);
    scan->at++;
    if (!scan_hex(scan, 13, 13, &value, problem) || !scan_hex(scan, 12, 15, &value, problem)) return false;
    return scan_hex_digits(scan, 2);
}

/* Behind "\u": four hex digits, and a second escape if they are the first half of a surrogate pair. */
static bool scan_unicode_escape(struct json_scan *scan)
{
    int first, second;
    if (!scan_hex(scan, 0, 15, &first, "expected a hex digit")) return false;
    int highest = first == 13 ? 11 : 15;
    const char *problem = "expected a hex digit, and no second half of a surrogate pair without its first";
    if (!scan_hex(scan, 0, highest, &second, problem) || !scan_hex_digits(scan, 2)) return false;
    if (first != 13 || second < 8) return true;
    return scan_low_surrogate(scan);
}

static bool scan_escape(struct json_scan *scan)
{
    scan->at++;
    switch (peek(scan)) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        scan->at++;
        return true;
    case 'u':
        scan->at++;
        return scan_unicode_escape(scan);
    default:
        return fail(scan, scan->at, "expected one of \"\\/bfnrtu behind a backslash");
    }
}

/* At the opening quote. */
static bool scan_string(struct json_scan *scan)
{
    struct ht_json_node *node = add_node(scan, HT_JSON_STRING);
    if (!node) return false;
    scan->at++;
    node->offset++;
    for (;;) {
        scan->at = plain_skip(scan->at, scan->end, false);
        int c = peek(scan);
        if (c == '"') break;
        if (c == '\\') {
            node->escaped = 1;
            if (!scan_escape(scan)) return false;
        } else if (c < 0x20) {
            return fail(scan, scan->at, c < 0 ? "expected the closing quote" : "a control character in a string");
        } else if (!scan_utf8(scan)) {
            return false;
        }
    }
    end_node(scan, node);
    scan->at++;
    return true;
}

/* At least one digit. */
static bool scan_digits(struct json_scan *scan)
{
    if (!is_digit(peek(scan))) return fail(scan, scan->at, "expected a digit");
    do {
        scan->at++;
    } while (is_digit(peek(scan)));
    return true;
}

static bool scan_exponent(struct json_scan *scan)
{
    scan->at++;
    if (peek(scan) == '+' || peek(scan) == '-') scan->at++;
    return scan_digits(scan);
}

static bool scan_number(struct json_scan *scan)
{
    struct ht_json_node *node = add_node(scan, HT_JSON_NUMBER);
    if (!node) return false;
    if (peek(scan) == '-') scan->at++;
    if (peek(scan) == '0') {
        scan->at++;
    } else if (!scan_digits(scan)) {
        return false;
    }
    if (peek(scan) == '.') {
        scan->at++;
        if (!scan_digits(scan)) return false;
    }
    if ((peek(scan) == 'e' || peek(scan) == 'E') && !scan_exponent(scan)) return false;
    end_node(scan, node);
    return true;
}

static bool scan_literal(struct json_scan *scan, enum ht_json_type type, const char *word)
{
    struct ht_json_node *node = add_node(scan, type);
    if (!node) return false;
    for (; *word; word++, scan->at++) {
        if (peek(scan) != *word) return fail(scan, scan->at, "expected true, false or null");
    }
    end_node(scan, node);
    return true;
}

/* Whether one of the keys before has the same value. */
static bool repeats_key(const struct ht_json *json, uint32_t object, uint32_t key)
{
    struct ht_json_text text = ht_json_text_of(json, key);
    for (uint32_t at = object + 1; at < key; at = json->nodes[at + 1].next) {
        if (ht_json_text_equal(ht_json_text_of(json, at), text)) return true;
    }
    return false;
}

/* Most objects have few keys, which are sooner compared with each other than hashed. */
static bool takes_key(struct json_scan *scan, uint32_t key)
{
    struct ht_json *json = scan->json;
    uint32_t object = scan->open[scan->depth - 1];
    uint32_t before = scan->keys[scan->depth - 1]++;
    if (before < FEW_KEYS) return !repeats_key(json, object, key);
    for (uint32_t at = object + 1; before == FEW_KEYS && at < key; at = json->nodes[at + 1].next)
        (void)ht_json_keys_add(&json->keys, object, &json->nodes[at]);
    return ht_json_keys_add(&json->keys, object, &json->nodes[key]);
}

/* A key and its colon. */
static enum scan_step scan_key(struct json_scan *scan)
{
    struct ht_json *json = scan->json;
    if (peek_token(scan) != '"') return fail_step(scan, "expected a key");
    uint32_t key = json->count;
    if (!scan_string(scan)) return STEP_FAILED;
    if (!takes_key(scan, key)) {
        fail(scan, scan->start + json->nodes[key].offset, "a key that its object has already");
        return STEP_FAILED;
    }
    if (peek_token(scan) != ':') return fail_step(scan, "expected \":\" behind a key");
    scan->at++;
    return STEP_VALUE;
}

/* At the closing bracket. */
static enum scan_step close_container(struct json_scan *scan)
{
    struct ht_json_node *node = &scan->json->nodes[scan->open[--scan->depth]];
    scan->at++;
    end_node(scan, node);
    node->next = scan->json->count;
    return STEP_AFTER_VALUE;
}

static bool open_container(struct json_scan *scan, enum ht_json_type type)
{
    if (scan->depth == HT_JSON_MAX_DEPTH) return fail(scan, scan->at, "nested deeper than 64 levels");
    uint32_t node = scan->json->count;
    if (!add_node(scan, type)) return false;
    scan->keys[scan->depth] = 0;
    scan->open[scan->depth++] = node;
    scan->at++;
    return true;
}

static enum scan_step open_object(struct json_scan *scan)
{
    if (!open_container(scan, HT_JSON_OBJECT)) return STEP_FAILED;
    int c = peek_token(scan);
    if (c == '}') return close_container(scan);
    if (c != '"') return fail_step(scan, "expected a key or \"}\"");
    return scan_key(scan);
}

static enum scan_step open_array(struct json_scan *scan)
{
    if (!open_container(scan, HT_JSON_ARRAY)) return STEP_FAILED;
    int c = peek_token(scan);
    if (c == ']') return close_container(scan);
    if (c < 0) return fail_step(scan, "expected a value or \"]\"");
    return STEP_VALUE;
}

static enum scan_step scan_value(struct json_scan *scan)
{
    bool passed;
    switch (peek_token(scan)) {
    case '{':
        return open_object(scan);
    case '[':
        return open_array(scan);
    case '"':
        passed = scan_string(scan);
        break;
    case 't':
        passed = scan_literal(scan, HT_JSON_TRUE, "true");
        break;
    case 'f':
        passed = scan_literal(scan, HT_JSON_FALSE, "false");
        break;
    case 'n':
        passed = scan_literal(scan, HT_JSON_NULL, "null");
        break;
    default:
        if (peek(scan) != '-' && !is_digit(peek(scan))) return fail_step(scan, "expected a value");
        passed = scan_number(scan);
        break;
    }
    return passed ? STEP_AFTER_VALUE : STEP_FAILED;
}

static enum scan_step scan_after_value(struct json_scan *scan)
{
    int c = peek_token(scan);
    if (scan->depth == 0) return c < 0 ? STEP_DONE : fail_step(scan, "expected nothing more behind the value");

    bool object = scan->json->nodes[scan->open[scan->depth - 1]].type == HT_JSON_OBJECT;
    if (c == (object ? '}' : ']')) return close_container(scan);
    if (c != ',') return fail_step(scan, object ? "expected \",\" or \"}\"" : "expected \",\" or \"]\"");
    scan->at++;
    return object ? scan_key(scan) : STEP_VALUE;
}

static bool scan_text(struct json_scan *scan)
{
    enum scan_step step = STEP_VALUE;
    while (step == STEP_VALUE || step == STEP_AFTER_VALUE)
        step = step == STEP_VALUE ? scan_value(scan) : scan_after_value(scan);
    return step == STEP_DONE;
}

enum ht_status ht_json_parse(struct ht_json *json, struct ht_slice text, struct ht_error *err)
{
    json->count = 0;
    if (text.size > UINT32_MAX) return ht_fail(err, HT_TOO_LARGE, "a JSON text of more than 4 GiB");
    if (!text.data) text = HT_SLICE("");
    json->text = text;
    ht_json_keys_begin(&json->keys, text);

    struct json_scan scan;
    scan.json = json;
    scan.start = (const uint8_t *)text.data;
    scan.at = scan.start;
    scan.end = scan.start + text.size;
    scan.depth = 0;
    if (scan_text(&scan)) return HT_OK;

    json->count = 0;
    return ht_fail_at(err, HT_INVALID, (uint64_t)(scan.fault - scan.start), "%s%s", scan.problem,
                      scan.fault == scan.end ? ", but the text ends" : "");
}
