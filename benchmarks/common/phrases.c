#include "phrases.h"

#define PHRASES(name)                                                                                                  \
    const struct phrases phrases_##name = {name, sizeof name / sizeof name[0]};                                        \
    _Static_assert(sizeof name / sizeof name[0] % 2 == 0, "two vocabularies take turns")

static const char *const greeting[] = {
    "Hi there!",
    "Hello, I have a few questions.",
    "Good morning, {f} from {c} here.",
    "Hey, is anybody around?",
    "Hello from {t}!",
    "Good afternoon. I look after {d} at {c}.",
    "Hi, I'm {f} and I found you through a search for {p}.",
    "We met your team at the fair in {t}.",
    "Hello! We're comparing {p} with {s} right now.",
    "Hi, my colleague {f} told me about {p}.",
    "Hello, we are a team of {n} and growing.",
    "Good evening, quick one before I log off.",
    "Hi! I read your article on {d} and liked it.",
    "Hello again, I was here {w} ago.",
    "Hey! Just browsing, but something caught my eye.",
    "Hi, we run {n} sites and are looking for something like {p}.",
};
PHRASES(greeting);

static const char *const ask[] = {
    "?Could you tell me whether",
    "?Do you happen to know if",
    ".I would like to understand whether",
    ".Our people in {d} keep asking if",
    "?Is it right that",
    "?Can you confirm that",
    ".Before we go any further I need to be sure that",
    ".What matters most to us is that",
    "?Would you say that",
    "?May I take it that",
    ".{f} from {d} wonders whether",
    ".On your pricing page I couldn't find out if",
    ".Last time we looked at {s}, nobody could tell us whether",
    ".Somebody on the phone mentioned that",
    "?Just to check: is it true that",
    "?And what about {t}, do we know that there",
    ".My boss will ask me if",
    ".I am not sure whether",
    "?Have you seen cases where",
    "?How certain is it that",
    ".For the board I must show that",
    ".It would be a problem for us unless",
    "?Did I read correctly that",
    "?So does this mean that",
};
PHRASES(ask);

static const char *const matter[] = {
    "{p} imports {o} contacts from {s}",
    "the export reaches {o} warehouse every night",
    "single sign-on is part of the {m} plan",
    "all data stays within the European Union",
    "a pilot with {n} seats can begin right away",
    "the contract may be cancelled every month",
    "{p} works together with {s}",
    "{o} {n} technicians can use it without a connection",
    "an invoice in another currency is possible",
    "the price per seat falls above {n} users",
    "every change is written to an audit log",
    "somebody trains {o} people on site in {t}",
    "{p} copes with {n} orders a day",
    "reports can be sent to {d} automatically",
    "the mobile app knows the same filters",
    "old tickets can be moved over from {s}",
    "roles can be set apart for {d} and for partners",
    "the service answers within {w} on weekends too",
    "there is a discount for charities and schools",
    "{n} warehouses may share one catalogue",
    "an interface for {s} exists or is planned",
    "{i} keep {o} own domain and {o} own design",
    "two people may edit the same quote at once",
    "sandbox and production are kept apart",
    "the sensors run for {w} on one battery",
    "a security questionnaire will be filled in for {u}",
    "duplicates are found before they get in",
    "the free trial includes everything in {p}",
    "prices are fixed for {w}",
    "setting it up takes less than {w}",
    "backups are kept for {w}",
    "{i} can bring {o} own keys for encryption",
    "approvals above {m} go to two people",
    "guests in {t} need no licence of their own",
    "{p} reads bar codes with an ordinary phone",
    "deleting a customer removes the recordings as well",
};
PHRASES(matter);

