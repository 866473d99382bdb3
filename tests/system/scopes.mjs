// scopes.mjs PHASE CONTEXT: asks every route that the daemon's own description lists with every kind of token and of session, with
// and without an Origin, and holds the answers against the table below. A route that is not in the table is a failure. PHASE: "all" (one
// address), "public" (metrics_public and log_public are on), "hooks" (the address that has only deliveries). CONTEXT: a file of
// {url, endpoint, retired, tokens: {read, admin, all, revoked}, rejected: a number from which on all are there}.
// Prints PASS or FAIL and a name for each test.
import { readFileSync } from 'node:fs';
import http from 'node:http';

const [phase, contextFile] = process.argv.slice(2);
const context = JSON.parse(readFileSync(contextFile, 'utf8'));
const { hostname, port } = new URL(context.url);
const agent = new http.Agent({ keepAlive: true });
let dropped = context.rejected + 1;
let made = 0;

// ---- what is expected: who may ask, what is there and its status, what is not and its status ----

const list = (path, scope = 'read') => ({ scope, good: path, status: 200 });
const one = (path, id, scope = 'read') => ({ scope, good: path + id, status: 200, unknown: `${path}999999`, missing: 404 });
const hook = (suffix) => ({ scope: 'path', good: context.endpoint + suffix, status: 200, body: '{"agent_id":"a","conversation_id":"c"}' });
const json = (body) => ({ body: () => JSON.stringify(body()), type: 'application/json' });
const label = () => `made-${process.pid}-${++made}`;
const tile = (path) => ({ ...one(path, '000.p/1'), unknown: `${path}999` });
const EXPECTED = {
    'post /hooks/{secret}': hook(''),
    'post /hooks/{secret}/{type}': hook('/new-session'),
    'get /v1/events': list('/v1/events'),
    'get /v1/events/{seq}': one('/v1/events/', '1'),
    'get /v1/events/{seq}/payload': { ...one('/v1/events/', '1/payload'), unknown: '/v1/events/999999/payload' },
    'get /v1/events/{seq}/proof': { ...one('/v1/events/', '1/proof'), unknown: '/v1/events/999999/proof' },
    'get /v1/conversations': list('/v1/conversations'),
    'get /v1/conversations/{id}': one('/v1/conversations/', 'c'),
    'get /v1/leads': list('/v1/leads'),
    'get /v1/leads/{id}': one('/v1/leads/', 'l'),
    'get /v1/agents': list('/v1/agents'),
    'get /v1/stats': list('/v1/stats'),
    'get /v1/health': list('/v1/health'),
    'get /v1/acts': list('/v1/acts', 'admin'),
    'get /v1/rejected': list('/v1/rejected'),
    'get /v1/rejected/{number}': one('/v1/rejected/', context.rejected),
    'delete /v1/rejected/{number}': { ...one('/v1/rejected/', '', 'admin'), status: 204, drops: true },
    'post /v1/rejected/{number}/retry': { scope: 'admin', good: `/v1/rejected/${context.rejected}/retry`, status: 400,
        unknown: '/v1/rejected/999999/retry', missing: 404, body: '' },
    'get /v1/endpoints': list('/v1/endpoints', 'admin'),
    'post /v1/endpoints': { ...list('/v1/endpoints', 'admin'), status: 201, ...json(() => ({ label: label() })) },
    'post /v1/endpoints/{id}/rotate': { ...one('/v1/endpoints/', '1/rotate', 'admin'), unknown: '/v1/endpoints/999999/rotate', body: '' },
    'post /v1/endpoints/{id}/retire': { ...one('/v1/endpoints/', '1/retire', 'admin'), status: 400, unknown: '/v1/endpoints/999999/retire',
        ...json(() => ({ confirm: 'not its name' })) },
    'get /v1/tokens': list('/v1/tokens', 'admin'),
    'post /v1/tokens': { ...list('/v1/tokens', 'admin'), status: 201, ...json(() => ({ label: label(), scope: 'read' })) },
    'delete /v1/tokens/{id}': { ...one('/v1/tokens/', context.revoked_id, 'admin'), status: 410 },
    'get /v1/exports': list('/v1/exports'),
    'get /v1/export': list('/v1/export'),
    'get /v1/stream': list('/v1/stream'),
    'post /v1/session': { ...list('/v1/session', 'own'), ends: true, ...json(() => ({ token: context.tokens.read })) },
    'get /v1/session': list('/v1/session', 'session'),
    'delete /v1/session': { ...list('/v1/session', 'session'), status: 204, ends: true },
    'get /log/checkpoint': { ...list('/log/checkpoint'), opens: true },
    'get /log/tile/entries/{bundle}': { ...tile('/log/tile/entries/'), opens: true },
    'get /log/tile/{tile}': { ...tile('/log/tile/0/'), opens: true },
    'get /log/acts/checkpoint': { ...list('/log/acts/checkpoint'), opens: true },
    'get /log/acts/tile/entries/{bundle}': tile('/log/acts/tile/entries/'),
    'get /log/acts/tile/{tile}': { ...tile('/log/acts/tile/0/'), opens: true },
    'get /healthz': { ...list('/healthz', 'open'), isEverywhere: true },
    'get /readyz': list('/readyz', 'open'),
    'get /metrics': { ...list('/metrics'), opens: true },
    'get /openapi.json': list('/openapi.json', 'open'),
};
// What each asker may: `session` to show and end one, `change` all else than to read.
const both = ['read', 'admin'];
const SCOPES = { none: [], malformed: [], wrong: [], revoked: [], read: ['read'], admin: ['admin'], all: both };
const SESSIONS = { 'session of read': ['read'], 'session of admin': ['admin'], 'session of all': both, 'session without CSRF': both,
    'session with another CSRF': both };
