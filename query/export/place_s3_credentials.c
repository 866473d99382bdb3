#include "place_s3_credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((size_t)64 * 1024)
#define CREDENTIAL "hooktrail-s3"

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

/* In one piece of memory, so that no copy is left behind when it grows. */
static enum ht_status keep(struct ht_buffer *to, struct ht_slice value, struct ht_error *err)
{
    ht_buffer_wipe(to);
    if (ht_buffer_reserve(to, value.size + 1)) ht_buffer_add(to, value);
    return ht_buffer_status(to, err);
}

/* ---- a file: lines of "[section]", "name = value", and comments ---- */

/* Not by inih: Debian's takes lines of up to 200 bytes, and a session token alone may have 1,000. */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct ht_slice trim(const char *begin, const char *end)
{
    while (begin < end && is_blank(*begin))
        begin++;
    while (begin < end && is_blank(end[-1]))
        end--;
    return ht_slice_of(begin, (size_t)(end - begin));
}

static struct ht_buffer *setting_of(struct export_s3_credentials *credentials, struct ht_slice name)
{
    const struct {
        const char *name;
        struct ht_buffer *value;
    } settings[] = {
        {"aws_access_key_id", &credentials->key_id}, {"aws_secret_access_key", &credentials->secret},
        {"aws_session_token", &credentials->token},  {"region", &credentials->region},
        {"endpoint_url", &credentials->endpoint},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (ht_slice_is(name, settings[i].name)) return settings[i].value;
    }
    return NULL;
}

/* Settings that we don't know are others' affair. */
static enum ht_status take_line(struct ht_slice line, struct export_s3_credentials *credentials, struct ht_error *err)
{
    const char *equals = memchr(line.data, '=', line.size);
    if (!equals) return HT_OK;
    struct ht_buffer *setting = setting_of(credentials, trim(line.data, equals));
    return setting ? keep(setting, trim(equals + 1, line.data + line.size), err) : HT_OK;
}

static bool is_section(struct ht_slice line, const char *profile)
{
    return line.size > 2 && line.data[line.size - 1] == ']' &&
           ht_slice_is(trim(line.data + 1, line.data + line.size - 1), profile);
}

enum ht_status export_s3_credentials_parse(struct ht_slice text, const char *profile, const char *file,
                                           struct export_s3_credentials *credentials, struct ht_error *err)
{
    bool within = false;
    const char *end = text.data + text.size, *next;
    for (const char *at = text.data; at < end; at = next) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct ht_slice line = trim(at, newline ? newline : end);
        next = newline ? newline + 1 : end;
        if (line.size == 0 || line.data[0] == '#' || line.data[0] == ';') continue;
        if (line.data[0] == '[') within = is_section(line, profile);
        enum ht_status status = within ? take_line(line, credentials, err) : HT_OK;
        if (status != HT_OK) return status;
    }
    if (credentials->key_id.size > 0 && credentials->secret.size > 0) return HT_OK;
    return ht_fail(err, HT_INVALID, "%.150s has no aws_access_key_id and aws_secret_access_key in section [%.60s]",
                   file, profile);
}

/* ---- where they are looked for ---- */

/* systemd guards the folder of a credential; by an access list, which may show as a bit for the group. */
static enum ht_status check_mode(int fd, const char *path, bool guarded, struct ht_error *err)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0) return ht_fail_errno(err, errno, "cannot look at %.200s", path);
    if (!S_ISREG(stat.st_mode)) return ht_fail(err, HT_INVALID, "%.200s is no file", path);
    if ((size_t)stat.st_size > MAX_FILE) return ht_fail(err, HT_INVALID, "%.200s has more than 64 KiB", path);
    if (guarded || (stat.st_mode & 077) == 0) return HT_OK;
    return ht_fail(err, HT_FORBIDDEN, "others may read %.200s: chmod 600 it", path);
}

static enum ht_status read_text(int fd, const char *path, struct ht_buffer *text, struct ht_error *err)
{
    char *room = ht_buffer_reserve(text, MAX_FILE);
    if (!room) return ht_buffer_status(text, err);
    for (;;) {
        ssize_t got = read(fd, room + text->size, MAX_FILE - text->size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ht_fail_errno(err, errno, "cannot read %.200s", path);
        if (got == 0) return HT_OK;
        text->size += (size_t)got;
    }
}

static enum ht_status read_file(const char *path, bool guarded, struct export_s3_credentials *credentials,
                                struct ht_error *err)
{
    const char *profile = variable("AWS_PROFILE");
    struct ht_buffer text = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open the credentials %.200s", path);
    enum ht_status status = check_mode(fd, path, guarded, err);
    if (status == HT_OK) status = read_text(fd, path, &text, err);
    close(fd);
    if (status == HT_OK)
        status =
            export_s3_credentials_parse(ht_buffer_slice(&text), profile ? profile : "default", path, credentials, err);
    ht_buffer_wipe(&text);
    return status;
}

static enum ht_status read_environment(struct export_s3_credentials *credentials, struct ht_error *err)
{
    const char *key_id = variable("AWS_ACCESS_KEY_ID"), *secret = variable("AWS_SECRET_ACCESS_KEY"),
               *token = variable("AWS_SESSION_TOKEN");
    if (!key_id || !secret)
        return ht_fail(err, HT_INVALID, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together, but %s is not set",
                       key_id ? "the second" : "the first");
    enum ht_status status = keep(&credentials->key_id, ht_slice_from(key_id), err);
    if (status == HT_OK) status = keep(&credentials->secret, ht_slice_from(secret), err);
    if (status == HT_OK && token) status = keep(&credentials->token, ht_slice_from(token), err);
    return status;
}

/* "FOLDER/NAME" if there is a file of this name. */
static bool find_file(char path[PATH_MAX], const char *folder, const char *name)
{
    if (!folder) return false;
    int size = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return size > 0 && size < PATH_MAX && access(path, F_OK) == 0;
}

enum ht_status export_s3_credentials_find(struct export_s3_credentials *credentials, struct ht_error *err)
{
    char path[PATH_MAX];
    const char *file = variable("AWS_SHARED_CREDENTIALS_FILE");
    if (variable("AWS_ACCESS_KEY_ID") || variable("AWS_SECRET_ACCESS_KEY")) return read_environment(credentials, err);
    if (find_file(path, variable("CREDENTIALS_DIRECTORY"), CREDENTIAL)) return read_file(path, true, credentials, err);
    if (file) return read_file(file, false, credentials, err);
    if (find_file(path, variable("HOME"), ".aws/credentials")) return read_file(path, false, credentials, err);
    return ht_fail(err, HT_INVALID,
                   "no credentials for s3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to "
                   "~/.aws/credentials or the systemd credential " CREDENTIAL);
}

void export_s3_credentials_release(struct export_s3_credentials *credentials)
{
    ht_buffer_wipe(&credentials->key_id);
    ht_buffer_wipe(&credentials->secret);
    ht_buffer_wipe(&credentials->token);
    ht_buffer_wipe(&credentials->region);
    ht_buffer_wipe(&credentials->endpoint);
}