static const char *const condition[] = {
    "before the end of the quarter",
    "without buying more licences",
    "even with {n} users at the same time",
    "when {o} office in {t} joins",
    "for less than {m} a month",
    "if {d} agrees",
    "as long as {i} stay on the smaller plan",
    "once the migration from {s} is over",
    "within {w}",
    "and that nobody has to write code for it",
    "with a notice of {w}",
    "while the old system keeps running",
    "for both of {o} brands",
    "in the version that {c} uses",
    "although {o} data is rather messy",
    "provided that {i} sign for {w}",
    "from the first day on",
    "also for people outside the company",
    "as it did with {s}",
    "in all {n} countries that {i} ship to",
    "on top of what {i} pay for {s}",
    "without any downtime",
    "for {o} audit in {t}",
    "after the trial has ended",
};
PHRASES(condition);

static const char *const remark[] = {
    "That sounds good so far.",
    "Okay, makes sense.",
    "Hmm, {m} is more than we planned.",
    "Budget is around {m}, give or take.",
    "We have {n} people in {d} and {n} more in {t}.",
    "At the moment we do all of it in spreadsheets.",
    "{s} gave us nothing but trouble last year.",
    "Honestly, we lose about {n} hours a week on this.",
    "The decision is mine together with {f} from {d}.",
    "I'll have to run this past {d} first.",
    "You can reach me at {f}.{l}@example.com.",
    "Please write to {f}.{l}@example.net instead.",
    "Thanks, that was quick!",
    "Great, thank you very much.",
    "Not quite what I meant, sorry.",
    "Let me put it another way.",
    "We'd want to start in {w}.",
    "No hurry, we are looking at next year.",
    "{c} is a customer of yours, isn't it?",
    "Our competitor {c} seems to be happy with it.",
    "I'd rather talk to a person about the contract.",
    "Can somebody call me back today?",
    "Our volume is roughly {n} a month.",
    "Peak season is hard on us: {n} parcels a day.",
    "That's a must for us, otherwise we can stop here.",
    "It isn't a deal breaker, but it would be nice.",
};
PHRASES(remark);

static const char *const acknowledge[] = {
    "Good question!",
    "Thanks for asking.",
    "Happy to help with that.",
    "Sure, let me explain.",
    "Welcome, {f}!",
    "Great to hear from {c}.",
    "I see what you mean.",
    "That is a common wish.",
    "Yes, it does.",
    "In short: yes.",
    "Not out of the box, but there is a way.",
    "Not today, I'm afraid.",
    "Understood.",
    "Got it, thank you.",
    "With {n} people you are in good company.",
    "Teams of your size usually ask that first.",
    "Thank you for your patience.",
    "Let me look that up for you.",
};
PHRASES(acknowledge);

static const char *const state[] = {
    "As far as I can see,",
    "According to our documentation,",
    "On every paid plan",
    "From the Team plan upwards",
    "Most customers find that",
    "Our engineers made sure that",
    "In the current version",
    "Since the spring release",
    "For companies like {c}",
    "With a setup such as yours",
    "I can confirm that",
    "You can count on it that",
    "During the trial",
    "Once you have signed up,",
    "In the settings you choose whether",
    "An administrator decides if",
    "If you switch from {s},",
    "When you connect {s},",
    "It depends on the plan whether",
    "For {d} it is important that",
};
PHRASES(state);

