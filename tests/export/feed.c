/* feed TARGET OPTION…: gives a run of generated rows to a target, as an export would, and dies where it is told to.

   --trail HEX --name NAME --run N     of the run (defaults: 32 times "a", "nightly", 1)
   --after SEQ --until SEQ             the events that it brings (0, 0)
   --erase N:FIRST-LAST                an erasure; those with N beyond --erasures-after belong to the run
   --erasures-after N
   --payload BYTES                     of an event, about (2,000)
   --whole                             the run stands alone: what the target holds of this export goes
   --hostile                           every value that can be is one that a database may not like
   --die ROWS|before-commit|after-commit   kill -9 of itself, there
   --wait FILE, --wait-at TABLE        behind this table (erasures), until the file is there
   --only TABLE                        brings no other table
   --mark                              only prints the last run that the target has
   Exit status as of the program; the error goes to stderr, figures of the run to stdout. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../query/export/target.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "rows.h"

struct feed {
    struct export_target *target;
    struct export_run run;
    struct feed_model model;
    uint64_t rows;
    uint64_t unsent;
    uint64_t die_at;
    const char *die;
    const char *wait;
    const char *wait_at;
    const char *only;
};

static struct ht_error err;

static void must(enum ht_status status)
{
    if (status == HT_OK) return;
    fprintf(stderr, "feed: %s: %s\n", ht_status_title(status), err.detail);
    exit(ht_status_exit(status));
}

static uint64_t number_of(const char *text)
{
    uint64_t value = 0;
    if (ht_parse_u64(ht_slice_from(text), &value) == HT_OK) return value;
    fprintf(stderr, "feed: not a number: %s\n", text);
    exit(2);
}

static void die(void)
{
    kill(getpid(), SIGKILL);
}

static bool dies(const struct feed *feed, const char *where)
{
    return feed->die && strcmp(feed->die, where) == 0;
}

static enum ht_status give(void *context, const struct export_row *row)
{
    struct feed *feed = context;
    if (feed->die_at > 0 && feed->rows == feed->die_at) die();
    feed->rows++;
    must(feed->target->ops->add(feed->target, row, &err));
    if (++feed->unsent < 500) return HT_OK;
    feed->unsent = 0;
    must(feed->target->ops->flush(feed->target, &err));
    return HT_OK;
}

static void feed_table(struct feed *feed, enum export_table_id table)
{
    if (feed->only && strcmp(export_tables[table].name, feed->only) != 0) return;
    must(feed->target->ops->table_begin(feed->target, table, false, &err));
    must(feed_rows(&feed->model, table, give, feed));
    must(feed->target->ops->flush(feed->target, &err));
    must(feed->target->ops->table_end(feed->target, &err));
    if (!feed->wait || strcmp(export_tables[table].name, feed->wait_at) != 0) return;
    printf("waiting\n");
    fflush(stdout);
    while (access(feed->wait, F_OK) != 0)
        usleep(10000);
}

static void feed_run(struct feed *feed)
{
    int64_t begin = ht_time_steady();
    must(feed->target->ops->begin(feed->target, &feed->run, &err));
    for (int table = 0; table < EXPORT_TABLE_COUNT; table++)
        feed_table(feed, (enum export_table_id)table);
    if (dies(feed, "before-commit")) die();
    must(feed->target->ops->commit(feed->target, &err));
    if (dies(feed, "after-commit")) die();
    printf("{\"rows\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.3f}\n", feed->target->rows, feed->target->bytes,
           (double)(ht_time_steady() - begin) / 1e6);
}

static void add_erasure(struct feed_model *model, char *text)
{
    char *colon = strchr(text, ':'), *dash = strchr(text, '-');
    if (!colon || !dash || model->erasure_count == FEED_MAX_ERASURES) exit(2);
    *colon = *dash = 0;
    model->erasures[model->erasure_count++] =
        (struct feed_erasure){number_of(text), number_of(colon + 1), number_of(dash + 1)};
}

static void set(struct feed *feed, int option, char *value)
{
    switch (option) {
    case 't':
        feed->run.trail = value;
        break;
    case 'n':
        feed->run.name = value;
        break;
    case 'r':
        feed->run.number = number_of(value);
        break;
    case 'a':
        feed->run.after.position.seq = number_of(value);
        break;
    case 'u':
        feed->run.until.position.seq = number_of(value);
        break;
    case 'e':
        add_erasure(&feed->model, value);
        break;
    case 'E':
        feed->run.after.erasure = number_of(value);
        break;
    case 'p':
        feed->model.payload = number_of(value);
        break;
    case 'h':
        feed->model.hostile = true;
        break;
    case 'A':
        feed->run.whole = true;
        break;
    case 'w':
        feed->wait = value;
        break;
    case 'W':
        feed->wait_at = value;
        break;
    case 'o':
        feed->only = value;
        break;
    case 'd':
        feed->die = value;
        if (*value >= '0' && *value <= '9') feed->die_at = number_of(value);
        break;
    default:
        exit(2);
    }
}

static bool parse(struct feed *feed, int argc, char **argv)
{
    static const struct option options[] = {
        {"trail", 1, NULL, 't'},          {"name", 1, NULL, 'n'},    {"run", 1, NULL, 'r'},     {"after", 1, NULL, 'a'},
        {"until", 1, NULL, 'u'},          {"erase", 1, NULL, 'e'},   {"payload", 1, NULL, 'p'}, {"die", 1, NULL, 'd'},
        {"erasures-after", 1, NULL, 'E'}, {"wait", 1, NULL, 'w'},    {"wait-at", 1, NULL, 'W'}, {"only", 1, NULL, 'o'},
        {"mark", 0, NULL, 'm'},           {"hostile", 0, NULL, 'h'}, {"whole", 0, NULL, 'A'},   {NULL, 0, NULL, 0},
    };
    bool mark = false;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'm')
            mark = true;
        else
            set(feed, option, optarg);
    }
    if (optind + 1 != argc) exit(2);
    return mark;
}

static enum ht_status open_target(const char *url, struct export_target **target)
{
    if (strncmp(url, "clickhouse", 10) == 0) return export_target_clickhouse_open(url, target, &err);
    return export_target_postgres_open(url, target, &err);
}

int main(int argc, char **argv)
{
    static char trail[33];
    struct feed feed = {
        .run = {.trail = trail, .name = "nightly", .number = 1}, .model = {.payload = 2000}, .wait_at = "erasures"};
    uint64_t number = 0;
    memset(trail, 'a', sizeof trail - 1);
    bool mark = parse(&feed, argc, argv);
    feed.model.run = &feed.run;
    for (size_t i = 0; i < feed.model.erasure_count; i++)
        if (feed.model.erasures[i].number > feed.run.until.erasure)
            feed.run.until.erasure = feed.model.erasures[i].number;
    feed.run.restates = feed.run.after.position.seq > 0 && feed.run.until.erasure > feed.run.after.erasure;
    must(open_target(argv[optind], &feed.target));
    if (mark) {
        must(feed.target->ops->mark(feed.target, feed.run.trail, feed.run.name, &number, &err));
        printf("%" PRIu64 "\n", number);
    } else {
        feed_run(&feed);
    }
    feed.target->ops->close(feed.target);
    return 0;
}
