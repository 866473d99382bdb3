// Stands before an object store and makes its faults: node faults.mjs PORT LOG PLAN [CERTIFICATE KEY]
// Prints its own port. PLAN is JSON, a list of {"match", "times", "do"}: the first whose pattern fits "METHOD URL" and that
// has not had its times is done: a number (that status, with an S3 error), "refuse" (the connection is cut at once), "lose"
// (it is passed on, and the connection is cut instead of an answer), "late" (status 200 with an error in it). All else is
// passed on, as it came. LOG gets a line for each request: what was done, method, URL, and which headers were signed.
import { appendFileSync, readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [port, log, planText, certificate, key] = process.argv.slice(2);
const plan = JSON.parse(planText);

const error = code => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>made up</Message></Error>`;

function next(request) {
    const line = `${request.method} ${request.url}`;
    const fault = plan.find(({ match, times }) => times > 0 && new RegExp(match).test(line));
    if (fault) fault.times--;
    return fault ? fault.do : 'pass';
}

function pass(request, body, answer) {
    const headers = { ...request.headers };
    delete headers.expect;
    const upstream = http.request({ port, host: '127.0.0.1', method: request.method, path: request.url, headers }, reply => {
        if (!answer) return reply.resume();
        answer.writeHead(reply.statusCode, reply.headers);
        reply.pipe(answer);
        return reply;
    });
    upstream.on('error', () => answer?.destroy());
    upstream.on('close', () => answer || request.socket.destroy());
    upstream.end(body);
}

async function serve(request, answer) {
    const fault = next(request);
    const signed = /SignedHeaders=([^,]*)/.exec(request.headers.authorization ?? '')?.[1];
    appendFileSync(log, `${fault} ${request.method} ${request.url} ${signed}\n`);
    if (fault === 'refuse') return request.socket.destroy();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (typeof fault === 'number') return answer.writeHead(fault, { 'content-type': 'application/xml' }).end(error('Fault'));
    if (fault === 'late') return answer.writeHead(200, { 'content-type': 'application/xml' }).end(error('InternalError'));
    return pass(request, Buffer.concat(chunks), fault === 'lose' ? null : answer);
}

const handle = (request, answer) => void serve(request, answer).catch(() => request.socket.destroy());
const server = certificate
    ? https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, handle)
    : http.createServer(handle);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