static const char *const fact[] = {
    "{p} starts at {m} per user and month.",
    "The yearly price for {n} seats comes to {m}.",
    "There are no setup fees, and you may leave at the end of any month.",
    "Larger teams get a volume discount from {n} seats on.",
    "Data is stored in Frankfurt and Dublin, encrypted in transit and at rest.",
    "We hold an ISO 27001 certificate and renew it every year.",
    "The connector for {s} takes about {n} minutes to set up and syncs in both directions.",
    "You upload a CSV file, map its columns once, and {p} remembers the mapping.",
    "{c} moved {n} users over in {w}, including their history.",
    "A customer in {t} cut the time per case from {n} minutes to a third of that.",
    "Support answers by chat and e-mail around the clock, by phone during office hours.",
    "You get a named contact who knows your setup and meets you every {w}.",
    "Permissions follow roles, so {d} sees only what it should.",
    "Every view can be restricted by team, by region or by a field of your own.",
    "The app works offline and catches up as soon as there is a connection.",
    "Drafts are kept on the device and merged later, field by field.",
    "I'm not certain about that detail and would rather not guess.",
    "This one goes beyond what I know, so I have passed it on to a colleague.",
    "The trial runs for {w}, needs no credit card and ends by itself.",
    "A pilot for {n} users is free during the first {w}.",
    "Webhooks and a REST interface are included in all plans.",
    "Nightly exports go to a bucket of yours as compressed files.",
    "Onboarding takes two calls of {n} minutes and a checklist.",
    "Training material comes in six languages, with videos for {d}.",
    "Dashboards refresh every {n} seconds and can be shared by link.",
    "Scheduled reports arrive as PDF or spreadsheet, whenever you like.",
};
PHRASES(fact);

static const char *const return_question[] = {
    "How many people would use it?",
    "Which system do you work with today?",
    "Shall I book a demo with one of our specialists?",
    "Would a short call next week suit you?",
    "Where may I send the quote?",
    "What is the best address to reach you?",
    "When would you like to start?",
    "Is there a date by which you need to decide?",
    "Who else takes part in the decision?",
    "Is {d} involved as well?",
    "Do you have a budget in mind?",
    "What would make this a success for you?",
    "May I ask what you have tried so far?",
    "Does that answer your question?",
};
const struct phrases phrases_return = {return_question, sizeof return_question / sizeof return_question[0]};

static const char *const escalation[] = {
    "Visitor asked to talk to a person about the contract",
    "Caller wants a colleague to ring back today",
    "Question about liability that the assistant could not answer",
    "Asked twice for a custom discount on {n} seats",
    "Security questionnaire needs a human answer",
    "Complaint about the migration from {s}",
    "Request for an on-site meeting in {t}",
    "Visitor is unhappy with the answers on {p}",
    "Enterprise deal above {m}",
    "Legal wording of the data processing agreement",
};
PHRASES(escalation);

static const char *const intent[] = {
    "Asked for the yearly price of {n} seats",
    "Wants a quote over {m} before the end of the month",
    "Compares {p} with {s} and names a budget of {m}",
    "Plans a pilot with {n} users in {t}",
    "Asked how fast a contract can be signed",
    "Mentioned that the contract with {s} ends in {w}",
    "Requested a demo for {d}",
    "Names the people who decide and a date",
    "Asked about volume discounts above {n} users",
    "Wants to start a trial of {p} with the whole team",
};
PHRASES(intent);

static const char *const first_name[] = {
    "Anna",   "Maria", "Lukas",  "Jonas", "Sofia", "Elena",  "Mateo", "Noah",   "Priya",  "Aisha", "Wei",    "Kenji",
    "Olivia", "Emma",  "Liam",   "Oscar", "Chloé", "Zoë",    "José",  "André",  "Ingrid", "Freya", "Tomasz", "Pavel",
    "Amara",  "Fatou", "Daniel", "David", "Grace", "Hannah", "Ivan",  "Marko",  "Leila",  "Nadia", "Ruben",  "Hugo",
    "Mei",    "Yuki",  "Samuel", "Simon", "Clara", "Julia",  "Peter", "Thomas", "Nina",   "Lena",  "Ömer",   "Emre",
};
PHRASES(first_name);

static const char *const last_name[] = {
    "Keller",    "Brandt",    "Rossi",  "Ferrari", "Novak",  "Kovács", "Nguyen",  "Tran",    "Okafor", "Mensah",
    "Smith",     "Taylor",    "Müller", "Schäfer", "García", "López",  "Dubois",  "Lefèvre", "Jensen", "Nielsen",
    "Kowalski",  "Nowak",     "Sato",   "Tanaka",  "Patel",  "Sharma", "O'Brien", "Murphy",  "Silva",  "Costa",
    "Andersson", "Lindqvist", "Haddad", "Aziz",    "Petrov", "Ivanov", "Weber",   "Fischer", "Moreau", "Girard",
    "Yılmaz",    "Demir",     "Cohen",  "Levy",    "Baker",  "Cooper", "Visser",  "Bakker",
};
PHRASES(last_name);

