#include "kept.h"

#include <sodium.h>
#include <stdio.h>

void ht_kept_tag(struct ht_slice document, char tag[HT_TAG_SIZE])
{
    uint8_t digest[16];
    char hex[33];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)document.data, document.size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    snprintf(tag, HT_TAG_SIZE, "\"%s\"", hex);
}

void ht_kept_init(struct ht_kept *kept, const char *type, struct ht_slice document)
{
    memset(kept, 0, sizeof *kept);
    kept->type = type;
    kept->document = document;
    ht_kept_tag(document, kept->tag);
    for (size_t coding = 0; coding < HT_CODING_COUNT; coding++)
        (void)ht_negotiate_pack((enum ht_coding)coding, document, &kept->packed[coding]);
}

void ht_kept_release(struct ht_kept *kept)
{
    for (size_t coding = 0; coding < HT_CODING_COUNT; coding++)
        ht_buffer_release(&kept->packed[coding]);
}
