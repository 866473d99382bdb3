/* replay JOURNAL IMAGES FOLDER [SEED]: plays a recorded run, stops at IMAGES moments spread over it, cuts the power,
   and checks what is left, in FOLDER. Prints what it found; ends with 1 if anything promised was lost or a store was
   broken. With --world before all else the directory is not a store but what world.h tells of. replay --last JOURNAL
   FOLDER: makes the directory as the run left it, to be compared. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "image.h"
#include "world.h"

#define PATIENCE 60 /* seconds that a check may take */
#define TOLD 5      /* faults that are described */

struct replay {
    const char *journal;
    uint64_t size;
    uint64_t entries;
    const char *folder;
    const char *unsynced; /* NULL: none */
    uint64_t seed;
    uint64_t wanted; /* images */
    uint64_t images;
    uint64_t lost;
    uint64_t broken;
    uint64_t starts; /* of processes; the first one is init */
    bool erases;     /* the last of them is an erasure */
    uint64_t erasures;
    bool world;
    enum world_part doing; /* what the last of them makes */
    bool returned[WORLD_PARTS];
    struct promises promises;
    struct disk disk;
};

static void fail(const char *what)
{
    fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* ---- the journal ---- */

static void map_journal(struct replay *replay, const char *path)
{
    struct stat stat_of;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat_of) != 0) fail(path);
    replay->size = (uint64_t)stat_of.st_size;
    replay->journal = mmap(NULL, replay->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (replay->journal == MAP_FAILED) fail(path);
    close(fd);
}

/* NULL at the end, or where a kill has cut the last one off. */
static const struct journal_entry *entry_at(const struct replay *replay, uint64_t at)
{
    const struct journal_entry *entry = (const void *)(replay->journal + at);
    if (replay->size - at < sizeof *entry || replay->size - at < journal_size(entry->size)) return NULL;
    return entry;
}

/* ---- images ---- */

/* In the child: the result and why, to the parent. */
static _Noreturn void check_in_child(const struct replay *replay, const char *path,
                                     const struct expectation *expectation, int pipe_fd)
{
    struct ht_error why = {0};
    alarm(PATIENCE);
    enum check_result result =
        replay->world ? check_world(path, expectation, replay->returned, &why) : check_store(path, expectation, &why);
    why.status = (enum ht_status)result;
    ssize_t written = write(pipe_fd, &why, sizeof why);
    _exit(written == sizeof why ? 0 : 1);
}

static enum check_result check_image(const struct replay *replay, const char *path, struct ht_error *why)
{
    int ends[2], status;
    const struct expectation expectation = {.promises = &replay->promises,
                                            .made = replay->starts > 1,
                                            .erasing = replay->erases || replay->erasures > 0,
                                            .erasures = replay->erasures};
    fflush(stdout);
    if (pipe(ends) != 0) fail("pipe");
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) check_in_child(replay, path, &expectation, ends[1]);
    close(ends[1]);
    ssize_t got = read(ends[0], why, sizeof *why);
    close(ends[0]);
    waitpid(child, &status, 0);
    if (got == sizeof *why) return (enum check_result)why->status;
    (void)ht_fail(why, HT_CORRUPT, "the check ended by signal %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return CHECK_BROKEN;
}

static struct image_way choose_way(const struct replay *replay)
{
    struct ht_slice number = ht_slice_of((const char *)&replay->images, sizeof replay->images);
    struct ht_slice seed = ht_slice_of((const char *)&replay->seed, sizeof replay->seed);
    uint8_t digest[HT_SHA256_SIZE];
    struct image_way way;
    ht_sha256_join((const struct ht_slice[]){seed, number}, 2, digest);
    memcpy(&way.seed, digest, sizeof way.seed);
    way.data = (enum image_data)(digest[8] % IMAGE_DATA_WAYS);
    way.names = (enum image_names)(digest[9] % IMAGE_NAMES_WAYS);
    return way;
}

static void tell(const struct replay *replay, const struct image_way *way, const char *what, const struct ht_error *why)
{
    if (replay->lost + replay->broken > TOLD) return;
    printf("image %llu, behind entry %llu, %zu promises, data: %s, names: %s: %s: %s\n",
           (unsigned long long)replay->images, (unsigned long long)replay->entries, replay->promises.count,
           image_data_names[way->data], image_names_names[way->names], what, why->detail);
}

