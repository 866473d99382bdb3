#include "transcript.h"

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "local.h"
#include "table.h"
#include "wrap.h"

#define CLOCK_WIDTH 7 /* "13:22" and what is behind it */
#define NAME_WIDTH 18
#define TEXT_COLUMN (CLOCK_WIDTH + NAME_WIDTH + 2)
#define RULE "\xe2\x94\x80" /* a horizontal line */

static const struct ht_column head[] = {
    {"agent", "conversation.agent_name", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"agent id", "conversation.agent_id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"leads", "conversation.lead_ids", NULL, HT_COLUMN_LIST, false, HT_STYLE_PLAIN},
    {"first", "conversation.first_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"last", "conversation.last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"messages", "conversation.messages", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"events", "conversation.events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

/* What an event's type means to whoever reads a conversation; others are shown by their name. */
static const struct wording {
    const char *type;
    const char *words;
} wordings[] = {
    {"new-session", "conversation started"},       {"session-active", "conversation active again"},
    {"new-contact", "contact captured"},           {"visitor-identified", "visitor identified"},
    {"session-escalated", "escalated to a human"}, {"buyer-intent-detected", "buyer intent detected"},
    {"new-question", "question flagged"},
};

void ht_transcript_release(struct ht_transcript *transcript)
{
    ht_buffer_release(&transcript->agent);
    ht_buffer_release(&transcript->visitor);
}

static void add_name(struct ht_view *view, uint32_t profile, struct ht_buffer *name)
{
    ht_view_add(view, name, profile, "first_name");
    if (name->size > 0 && ht_view_text(view, profile, "last_name").size > 0) ht_buffer_add_byte(name, ' ');
    ht_view_add(view, name, profile, "last_name");
    if (name->size == 0) ht_view_add(view, name, profile, "name");
}

void ht_transcript_lead(struct ht_transcript *transcript, struct ht_view *view, uint32_t lead)
{
    ht_buffer_clear(&transcript->visitor);
    add_name(view, lead, &transcript->visitor);
}

void ht_transcript_head(struct ht_transcript *transcript, struct ht_view *view, struct ht_buffer *out)
{
    ht_buffer_clear(&transcript->agent);
    ht_view_add(view, &transcript->agent, 0, "conversation.agent_name");
    ht_buffer_printf(out, "%sconversation ", ht_output_style(transcript->output, HT_STYLE_BOLD));
    ht_view_add(view, out, 0, "conversation.id");
    ht_buffer_printf(out, "%s\n", ht_output_plain(transcript->output));
    ht_sheet_add(transcript->output, head, view, 0, 2, 8, out);
}

static void add_rules(struct ht_buffer *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        ht_buffer_add_text(out, RULE);
}

static void add_day(struct ht_transcript *transcript, struct ht_buffer *out, int64_t at)
{
    struct ht_buffer text = {0};
    const unsigned most = 72;
    unsigned width = transcript->output->width < most ? transcript->output->width : most;
    ht_local_add(&text, at, HT_LOCAL_DAY);
    unsigned taken = (unsigned)text.size + 2;
    unsigned left = taken < width ? (width - taken) / 2 : 2;
    ht_buffer_printf(out, "\n%s", ht_output_style(transcript->output, HT_STYLE_DIM));
    add_rules(out, left);
    ht_buffer_printf(out, " %s ", ht_buffer_text(&text));
    add_rules(out, left);
    ht_buffer_printf(out, "%s\n\n", ht_output_plain(transcript->output));
    ht_buffer_release(&text);
}

/* A new day begins; items without a time belong to the day before them. */
static void turn_day(struct ht_transcript *transcript, struct ht_buffer *out, int64_t at)
{
    if (at == HT_TIME_NONE) return;
    int64_t day = ht_local_day(at);
    if (transcript->begun && day == transcript->day) return;
    transcript->begun = true;
    transcript->day = day;
    add_day(transcript, out, at);
}

static void add_clock(const struct ht_output *output, struct ht_buffer *out, int64_t at)
{
    ht_buffer_add_text(out, ht_output_style(output, HT_STYLE_DIM));
    if (at == HT_TIME_NONE)
        ht_buffer_add_text(out, "     ");
    else
        ht_local_add(out, at, HT_LOCAL_CLOCK);
    ht_buffer_printf(out, "%s  ", ht_output_plain(output));
}

struct speaker {
    struct ht_slice name; /* safe for a terminal */
    enum ht_style style;
};

static struct ht_slice known_or(const struct ht_buffer *name, const char *other)
{
    return name->size > 0 ? ht_buffer_slice(name) : ht_slice_from(other);
}

/* Roles that nobody has documented are shown as they are, made safe into `scratch`. */
static struct speaker speaker_of(const struct ht_transcript *transcript, struct ht_slice role,
                                 struct ht_buffer *scratch)
{
    if (ht_slice_is(role, "user")) return (struct speaker){known_or(&transcript->visitor, "Visitor"), HT_STYLE_CYAN};
    if (ht_slice_is(role, "assistant"))
        return (struct speaker){known_or(&transcript->agent, "Assistant"), HT_STYLE_GREEN};
    if (role.size == 0) return (struct speaker){HT_SLICE("?"), HT_STYLE_YELLOW};
    ht_buffer_clear(scratch);
    ht_terminal_add(scratch, role, false);
    return (struct speaker){ht_buffer_slice(scratch), HT_STYLE_YELLOW};
}

static void add_speaker(const struct ht_output *output, struct ht_buffer *out, struct speaker speaker)
{
    struct ht_slice shown = ht_wrap_head(speaker.name, NAME_WIDTH);
    ht_buffer_add_text(out, ht_output_style(output, speaker.style));
    ht_buffer_add(out, shown);
    ht_buffer_printf(out, "%s%*s", ht_output_plain(output), (int)(NAME_WIDTH + 2 - ht_wrap_width(shown)), "");
}

static void add_message(struct ht_transcript *transcript, struct ht_view *view, uint32_t item, struct ht_buffer *out)
{
    const struct ht_output *output = transcript->output;
    struct ht_buffer text = {0};
    struct ht_buffer role = {0};
    bool removed = ht_view_find(view, item, "removed") != HT_JSON_NONE;
    add_clock(output, out, ht_view_time(view, item, "at"));
    add_speaker(output, out, speaker_of(transcript, ht_view_text(view, item, "role"), &role));
    struct ht_slice content = ht_view_text(view, item, "content");
    if (content.size > 0) ht_terminal_add(&text, content, true);
    if (ht_view_find(view, item, "edited") != HT_JSON_NONE) ht_buffer_add_text(&text, " (edited)");
    if (removed) ht_buffer_add_text(&text, " (removed later)");
    if (ht_view_true(view, item, "derived")) ht_buffer_add_text(&text, " (derived)");
    if (ht_view_true(view, item, "unreadable")) ht_buffer_add_text(&text, "(unreadable: see `hooktrail verify`)");
    if (removed) ht_buffer_add_text(out, ht_output_style(output, HT_STYLE_DIM));
    ht_wrap_add(out, ht_buffer_slice(&text), TEXT_COLUMN, output->width);
    if (removed) ht_buffer_add_text(out, ht_output_plain(output));
    ht_buffer_add_byte(out, '\n');
    ht_buffer_release(&text);
    ht_buffer_release(&role);
}

static void add_words(struct ht_view *view, uint32_t item, struct ht_buffer *text)
{
    struct ht_slice type = ht_view_text(view, item, "type");
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
        if (!ht_slice_is(type, wordings[i].type)) continue;
        ht_buffer_add_text(text, wordings[i].words);
        return;
    }
    if (type.size > 0) ht_terminal_add(text, type, false);
}

/* Adds what there is at some paths of an object: ": a, b". */
static void add_values(struct ht_view *view, uint32_t object, const char *const *paths, struct ht_buffer *text)
{
    bool first = true;
    for (; *paths; paths++) {
        if (ht_view_text(view, object, *paths).size == 0) continue;
        ht_buffer_add_text(text, first ? ": " : ", ");
        ht_view_add(view, text, object, *paths);
        first = false;
    }
}

/* "contact captured: Jane Smith, jane@example.com": what the event itself says. */
static void add_subject(struct ht_view *view, uint32_t item, struct ht_buffer *text)
{
    static const char *const visitor[] = {"display_name", "subtitle", NULL};
    static const char *const contact[] = {"email", "phone", "company", NULL};
    uint32_t object = ht_view_find(view, item, "visitor");
    if (object != HT_JSON_NONE) add_values(view, object, visitor, text);
    object = ht_view_find(view, item, "fields");
    if (object == HT_JSON_NONE) return;
    struct ht_buffer name = {0};
    add_name(view, object, &name);
    if (name.size > 0) ht_buffer_printf(text, ": %s", ht_buffer_text(&name));
    size_t before = text->size;
    add_values(view, object, contact, text);
    if (name.size > 0 && text->size > before) text->data[before] = ','; /* a list goes on */
    ht_buffer_release(&name);
}

static void add_event(struct ht_transcript *transcript, struct ht_view *view, uint32_t item, struct ht_buffer *out)
{
    const struct ht_output *output = transcript->output;
    struct ht_buffer text = {0};
    int64_t at = ht_view_time(view, item, "at");
    if (at != HT_TIME_NONE) ht_local_add(&text, at, HT_LOCAL_CLOCK);
    ht_buffer_add_text(&text, at != HT_TIME_NONE ? "  " : "");
    add_words(view, item, &text);
    add_subject(view, item, &text);
    struct ht_slice reason = ht_view_text(view, item, "reason");
    if (reason.size > 0) {
        ht_buffer_add_text(&text, ": ");
        ht_terminal_add(&text, reason, false);
    }
    if (ht_view_true(view, item, "derived")) ht_buffer_add_text(&text, " (derived)");
    if (ht_view_true(view, item, "unreadable")) ht_buffer_add_text(&text, " (unreadable: see `hooktrail verify`)");
    if (ht_wrap_width(ht_buffer_slice(&text)) + 6 <= output->width) ht_buffer_add_text(&text, " " RULE RULE);
    ht_buffer_printf(out, "%s" RULE RULE " ", ht_output_style(output, HT_STYLE_DIM));
    ht_wrap_add(out, ht_buffer_slice(&text), 3, output->width);
    ht_buffer_printf(out, "%s\n", ht_output_plain(output));
    ht_buffer_release(&text);
}

void ht_transcript_items(struct ht_transcript *transcript, struct ht_view *view, struct ht_buffer *out)
{
    uint32_t items = ht_view_find(view, 0, "items");
    if (items == HT_JSON_NONE) return;
    for (uint32_t at = ht_json_first(view->json, items); at != HT_JSON_NONE;
         at = ht_json_after(view->json, items, at)) {
        turn_day(transcript, out, ht_view_time(view, at, "at"));
        if (ht_slice_is(ht_view_text(view, at, "kind"), "message"))
            add_message(transcript, view, at, out);
        else
            add_event(transcript, view, at, out);
    }
}
