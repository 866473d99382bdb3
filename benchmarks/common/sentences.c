#include "sentences.h"

static const struct placeholder {
    char letter;
    const struct phrases *phrases;
} placeholders[] = {
    {'p', &phrases_product},   {'c', &phrases_company},    {'s', &phrases_software}, {'f', &phrases_first_name},
    {'l', &phrases_last_name}, {'d', &phrases_department}, {'t', &phrases_town},     {'w', &phrases_span},
};

const char *sentences_pick(const struct speaker *speaker, const struct phrases *phrases)
{
    return phrases->list[2 * dice_below(speaker->dice, (uint32_t)phrases->count / 2) + speaker->vocabulary];
}

/* Mostly small, sometimes large, seldom round. */
static void add_number(const struct speaker *speaker, struct ht_buffer *out)
{
    static const uint32_t limits[] = {10, 40, 40, 200, 1000};
    ht_buffer_printf(out, "%u", 3 + dice_below(speaker->dice, limits[dice_below(speaker->dice, 5)]));
}

static void add_money(const struct speaker *speaker, struct ht_buffer *out)
{
    uint32_t amount = 10 + dice_below(speaker->dice, 9000);
    ht_buffer_add_text(out, dice_below(speaker->dice, 3) == 0 ? "$" : "€ ");
    if (amount < 1000) {
        ht_buffer_printf(out, "%u", amount);
    } else {
        ht_buffer_printf(out, "%u,%03u", amount / 1000, amount % 1000);
    }
}

static void add_placeholder(const struct speaker *speaker, char letter, struct ht_buffer *out)
{
    for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++) {
        if (placeholders[i].letter != letter) continue;
        ht_buffer_add_text(out, sentences_pick(speaker, placeholders[i].phrases));
        return;
    }
    if (letter == 'n') add_number(speaker, out);
    if (letter == 'm') add_money(speaker, out);
    if (letter == 'o') ht_buffer_add_text(out, speaker->assistant ? "your" : "our");
    if (letter == 'i') ht_buffer_add_text(out, speaker->assistant ? "you" : "we");
    if (letter == 'u') ht_buffer_add_text(out, speaker->assistant ? "you" : "us");
}

void sentences_expand(const struct speaker *speaker, const char *phrase, struct ht_buffer *out)
{
    for (const char *at = phrase; *at != '\0';) {
        size_t plain = strcspn(at, "{");
        ht_buffer_add_bytes(out, at, plain);
        at += plain;
        if (*at == '\0') break;
        add_placeholder(speaker, at[1], out);
        at += 3;
    }
}

/* One phrase as a sentence of its own, or the begin of one: a space before, a capital first. */
static void begin_sentence(const struct speaker *speaker, const char *phrase, size_t message, struct ht_buffer *out)
{
    if (out->size > message) ht_buffer_add_byte(out, ' ');
    size_t start = out->size;
    sentences_expand(speaker, phrase, out);
    if (out->failed) return;
    char *first = &out->data[start];
    if (*first >= 'a' && *first <= 'z') *first = (char)(*first - 'a' + 'A');
}

static void go_on(const struct speaker *speaker, const struct phrases *phrases, struct ht_buffer *out)
{
    ht_buffer_add_byte(out, ' ');
    sentences_expand(speaker, sentences_pick(speaker, phrases), out);
}

static void add_question(const struct speaker *speaker, size_t message, struct ht_buffer *out)
{
    const char *phrase = sentences_pick(speaker, &phrases_ask);
    begin_sentence(speaker, phrase + 1, message, out);
    go_on(speaker, &phrases_matter, out);
    if (dice_below(speaker->dice, 3) > 0) go_on(speaker, &phrases_condition, out);
    ht_buffer_add_byte(out, phrase[0]);
}

static void add_statement(const struct speaker *speaker, size_t message, struct ht_buffer *out)
{
    begin_sentence(speaker, sentences_pick(speaker, &phrases_state), message, out);
    go_on(speaker, &phrases_matter, out);
    if (dice_below(speaker->dice, 2) == 0) go_on(speaker, &phrases_condition, out);
    ht_buffer_add_byte(out, '.');
}

static void add_one(const struct speaker *speaker, const struct phrases *phrases, size_t message, struct ht_buffer *out)
{
    begin_sentence(speaker, sentences_pick(speaker, phrases), message, out);
}

static void visitor_message(const struct speaker *speaker, bool first, bool brief, struct ht_buffer *out)
{
    size_t message = out->size;
    uint32_t kind = dice_below(speaker->dice, 4);
    if (first && !brief) add_one(speaker, &phrases_greeting, message, out);
    if (kind < 2 && !brief) add_one(speaker, &phrases_remark, message, out);
    if (kind == 0 && !first) return;
    if (kind == 3 && brief) {
        add_one(speaker, &phrases_remark, message, out);
    } else {
        add_question(speaker, message, out);
    }
}

static void assistant_message(const struct speaker *speaker, bool brief, struct ht_buffer *out)
{
    size_t message = out->size;
    uint32_t kind = dice_below(speaker->dice, 4);
    if (brief) {
        add_one(speaker, kind < 2 ? &phrases_fact : &phrases_return, message, out);
        return;
    }
    if (kind > 0) add_one(speaker, &phrases_acknowledge, message, out);
    if (kind != 1) add_statement(speaker, message, out);
    add_one(speaker, &phrases_fact, message, out);
    if (kind == 3) add_one(speaker, &phrases_fact, message, out);
    if (dice_below(speaker->dice, 2) == 0) add_one(speaker, &phrases_return, message, out);
}

void sentences_message(const struct speaker *speaker, bool first, bool brief, struct ht_buffer *out)
{
    if (speaker->assistant) {
        assistant_message(speaker, brief, out);
    } else {
        visitor_message(speaker, first, brief, out);
    }
}
