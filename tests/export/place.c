/* Drives a place of exports from the command line, for tests:

       place TARGET COMMAND [ARGUMENT…] …

   with TARGET a folder or s3://BUCKET[/PREFIX] and any of these, one after the other:

       begin NAME     write FILE     commit     abandon     put NAME FILE (the three)
       list PREFIX (a line "SIZE NAME" each)     read NAME     remove NAME
       say WORD (on stdout)     wait (for a line on stdin)     die (by SIGKILL)

   Writes in pieces of 64 KiB. Ends with the exit status that the first failure has, and says on stderr what it was. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "../../query/export/place.h"

#define MOST ((size_t)1 << 30)

static struct export_place *place;
static EVP_MD_CTX *digest;

static const char *name; /* of the file under way */

static enum ht_status begin(char **arguments, struct ht_error *err)
{
    name = arguments[0];
    EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
    return place->ops->begin(place, arguments[0], err);
}

static enum ht_status write_file(char **arguments, struct ht_error *err)
{
    char bytes[65536];
    size_t size;
    enum ht_status status = HT_OK;
    FILE *file = fopen(arguments[0], "rb");
    if (!file) return ht_fail(err, HT_IO, "cannot open %s", arguments[0]);
    while (status == HT_OK && (size = fread(bytes, 1, sizeof bytes, file)) > 0) {
        EVP_DigestUpdate(digest, bytes, size);
        status = place->ops->write(place, ht_slice_of(bytes, size), err);
    }
    fclose(file);
    return status;
}

static enum ht_status commit(char **arguments, struct ht_error *err)
{
    uint8_t sha256[HT_SHA256_SIZE];
    (void)arguments;
    EVP_DigestFinal_ex(digest, sha256, NULL);
    return place->ops->commit(place, name, sha256, err);
}

static enum ht_status give_up(char **arguments, struct ht_error *err)
{
    (void)arguments, (void)err;
    place->ops->abandon(place);
    return HT_OK;
}

static enum ht_status put(char **arguments, struct ht_error *err)
{
    enum ht_status status = begin(arguments, err);
    if (status == HT_OK) status = write_file(arguments + 1, err);
    return status == HT_OK ? commit(arguments, err) : status;
}

static enum ht_status print_name(void *context, const char *found, uint64_t size, struct ht_error *err)
{
    (void)context, (void)err;
    printf("%llu %s\n", (unsigned long long)size, found);
    return HT_OK;
}

static enum ht_status list(char **arguments, struct ht_error *err)
{
    return place->ops->list(place, arguments[0], print_name, NULL, err);
}

static enum ht_status read_file(char **arguments, struct ht_error *err)
{
    struct ht_buffer bytes = {0};
    enum ht_status status = place->ops->read(place, arguments[0], MOST, &bytes, err);
    if (status == HT_OK && bytes.size > 0) fwrite(bytes.data, 1, bytes.size, stdout);
    ht_buffer_release(&bytes);
    return status;
}

static enum ht_status remove_file(char **arguments, struct ht_error *err)
{
    return place->ops->remove(place, arguments[0], err);
}

static enum ht_status say(char **arguments, struct ht_error *err)
{
    (void)err;
    puts(arguments[0]);
    fflush(stdout);
    return HT_OK;
}

static enum ht_status wait_for_line(char **arguments, struct ht_error *err)
{
    (void)arguments, (void)err;
    for (int c = getchar(); c != '\n' && c != EOF;)
        c = getchar();
    return HT_OK;
}

static enum ht_status die(char **arguments, struct ht_error *err)
{
    (void)arguments, (void)err;
    raise(SIGKILL);
    return HT_OK;
}

static const struct {
    const char *name;
    int arguments;
    enum ht_status (*run)(char **arguments, struct ht_error *err);
} commands[] = {
    {"begin", 1, begin}, {"write", 1, write_file},   {"commit", 0, commit},  {"abandon", 0, give_up},
    {"put", 2, put},     {"list", 1, list},          {"read", 1, read_file}, {"remove", 1, remove_file},
    {"say", 1, say},     {"wait", 0, wait_for_line}, {"die", 0, die},
};

static enum ht_status run(char **words, struct ht_error *err)
{
    while (*words) {
        size_t at = 0;
        while (at < sizeof commands / sizeof commands[0] && strcmp(commands[at].name, *words) != 0)
            at++;
        if (at == sizeof commands / sizeof commands[0]) return ht_fail(err, HT_INVALID, "no command %s", *words);
        words++;
        for (int i = 0; i < commands[at].arguments; i++) {
            if (!words[i]) return ht_fail(err, HT_INVALID, "too few arguments");
        }
        enum ht_status status = commands[at].run(words, err);
        if (status != HT_OK) return status;
        words += commands[at].arguments;
    }
    return HT_OK;
}

int main(int count, char **words)
{
    struct ht_error err = {0};
    if (count < 2) return ht_status_exit(HT_INVALID);
    digest = EVP_MD_CTX_new();
    bool is_bucket = strncmp(words[1], "s3:", 3) == 0;
    enum ht_status status =
        is_bucket ? export_place_s3_open(words[1], &place, &err) : export_place_folder_open(words[1], &place, &err);
    if (status == HT_OK) {
        status = run(words + 2, &err);
        place->ops->close(place);
    }
    EVP_MD_CTX_free(digest);
    if (status != HT_OK) fprintf(stderr, "%s: %s\n", ht_status_title(status), err.detail);
    return status == HT_OK ? 0 : ht_status_exit(status);
}
