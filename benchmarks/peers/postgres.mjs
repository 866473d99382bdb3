// postgres.mjs SOCKET-FOLDER USER: events into PostgreSQL as jsonb, with an index for each of the four ids.
import pg from 'pg';
import { serve } from './serve.mjs';

const [host, user] = process.argv.slice(2);
const pool = new pg.Pool({ host, user, database: 'postgres', max: 20 });

await pool.query(`CREATE TABLE IF NOT EXISTS events (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at timestamptz NOT NULL DEFAULT now(),
  type text NOT NULL,
  agent text, conversation text, lead text, visitor text,
  payload jsonb NOT NULL)`);
for (const id of ['agent', 'conversation', 'lead', 'visitor'])
  await pool.query(`CREATE INDEX IF NOT EXISTS events_${id} ON events (${id})`);

// Prepared once a connection, for it has a name; each insert is a transaction of its own.
const insert = {
  name: 'insert',
  text: `INSERT INTO events (type, agent, conversation, lead, visitor, payload)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq`,
};

await serve(async ({ type, agent, conversation, lead, visitor }, text) => {
  const { rows } = await pool.query({ ...insert, values: [type, agent, conversation, lead, visitor, text] });
  return Number(rows[0].seq);
});
