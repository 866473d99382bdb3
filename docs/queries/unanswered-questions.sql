-- What the AI could not answer: events new-question, with the last thing that the visitor had said by then.
SELECT e.seq, e.occurred_at, e.conversation_id,
       (SELECT m.content FROM messages m
        WHERE m.trail = e.trail AND m.conversation_id = e.conversation_id AND m.role = 'user' AND m.created_at <= e.occurred_at
        ORDER BY m.position DESC LIMIT 1) AS question
FROM events e
WHERE e.type = 'new-question'
ORDER BY e.seq;
