-- How long it took from the begin of a conversation until it was first handed to a human: by agent, in seconds.
SELECT coalesce(agent_name, agent_id, '-') AS agent, count(*) AS escalated,
       round(avg(extract(epoch FROM escalated_at) - extract(epoch FROM first_at))) AS mean_seconds,
       round(max(extract(epoch FROM escalated_at) - extract(epoch FROM first_at))) AS longest_seconds
FROM conversations
WHERE escalated_at IS NOT NULL
GROUP BY 1
ORDER BY 1;
