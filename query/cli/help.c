#include "help.h"

#include <ctype.h>

#include "wrap.h"

#define NAME_COLUMN 18
#define OPTION_COLUMN 26
#define MAX_HELP_WIDTH 100

void ht_help_all(struct ht_buffer *out)
{
    ht_buffer_add_text(out, "hooktrail keeps every webhook that Aimdoc sends, provable and readable.\n\n"
                            "usage: hooktrail COMMAND [OPTION]… [ARGUMENT]…\n\n");
    for (const struct ht_command *command = ht_commands; command->name; command++)
        if (!command->hidden) ht_buffer_printf(out, "  %-*s %s\n", NAME_COLUMN, command->name, command->summary);
    ht_buffer_add_text(out, "\n`hooktrail help COMMAND` explains one, with examples. The daemon is hooktraild.\n");
}

static void add_option(struct ht_buffer *out, const char *name, const char *value, const char *help, unsigned width)
{
    struct ht_buffer head = {0};
    ht_buffer_printf(&head, "  --%s%s%s", name, value ? " " : "", value ? value : "");
    unsigned taken = ht_wrap_width(ht_buffer_slice(&head));
    ht_buffer_add(out, ht_buffer_slice(&head));
    if (taken + 2 > OPTION_COLUMN)
        ht_buffer_printf(out, "\n%*s", OPTION_COLUMN, "");
    else
        ht_buffer_printf(out, "%*s", (int)(OPTION_COLUMN - taken), "");
    ht_wrap_add(out, ht_slice_from(help), OPTION_COLUMN, width);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_release(&head);
}

static void add_options(struct ht_buffer *out, const struct ht_command *command, unsigned width)
{
    ht_buffer_add_text(out, "\nOptions:\n");
    for (const struct ht_option *option = command->options; option && option->name; option++)
        add_option(out, option->name, option->value, option->help, width);
    for (const struct ht_filter_name *filter = ht_filter_names(); filter->name; filter++)
        if (ht_command_filters(command, filter->name))
            add_option(out, filter->name, filter->value, filter->help, width);
    for (const struct ht_option *option = ht_common_options; option->name; option++)
        if (ht_command_takes(command, option->id)) add_option(out, option->name, option->value, option->help, width);
}

void ht_help_command(struct ht_buffer *out, const struct ht_command *command, unsigned width)
{
    if (width > MAX_HELP_WIDTH) width = MAX_HELP_WIDTH;
    ht_buffer_printf(out, "usage: hooktrail %s [OPTION]…%s%s\n\n", command->name, command->arguments[0] ? " " : "",
                     command->arguments);
    struct ht_buffer summary = {0};
    ht_buffer_printf(&summary, "%c%s.", toupper((unsigned char)command->summary[0]), command->summary + 1);
    ht_wrap_add(out, ht_buffer_slice(&summary), 0, width);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_release(&summary);
    if (command->notes) {
        ht_buffer_add_byte(out, '\n');
        ht_wrap_add(out, ht_slice_from(command->notes), 0, width);
        ht_buffer_add_byte(out, '\n');
    }
    add_options(out, command, width);
    if (command->examples[0]) ht_buffer_add_text(out, "\nExamples:\n");
    for (size_t i = 0; i < sizeof command->examples / sizeof *command->examples && command->examples[i]; i++)
        ht_buffer_printf(out, "  %s\n", command->examples[i]);
}

/* `hooktrail help endpoint`: every action of the family; but of a command that has actions beside it, nothing. */
static bool add_family(struct ht_buffer *out, const char *family, unsigned width)
{
    size_t size = strlen(family);
    bool found = false;
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        if (strcmp(command->name, family) == 0) return false;
        if (strncmp(command->name, family, size) != 0 || command->name[size] != ' ') continue;
        if (found) ht_buffer_add_byte(out, '\n');
        ht_help_command(out, command, width);
        found = true;
    }
    return found;
}

static enum ht_status write_help(struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(out, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(out));
    ht_buffer_release(out);
    return status;
}

enum ht_status ht_run_help(const struct ht_call *call, struct ht_error *err)
{
    struct ht_buffer out = {0};
    if (call->argument_count == 0) {
        ht_help_all(&out);
        return write_help(&out, err);
    }
    if (call->argument_count == 1 && add_family(&out, call->arguments[0], call->output.width))
        return write_help(&out, err);
    int taken;
    const struct ht_command *command = ht_command_find(call->arguments, call->argument_count, &taken, err);
    if (!command) return err->status;
    ht_help_command(&out, command, call->output.width);
    return write_help(&out, err);
}
