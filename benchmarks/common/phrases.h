/* Parts that sentences of a sales chat are composed of; all people, companies and products are made up.

   Each table has an even number of entries, of which the even ones are one vocabulary and the odd ones another: the
   compression dictionary is trained with the one and the benchmarks run with the other, so that no ratio comes of
   phrases that were learnt by heart. In a part, {x} stands for: p product, c company, s other software, n number,
   m amount of money, f first name, l last name, d department, t town, w time span;
   o, i, u "our", "we", "us" in a visitor's mouth, "your" and "you" in an assistant's. */
#ifndef BENCHMARKS_PHRASES_H
#define BENCHMARKS_PHRASES_H

#include <stddef.h>

struct phrases {
    const char *const *list;
    size_t count;
};

extern const struct phrases phrases_greeting; /* a visitor's first words */
extern const struct phrases phrases_ask; /* begins a visitor's sentence; the first character is the mark that ends it */
extern const struct phrases phrases_matter;      /* a clause that a question or a statement is about */
extern const struct phrases phrases_condition;   /* ends a sentence */
extern const struct phrases phrases_remark;      /* a visitor's whole sentence */
extern const struct phrases phrases_acknowledge; /* an assistant's first words */
extern const struct phrases phrases_state;       /* begins an assistant's sentence */
extern const struct phrases phrases_fact;        /* an assistant's whole sentence */
extern const struct phrases phrases_return;      /* an assistant's question back */
extern const struct phrases phrases_escalation;  /* escalation_reason */
extern const struct phrases phrases_intent;      /* buyer_intent_reason */
extern const struct phrases phrases_first_name;
extern const struct phrases phrases_last_name;
extern const struct phrases phrases_company;
extern const struct phrases phrases_product;
extern const struct phrases phrases_software;
extern const struct phrases phrases_department;
extern const struct phrases phrases_town;
extern const struct phrases phrases_span;
extern const struct phrases phrases_job;
extern const struct phrases phrases_agent;

#endif
