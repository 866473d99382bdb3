-- Leads by company, those with the newest activity first.
SELECT coalesce(company, '-') AS company, count(*) AS leads, sum(events) AS events, max(last_at) AS last_at
FROM leads
GROUP BY 1
ORDER BY 4 DESC, 1;
