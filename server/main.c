/* hooktraild: takes webhook deliveries, keeps them, and serves what they tell. */
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash.h"
#include "memory.h"
#include "server.h"

#define EXIT_USAGE 2
#define MAX_OPTIONS 16

/* What the command line said, kept to be said again when the configuration is reloaded. */
struct arguments {
    const char *config;
    struct {
        const char *name;
        const char *value;
    } settings[MAX_OPTIONS];
    size_t count;
    bool check;
    bool debug;
};

static const struct option options[] = {
    {"listen", required_argument, NULL, 'l'}, {"config", required_argument, NULL, 'c'},
    {"data", required_argument, NULL, 'd'},   {"log-format", required_argument, NULL, 'f'},
    {"set", required_argument, NULL, 's'},    {"check-config", no_argument, NULL, 'C'},
    {"debug", no_argument, NULL, 'D'},        {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},      {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    fputs("Usage: hooktraild [--listen ADDR:PORT] [--data DIR] [--config FILE]\n"
          "Takes webhook deliveries, keeps them, and serves what they tell.\n\n"
          "  --listen ADDR:PORT  address and port to serve (127.0.0.1:8787); port 0 picks one\n"
          "  --data DIR          the data directory ($HOOKTRAIL_DATA, else the user's own)\n"
          "  --config FILE       read settings from FILE\n"
          "  --set NAME=VALUE    set one setting\n"
          "  --log-format F      text or json\n"
          "  --check-config      say whether the configuration is right, and end\n"
          "  --debug             allow core dumps, which hold secrets and payloads\n"
          "  --help, --version\n\n"
          "Settings, for FILE (name = value), --set and the environment (HOOKTRAIL_NAME):\n\n",
          stdout);
    ht_config_describe(stdout);
    fputs("\nSIGHUP reads FILE again, SIGTERM stops within five seconds.\n", stdout);
}

static bool add_setting(struct arguments *arguments, const char *name, const char *value)
{
    if (arguments->count == MAX_OPTIONS) {
        ht_log_tell(STDERR_FILENO, "more than %d settings; put them into a file for --config", MAX_OPTIONS);
        return false;
    }
    arguments->settings[arguments->count].name = name;
    arguments->settings[arguments->count++].value = value;
    return true;
}

static bool add_pair(struct arguments *arguments, char *pair)
{
    char *equals = strchr(pair, '=');
    if (!equals) {
        ht_log_tell(STDERR_FILENO, "--set wants NAME=VALUE");
        return false;
    }
    *equals = '\0';
    return add_setting(arguments, pair, equals + 1);
}

/* `word` is the one that getopt is at, or, of several letters behind one dash, still the one before. */
static void tell_unknown(const char *word)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    bool is_long = strncmp(word, "--", 2) == 0 || optopt == 0;
    ht_log_tell(STDERR_FILENO, "unknown option %s; see --help", is_long ? word : letter);
}

/* Returns -1 to go on, else the exit code. */
static int parse(struct arguments *arguments, int count, char **values)
{
    int option;
    bool fine = true;
    while (fine && (option = getopt_long(count, values, ":", options, NULL)) != -1) {
        switch (option) {
        case 'l':
            fine = add_setting(arguments, "listen", optarg);
            break;
        case 'd':
            fine = add_setting(arguments, "data", optarg);
            break;
        case 'f':
            fine = add_setting(arguments, "log_format", optarg);
            break;
        case 's':
            fine = add_pair(arguments, optarg);
            break;
        case 'c':
            arguments->config = optarg;
            break;
        case 'C':
            arguments->check = true;
            break;
        case 'D':
            arguments->debug = true;
            break;
        case 'h':
            print_help();
            return EXIT_SUCCESS;
        case 'V':
            printf("hooktraild %s\n", ht_version());
            return EXIT_SUCCESS;
        case ':':
            ht_log_tell(STDERR_FILENO, "%s wants a value; see --help", values[optind - 1]);
            return EXIT_USAGE;
        default:
            tell_unknown(values[optind - 1]);
            return EXIT_USAGE;
        }
    }
    if (fine && optind < count) ht_log_tell(STDERR_FILENO, "unexpected \"%s\"; see --help", values[optind]);
    return fine && optind == count ? -1 : EXIT_USAGE;
}

static enum ht_status load(void *context, struct ht_config *config, struct ht_error *err)
{
    const struct arguments *arguments = context;
    enum ht_status status = ht_config_init(config, err);
    if (status != HT_OK) return status;
    if (arguments->config) status = ht_config_read(config, arguments->config, err);
    if (status == HT_OK) status = ht_config_environment(config, err);
    for (size_t i = 0; status == HT_OK && i < arguments->count; i++)
        status = ht_config_set(config, ht_slice_from(arguments->settings[i].name),
                               ht_slice_from(arguments->settings[i].value), HT_SOURCE_OPTION, err);
    if (status != HT_OK) ht_config_release(config);
    return status;
}

static void set_up_log(struct ht_server *server)
{
    const struct ht_config *config = &server->config;
    ht_log_init(&server->log, STDERR_FILENO, (enum ht_log_format)ht_config_number(config, HT_SETTING_LOG_FORMAT),
                ht_log_is_journal(STDERR_FILENO, getenv("JOURNAL_STREAM")),
                (enum ht_log_level)ht_config_number(config, HT_SETTING_LOG_LEVEL));
}

/* The first things of all: no death by a closed pipe, no file for others to read, no core with secrets in it. */
static void protect(bool debug)
{
    const struct rlimit none = {0};
    signal(SIGPIPE, SIG_IGN);
    ht_crash_watch();
    umask(077);
    if (!debug && setrlimit(RLIMIT_CORE, &none) != 0) ht_log_tell(STDERR_FILENO, "can't forbid core dumps");
}

int main(int count, char **values)
{
    static struct ht_server server;
    struct arguments arguments = {0};
    struct ht_error err;
    int exit_code = parse(&arguments, count, values);
    if (exit_code >= 0) return exit_code;
    protect(arguments.debug);
    /* libsodium's own generator, which the kernel's seeds: a delivery takes random bytes three times, and would pay for
       a system call each. */
    randombytes_set_implementation(&randombytes_internal_implementation);
    enum ht_status status = ht_memory_guard(&err);
    if (status == HT_OK) status = load(&arguments, &server.config, &err);
    if (status == HT_OK && sodium_init() < 0) status = ht_fail(&err, HT_IO, "libsodium can't be initialised");
    if (status == HT_OK) status = ht_server_prepare(&server, &err);
    if (status != HT_OK) {
        ht_log_tell(STDERR_FILENO, "%s", err.detail);
        return ht_status_exit(status);
    }
    if (arguments.check) {
        if (ht_server_review(&server, &err) != HT_OK) ht_log_tell(STDERR_FILENO, "warning: %s", err.detail);
        puts("the configuration is right");
    } else {
        set_up_log(&server);
        exit_code = ht_server_run(&server, load, &arguments);
    }
    ht_server_release(&server);
    ht_config_release(&server.config);
    return arguments.check ? EXIT_SUCCESS : exit_code;
}
