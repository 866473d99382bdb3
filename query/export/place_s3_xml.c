#include "place_s3_xml.h"

#include <expat.h>
#include <limits.h>
#include <stdio.h>

struct walk {
    XML_Parser parser;
    char path[EXPORT_S3_XML_PATH];
    size_t path_size;
    char text[EXPORT_S3_XML_TEXT];
    size_t text_size;
    export_s3_xml_visit *visit;
    void *context;
    enum ht_status status;
    struct ht_error *err;
};

static void stop(struct walk *walk, enum ht_status status)
{
    walk->status = status;
    XML_StopParser(walk->parser, XML_FALSE);
}

static void XMLCALL begin_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct walk *walk = context;
    (void)attributes;
    if (walk->status != HT_OK) return;
    size_t room = sizeof walk->path - walk->path_size;
    int size = snprintf(walk->path + walk->path_size, room, "%s%s", walk->path_size ? "/" : "", name);
    if (size < 0 || (size_t)size >= room) {
        stop(walk, ht_fail(walk->err, HT_INVALID, "its elements are too deep or their names too long"));
        return;
    }
    walk->path_size += (size_t)size;
    walk->text_size = 0;
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
    struct walk *walk = context;
    size_t size = strlen(name);
    if (walk->status != HT_OK) return; /* expat ends an empty element that was stopped at its beginning */
    enum ht_status status = walk->visit(walk->context, walk->path, ht_slice_of(walk->text, walk->text_size), walk->err);
    walk->path_size -= size < walk->path_size ? size + 1 : size;
    walk->path[walk->path_size] = '\0';
    walk->text_size = 0;
    if (status != HT_OK) stop(walk, status);
}

static void XMLCALL take_text(void *context, const XML_Char *text, int size)
{
    struct walk *walk = context;
    if ((size_t)size > sizeof walk->text - walk->text_size) {
        stop(walk, ht_fail(walk->err, HT_INVALID, "a text in it is too long"));
        return;
    }
    memcpy(walk->text + walk->text_size, text, (size_t)size);
    walk->text_size += (size_t)size;
}

/* No object store sends one; without it there are no entities that grow. */
static void XMLCALL refuse_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                                   int internal)
{
    struct walk *walk = context;
    (void)name, (void)system, (void)public, (void)internal;
    stop(walk, ht_fail(walk->err, HT_INVALID, "it has a document type"));
}

enum ht_status export_s3_xml_walk(struct ht_slice xml, export_s3_xml_visit *visit, void *context, struct ht_error *err)
{
    struct walk walk = {.visit = visit, .context = context, .err = err, .status = HT_OK};
    if (xml.size > INT_MAX) return ht_fail(err, HT_INVALID, "it is too long");
    walk.parser = XML_ParserCreate(NULL);
    if (!walk.parser) return ht_fail(err, HT_NO_MEMORY, "out of memory for an answer");
    XML_SetUserData(walk.parser, &walk);
    XML_SetElementHandler(walk.parser, begin_element, end_element);
    XML_SetCharacterDataHandler(walk.parser, take_text);
    XML_SetStartDoctypeDeclHandler(walk.parser, refuse_doctype);
    enum XML_Status parsed = XML_Parse(walk.parser, xml.data, (int)xml.size, XML_TRUE);
    enum XML_Error error = XML_GetErrorCode(walk.parser);
    XML_ParserFree(walk.parser);
    if (walk.status != HT_OK || parsed == XML_STATUS_OK) return walk.status;
    if (error == XML_ERROR_NO_MEMORY) return ht_fail(err, HT_NO_MEMORY, "out of memory for an answer");
    return ht_fail(err, HT_INVALID, "it is no XML: %s", XML_ErrorString(error));
}

void export_s3_xml_add(struct ht_buffer *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            ht_buffer_add_text(out, "&lt;");
            break;
        case '>':
            ht_buffer_add_text(out, "&gt;");
            break;
        case '&':
            ht_buffer_add_text(out, "&amp;");
            break;
        default:
            ht_buffer_add_byte(out, *text);
        }
    }
}