static const char *const company[] = {
    "Alpenquell",     "Nordwerk",        "Bluefin Logistics", "Harbour & Sons",     "Meridian Foods",
    "Castellan",      "Papyrus Print",   "Luma Optics",       "Greenacre",          "Fjordkraft Supply",
    "Quarry Lane",    "Tallow & Wick",   "Redwood Clinics",   "Stellar Dental",     "Ostrava Steel",
    "Bergmann Pumps", "Juniper Travel",  "Wayfarer Hotels",   "Kite Insurance",     "Anchor Mutual",
    "Sunrise Bakery", "Millstone Mills", "Copperfield Law",   "Pfeiffer Tax",       "Velo Voltage",
    "Cargo Pedal",    "Tidal Energy",    "Solstice Solar",    "Brightpath Schools", "Lernhaus",
};
PHRASES(company);

static const char *const product[] = {
    "LineSense",  "FlowDesk",  "QuoteBird",  "ShiftPlan", "StockPilot", "FieldNote",  "CaseHarbour", "TicketLoom",
    "RouteMason", "DockTimer", "LedgerLeaf", "PayCanvas", "HireBoard",  "SkillTrail", "GuestBook",   "RoomRadar",
};
PHRASES(product);

static const char *const software[] = {
    "our ERP",
    "our old CRM",
    "the web shop",
    "a shared mailbox",
    "our accounting system",
    "the ticket tool",
    "Excel",
    "Access",
    "a home-grown database",
    "two Google Sheets",
    "the phone system",
    "our calendar",
    "the data warehouse",
    "the intranet",
    "our print shop's portal",
    "a tool from 2009",
    "the payroll service",
    "our identity provider",
};
PHRASES(software);

static const char *const department[] = {
    "procurement",     "finance",
    "customer care",   "field service",
    "the warehouse",   "dispatch",
    "marketing",       "inside sales",
    "legal",           "IT",
    "quality",         "production",
    "human resources", "the works council",
    "research",        "controlling",
};
PHRASES(department);

static const char *const town[] = {
    "Hamburg", "Leipzig", "Lyon",   "Bordeaux", "Leeds",   "Bristol", "Porto",  "Braga",     "Gdańsk", "Kraków",
    "Malmö",   "Aarhus",  "Denver", "Portland", "Toronto", "Halifax", "Austin", "Nashville", "Zürich", "Graz",
};
PHRASES(town);

static const char *const span[] = {
    "two weeks",   "ten days",      "a month",   "six weeks",   "48 hours",     "one working day",
    "half a year", "twelve months", "a quarter", "three years", "an afternoon", "four hours",
};
PHRASES(span);

static const char *const job[] = {
    "Head of Operations",
    "Plant Manager",
    "VP Marketing",
    "Sales Director",
    "IT Lead",
    "CTO",
    "Office Manager",
    "Managing Director",
    "Buyer",
    "Category Manager",
    "Support Lead",
    "Customer Success Manager",
    "Founder",
    "Co-owner",
    "Data Engineer",
    "Controller",
    "HR Partner",
    "Quality Engineer",
};
PHRASES(job);

static const char *const agent[] = {
    "Sales Assistant",  "Product Guide", "Website Concierge", "Demo Desk",       "Pricing Helper",
    "Onboarding Guide", "Support Scout", "Partner Desk",      "Event Host",      "Trial Coach",
    "Docs Companion",   "Buyer's Guide", "Spring Campaign",   "Autumn Campaign", "Reseller Desk",
    "Service Desk",     "Quote Clerk",   "Tour Guide",        "Night Shift",     "Welcome Desk",
};
PHRASES(agent);
