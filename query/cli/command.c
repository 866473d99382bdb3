#include "command.h"

#include "closest.h"

/* The part of "endpoint add" before the space, or all of "events". */
static struct ht_slice family_of(const struct ht_command *command)
{
    return ht_slice_of(command->name, strcspn(command->name, " "));
}

static const char *action_of(const struct ht_command *command)
{
    const char *space = strchr(command->name, ' ');
    return space ? space + 1 : NULL;
}

bool ht_command_takes(const struct ht_command *command, enum ht_option_id option)
{
    if (option == HT_OPTION_DATA) return command->data;
    if (option == HT_OPTION_JSON) return command->json;
    return true;
}

bool ht_command_filters(const struct ht_command *command, const char *filter)
{
    size_t size = strlen(filter);
    for (const char *at = command->filters; at && *at;) {
        size_t word = strcspn(at, " ");
        if (word == size && memcmp(at, filter, size) == 0) return true;
        at += word + strspn(at + word, " ");
    }
    return false;
}

static const struct ht_command *find_action(const char *family, const char *action)
{
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        const char *name = action_of(command);
        if (name && ht_slice_is(family_of(command), family) && strcmp(name, action) == 0) return command;
    }
    return NULL;
}

static const struct ht_command *unknown_command(const char *word, struct ht_error *err)
{
    if (word[0] == '-') {
        ht_fail(err, HT_INVALID,
                "'%.64s' is no command: that comes first, options behind it; `hooktrail help` lists them", word);
        return NULL;
    }
    struct ht_closest closest;
    char family[32];
    const char *best = NULL;
    ht_closest_init(&closest, word);
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        if (command->hidden) continue;
        size_t size = family_of(command).size;
        char name[sizeof family] = "";
        memcpy(name, command->name, size < sizeof name ? size : sizeof name - 1);
        closest.best = NULL;
        ht_closest_offer(&closest, name);
        if (closest.best) best = memcpy(family, name, sizeof family);
    }
    if (best)
        ht_fail(err, HT_INVALID, "there is no command '%.64s'; did you mean '%s'?", word, best);
    else
        ht_fail(err, HT_INVALID, "there is no command '%.64s'; `hooktrail help` lists them", word);
    return NULL;
}

static const struct ht_command *unknown_action(const char *family, const char *word, struct ht_error *err)
{
    struct ht_closest closest;
    struct ht_buffer actions = {0};
    ht_closest_init(&closest, word);
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        if (!ht_slice_is(family_of(command), family)) continue;
        ht_closest_offer(&closest, action_of(command));
        ht_buffer_printf(&actions, "%s%s", actions.size ? ", " : "", action_of(command));
    }
    if (closest.best)
        ht_fail(err, HT_INVALID, "'%s' has no action '%.64s'; did you mean '%s'?", family, word, closest.best);
    else
        ht_fail(err, HT_INVALID, "'%s' has no action '%.64s', but: %s", family, word, ht_buffer_text(&actions));
    ht_buffer_release(&actions);
    return NULL;
}

/* A command by itself may have actions beside it. */
static const struct ht_command *with_action(const struct ht_command *command, char **words, int count, int *taken)
{
    const struct ht_command *action = count > 1 ? find_action(words[0], words[1]) : NULL;
    if (!action) return command;
    *taken = 2;
    return action;
}

const struct ht_command *ht_command_find(char **words, int count, int *taken, struct ht_error *err)
{
    *taken = 1;
    for (const struct ht_command *command = ht_commands; command->name; command++)
        if (strcmp(command->name, words[0]) == 0) return with_action(command, words, count, taken);

    const struct ht_command *list = find_action(words[0], "list");
    if (!list) return unknown_command(words[0], err);
    if (count < 2 || words[1][0] == '-') return list;
    *taken = 2;
    const struct ht_command *command = find_action(words[0], words[1]);
    return command ? command : unknown_action(words[0], words[1], err);
}
