// sse.mjs URL TOKEN COUNT [LAST-EVENT-ID]: reads a stream of Server-Sent Events (WHATWG HTML, "parsing an event stream") until
// COUNT events have come, or 15 seconds have gone, and prints one line of JSON for each: id, event, data.
import http from 'node:http';

const [url, token, count, last] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
if (last) headers['last-event-id'] = last;
let text = '', left = Number(count), fields = {};

function take(line) {
    if (line === '') {
        if (fields.data !== undefined && left-- > 0) console.log(JSON.stringify({ ...fields, data: JSON.parse(fields.data) }));
        fields = {};
        if (left <= 0) process.exit(0);
        return;
    }
    if (line.startsWith(':')) return;
    const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    fields[name] = name === 'data' && fields.data !== undefined ? `${fields.data}\n${value ?? ''}` : value ?? '';
}

setTimeout(() => { console.error(`sse: ${left} events are missing`); process.exit(1); }, 15000);
http.get(url, { headers }, (reply) => {
    if (reply.statusCode !== 200 || reply.headers['content-type'] !== 'text/event-stream') {
        console.error(`sse: ${reply.statusCode} ${reply.headers['content-type']}`);
        process.exit(1);
    }
    console.error('sse: open');
    reply.setEncoding('utf8');
    reply.on('data', (part) => {
        const lines = (text + part).split(/\r\n|\n|\r/);
        text = lines.pop();
        lines.forEach(take);
    });
    reply.on('end', () => { console.error('sse: the stream ended'); process.exit(left > 0 ? 1 : 0); });
}).on('error', (error) => { console.error(`sse: ${error.message}`); process.exit(1); });