const ENDED = ['session of a revoked token', 'session that was ended', 'session by another name', 'session that never was'];
const TOKENS = { ...context.tokens, malformed: 'x', wrong: `ht_${'A'.repeat(43)}` };
const PAGE = ['/', '/sign-in', '/trail', '/events/1', '/conversations', '/conversations/c', '/leads', '/leads/l', '/rejected', '/rejected/1',
    '/settings'];
const SECURITY = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin' };
const POLICY = "default-src 'none'; frame-ancestors 'none'";
const POLICY_OF_PAGE = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

// ---- asking ----

const faults = new Map(); // by test
function expect(isRight, test, fault) {
    if (!faults.has(test)) faults.set(test, []);
    if (!isRight) faults.get(test).push(fault);
}

// What every answer must have, and must not.
function judge(what, { status, headers }, isReceipt) {
    const cors = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
    expect(cors.length === 0, 'no answer lets another origin read it', `${what}: ${cors}`);
    expect(headers['cache-control'], 'every answer says whether it may be kept', what);
    const isPage = PAGE.includes(what.split(' ')[1]) && (status === 200 || status === 304);
    const wanted = { ...SECURITY, 'content-security-policy': isPage ? POLICY_OF_PAGE : POLICY };
    expect(isReceipt || Object.entries(wanted).every(([name, value]) => headers[name] === value),
        'every answer but a receipt has the security headers', `${what}: ${status}`);
}

// {status, headers, body, same}: `same` is all but what each answer has of its own. A stream is left once it has begun.
function ask(method, path, { token, headers = {}, body } = {}) {
    const all = { ...headers, ...(token && { Authorization: `Bearer ${token}` }) };
    if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
        const request = http.request({ host: hostname, port, path, method, agent, headers: all }, (reply) => {
            const chunks = [];
            const finish = () => {
                const { date, 'x-request-id': id, 'set-cookie': cookie, ...others } = reply.headers;
                const text = Buffer.concat(chunks).toString();
                const answer = { status: reply.statusCode, headers: reply.headers, body: text };
                const isReceipt = method === 'POST' && path.startsWith(context.endpoint) && answer.status === 200;
                judge(`${method} ${path}`, answer, isReceipt);
                expect(isReceipt || id, 'every answer has an id', `${method} ${path}`);
                resolve({ ...answer, cookie: cookie?.[0].split(';')[0], same: JSON.stringify([answer.status, others, text]) });
            };
            if (reply.headers['content-type'] === 'text/event-stream') {
                finish();
                request.destroy();
                return;
            }
            reply.on('data', (chunk) => chunks.push(chunk));
            reply.on('end', finish);
        });
        request.setTimeout(20000, () => request.destroy(new Error(`${method} ${path}: no answer`)));
        request.on('error', (error) => { if (!error.message.includes('aborted')) reject(error); });
        request.end(body);
    });
}

