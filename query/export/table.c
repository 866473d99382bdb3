#include "table.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define TABLE(id, name, kind, derived, columns, about) [id] = {name, kind, derived, columns, COUNT(columns), about}

/* Each table begins with it: with the numbers that follow, it names a row among those of all trails. */
#define TRAIL                                                                                                          \
    {                                                                                                                  \
        "trail", EXPORT_TEXT, false, true, "id of the trail, in hex"                                                   \
    }

static const struct export_column erasures[] = {
    TRAIL,
    {"erasure", EXPORT_INT, false, true, "its number: 1, 2, 3 …"},
    {"first_seq", EXPORT_INT, false, true, "the first of a range of events that it took"},
    {"last_seq", EXPORT_INT, false, false, "the last of the range"},
    {"erased_at", EXPORT_TIME, false, false, "when"},
    {"retention", EXPORT_BOOL, false, false, "by age, not on request"},
    {"reason", EXPORT_TEXT, false, false, "as given; may be empty"},
};

static const struct export_column events[] = {
    TRAIL,
    {"seq", EXPORT_INT, false, true, "1, 2, 3 … in the order of the trail, without gaps"},
    {"type", EXPORT_TEXT, false, false, "as read, such as new-contact; \"erased\" of one that was erased"},
    {"received_at", EXPORT_TIME, false, false, "first delivery"},
    {"occurred_at", EXPORT_TIME, false, false, "what the payload states, else received_at"},
    {"agent_id", EXPORT_TEXT, true, false, "agent"},
    {"agent_name", EXPORT_TEXT, true, false, "its name in this event"},
    {"conversation_id", EXPORT_TEXT, true, false, "conversation, named or derived"},
    {"lead_id", EXPORT_TEXT, true, false, "lead"},
    {"visitor_id", EXPORT_TEXT, true, false, "visitor"},
    {"derived", EXPORT_BOOL, false, false, "the conversation was found by its opening message, not named"},
    {"sha256", EXPORT_TEXT, true, false, "of the payload as received, in hex; NULL if erased"},
    {"size", EXPORT_INT, false, false, "bytes of the payload as received"},
    {"deliveries", EXPORT_INT, false, false, "how often it was delivered, as of this run"},
    {"warnings", EXPORT_JSON, false, false, "array of what the reading rules missed"},
    {"payload", EXPORT_JSON, true, false, "as received, on one line; NULL if erased or lost"},
    {"erased_at", EXPORT_TIME, true, false, "when it was erased"},
};

static const struct export_column deliveries[] = {
    TRAIL,
    {"seq", EXPORT_INT, false, true, "the event that was delivered"},
    {"n", EXPORT_INT, false, true, "0 for its first delivery; of a repeated one its number among those of the trail"},
    {"received_at", EXPORT_TIME, false, false, "when"},
    {"endpoint", EXPORT_INT, false, false, "number of the endpoint"},
    {"sender", EXPORT_TEXT, true, false, "IP address; NULL if erased"},
};

static const struct export_column conversations[] = {
    TRAIL,
    {"conversation_id", EXPORT_TEXT, false, true, "conversation"},
    {"agent_id", EXPORT_TEXT, true, false, "the last one named"},
    {"agent_name", EXPORT_TEXT, true, false, "the last one named"},
    {"visitor_id", EXPORT_TEXT, true, false, "the last one named"},
    {"lead_ids", EXPORT_JSON, false, false, "array of the leads that it is linked with, of the first 1,000"},
    {"first_at", EXPORT_TIME, false, false, "least occurred_at of its events"},
    {"last_at", EXPORT_TIME, false, false, "greatest occurred_at of its events"},
    {"first_seq", EXPORT_INT, false, false, "its first event"},
    {"last_seq", EXPORT_INT, false, false, "its last event"},
    {"events", EXPORT_INT, false, false, "how many"},
    {"escalations", EXPORT_INT, false, false, "events of type session-escalated"},
    {"escalated_at", EXPORT_TIME, true, false, "occurred_at of the first of them"},
    {"intents", EXPORT_INT, false, false, "events of type buyer-intent-detected"},
    {"questions", EXPORT_INT, false, false, "events of type new-question"},
    {"contacts", EXPORT_INT, false, false, "events of type new-contact"},
    {"updated_seq", EXPORT_INT, false, false, "the end of the run that wrote this row"},
};

