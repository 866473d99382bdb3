#include "reading_values.h"

#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/time.h"

struct ht_place ht_place_of(const struct ht_rule *rule)
{
    struct ht_place place;

    (void)snprintf(place.text, sizeof(place.text), "/%s", rule->path);
    for (char *dot = strchr(place.text, '.'); dot; dot = strchr(dot, '.'))
        *dot = '/';
    return place;
}

const char *ht_value_type_text(const struct ht_json *json, uint32_t node)
{
    static const char *const texts[] = {
        [HT_JSON_NULL] = "null",        [HT_JSON_FALSE] = "a boolean", [HT_JSON_TRUE] = "a boolean",
        [HT_JSON_NUMBER] = "a number",  [HT_JSON_STRING] = "a string", [HT_JSON_ARRAY] = "an array",
        [HT_JSON_OBJECT] = "an object",
    };

    return texts[ht_json_type(json, node)];
}

const char *ht_value_kinds_text(unsigned kinds)
{
    if (kinds & HT_KIND_TIME) return "a time";
    if (kinds & HT_KIND_ARRAY) return "an array";
    if (kinds & HT_KIND_STRING) return kinds & HT_KIND_OBJECT ? "a string or an object" : "a string";
    return "an object";
}

static bool is_integer(struct ht_slice number)
{
    size_t i = number.size > 0 && number.data[0] == '-' ? 1 : 0;

    while (i < number.size && number.data[i] >= '0' && number.data[i] <= '9')
        i++;
    return i == number.size;
}

bool ht_value_is_kind(const struct ht_json *json, uint32_t node, unsigned kinds)
{
    unsigned kind = 0;

    switch (ht_json_type(json, node)) {
    case HT_JSON_STRING:
        kind = HT_KIND_STRING | HT_KIND_TIME;
        break;
    case HT_JSON_NUMBER:
        kind = HT_KIND_TIME | (is_integer(ht_json_raw(json, node)) ? (unsigned)HT_KIND_INTEGER : 0);
        break;
    case HT_JSON_OBJECT:
        kind = HT_KIND_OBJECT;
        break;
    case HT_JSON_ARRAY:
        kind = HT_KIND_ARRAY;
        break;
    case HT_JSON_NULL:
    case HT_JSON_FALSE:
    case HT_JSON_TRUE:
        break;
    }
    return (kinds & (kind | HT_KIND_ANY)) != 0;
}

/* A number of seconds, or of milliseconds if it is too large for that, within the years 0001 to 9999. Doubles hold the
   seconds of these centuries to a quarter of a microsecond, so rounding gives back what was meant. */
static bool take_number_time(struct ht_slice number, int64_t *time)
{
    char text[40];

    if (number.size >= sizeof(text)) return false;
    memcpy(text, number.data, number.size);
    text[number.size] = '\0';
    double seconds = strtod(text, NULL);
    if (seconds > 1e11 || seconds < -1e11) seconds /= 1000;
    if (!(seconds >= -62135596800.0 && seconds < 253402300800.0)) return false;
    *time = (int64_t)(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5));
    return true;
}

bool ht_value_time(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch, int64_t *time)
{
    if (ht_json_type(json, node) == HT_JSON_NUMBER) return take_number_time(ht_json_raw(json, node), time);
    if (ht_json_type(json, node) != HT_JSON_STRING) return false;
    const size_t mark = scratch->size;
    struct ht_slice text = ht_json_string(json, node, scratch);
    bool taken = text.data && ht_time_parse(text, time) == HT_OK;

    scratch->size = mark;
    return taken;
}
