#include "options.h"

#include <assert.h>
#include <getopt.h>

#include "closest.h"

#define MAX_OPTIONS 40
#define FIRST_FILTER 1000 /* values of getopt from here on are filters, by their place in their table */

/* getopt's view of the tables, with a name for each row to offer when one is misspelt. */
struct option_list {
    struct option rows[MAX_OPTIONS + 1];
    int count;
};

static void add(struct option_list *list, const char *name, bool value, int id)
{
    assert(list->count < MAX_OPTIONS);
    list->rows[list->count++] = (struct option){name, value ? required_argument : no_argument, NULL, id};
}

static void collect(struct option_list *list, const struct ht_command *command)
{
    memset(list, 0, sizeof *list);
    for (const struct ht_option *option = command->options; option && option->name; option++)
        add(list, option->name, option->value != NULL, (int)option->id);
    const struct ht_filter_name *filters = ht_filter_names();
    for (int i = 0; filters[i].name; i++)
        if (ht_command_filters(command, filters[i].name)) add(list, filters[i].name, true, FIRST_FILTER + i);
    for (const struct ht_option *option = ht_common_options; option->name; option++)
        if (ht_command_takes(command, option->id)) add(list, option->name, option->value != NULL, (int)option->id);
}

static enum ht_status set_filter(struct ht_call *call, const char *name, const char *value, struct ht_error *err)
{
    struct ht_error cause;
    struct ht_slice text = ht_slice_from(value);
    if (ht_filter_set(&call->filter, ht_slice_from(name), text, call->now, &cause) != HT_OK)
        return ht_fail(err, cause.status, "--%s: %s", name, cause.detail);
    if (strcmp(name, "limit") == 0) call->limited = true;
    return HT_OK;
}

/* `word` is what getopt stopped at, with or without its value. */
static enum ht_status unknown_option(const struct option_list *list, const char *word, struct ht_error *err)
{
    char name[64] = "";
    size_t dashes = strspn(word, "-");
    size_t size = strcspn(word + dashes, "=");
    memcpy(name, word + dashes, size < sizeof name ? size : sizeof name - 1);
    struct ht_closest closest;
    ht_closest_init(&closest, name);
    for (int i = 0; i < list->count; i++)
        ht_closest_offer(&closest, list->rows[i].name);
    const char *dash = dashes > 1 ? "--" : "-";
    if (closest.best)
        return ht_fail(err, HT_INVALID, "there is no option '%s%s'; did you mean '--%s'?", dash, name, closest.best);
    return ht_fail(err, HT_INVALID, "there is no option '%s%s'", dash, name);
}

static enum ht_status refuse(const struct option_list *list, char **words, int code, struct ht_error *err)
{
    if (code == ':') return ht_fail(err, HT_INVALID, "the option '%.64s' wants a value", words[optind - 1]);
    const char *word = words[optind - 1];
    for (int i = 0; i < list->count; i++)
        if (optopt != 0 && list->rows[i].val == optopt)
            return ht_fail(err, HT_INVALID, "the option '--%s' takes no value", list->rows[i].name);
    if (optopt > 0 && optopt < FIRST_FILTER && strncmp(word, "--", 2) != 0)
        return ht_fail(err, HT_INVALID, "there is no option '-%c'", optopt > ' ' && optopt < 127 ? optopt : '?');
    return unknown_option(list, word, err);
}

static enum ht_status take_key(struct ht_call *call, const char *key, struct ht_error *err)
{
    if (call->key_count == HT_CALL_KEYS) return ht_fail(err, HT_INVALID, "there are more than %d keys", HT_CALL_KEYS);
    call->keys[call->key_count++] = key;
    return HT_OK;
}

/* The last of two values would silently do away with the first, and with what it was to be done to. */
static enum ht_status set_value(struct ht_call *call, const struct option_list *list, int id, const char *value,
                                struct ht_error *err)
{
    assert(id > HT_OPTION_NONE && id < HT_OPTION_COUNT);
    const char *before = call->values[id];
    call->values[id] = value;
    if (!before || strcmp(before, value) == 0) return HT_OK;
    int at = 0;
    while (list->rows[at].val != id)
        at++;
    return ht_fail(err, HT_INVALID, "--%s was given twice with different values", list->rows[at].name);
}

static enum ht_status take_option(struct ht_call *call, const struct option_list *list, char **words, int code,
                                  struct ht_error *err)
{
    if (code == 'h') {
        call->values[HT_OPTION_HELP] = "";
        return HT_OK;
    }
    if (code == '?' || code == ':') return refuse(list, words, code, err);
    if (code == 'o') code = HT_OPTION_OUTPUT;
    if (code == HT_OPTION_VERIFIER) return take_key(call, optarg, err);
    if (code >= FIRST_FILTER) return set_filter(call, ht_filter_names()[code - FIRST_FILTER].name, optarg, err);
    return set_value(call, list, code, optarg ? optarg : "", err);
}

/* Whether it takes -o FILE. */
static bool has_output(const struct ht_command *command)
{
    for (const struct ht_option *option = command->options; option && option->name; option++)
        if (option->id == HT_OPTION_OUTPUT) return true;
    return false;
}

static enum ht_status check_arguments(const struct ht_call *call, struct ht_error *err)
{
    const struct ht_command *command = call->command;
    if (ht_call_has(call, HT_OPTION_HELP) || ht_call_has(call, HT_OPTION_VERSION)) return HT_OK;
    if (call->argument_count < command->least_arguments)
        return ht_fail(err, HT_INVALID, "%s is missing", command->arguments);
    if (call->argument_count <= command->most_arguments) return HT_OK;
    return ht_fail(err, HT_INVALID, "there is an argument too many: '%.64s'", call->arguments[command->most_arguments]);
}

enum ht_status ht_options_parse(struct ht_call *call, int count, char **words, struct ht_error *err)
{
    struct option_list list;
    collect(&list, call->command);
    ht_filter_init(&call->filter);
    opterr = 0;
    optind = 0; /* glibc: begin anew */
    int code;
    const char *letters = has_output(call->command) ? ":ho:" : ":h";
    while ((code = getopt_long(count, words, letters, list.rows, NULL)) != -1) {
        enum ht_status status = take_option(call, &list, words, code, err);
        if (status != HT_OK) return status;
    }
    call->arguments = words + optind;
    call->argument_count = count - optind;
    ht_output_init(&call->output, ht_call_has(call, HT_OPTION_JSON), ht_call_has(call, HT_OPTION_NO_COLOR));
    return check_arguments(call, err);
}
