#include <inttypes.h>

#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"

/* Words for a rule in error messages, cut to what is readable there. */
#define SHOWN(slice) (int)((slice).size < 48 ? (slice).size : 48), (slice).data

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static struct ht_slice trim(struct ht_slice text)
{
    while (text.size > 0 && is_space(text.data[0]))
        text.data++, text.size--;
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Takes what stands before the first `stop` (or white space, if that is ' ') off the front of `text`. */
static struct ht_slice take(struct ht_slice *text, char stop)
{
    size_t size = 0;
    while (size < text->size && text->data[size] != stop && !(stop == ' ' && is_space(text->data[size])))
        size++;
    struct ht_slice word = ht_slice_of(text->data, size);
    text->data += size < text->size ? size + 1 : size;
    text->size -= size < text->size ? size + 1 : size;
    return word;
}

static bool take_prefix(struct ht_slice *word, const char *prefix)
{
    size_t size = strlen(prefix);
    if (word->size < size || memcmp(word->data, prefix, size) != 0) return false;
    word->data += size;
    word->size -= size;
    return true;
}

static enum ht_status parse_age(struct ht_slice word, int64_t *age, struct ht_error *err)
{
    *age = INT64_MAX;
    if (ht_slice_is(word, "forever")) return HT_OK;
    if (ht_time_parse_age(word, age) && *age > 0) return HT_OK;
    return ht_fail(err, HT_INVALID, "'%.*s' is no age: 400d, 12w, 36h, or forever", SHOWN(word));
}

static enum ht_status take_type(struct ht_slice word, struct ht_retain_rule *rule, struct ht_error *err)
{
    if (rule->type[0] != '\0') return ht_fail(err, HT_INVALID, "a rule of retention names two types");
    if (ht_reading_fold_type(word, rule->type)) return HT_OK;
    return ht_fail(err, HT_INVALID, "'%.*s' is no type of event", SHOWN(word));
}

static enum ht_status take_agent(struct ht_slice word, struct ht_retain_rule *rule, struct ht_error *err)
{
    if (rule->agent[0] != '\0') return ht_fail(err, HT_INVALID, "a rule of retention names two agents");
    if (word.size == 0 || word.size > HT_MAX_ID) return ht_fail(err, HT_INVALID, "agent= wants an agent's id");
    memcpy(rule->agent, word.data, word.size);
    return HT_OK;
}

static enum ht_status take_word(struct ht_slice word, struct ht_retain_rule *rule, struct ht_error *err)
{
    if (rule->age != 0)
        return ht_fail(err, HT_INVALID, "'%.*s' stands behind a rule's age: a comma is missing", SHOWN(word));
    if (take_prefix(&word, "type=")) return take_type(word, rule, err);
    if (take_prefix(&word, "agent=")) return take_agent(word, rule, err);
    return parse_age(word, &rule->age, err);
}

static enum ht_status parse_rule(struct ht_slice text, struct ht_retain_rule *rule, struct ht_error *err)
{
    memset(rule, 0, sizeof *rule);
    enum ht_status status = HT_OK;
    while (status == HT_OK && text.size > 0) {
        struct ht_slice word = take(&text, ' ');
        if (word.size > 0) status = take_word(word, rule, err);
        text = trim(text);
    }
    if (status == HT_OK && rule->age == 0)
        return ht_fail(err, HT_INVALID, "a rule of retention wants an age: 400d, 12w, 36h, or forever");
    return status;
}

static bool is_there(const struct ht_retain_policy *policy, const struct ht_retain_rule *rule)
{
    for (size_t i = 0; i < policy->count; i++) {
        const struct ht_retain_rule *other = &policy->rules[i];
        if (strcmp(other->type, rule->type) == 0 && strcmp(other->agent, rule->agent) == 0) return true;
    }
    return false;
}

enum ht_status ht_retain_parse(struct ht_slice text, struct ht_retain_policy *policy, struct ht_error *err)
{
    bool more;
    if (text.data == NULL) text = HT_SLICE("");
    memset(policy, 0, sizeof *policy);
    do {
        struct ht_retain_rule rule;
        more = memchr(text.data, ',', text.size) != NULL;
        enum ht_status status = parse_rule(trim(take(&text, ',')), &rule, err);
        if (status != HT_OK) return status;
        if (is_there(policy, &rule)) return ht_fail(err, HT_INVALID, "two rules of retention are for the same events");
        if (policy->count == HT_RETAIN_RULES)
            return ht_fail(err, HT_INVALID, "there are more than %d rules of retention", HT_RETAIN_RULES);
        policy->rules[policy->count++] = rule;
    } while (more);
    return HT_OK;
}