static const struct export_column messages[] = {
    TRAIL,
    {"conversation_id", EXPORT_TEXT, false, true, "conversation"},
    {"position", EXPORT_INT, false, true, "1, 2, 3 … in the order of the conversation"},
    {"message_id", EXPORT_TEXT, true, false, "as the payload names it; NULL if it does not"},
    {"digest", EXPORT_TEXT, false, false, "of the message's identity, in hex: the same in every run"},
    {"role", EXPORT_TEXT, true, false, "user, assistant … as received"},
    {"content", EXPORT_TEXT, true, false, "the text; JSON of a content that is none"},
    {"created_at", EXPORT_TIME, true, false, "as the payload states; NULL if it does not"},
    {"first_seq", EXPORT_INT, false, false, "the event that it was first seen in"},
    {"last_seq", EXPORT_INT, false, false, "the last event that carries it"},
    {"derived", EXPORT_BOOL, false, false, "first_seq belongs to the conversation by its opening message"},
    {"edited", EXPORT_BOOL, false, false, "there was an earlier text"},
    {"removed", EXPORT_BOOL, false, false, "a later payload lists its neighbours, but not it"},
    {"updated_seq", EXPORT_INT, false, false, "the end of the run that wrote this row"},
};

static const struct export_column leads[] = {
    TRAIL,
    {"lead_id", EXPORT_TEXT, false, true, "lead"},
    {"email", EXPORT_TEXT, true, false, "of the merged profile, as all that follow"},
    {"first_name", EXPORT_TEXT, true, false, "first name"},
    {"last_name", EXPORT_TEXT, true, false, "last name"},
    {"phone", EXPORT_TEXT, true, false, "phone"},
    {"company", EXPORT_TEXT, true, false, "company"},
    {"job_title", EXPORT_TEXT, true, false, "job title"},
    {"profile", EXPORT_JSON, false, false, "the lead as the API shows it, all fields"},
    {"agent_id", EXPORT_TEXT, true, false, "the last one named"},
    {"agent_name", EXPORT_TEXT, true, false, "the last one named"},
    {"conversation_ids", EXPORT_JSON, false, false,
     "array of the conversations that it is linked with, of the first 1,000"},
    {"first_at", EXPORT_TIME, false, false, "least occurred_at of its events"},
    {"last_at", EXPORT_TIME, false, false, "greatest occurred_at of its events"},
    {"first_seq", EXPORT_INT, false, false, "its first event"},
    {"last_seq", EXPORT_INT, false, false, "its last event"},
    {"events", EXPORT_INT, false, false, "how many"},
    {"updated_seq", EXPORT_INT, false, false, "the end of the run that wrote this row"},
};

static const struct export_column lead_changes[] = {
    TRAIL,
    {"lead_id", EXPORT_TEXT, false, true, "lead"},
    {"seq", EXPORT_INT, false, true, "the event that changed it"},
    {"field", EXPORT_TEXT, false, true,
     "such as email, attributes.plan; with a backslash before the dot if the field itself is called so"},
    {"changed_at", EXPORT_TIME, false, false, "occurred_at of the event"},
    {"old_value", EXPORT_JSON, true, false, "NULL if there was none"},
    {"new_value", EXPORT_JSON, true, false, "NULL if it was cleared"},
};

static const struct export_column agents[] = {
    TRAIL,
    {"agent_id", EXPORT_TEXT, false, true, "agent"},
    {"agent_name", EXPORT_TEXT, true, false, "the last one named"},
    {"first_at", EXPORT_TIME, false, false, "occurred_at of its first event"},
    {"last_at", EXPORT_TIME, false, false, "occurred_at of its last event"},
    {"first_seq", EXPORT_INT, false, false, "its first event"},
    {"last_seq", EXPORT_INT, false, false, "its last event"},
    {"events", EXPORT_INT, false, false, "how many"},
    {"updated_seq", EXPORT_INT, false, false, "the end of the run that wrote this row"},
};

const struct export_table export_tables[EXPORT_TABLE_COUNT] = {
    TABLE(EXPORT_ERASURES, "erasures", EXPORT_APPEND, false, erasures, "what was erased, by ranges of events"),
    TABLE(EXPORT_EVENTS, "events", EXPORT_APPEND, false, events, "the trail: distinct payloads"),
    TABLE(EXPORT_DELIVERIES, "deliveries", EXPORT_APPEND, false, deliveries, "each POST that brought an event"),
    TABLE(EXPORT_CONVERSATIONS, "conversations", EXPORT_STATE, true, conversations, "what each conversation came to"),
    TABLE(EXPORT_MESSAGES, "messages", EXPORT_WHOLE, true, messages,
          "messages, once each; of a conversation that changed, all"),
    TABLE(EXPORT_LEADS, "leads", EXPORT_STATE, true, leads, "leads as they are now"),
    TABLE(EXPORT_LEAD_CHANGES, "lead_changes", EXPORT_APPEND, true, lead_changes,
          "how profiles changed, field by field"),
    TABLE(EXPORT_AGENTS, "agents", EXPORT_STATE, true, agents, "what each agent came to"),
};
