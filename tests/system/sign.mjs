// sign.mjs SECRET-FILE ID AGE FILE: the three headers of Standard Webhooks for FILE's bytes, signed AGE seconds ago by
// the reference implementation, one a line as curl's -H @- takes them.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [secretFile, id, age, file] = process.argv.slice(2);
const at = Math.floor(Date.now() / 1000) - Number(age);
const webhook = new Webhook(readFileSync(secretFile, 'utf8').trim());
const signature = webhook.sign(id, new Date(at * 1000), readFileSync(file));
process.stdout.write(`webhook-id: ${id}\nwebhook-timestamp: ${at}\nwebhook-signature: ${signature}\n`);
