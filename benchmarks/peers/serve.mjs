// What both peers have in common: a webhook endpoint on Fastify that answers once its database has the event on disk.
import Fastify from 'fastify';

// The body is parsed once, to check it and to read the ids, and handed on as the text that came.
const asText = (app) =>
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    try {
      done(null, { text, json: JSON.parse(text) });
    } catch (error) {
      error.statusCode = 400;
      done(error);
    }
  });

const idsOf = (json) => ({
  type: json.event ?? 'unknown',
  agent: json.agent_id ?? null,
  conversation: json.conversation?.id ?? null,
  lead: json.lead?.id ?? json.visitor?.lead_id ?? null,
  visitor: json.visitor?.visitor_id ?? null,
});

// `store(ids, text)` resolves with the event's seq when it is durable.
export const serve = async (store) => {
  const app = Fastify({ logger: false, bodyLimit: 1 << 20 });
  asText(app);
  app.post('/hooks/:secret', async (request) => {
    const ids = idsOf(request.body.json);
    return { seq: await store(ids, request.body.text), type: ids.type, duplicate: false, warnings: [] };
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  process.stderr.write(`listening on ${address}\n`);
  process.on('SIGTERM', () => process.exit(0));
};
