#include "completion.h"

#include <ctype.h>
#include <stdio.h>

#include "command.h"

/* ---- bash ---- */

/* Whether the command before it has the same first word, as "export" and "token list" before "export status" and "token
   add". */
static bool goes_on(const struct ht_command *command)
{
    size_t size = strcspn(command->name, " ");
    if (command == ht_commands || strncmp(command[-1].name, command->name, size) != 0) return false;
    return command[-1].name[size] == ' ' || command[-1].name[size] == '\0';
}

static void add_names(struct ht_buffer *out)
{
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        if (command->hidden || goes_on(command)) continue;
        ht_buffer_printf(out, "%s%.*s", command == ht_commands ? "" : " ", (int)strcspn(command->name, " "),
                         command->name);
    }
}

/* "endpoint) actions='list add rotate retire' ;;" for each family. */
static void add_actions(struct ht_buffer *out)
{
    bool open = false;
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        const char *space = strchr(command->name, ' ');
        if (!space) continue;
        if (!goes_on(command) || !strchr(command[-1].name, ' ')) {
            ht_buffer_printf(out, "%s    %.*s) actions='%s", open ? "' ;;\n" : "", (int)(space - command->name),
                             command->name, space + 1);
            open = true;
        } else {
            ht_buffer_printf(out, " %s", space + 1);
        }
    }
    if (open) ht_buffer_add_text(out, "' ;;\n");
}

static void add_options(struct ht_buffer *out, const struct ht_command *command)
{
    const char *before = "";
    for (const struct ht_option *option = command->options; option && option->name; option++, before = " ")
        ht_buffer_printf(out, "%s--%s", before, option->name);
    for (const struct ht_filter_name *filter = ht_filter_names(); filter->name; filter++) {
        if (!ht_command_filters(command, filter->name)) continue;
        ht_buffer_printf(out, "%s--%s", before, filter->name);
        before = " ";
    }
    for (const struct ht_option *option = ht_common_options; option->name; option++) {
        if (!ht_command_takes(command, option->id)) continue;
        ht_buffer_printf(out, "%s--%s", before, option->name);
        before = " ";
    }
}

static void add_option_cases(struct ht_buffer *out)
{
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        if (command->hidden) continue;
        const char *space = strchr(command->name, ' ');
        ht_buffer_add_text(out, "    ");
        if (space && strcmp(space, " list") == 0)
            ht_buffer_printf(out, "%.*s | ", (int)(space - command->name), command->name);
        ht_buffer_printf(out, "'%s') options='", command->name);
        add_options(out, command);
        ht_buffer_add_text(out, "' ;;\n");
    }
}

/* "--master-key | --state | …": each option that names a file, once. */
static void add_file_options(struct ht_buffer *out)
{
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        for (const struct ht_option *option = command->options; option && option->name; option++) {
            char pattern[64];
            snprintf(pattern, sizeof pattern, "--%s | ", option->name);
            bool names_file = option->value && strcmp(option->value, "FILE") == 0;
            if (names_file && !strstr(ht_buffer_text(out), pattern)) ht_buffer_add_text(out, pattern);
        }
    }
}

