#include "actor.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "hooktrail/encode.h"

#define ROOM 4096

/* The user's name as /etc/passwd has it, which is where most are: glibc's own search asks whatever service the machine
   is set up for, loads libraries for that, and crashes where it finds no memory. 1 if it's not there, -1 on failure. */
static int find_plain(uid_t user, struct passwd *entry, char room[ROOM])
{
    struct passwd *found = NULL;
    FILE *file = fopen("/etc/passwd", "re");
    if (!file) return errno == ENOMEM ? -1 : 1;
    do
        errno = fgetpwent_r(file, entry, room, ROOM, &found);
    while (errno == 0 && found->pw_uid != user);
    bool failed = errno == ENOMEM, is_there = errno == 0;
    fclose(file);
    return failed ? -1 : is_there ? 0 : 1;
}

enum ht_status ht_actor_name(struct ht_buffer *out, struct ht_error *err)
{
    struct passwd entry, *found = NULL;
    char room[ROOM];
    uid_t user = getuid();
    ht_buffer_add_text(out, "cli:");
    int plain = find_plain(user, &entry, room);
    if (plain < 0) return ht_fail(err, HT_NO_MEMORY, "out of memory for the user's name");
    bool known = plain == 0 || (getpwuid_r(user, &entry, room, sizeof room, &found) == 0 && found != NULL);
    if (known && entry.pw_name[0] != '\0')
        ht_terminal_add(out, ht_slice_from(entry.pw_name), false);
    else
        ht_buffer_printf(out, "%u", (unsigned)user);
    return ht_buffer_status(out, err);
}
