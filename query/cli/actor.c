#include "actor.h"

#include <pwd.h>
#include <unistd.h>

#include "hooktrail/encode.h"

enum ht_status ht_actor_name(struct ht_buffer *out, struct ht_error *err)
{
    struct passwd entry, *found = NULL;
    char room[4096];
    uid_t user = getuid();
    ht_buffer_add_text(out, "cli:");
    if (getpwuid_r(user, &entry, room, sizeof room, &found) == 0 && found != NULL && found->pw_name[0] != '\0')
        ht_terminal_add(out, ht_slice_from(found->pw_name), false);
    else
        ht_buffer_printf(out, "%u", (unsigned)user);
    return ht_buffer_status(out, err);
}
