/* The options of each command: tables for commands.c alone, which is the only one to include this. */
#ifndef HOOKTRAIL_CLI_COMMAND_OPTIONS_H
#define HOOKTRAIL_CLI_COMMAND_OPTIONS_H

#include "command.h"

static const struct ht_option init_options[] = {
    {HT_OPTION_ORIGIN, "origin", "NAME",
     "the name of its log, as log.example.com/aimdoc; default: hooktrail/ and an id"},
    {HT_OPTION_MASTER_KEY, "master-key", "FILE",
     "make the master key in FILE; default: keys/master.key in the directory"},
    {HT_OPTION_NO_ENCRYPTION, "no-encryption", NULL, "do not seal payloads"},
    {0},
};

static const struct ht_option send_options[] = {
    {HT_OPTION_URL, "url", "URL", "the endpoint's whole URL; default: $HOOKTRAIL_URL"},
    {HT_OPTION_TYPE, "type", "TYPE", "name the event's type in the path, behind the secret"},
    {HT_OPTION_SAMPLES, "samples", NULL, "send the sample payloads that come with hooktrail"},
    {0},
};

static const struct ht_option events_options[] = {
    {HT_OPTION_FOLLOW, "follow", NULL, "go on: print matching events as they come, until interrupted"},
    {0},
};

static const struct ht_option show_options[] = {
    {HT_OPTION_PAYLOAD, "payload", NULL, "write the payload's bytes exactly as received, and nothing else"},
    {0},
};

static const struct ht_option history_options[] = {
    {HT_OPTION_EMAIL, "email", "ADDRESS", "find the lead by an e-mail address that it has or had"},
    {0},
};

static const struct ht_option retry_options[] = {
    {HT_OPTION_ALL, "all", NULL, "every rejected delivery, oldest first"},
    {0},
};

static const struct ht_option endpoint_add_options[] = {
    {HT_OPTION_NAME, "name", "NAME", "what to call it: 1 to 64 of A-Z a-z 0-9 . _ -"},
    {HT_OPTION_SIGNING_SECRET_FILE, "signing-secret-file", "FILE",
     "want Standard Webhooks signatures by the secret \"whsec_…\" in FILE (- is standard input)"},
    {0},
};

static const struct ht_option retire_options[] = {
    {HT_OPTION_CONFIRM, "confirm", NULL, "yes, retire it: this can't be undone"},
    {0},
};

static const struct ht_option token_add_options[] = {
    {HT_OPTION_NAME, "name", "NAME", "what to call it: 1 to 64 of A-Z a-z 0-9 . _ -"},
    {HT_OPTION_SCOPE, "scope", "SCOPES", "what it may do: read, admin, or both by comma; default: read"},
    {0},
};

static const struct ht_option keys_rotate_options[] = {
    {HT_OPTION_MASTER, "master", NULL, "the master key, under which the data keys are kept"},
    {HT_OPTION_TO, "to", "FILE", "make the new master key in FILE; default: where the old one is"},
    {HT_OPTION_SIGNING, "signing", NULL, "the key that signs checkpoints"},
    {HT_OPTION_ORIGIN, "origin", "NAME", "give the log another name too, as a log that begins anew"},
    {HT_OPTION_CONFIRM, "confirm", NULL, "yes, give it another one: this can't be undone"},
    {0},
};

static const struct ht_option export_options[] = {
    {HT_OPTION_TO, "to", "TARGET",
     "where to: a directory, s3://BUCKET/PREFIX, duckdb:FILE, postgresql://…, clickhouse://…"},
    {HT_OPTION_NAME, "name", "NAME", "remember how far this export got, and write only what is new since"},
    {HT_OPTION_FORMAT, "format", "FORMAT", "of files: parquet (the default), ndjson or csv"},
    {HT_OPTION_COMPRESS, "compress", "CODEC",
     "none, gzip or zstd; of Parquet also snappy. Default: zstd of Parquet, else none"},
    {HT_OPTION_TABLES, "tables", "LIST", "only these, by comma: events,messages. The same in each run of a name"},
    {HT_OPTION_FULL, "full", NULL, "with a name: write all anew, in the place of what the target holds"},
    {HT_OPTION_LOCK_TIMEOUT, "lock-timeout", "SECONDS",
     "wait so long for another run of this name, or into this directory, to end; default: not at all, but exit with 5"},
    {HT_OPTION_FILE_SIZE, "file-size", "SIZE", "begin a new file beyond this, such as 64MiB; default: 128MiB"},
    {HT_OPTION_SINGER, "singer", NULL, "write Singer's messages to standard output instead, as a tap does"},
    {HT_OPTION_STATE, "state", "FILE", "with --singer: the state that the run before gave; all if the file is missing"},
    {HT_OPTION_SCHEMA, "schema", "DIALECT",
     "write nothing, but print the tables: json, or the SQL of postgresql, clickhouse, duckdb, bigquery, snowflake"},
    {HT_OPTION_FOR_SPREADSHEETS, "for-spreadsheets", NULL, "CSV for people: nothing in it is taken for a formula"},
    {0},
};

