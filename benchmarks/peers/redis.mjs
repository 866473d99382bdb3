// redis.mjs SOCKET: events into a stream of Redis, which syncs its log before it answers. No indexes: only what is
// needed to keep them.
import { Redis } from 'ioredis';
import { serve } from './serve.mjs';

const redis = new Redis({ path: process.argv[2], enableAutoPipelining: true });

await serve(async ({ type, agent, conversation, lead, visitor }, text) =>
  redis.xadd('events', '*', 'type', type, 'agent', agent ?? '', 'conversation', conversation ?? '', 'lead', lead ?? '',
    'visitor', visitor ?? '', 'payload', text));
