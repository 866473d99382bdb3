/* The table of commands: the only place that knows their names, options and examples. */
#include "command.h"

#define EVENT_FILTERS "agent conversation lead visitor type since until after before order limit cursor"
#define ENTITY_FILTERS "limit cursor"

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
    {HT_OPTION_TO, "to", "DIR", "the directory to write to; made if it is missing"},
    {HT_OPTION_FORMAT, "format", "FORMAT", "ndjson"},
    {HT_OPTION_NAME, "name", "NAME", "remember how far this export got, and write only what is new since"},
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

static const struct ht_option restore_options[] = {
    {HT_OPTION_ERASURES, "erasures", "FILE", "a newer erasures.log than the backup's own"},
    {0},
};

static const struct ht_option verify_options[] = {
    {HT_OPTION_CHECKPOINT, "checkpoint", "FILE", "a checkpoint kept elsewhere: nothing before it may have changed"},
    {0},
};

const struct ht_option ht_common_options[] = {
    {HT_OPTION_DATA, "data", "DIR",
     "the data directory; default: $HOOKTRAIL_DATA, else /var/lib/hooktrail for root, "
     "else $XDG_DATA_HOME/hooktrail"},
    {HT_OPTION_JSON, "json", NULL, "print one JSON document, the same that the HTTP API gives"},
    {HT_OPTION_NO_COLOR, "no-color", NULL, "no colour, as with NO_COLOR set"},
    {HT_OPTION_HELP, "help", NULL, "print this help"},
    {HT_OPTION_VERSION, "version", NULL, "print the version"},
    {0},
};

