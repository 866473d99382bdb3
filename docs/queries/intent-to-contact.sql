-- Of the conversations with an intent to buy, those that gave contact details.
SELECT count(*) AS with_intent, sum(CASE WHEN contacts > 0 THEN 1 ELSE 0 END) AS with_contact,
       round(100.0 * sum(CASE WHEN contacts > 0 THEN 1 ELSE 0 END) / nullif(count(*), 0), 1) AS percent
FROM conversations
WHERE intents > 0;
