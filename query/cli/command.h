/* What the program can do: one table of commands, from which parsing, help, completion and the manual come. */
#ifndef HOOKTRAIL_CLI_COMMAND_H
#define HOOKTRAIL_CLI_COMMAND_H

#include "hooktrail/filter.h"
#include "output.h"

enum ht_option_id {
    HT_OPTION_NONE,
    HT_OPTION_DATA,
    HT_OPTION_JSON,
    HT_OPTION_NO_COLOR,
    HT_OPTION_HELP,
    HT_OPTION_VERSION,
    HT_OPTION_URL,
    HT_OPTION_TYPE,
    HT_OPTION_SAMPLES,
    HT_OPTION_FOLLOW,
    HT_OPTION_PAYLOAD,
    HT_OPTION_EMAIL,
    HT_OPTION_ALL,
    HT_OPTION_NAME,
    HT_OPTION_SCOPE,
    HT_OPTION_SIGNING_SECRET_FILE,
    HT_OPTION_CONFIRM,
    HT_OPTION_TO,
    HT_OPTION_FORMAT,
    HT_OPTION_OUTPUT,
    HT_OPTION_SEQ,
    HT_OPTION_VERIFIER, /* may come several times: ht_call.keys */
    HT_OPTION_DRY_RUN,
    HT_OPTION_REASON,
    HT_OPTION_NOTE,
    HT_OPTION_ERASURES,
    HT_OPTION_LOG_KEYS,
    HT_OPTION_CHECKPOINT,
    HT_OPTION_WITHOUT_INDEX,
    HT_OPTION_ACTS,
    HT_OPTION_CONSISTENCY,
    HT_OPTION_MASTER,
    HT_OPTION_SIGNING,
    HT_OPTION_ORIGIN,
    HT_OPTION_MASTER_KEY,
    HT_OPTION_SINCE, /* of backup: a folder; the filter of that name is a time */
    HT_OPTION_NO_ENCRYPTION,
    HT_OPTION_COMPRESS,
    HT_OPTION_TABLES,
    HT_OPTION_FULL,
    HT_OPTION_FOR_SPREADSHEETS,
    HT_OPTION_FILE_SIZE,
    HT_OPTION_SCHEMA,
    HT_OPTION_SINGER,
    HT_OPTION_STATE,
    HT_OPTION_LOCK_TIMEOUT,
    HT_OPTION_COUNT
};

/* A row of a table of options; a NULL name ends it. */
struct ht_option {
    enum ht_option_id id;
    const char *name;
    const char *value; /* placeholder, or NULL for a switch */
    const char *help;
};

struct ht_call;
typedef enum ht_status ht_command_run(const struct ht_call *call, struct ht_error *err);

struct ht_command {
    const char *name;      /* "events"; "endpoint add" for an action of a family, whose bare name means "… list" */
    const char *summary;   /* one line in the list of commands */
    const char *arguments; /* as usage shows them: "SEQ"; "" if there are none */
    int least_arguments;
    int most_arguments;
    bool json; /* has --json */
    bool data; /* has --data */
    bool hidden;
    bool shares;                     /* what it makes is the group's too, as the caller's umask says */
    const char *filters;             /* names of filters it takes, space between; NULL: none */
    const struct ht_option *options; /* its own; may be NULL */
    const char *notes;               /* a paragraph for help and manual */
    const char *examples[4];         /* whole command lines; NULL ends */
    ht_command_run *run;
};

/* One call of the program: what was asked, and where the answer goes. Everything is borrowed from main's arguments. */
#define HT_CALL_KEYS 16

struct ht_call {
    const struct ht_command *command;
    const char *values[HT_OPTION_COUNT]; /* NULL: not given; "" for a switch that was */
    struct ht_filter filter;
    bool limited; /* --limit was given */
    const char *keys[HT_CALL_KEYS];
    int key_count;
    char **arguments;
    int argument_count;
    struct ht_output output;
    int64_t now;
};

static inline bool ht_call_has(const struct ht_call *call, enum ht_option_id option)
{
    return call->values[option] != NULL;
}

/* The table; a NULL name ends it. */
extern const struct ht_command ht_commands[];

/* Options of every command, and those that come with data and json. A NULL name ends it. */
extern const struct ht_option ht_common_options[];

/* Whether the command takes this common option. */
bool ht_command_takes(const struct ht_command *command, enum ht_option_id option);

/* Whether the command takes the filter of this name. */
bool ht_command_filters(const struct ht_command *command, const char *filter);

/* Finds the command that `words` begin with and tells how many of them (1 or 2) its name took. NULL if there is none:
   then err says so, with the closest name there is. */
const struct ht_command *ht_command_find(char **words, int count, int *taken, struct ht_error *err);

/* The commands, one function each. */
ht_command_run ht_run_init, ht_run_send, ht_run_events, ht_run_show, ht_run_timeline, ht_run_history, ht_run_agents,
    ht_run_conversations, ht_run_leads, ht_run_stats, ht_run_rejected_list, ht_run_rejected_show, ht_run_rejected_retry,
    ht_run_rejected_drop, ht_run_endpoint_list, ht_run_endpoint_add, ht_run_endpoint_rotate, ht_run_endpoint_retire,
    ht_run_erase, ht_run_hold_list, ht_run_hold_add, ht_run_hold_remove, ht_run_retain, ht_run_restore,
    ht_run_token_list, ht_run_token_add, ht_run_token_revoke, ht_run_export, ht_run_export_status, ht_run_verify,
    ht_run_reindex, ht_run_checkpoint, ht_run_prove, ht_run_backup, ht_run_salvage, ht_run_compact, ht_run_evidence,
    ht_run_subject, ht_run_verify_bundle, ht_run_acts, ht_run_keys_list, ht_run_keys_rotate, ht_run_doctor, ht_run_help,
    ht_run_completion;

#endif