static void cut_power(struct replay *replay)
{
    char path[PATH_MAX];
    struct ht_error why = {0};
    const struct image_way way = choose_way(replay);
    if (snprintf(path, sizeof path, "%s/image", replay->folder) >= PATH_MAX) fail(replay->folder);
    image_remove(path);
    image_write(&replay->disk, &way, path);
    enum check_result result = check_image(replay, path, &why);
    replay->images++;
    replay->lost += result == CHECK_LOST;
    replay->broken += result == CHECK_BROKEN;
    if (result != CHECK_FINE) tell(replay, &way, result == CHECK_LOST ? "lost" : "broken", &why);
    image_remove(path);
}

/* ---- playing ---- */

/* One that goes on in a child process may tell of itself twice. */
static void note_world(struct replay *replay, struct ht_slice words)
{
    enum world_part part = world_part_of(words);
    if (part == replay->doing) return;
    if (replay->doing != WORLD_NONE) replay->returned[replay->doing] = true;
    replay->doing = part;
}

static void note(struct replay *replay, const struct journal_entry *entry)
{
    struct ht_slice text = ht_slice_of((const char *)(entry + 1), entry->size);
    if (entry->kind == JOURNAL_START) {
        replay->starts++;
        note_world(replay, text);
        replay->erasures += replay->erases; /* it has returned */
        replay->erases = memmem(text.data, text.size, "\0erase", 7) != NULL;
    }
    if (entry->kind == JOURNAL_PROMISE && !promises_add_answer(&replay->promises, text)) {
        errno = EINVAL;
        fail("a promise without seq or digest");
    }
}

static uint64_t count_entries(const struct replay *replay)
{
    uint64_t count = 0;
    const struct journal_entry *entry;
    for (uint64_t at = 0; (entry = entry_at(replay, at)) != NULL; at += journal_size(entry->size))
        count++;
    return count;
}

static void play(struct replay *replay)
{
    const struct journal_entry *entry;
    const uint64_t all = count_entries(replay);
    for (uint64_t at = 0; (entry = entry_at(replay, at)) != NULL; at += journal_size(entry->size)) {
        bool passed_over = replay->unsynced != NULL && entry->kind == JOURNAL_SYNC &&
                           disk_is_at(&replay->disk, entry->inode, replay->unsynced);
        if (!passed_over) disk_apply(&replay->disk, entry, at);
        note(replay, entry);
        replay->entries++;
        while (replay->images * all < replay->wanted * replay->entries)
            cut_power(replay);
        disk_settle(&replay->disk, entry, at);
    }
}

static int make_last(struct replay *replay)
{
    const struct image_way way = {IMAGE_DATA_ALL, IMAGE_NAMES_ALL, 0};
    play(replay);
    image_write(&replay->disk, &way, replay->folder);
    return 0;
}

static int cut_often(struct replay *replay)
{
    play(replay);
    printf("%llu entries, %zu promises, %llu images: %llu lost, %llu broken\n", (unsigned long long)replay->entries,
           replay->promises.count, (unsigned long long)replay->images, (unsigned long long)replay->lost,
           (unsigned long long)replay->broken);
    return replay->lost + replay->broken > 0 || replay->images != replay->wanted;
}

int main(int count, char **words)
{
    struct replay replay = {.doing = WORLD_NONE};
    replay.world = count > 1 && strcmp(words[1], "--world") == 0;
    count -= replay.world;
    words += replay.world;
    bool last = count == 4 && strcmp(words[1], "--last") == 0;
    if (!last && count != 5 && count != 6) {
        fputs("usage: replay [--world] JOURNAL IMAGES FOLDER SEED [UNSYNCED] | --last JOURNAL FOLDER\n", stderr);
        return 2;
    }
    disk_init(&replay.disk);
    map_journal(&replay, words[last ? 2 : 1]);
    replay.folder = words[3];
    replay.wanted = last ? 0 : strtoull(words[2], NULL, 10);
    replay.seed = last ? 0 : strtoull(words[4], NULL, 10);
    replay.unsynced = count == 6 ? words[5] : NULL;
    int result = last ? make_last(&replay) : cut_often(&replay);
    promises_release(&replay.promises);
    disk_release(&replay.disk);
    return result;
}
