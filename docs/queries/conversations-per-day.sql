-- Conversations per day and agent, by the day on which each began.
SELECT CAST(first_at AS date) AS day, coalesce(agent_name, agent_id, '-') AS agent, count(*) AS conversations
FROM conversations
GROUP BY 1, 2
ORDER BY 1, 2;