void ht_completion_bash(struct ht_buffer *out)
{
    ht_buffer_add_text(out, "# bash completion for hooktrail, made by `hooktrail completion bash`.\n"
                            "_hooktrail() {\n"
                            "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                            "    local command=${COMP_WORDS[1]} actions='' options=''\n"
                            "    COMPREPLY=()\n"
                            "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                            "        mapfile -t COMPREPLY < <(compgen -W '");
    add_names(out);
    ht_buffer_add_text(out, " --help --version' -- \"$word\")\n"
                            "        return\n"
                            "    fi\n"
                            "    case $before in\n"
                            "    --data) mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); return ;;\n"
                            "    --since) [[ $command == backup ]] && mapfile -t COMPREPLY < <(compgen -d -- "
                            "\"$word\") && return ;;\n"
                            "    ");
    add_file_options(out);
    ht_buffer_add_text(
        out, "-o) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
             "    --order) mapfile -t COMPREPLY < <(compgen -W 'asc desc' -- \"$word\"); return ;;\n"
             "    --format) mapfile -t COMPREPLY < <(compgen -W 'parquet ndjson csv' -- \"$word\"); return ;;\n"
             "    --compress) mapfile -t COMPREPLY < <(compgen -W 'none gzip zstd snappy' -- \"$word\"); "
             "return ;;\n"
             "    --schema) mapfile -t COMPREPLY < <(compgen -W 'json postgresql clickhouse duckdb bigquery "
             "snowflake' -- \"$word\"); return ;;\n"
             "    --scope) mapfile -t COMPREPLY < <(compgen -W 'read admin read,admin' -- \"$word\"); "
             "return ;;\n"
             "    esac\n"
             "    case $command in\n");
    add_actions(out);
    ht_buffer_add_text(out, "    esac\n"
                            "    if [ -n \"$actions\" ]; then\n"
                            "        if [ \"$COMP_CWORD\" -eq 2 ] && [[ $word != -* ]]; then\n"
                            "            mapfile -t COMPREPLY < <(compgen -W \"$actions\" -- \"$word\")\n"
                            "            return\n"
                            "        fi\n"
                            "        [[ ${COMP_WORDS[2]} == -* ]] || command+=\" ${COMP_WORDS[2]}\"\n"
                            "    fi\n"
                            "    case $command in\n");
    add_option_cases(out);
    ht_buffer_add_text(out, "    esac\n"
                            "    if [[ $word == -* ]]; then\n"
                            "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
                            "    elif [[ $command == send || $command == backup || $command == restore ||"
                            " $command == salvage || $command == verify-bundle ]]; then\n"
                            "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
                            "    fi\n"
                            "}\n"
                            "complete -o filenames -F _hooktrail hooktrail\n");
}

/* ---- manual ---- */

/* Text between markup: what scdoc would take for markup is escaped. */
static void add_plain(struct ht_buffer *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("*_\\", *text)) ht_buffer_add_byte(out, '\\');
        if (*text != '`') ht_buffer_add_byte(out, *text);
    }
}

static void add_manual_option(struct ht_buffer *out, const char *name, const char *value, const char *help)
{
    ht_buffer_printf(out, "*--%s*", name);
    if (value) ht_buffer_printf(out, " _%s_", value);
    ht_buffer_add_text(out, "\n\t");
    add_plain(out, help);
    ht_buffer_add_text(out, "\n\n");
}

static void add_manual_command(struct ht_buffer *out, const struct ht_command *command)
{
    ht_buffer_printf(out, "## hooktrail %s", command->name);
    ht_buffer_add_text(out, command->arguments[0] ? " " : "");
    add_plain(out, command->arguments);
    ht_buffer_printf(out, "\n\n%c", toupper((unsigned char)command->summary[0]));
    add_plain(out, command->summary + 1);
    ht_buffer_add_text(out, ".");
    if (command->notes) ht_buffer_add_byte(out, ' ');
    add_plain(out, command->notes ? command->notes : "");
    ht_buffer_add_text(out, "\n\n");
    for (const struct ht_option *option = command->options; option && option->name; option++)
        add_manual_option(out, option->name, option->value, option->help);
    for (const struct ht_filter_name *filter = ht_filter_names(); filter->name; filter++)
        if (ht_command_filters(command, filter->name))
            add_manual_option(out, filter->name, filter->value, filter->help);
}

void ht_completion_manual(struct ht_buffer *out)
{
    ht_buffer_add_text(out, "# OPTIONS OF ALL COMMANDS\n\n");
    for (const struct ht_option *option = ht_common_options; option->name; option++)
        add_manual_option(out, option->name, option->value, option->help);
    ht_buffer_add_text(out, "# COMMANDS\n\n");
    for (const struct ht_command *command = ht_commands; command->name; command++)
        if (!command->hidden) add_manual_command(out, command);
}

enum ht_status ht_run_completion(const struct ht_call *call, struct ht_error *err)
{
    struct ht_buffer out = {0};
    const char *what = call->arguments[0];
    if (strcmp(what, "bash") == 0)
        ht_completion_bash(&out);
    else if (strcmp(what, "manual") == 0)
        ht_completion_manual(&out);
    else
        return ht_fail(err, HT_INVALID, "there is a completion for bash only");
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    return status;
}