#define OUTPUT_OPTION                                                                                                  \
    {                                                                                                                  \
        HT_OPTION_OUTPUT, "output", "FILE", "the zip to write, also as -o FILE; there must be none yet"                \
    }

static const struct ht_option evidence_options[] = {
    {HT_OPTION_SEQ, "seq", "SEQ", "this event alone"},
    OUTPUT_OPTION,
    {0},
};

static const struct ht_option subject_options[] = {
    {HT_OPTION_EMAIL, "email", "ADDRESS", "every lead that has or had this e-mail address"},
    OUTPUT_OPTION,
    {0},
};

#define ACTS_OPTION                                                                                                    \
    {                                                                                                                  \
        HT_OPTION_ACTS, "acts", NULL, "of the log of acts instead of that of events"                                   \
    }

static const struct ht_option checkpoint_options[] = {
    {HT_OPTION_LOG_KEYS, "key", NULL, "print the keys by which to verify it, the current one first"},
    ACTS_OPTION,
    {0},
};

static const struct ht_option prove_options[] = {
    {HT_OPTION_CONSISTENCY, "consistency", NULL, "prove that the log of NEW leaves begins with that of OLD"},
    {HT_OPTION_OUTPUT, "output", "FILE", "write it to FILE, also as -o FILE; there must be none yet"},
    ACTS_OPTION,
    {0},
};

static const struct ht_option verify_bundle_options[] = {
    {HT_OPTION_VERIFIER, "key", "KEY",
     "the log's key, or @FILE with one a line; may be given several times, also with keys of witnesses"},
    {0},
};

#define DRY_RUN_OPTION                                                                                                 \
    {                                                                                                                  \
        HT_OPTION_DRY_RUN, "dry-run", NULL, "only say what would go"                                                   \
    }

#define ERASING_CONFIRM_OPTION                                                                                         \
    {                                                                                                                  \
        HT_OPTION_CONFIRM, "confirm", NULL, "yes, erase it: this can't be undone"                                      \
    }

static const struct ht_option erase_options[] = {
    {HT_OPTION_EMAIL, "email", "ADDRESS", "every lead that has or had this e-mail address"},
    {HT_OPTION_SEQ, "seq", "SEQ", "this event alone"},
    {HT_OPTION_REASON, "reason", "TEXT", "why, for those who ask later; it must not name whom"},
    DRY_RUN_OPTION,
    ERASING_CONFIRM_OPTION,
    {0},
};

static const struct ht_option retain_options[] = {DRY_RUN_OPTION, ERASING_CONFIRM_OPTION, {0}};

static const struct ht_option hold_options[] = {
    {HT_OPTION_NOTE, "note", "TEXT", "why, for the list of holds"},
    {0},
};

static const struct ht_option backup_options[] = {
    {HT_OPTION_SINCE, "since", "BACKUP",
     "write only what is new since this one, which may be a full backup or one made with --since itself"},
    {0},
};

static const struct ht_option restore_options[] = {
    {HT_OPTION_ERASURES, "erasures", "FILE", "a newer erasures.log than the backup's own"},
    {0},
};

static const struct ht_option salvage_options[] = {
    {HT_OPTION_TO, "to", "NEW", "the new or empty directory that gets what can be read"},
    {0},
};

static const struct ht_option verify_options[] = {
    {HT_OPTION_CHECKPOINT, "checkpoint", "FILE", "a checkpoint kept elsewhere: nothing before it may have changed"},
    {HT_OPTION_WITHOUT_INDEX, "without-index", NULL, "check the trail alone, which takes a fraction of the time"},
    {0},
};

#endif
