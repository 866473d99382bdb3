/* Where the data directory is, when nobody says. */
#ifndef HOOKTRAIL_DATADIR_H
#define HOOKTRAIL_DATADIR_H

#include "hooktrail/buffer.h"

/* Writes the path of the data directory to `out` (cleared first): `option` if it is not NULL, else $HOOKTRAIL_DATA,
   else /var/lib/hooktrail for root, else $XDG_DATA_HOME/hooktrail, else $HOME/.local/share/hooktrail. An empty variable
   counts as unset, and so does an XDG_DATA_HOME that is not absolute (XDG Base Directory Specification). HT_INVALID if
   `option` is empty or nothing says where. Doesn't look whether the directory is there. Reads the environment: call it
   before threads start. */
HT_MUST_CHECK enum ht_status ht_datadir(const char *option, struct ht_buffer *out, struct ht_error *err);

#endif