const struct ht_command ht_commands[] = {
    {
        .name = "init",
        .summary = "make the data directory, one endpoint and one API token, and print both once",
        .arguments = "",
        .json = true,
        .data = true,
        .options = init_options,
        .notes =
            "The endpoint's path and the token are secrets that are stored as hashes only: they can't be shown again. "
            "A master key in a FILE of its own is found by $HOOKTRAIL_MASTER_KEY_FILE. Keep a copy of it: without it "
            "no payload can be read any more.",
        .examples = {"hooktrail init", "hooktrail init --json --data /srv/hooktrail",
                     "hooktrail init --origin log.example.com/aimdoc --master-key /etc/hooktrail/master.key"},
        .run = ht_run_init,
    },
    {
        .name = "send",
        .summary = "deliver payloads to an endpoint, as Aimdoc would",
        .arguments = "[FILE…]",
        .most_arguments = 100000,
        .json = true,
        .options = send_options,
        .notes =
            "Each FILE (- is standard input) is one delivery: a POST of its bytes as application/json, tried again up "
            "to "
            "3 times with growing pauses when there is no answer or a 5xx. Exit status 1 if any wasn't answered 2xx. "
            "The URL holds the endpoint's secret: prefer HOOKTRAIL_URL, which other users don't see in the list of "
            "processes.",
        .examples = {"HOOKTRAIL_URL=http://127.0.0.1:8787/hooks/SECRET hooktrail send --samples",
                     "hooktrail send --type new-contact payload.json"},
        .run = ht_run_send,
    },
    {
        .name = "events",
        .summary = "list events, newest first; with --follow go on as they come",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = EVENT_FILTERS,
        .options = events_options,
        .notes = "On a terminal a table of the newest 100; in a pipe all of them as NDJSON, one event a line. --follow "
                 "prints in the order of arrival, without gap or repeat; on a terminal it begins with the newest 10, "
                 "in a pipe with all, unless --after, --since or --limit say otherwise.",
        .examples = {"hooktrail events --type new-contact,session-escalated --since 24h",
                     "hooktrail events --agent agent-uuid --follow",
                     "hooktrail events --after 1200 --order asc | jq .type"},
        .run = ht_run_events,
    },
    {
        .name = "show",
        .summary = "show one event: what is known of it, and each delivery",
        .arguments = "SEQ",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .options = show_options,
        .examples = {"hooktrail show 7", "hooktrail show 7 --payload | jq .lead"},
        .run = ht_run_show,
    },
    {
        .name = "timeline",
        .summary = "read one conversation: its messages and events, merged in time",
        .arguments = "CONVERSATION",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .filters = ENTITY_FILTERS,
        .notes = "Prints the whole conversation in the local time zone; --json gives a page of it, as --limit and "
                 "--cursor say.",
        .examples = {"hooktrail timeline conversation-uuid",
                     "hooktrail timeline conversation-uuid --json --limit 1000"},
        .run = ht_run_timeline,
    },
    {
        .name = "history",
        .summary = "read one lead: profile, changes, conversations and events",
        .arguments = "LEAD",
        .most_arguments = 1,
        .json = true,
        .data = true,
        .filters = ENTITY_FILTERS,
        .options = history_options,
        .notes = "Prints all of it; --json gives a page, as --limit and --cursor say. If several leads have or had the "
                 "e-mail address, their ids are printed and the exit status is 1.",
        .examples = {"hooktrail history lead-uuid", "hooktrail history --email jane.smith@example.com"},
        .run = ht_run_history,
    },
    {
        .name = "conversations",
        .summary = "list conversations, newest activity first",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "agent conversation lead visitor type since until limit cursor",
        .examples = {"hooktrail conversations --since 7d", "hooktrail conversations --lead lead-uuid"},
        .run = ht_run_conversations,
    },
    {
        .name = "leads",
        .summary = "list leads, newest activity first",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "agent conversation lead visitor since until limit cursor",
        .examples = {"hooktrail leads --since 7d", "hooktrail leads | jq -r .profile.email"},
        .run = ht_run_leads,
    },
    {
        .name = "agents",
        .summary = "list agents, newest activity first",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "agent since until limit cursor",
        .examples = {"hooktrail agents"},
        .run = ht_run_agents,
    },
    {
        .name = "stats",
        .summary = "count events by type, agent and day",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "agent type since until",
        .examples = {"hooktrail stats", "hooktrail stats --json --since 30d"},
        .run = ht_run_stats,
    },
    {
        .name = "rejected list",
        .summary = "list rejected deliveries, newest first",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "since until limit cursor",
        .notes = "A rejected delivery is one that failed validation: kept with the reason, never in the trail.",
        .examples = {"hooktrail rejected"},
        .run = ht_run_rejected_list,
    },
    {
        .name = "rejected show",
        .summary = "show one rejected delivery, why it failed, and where",
        .arguments = "NUMBER",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .options = show_options,
        .examples = {"hooktrail rejected show 3", "hooktrail rejected show 3 --payload > body.json"},
        .run = ht_run_rejected_show,
    },
    {
        .name = "rejected retry",
        .summary = "validate rejected deliveries again, and take in those that pass",
        .arguments = "[NUMBER…]",
        .most_arguments = 100000,
        .json = true,
        .data = true,
        .options = retry_options,
        .notes =
            "They keep the time at which they were received. Exit status 1 if any still fails: it then stays rejected.",
        .examples = {"hooktrail rejected retry 3", "hooktrail rejected retry --all"},
        .run = ht_run_rejected_retry,
    },
    {
        .name = "rejected drop",
        .summary = "delete rejected deliveries for good",
        .arguments = "NUMBER…",
        .least_arguments = 1,
        .most_arguments = 100000,
        .data = true,
        .examples = {"hooktrail rejected drop 3"},
        .run = ht_run_rejected_drop,
    },
    {
        .name = "endpoint list",
        .summary = "list endpoints, without their secrets",
        .arguments = "",
        .json = true,
        .data = true,
        .examples = {"hooktrail endpoint"},
        .run = ht_run_endpoint_list,
    },
    {
        .name = "endpoint add",
        .summary = "make an endpoint and print its secret path once",
        .arguments = "",
        .json = true,
        .data = true,
        .options = endpoint_add_options,
        .examples = {"hooktrail endpoint add --name website",
                     "hooktrail endpoint add --name website --signing-secret-file secret.txt"},
        .run = ht_run_endpoint_add,
    },
    {
        .name = "endpoint rotate",
        .summary = "give an endpoint a second secret path; the old one stays alive until it is retired",
        .arguments = "ID|NAME",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .notes = "Enter the new URL at Aimdoc, see deliveries come in by it, then retire the old endpoint by its id.",
        .examples = {"hooktrail endpoint rotate website", "hooktrail endpoint retire 2 --confirm"},
        .run = ht_run_endpoint_rotate,
    },
    {
        .name = "endpoint retire",
        .summary = "retire an endpoint for good: it answers 410 Gone from then on",
        .arguments = "ID|NAME",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .options = retire_options,
        .notes = "Aimdoc removes a subscription by itself when it is answered 410 Gone. Events that came in stay.",
        .examples = {"hooktrail endpoint retire 2 --confirm"},
        .run = ht_run_endpoint_retire,
    },
    {
        .name = "token list",
        .summary = "list API tokens, without their secrets",
        .arguments = "",
        .json = true,
        .data = true,
        .examples = {"hooktrail token"},
        .run = ht_run_token_list,
    },
    {
        .name = "token add",
        .summary = "make an API token and print it once",
        .arguments = "",
        .json = true,
        .data = true,
        .options = token_add_options,
        .examples = {"hooktrail token add --name dashboard", "hooktrail token add --name ops --scope read,admin"},
        .run = ht_run_token_add,
    },
    {
        .name = "token revoke",
        .summary = "revoke an API token for good",
        .arguments = "ID|NAME",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .examples = {"hooktrail token revoke dashboard"},
        .run = ht_run_token_revoke,
    },
    {
        .name = "erase",
        .summary = "erase a person, a conversation or an event; proofs of what stays go on to hold",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "conversation lead",
        .options = erase_options,
        .notes =
            "A lead goes with all of its conversations, whole, and with the rejected deliveries that name it. Several "
            "subjects may be named at once. Payloads, ids and the keys that sealed them are destroyed; what stays is "
            "that something was there, when, and a hash that tells nothing. Without --confirm it is only said what "
            "would go. Exit status 3 if there is no such subject, or if it was erased before; 5 if a legal hold keeps "
            "it.",
        .examples = {"hooktrail erase --email jane.smith@example.com --dry-run",
                     "hooktrail erase --email jane.smith@example.com --reason 'request of 24 November' --confirm"},
        .run = ht_run_erase,
    },
    {
        .name = "retain",
        .summary = "erase what is older than a policy says",
        .arguments = "POLICY",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .options = retain_options,
        .notes =
            "A policy is rules by comma: an age (s, m, h, d, w) or forever, before it type=TYPE, agent=ID or both. "
            "The most specific rule decides for an event. What is held stays. Without --confirm it is only said "
            "what would go.",
        .examples = {"hooktrail retain 400d --dry-run", "hooktrail retain '400d, type=new-question 90d' --confirm"},
        .run = ht_run_retain,
    },
    {
        .name = "hold list",
        .summary = "list legal holds: what must not be erased",
        .arguments = "",
        .json = true,
        .data = true,
        .examples = {"hooktrail hold"},
        .run = ht_run_hold_list,
    },
    {
        .name = "hold add",
        .summary = "keep a conversation, or a lead with its conversations, from being erased",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "conversation lead",
        .options = hold_options,
        .examples = {"hooktrail hold add --conversation conversation-uuid --note 'case 12'"},
        .run = ht_run_hold_add,
    },
    {
        .name = "hold remove",
        .summary = "remove a legal hold",
        .arguments = "HOLD",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .examples = {"hooktrail hold remove 1"},
        .run = ht_run_hold_remove,
    },
    {
        .name = "keys list",
        .summary = "tell where the master key is, how many data keys there are, and who signs",
        .arguments = "",
        .json = true,
        .data = true,
        .notes = "No secret is shown. Works without the master key.",
        .examples = {"hooktrail keys"},
        .run = ht_run_keys_list,
    },
    {
        .name = "keys rotate",
        .summary = "give the store another master key or signing key; the daemon must be stopped",
        .arguments = "",
        .json = true,
        .data = true,
        .options = keys_rotate_options,
        .notes = "With another master key the data keys are rewritten, payloads stay as they are, and the old key is "
                 "overwritten: keep a copy of it as long as there are backups that were made under it. Checkpoints "
                 "that an old signing key has signed stay valid.",
        .examples = {"hooktrail keys rotate --master --confirm",
                     "hooktrail keys rotate --master --to /etc/hooktrail/master.key --confirm",
                     "hooktrail keys rotate --signing --origin log.example.com/aimdoc-2 --confirm"},
        .run = ht_run_keys_rotate,
    },
    {
        .name = "export",
        .summary = "write tables for a warehouse; with a name, only what is new",
        .arguments = "",
        .json = true,
        .data = true,
        .options = export_options,
        .notes = "A run that was killed can be repeated: each event is written exactly once.",
        .examples = {"hooktrail export --to /srv/export --format ndjson --name nightly"},
        .run = ht_run_export,
    },
    {
        .name = "checkpoint",
        .summary = "sign the log as it is now, and print the signed checkpoint",
        .arguments = "",
        .json = true,
        .data = true,
        .options = checkpoint_options,
        .notes = "A checkpoint says how many events there are and the root of their Merkle tree; whoever keeps one "
                 "notices if anything before it is changed or taken away (c2sp.org/tlog-checkpoint). Nothing is signed "
                 "anew while the log hasn't grown. With --key nothing is signed: keep the key apart from the trail.",
        .examples = {"hooktrail checkpoint", "hooktrail checkpoint --key", "hooktrail checkpoint --acts --json"},
        .run = ht_run_checkpoint,
    },
    {
        .name = "prove",
        .summary = "prove that an event is in the log, or that the log only grew",
        .arguments = "SEQ|OLD NEW",
        .least_arguments = 1,
        .most_arguments = 2,
        .data = true,
        .options = prove_options,
        .notes = "Of SEQ a proof of inclusion under the newest checkpoint (c2sp.org/tlog-proof; a checkpoint is signed "
                 "first if none covers SEQ). Its index is SEQ - 1; its line extra is the leaf's data in base64, of an "
                 "event 52 bytes that commit to it and tell nothing of what it says. With --consistency the hashes of "
                 "a proof by RFC 6962, section 2.1.2, in base64, one a line; there are none if OLD is 0 or NEW.",
        .examples = {"hooktrail prove 7 -o event-7.tlog-proof", "hooktrail prove 2 --acts",
                     "hooktrail prove --consistency 1200 1500"},
        .run = ht_run_prove,
    },
    {
        .name = "evidence",
        .summary = "pack a conversation, a lead or an event with all that proves it into a zip",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "conversation lead",
        .options = evidence_options,
        .notes = "The zip holds payloads as received, deliveries, timelines, proofs, a signed checkpoint, and a README "
                 "that tells how to check all of it without hooktrail; at most 10,000 events. Give the log's key to "
                 "whoever is to check it by another way.",
        .examples = {"hooktrail evidence --conversation conversation-uuid -o evidence.zip",
                     "hooktrail evidence --seq 7 -o event-7.zip"},
        .run = ht_run_evidence,
    },
    {
        .name = "verify-bundle",
        .summary = "check an evidence bundle by a key, without a data directory",
        .arguments = "FILE",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .options = verify_bundle_options,
        .notes = "Exit status 4, with what was found, if anything in it does not fit. The key is that of the log, as "
                 "its operator or anybody who watches it states it: never take it from the bundle.",
        .examples = {"hooktrail verify-bundle evidence.zip --key hooktrail/5f1c+8a2b01c3+AZ...",
                     "hooktrail verify-bundle evidence.zip --key @kept.vkey"},
        .run = ht_run_verify_bundle,
    },
    {
        .name = "subject",
        .summary = "pack all that is held about a person into a zip, for that person to read",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "conversation lead",
        .options = subject_options,
        .notes = "The answer to a request for access: profile and how it changed, conversations, payloads as received, "
                 "when and from where they came, what was erased. Times are in UTC.",
        .examples = {"hooktrail subject --email jane.smith@example.com -o jane.zip"},
        .run = ht_run_subject,
    },
    {
        .name = "acts",
        .summary = "list who did what to the store, newest first",
        .arguments = "",
        .json = true,
        .data = true,
        .filters = "since until after before order limit cursor",
        .notes = "Acts of those who run the store: endpoints, tokens, keys, erasures, exports and the like, and with "
                 "audit_reads = on also reads of personal data. They are a log of their own, with its own numbers, "
                 "tree and checkpoints. Persons are named in it by keyed hashes alone.",
        .examples = {"hooktrail acts", "hooktrail acts --since 30d --json"},
        .run = ht_run_acts,
    },
    {
        .name = "verify",
        .summary = "check every record, the Merkle trees, the checkpoints, and the index against the trail",
        .arguments = "",
        .json = true,
        .data = true,
        .options = verify_options,
        .notes = "Exit status 4 if anything is wrong. If only the index is, `hooktrail reindex` mends it. Without the "
                 "master key everything is checked but what is sealed in the records, and the index.",
        .examples = {"hooktrail verify", "hooktrail verify --checkpoint kept.txt"},
        .run = ht_run_verify,
    },
    {
        .name = "reindex",
        .summary = "build the index anew from the trail, beside a running daemon",
        .arguments = "",
        .json = true,
        .data = true,
        .examples = {"hooktrail reindex"},
        .run = ht_run_reindex,
    },
    {
        .name = "backup",
        .summary = "copy trail and keys to a new directory, beside a running daemon, and verify the copy",
        .arguments = "DIR",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .notes = "The index is left out: it is made again when the copy is first used. The master key is copied if it "
                 "lies in the data directory; if it does not, keep it by itself: the copy is of no use without it.",
        .examples = {"hooktrail backup /mnt/backup/hooktrail-monday"},
        .run = ht_run_backup,
    },
    {
        .name = "restore",
        .summary = "make a data directory of a backup, and erase in it what was erased since",
        .arguments = "BACKUP",
        .least_arguments = 1,
        .most_arguments = 1,
        .json = true,
        .data = true,
        .options = restore_options,
        .notes = "--data names the new or empty directory. What the backup's erasures.log, or the newer one that is "
                 "given, tells of is erased before anything is served; then all is verified.",
        .examples =
            {"hooktrail restore /mnt/backup/hooktrail-monday --data /srv/hooktrail",
             "hooktrail restore /mnt/backup/hooktrail-monday --erasures /mnt/log/erasures.log --data /srv/hooktrail"},
        .run = ht_run_restore,
    },
    {
        .name = "compact",
        .summary = "rewrite the store without free pages; the daemon must be stopped",
        .arguments = "",
        .json = true,
        .data = true,
        .examples = {"hooktrail compact"},
        .run = ht_run_compact,
    },
    {
        .name = "help",
        .summary = "explain a command, with examples",
        .arguments = "[COMMAND]",
        .most_arguments = 2,
        .examples = {"hooktrail help events", "hooktrail help endpoint add"},
        .run = ht_run_help,
    },
    {
        .name = "completion",
        .summary = "print the completion for a shell, or the manual's list of commands",
        .arguments = "bash|manual",
        .least_arguments = 1,
        .most_arguments = 1,
        .hidden = true,
        .examples = {"hooktrail completion bash > /etc/bash_completion.d/hooktrail"},
        .run = ht_run_completion,
    },
    {0},
};