// ---- what is asked ----

const operations = Object.entries(JSON.parse(context.description).paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
const isOpen = (row) => row.scope === 'open' || row.scope === 'path' || (phase === 'public' && row.opens);
// 0: let in, else the status of the refusal.
function refusal(row, method, who, { Origin }) {
    if (isOpen(row)) return 0;
    if (row.scope === 'own') return Origin ? 403 : 0;
    if (ENDED.includes(who) && (!Origin || who === 'session by another name')) return 401;
    if (who in SCOPES) {
        if (SCOPES[who].includes(row.scope)) return 0;
        return SCOPES[who].length && row.scope !== 'session' ? 403 : 401;
    }
    if (Origin || (method !== 'GET' && who.endsWith(' CSRF'))) return 403;
    return row.scope === 'session' || SESSIONS[who].includes(row.scope) ? 0 : 403;
}

async function signIn(token, headers = {}) {
    const type = { 'Content-Type': 'application/json' };
    const { cookie, body } = await ask('POST', '/v1/session', { headers: { ...type, ...headers }, body: JSON.stringify({ token }) });
    return { Cookie: cookie, 'X-CSRF-Token': JSON.parse(body).csrf };
}

// What each asker sends of himself.
const askers = new Map([...Object.keys(SCOPES)].map((who) => [who, TOKENS[who] ? { Authorization: `Bearer ${TOKENS[who]}` } : {}]));
async function makeSession(who) {
    if (who === 'session that never was') return { Cookie: `hooktrail_session=${'A'.repeat(43)}`, 'X-CSRF-Token': 'A'.repeat(43) };
    if (who === 'session of a revoked token') {
        const admin = { Authorization: `Bearer ${TOKENS.admin}`, 'Content-Type': 'application/json' };
        const { body } = await ask('POST', '/v1/tokens', { headers: admin, body: JSON.stringify({ label: label(), scope: 'read,admin' }) });
        const { id, token } = JSON.parse(body);
        const session = await signIn(token);
        await ask('DELETE', `/v1/tokens/${id}`, { headers: admin });
        return session;
    }
    const session = await signIn(TOKENS[{ 'session of read': 'read', 'session of admin': 'admin' }[who] ?? 'all']);
    if (who === 'session without CSRF') delete session['X-CSRF-Token'];
    if (who === 'session with another CSRF') session['X-CSRF-Token'] = (await signIn(TOKENS.all))['X-CSRF-Token'];
    if (who === 'session by another name') session.Cookie = `__Host-${session.Cookie}`;
    if (who === 'session that was ended') await ask('DELETE', '/v1/session', { headers: session });
    return session;
}

function bodyOf({ body, type }) {
    const text = typeof body === 'function' ? body() : body;
    return { body: text, headers: type ? { 'Content-Type': type } : {} };
}

async function walkRoute(name, row) {
    const method = name.split(' ')[0].toUpperCase();
    for (const who of askers.keys()) {
        for (const headers of [{}, { Origin: 'https://elsewhere.example' }, { Origin: 'null' }]) {
            const refused = refusal(row, method, who, headers);
            const sent = bodyOf(row);
            const options = { ...sent, headers: { ...sent.headers, ...askers.get(who), ...headers } };
            const good = row.drops ? row.good + (refused ? context.rejected : dropped++) : row.good;
            const got = await ask(method, good, options);
            expect(got.status === (refused || row.status), `${name}: ${row.scope}`, `${who} ${JSON.stringify(headers)}: ${got.status}`);
            if (row.ends && !refused && who in SESSIONS) askers.set(who, await makeSession(who));
            if (!row.unknown) continue;
            const unknown = await ask(method, row.unknown, options);
            expect(unknown.status === (refused || row.missing), `${name}: what is not there`, `${who}: ${unknown.status}`);
            if (refused) expect(unknown.same === got.same, `${name}: a refusal doesn't tell what is there`, who);
        }
    }
}

// A browser's question before a request from elsewhere, and other methods that the route has not: refused without a word.
async function walkMethods(name, row) {
    for (const method of ['OPTIONS', 'PUT', 'PATCH']) {
        const headers = { Origin: 'https://elsewhere.example', 'Access-Control-Request-Method': 'POST' };
        const { status } = await ask(method, row.drops ? row.unknown : row.good, { token: TOKENS.all, headers });
        expect(status === 405, 'what is no method of the route is refused', `${name}: ${method} ${status}`);
    }
}

async function walkHosts(name, row) {
    if (row.drops) return;
    for (const who of ['none', 'wrong', 'all', 'session of all']) {
        const sent = bodyOf(row);
        const options = { ...sent, headers: { ...sent.headers, ...askers.get(who), Host: 'elsewhere.example' } };
        const { status } = await ask(name.split(' ')[0].toUpperCase(), row.good, options);
        const wanted = row.scope === 'open' || row.scope === 'path' ? row.status : 421;
        expect(status === wanted, 'by a name of others only what is open is answered', `${name} ${who}: ${status}`);
    }
}

// All that is not there gives the same bytes, whatever the token.
async function checkMissing(paths) {
    const first = await ask('POST', '/no/such/path', { body: '{}' });
    expect(first.status === 404, 'an unknown path is 404', first.status);
    for (const path of paths) {
        for (const token of [undefined, TOKENS.wrong, TOKENS.read, TOKENS.all]) {
            const { same } = await ask('POST', path, { token, body: '{}', headers: { Origin: 'https://elsewhere.example' } });
            expect(same === first.same, 'whatever is not there gives the same 404', `${path}: ${same}`);
        }
    }
}

// The same for everyone: there is no data in it.
async function checkPage() {
    const bytes = new Set();
    for (const path of PAGE) {
        for (const who of ['none', 'wrong', 'session of read']) {
            for (const headers of [{}, { Origin: 'https://elsewhere.example' }, { Host: 'elsewhere.example' }])
                bytes.add((await ask('GET', path, { headers: { ...askers.get(who), ...headers } })).same);
        }
    }
    const [first] = bytes;
    expect(bytes.size === 1 && first.startsWith('[200'), 'the page is the same document, whoever asks', [...bytes].join().slice(0, 200));
}

// Only a delivery tells a good secret from others.
async function checkSecrets() {
    for (const method of ['GET', 'HEAD', 'DELETE', 'PUT', 'OPTIONS']) {
        const answers = [];
        for (const path of [context.endpoint, context.retired, '/hooks/nobody', `/hooks/${'A'.repeat(43)}`])
            answers.push((await ask(method, path, {})).same);
        expect(new Set(answers).size === 1, 'no other method tells a good secret', method);
    }
    const { status } = await ask('POST', context.retired, { body: '{}' });
    expect(status === 410, 'a retired endpoint is 410', status);
}

// ---- phases ----

const unknownPaths = ['/no/such/path', '/hooks', '/hooks/', '/hooks/nobody', `/hooks/${'A'.repeat(43)}`, '/hooks/nobody/new-session',
    '/hooks/a/b/c', '/v1', '/v1/', '/v1/nothing', '/V1/events', '/v1//events', '/v1/events/1/payload/', '/log/', '/metrics/', '/readyz/',
    '/openapi.json/', '/%2e%2e/v1/events', '/v1/%65vents', '/v1/../v1/events'];

expect(JSON.stringify([...operations].sort()) === JSON.stringify(Object.keys(EXPECTED).sort()),
    'every route has its expectation, and every expectation its route',
    operations.filter((name) => !EXPECTED[name]).concat(Object.keys(EXPECTED).filter((name) => !operations.includes(name))).join());
if (phase === 'hooks') {
    await checkMissing([...unknownPaths, ...PAGE, '/assets/app.js', ...Object.values(EXPECTED).filter((row) => row.scope !== 'path' && !row.isEverywhere)
        .map((row) => row.good)]);
} else {
    for (const who of [...Object.keys(SESSIONS), ...ENDED]) askers.set(who, await makeSession(who));
    for (const [name, row] of Object.entries(EXPECTED)) await walkRoute(name, row);
    await checkPage();
    if (phase === 'all') {
        for (const [name, row] of Object.entries(EXPECTED)) await walkMethods(name, row);
        for (const [name, row] of Object.entries(EXPECTED)) await walkHosts(name, row);
        await checkMissing(unknownPaths);
        await checkSecrets();
    }
}
for (const [test, found] of faults) console.log(`${found.length ? 'FAIL' : 'PASS'} ${test}${found.slice(0, 3).map((fault) => `: ${JSON.stringify({ fault })}`).join('')}`);
process.exit(0);
