// openapi.mjs COMMAND …: holds the API's description (OpenAPI 3.1) against the routes' source and a running daemon.
//   routes DOC ROUTES.C          each route is described, and nothing else
//   webhooks DOC                 Aimdoc's events, held against the fixtures
//   small|all|erased|full DOC CONTEXT COVERED   requests to the daemon; every answer is validated, and noted in COVERED
//   covered DOC COVERED          each described answer has come, but those that can't be provoked
// Prints one line a test: 0 (passed) or 1, a tab, the name; then diagnostics behind "# ".
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FIXTURES = 'tests/fixtures';
const FILTERS = { agent: 'a', conversation: 'c', lead: 'l', visitor: 'v', type: 'new-session', since: '7d',
    until: '2099-01-01', after: '1', before: '9', order: 'asc', limit: '7' };
// Answers that any request can meet; they are described as `default`.
const COMMON = new Set(['405', '431', '501']);
// An index that lags for seconds, a failing change or a log before its first checkpoint can't be had from outside.
const UNPROVOKED = /^((get \/(v1\/(?!stream)|log\/|metrics).*|delete .*|post \/v1\/(session|endpoints.*|tokens)) 503|get \/log\/(acts\/)?checkpoint 404)$/;

const [command, docFile, ...rest] = process.argv.slice(2);
const doc = JSON.parse(readFileSync(docFile, 'utf8'));

function report(name, faults) {
    console.log(`${faults.length ? 1 : 0}\t${name}`);
    for (const fault of faults.slice(0, 5)) console.log(`# ${fault.replaceAll('\n', ' ').slice(0, 500)}`);
}

const isDeepEqual = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const operations = () => Object.entries(doc.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
const resolve = (node) => node.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key], doc) : node;

// ---- schemas, closed: what they don't list is a fault ----

const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([k, v]) => [k, change(v, k)]));

// The description leaves its objects open, since fields may be added; here, each use of one is closed. A fragment is a
// part of what another schema describes (a branch of allOf, a component before its use): that one is closed instead.
function close(schema, isFragment) {
    const composes = Boolean(schema.allOf || schema.properties);
    const closed = mapValues(schema, (value, key) => {
        if (key === '$ref') return value.replace('#/components/schemas/', 'hooktrail#/$defs/');
        if (key === 'properties') return mapValues(value, (property) => close(property, false));
        if (key === 'allOf') return value.map((branch) => close(branch, true));
        if (key === 'oneOf' || key === 'anyOf') return value.map((branch) => close(branch, composes));
        const isSchema = key === 'items' || key === 'additionalProperties';
        return isSchema && typeof value === 'object' ? close(value, false) : value;
    });
    const isOpen = 'additionalProperties' in schema;
    if (schema.type === 'object' && !composes && !isOpen) throw new Error('an object says nothing of its properties');
    if (!isFragment && !isOpen && (schema.$ref || composes)) closed.unevaluatedProperties = false;
    return closed;
}

const ajv = new Ajv({ strict: true, strictTypes: false, allowUnionTypes: true, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'hooktrail', $defs: mapValues(doc.components.schemas, (schema) => close(schema, true)) });
const validators = new Map();

// The faults of a value under a schema of the description.
function judge(schema, value) {
    const key = JSON.stringify(schema);
    if (!validators.has(key)) validators.set(key, ajv.compile(close(schema, false)));
    const validate = validators.get(key);
    if (validate(value)) return [];
    return validate.errors.map(({ instancePath, message, params }) =>
        `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
}

// ---- one request, and what the description says of its answer ----

const results = new Map(); // "method path status" to {count, faults}

function note(name, faults) {
    const result = results.get(name) ?? { count: 0, faults: [] };
    results.set(name, { count: result.count + 1, faults: result.faults.concat(faults) });
}

function judgeContent(response, answer) {
    const type = (answer.headers['content-type'] ?? '').split(';')[0];
    const content = response.content ?? {};
    if (Object.keys(content).length === 0) return answer.body.length ? ['a body that is not described'] : [];
    if (!content[type]) return [`content type "${type}" is not described`];
    if (type === 'application/x-ndjson' || !type.endsWith('json')) return judge(content[type].schema, answer.body.toString());
    return judge(content[type].schema, JSON.parse(answer.body));
}

function judgeHeaders(response, answer) {
    return Object.entries(response.headers ?? {}).flatMap(([name, header]) => {
        const value = answer.headers[name.toLowerCase()];
        if (value === undefined) return header.required ? [`the header ${name} is missing`] : [];
        return judge(header.schema, [value].flat().join()).map((fault) => `${name}: ${fault}`);
    });
}

function judgeAnswer({ path, method, operation }, answer) {
    const status = String(answer.status);
    const described = operation.responses[status] ?? (COMMON.has(status) && operation.responses.default);
    const name = `${method} ${path} ${status}`;
    if (!described) return note(name, [`this status is not described: ${answer.body.toString().slice(0, 200)}`]);
    const response = resolve(described);
    note(name, [...judgeHeaders(response, answer), ...judgeContent(response, answer)]);
    return undefined;
}

// Sends; `until` ends a stream, given what has come so far. `part` leaves the announced body unfinished.
function send(base, method, target, { headers = {}, body, until, part } = {}) {
    return new Promise((done, fail) => {
        const request = http.request(base + target, { method, headers, agent: false }, (response) => {
            const chunks = [];
            const finish = () => {
                request.destroy();
                done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
            };
            response.on('data', (chunk) => {
                chunks.push(chunk);
                if (until?.(Buffer.concat(chunks))) finish();
            });
            response.on('end', finish);
            response.on('error', fail);
        });
        request.setTimeout(20000, () => request.destroy(new Error(`${method} ${target}: no answer`)));
        request.on('error', fail);
        if (body) request.write(body);
        if (part) request.flushHeaders();
        else request.end();
    });
}

// ---- static checks ----

function checkRoutes(source) {
    const all = [...source.matchAll(/^ *\{"([^"]+)",\s+"(\w+)",\s+\w+,\s+HT_METHOD_(\w+),\s+(\w+),\s+[\w |]+\}/gm)];
    const rows = all.filter(([, , name]) => !name.startsWith('page')); // the page is no API
    const isOpenScope = (scope) => scope === '0' || scope === 'HT_SCOPE_NONE';
    const wanted = rows.map(([, path, , method, scope]) =>
        `${method} ${path.replace('{*}', '{}')} ${isOpenScope(scope) ? 'open' : 'token'}`);
    const found = operations().map(({ path, method, operation }) => {
        const isOpen = (operation.security ?? []).length === 0;
        return `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')} ${isOpen ? 'open' : 'token'}`;
    });
    report('the source has routes', rows.length >= 20 ? [] : [`only ${rows.length} were found`]);
    report('every route is described, with its method and whether it wants a token',
        wanted.filter((route) => !found.includes(route)));
    report('nothing else is described', found.filter((route) => !wanted.includes(route)));
    const short = operations().filter(({ operation }) => !operation.responses.default);
    report('each operation describes what any request can meet', short.map(({ method, path }) => `${method} ${path}`));
    for (const { path, operation } of operations()) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const given = (operation.parameters ?? []).map(resolve).filter((p) => p.in === 'path').map((p) => p.name);
        if (!isDeepEqual(inPath, given)) report(`${path}: its parameters`, [`${inPath} against ${given}`]);
    }
}

function checkWebhooks() {
    const fixture = (file) => JSON.parse(readFileSync(`${FIXTURES}/${file}`, 'utf8'));
    const types = ['buyer-intent-detected', 'new-contact', 'new-question', 'new-session', 'session-active',
        'session-escalated', 'visitor-identified'];
    report("Aimdoc's events are the webhooks", isDeepEqual(Object.keys(doc.webhooks).sort(), types) ? [] :
        [Object.keys(doc.webhooks).join(' ')]);
    const media = (type) => doc.webhooks[type].post.requestBody.content['application/json'];
    for (const type of ['new-contact', 'visitor-identified']) {
        const same = isDeepEqual(media(type).example, fixture(`documented-${type}.json`));
        report(`${type}: the example is the documented payload`, same ? [] : [JSON.stringify(media(type).example)]);
    }
    for (const type of types) {
        const files = [`type-${type}.json`, `type-${type}-no-conversation.json`];
        if (existsSync(`${FIXTURES}/documented-${type}.json`)) files.push(`documented-${type}.json`);
        report(`${type}: its fixtures fit`, files.flatMap((file) => judge(media(type).schema, fixture(file))));
        const wrong = judge(media(type).schema, fixture('wrong-types.json'));
        report(`${type}: wrong types don't`, wrong.length ? [] : ['wrong-types.json fits']);
    }
}

// ---- requests ----

class Session {
    constructor(context) {
        this.context = context;
    }

    bearer(name) {
        return { Authorization: `Bearer ${this.context[name]}` };
    }

    // One request to a described operation, judged. `as`: send this method in place of the operation's.
    async ask(path, method, target, options = {}) {
        const answer = await send(this.context.url, options.as ?? method.toUpperCase(), target, options);
        judgeAnswer({ path, method, operation: doc.paths[path][method] }, answer);
        return answer;
    }

    async get(path, target) {
        return JSON.parse((await this.ask(path, 'get', target, { headers: this.bearer('read') })).body);
    }

    // The members of all pages.
    async pages(path, target, member, limit) {
        const members = [];
        let page = { next: '' };
        while (page.next !== null) {
            page = await this.get(path, `${target}?limit=${limit}${page.next && `&cursor=${page.next}`}`);
            members.push(...page[member]);
        }
        return members;
    }

    // With a JSON body.
    write(path, method, target, body, headers = this.bearer('admin')) {
        const text = JSON.stringify(body);
        const about = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
        return this.ask(path, method, target, { body: text, headers: { ...about, ...headers } });
    }

    // Signs in; what a request by that session sends.
    async signIn() {
        const { headers, body } = await this.write('/v1/session', 'post', '/v1/session', { token: this.context.admin }, {});
        this.cookie = { Cookie: headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': JSON.parse(body).csrf };
    }

    retry(number) {
        const headers = { ...this.bearer('admin'), 'Content-Length': 0 };
        return this.ask('/v1/rejected/{number}/retry', 'post', `/v1/rejected/${number}/retry`, { headers });
    }

    drop(number) {
        const headers = this.bearer('admin');
        return this.ask('/v1/rejected/{number}', 'delete', `/v1/rejected/${number}`, { headers });
    }

    // To /hooks/{secret}/{type} with a type, else to /hooks/{secret}.
    deliver(endpoint, body, { type, headers, ...options } = {}) {
        const path = `/hooks/{secret}${type ? '/{type}' : ''}`;
        const about = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
        return this.ask(path, 'post', this.context[endpoint] + (type ? `/${type}` : ''),
            { body, headers: { ...about, ...headers }, ...options });
    }
}

const TYPES = [undefined, 'new-session'];
const fixtures = (folder) => readdirSync(`${FIXTURES}/${folder}`).filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(`${FIXTURES}/${folder}/${name}`));
const payload = (size) =>
    JSON.stringify({ agent_id: 'agent-large', conversation: { id: 'c-large' }, rest: 'x'.repeat(size) });

async function deliverAll(session) {
    for (const body of ['.', 'sales-day', 'invalid'].flatMap(fixtures)) {
        await session.deliver('open', body);
        await session.deliver('open', body, { type: 'new-session', headers: { 'Content-Type': 'text/plain' } });
    }
    for (const type of TYPES) {
        for (const endpoint of ['signed', 'retired', 'unknown']) await session.deliver(endpoint, payload(1), { type });
    }
}

async function readAll(session) {
    const events = await session.pages('/v1/events', '/v1/events', 'events', 7);
    for (const { seq } of events) {
        await session.get('/v1/events/{seq}', `/v1/events/${seq}`);
        const target = `/v1/events/${seq}/payload`;
        await session.ask('/v1/events/{seq}/payload', 'get', target, { headers: session.bearer('read') });
    }
    const found = {};
    for (const [list, member] of [['conversations', 'items'], ['leads', 'events']]) {
        found[list] = await session.pages(`/v1/${list}`, `/v1/${list}`, list, 3);
        for (const { id } of found[list])
            await session.pages(`/v1/${list}/{id}`, `/v1/${list}/${encodeURIComponent(id)}`, member, 3);
    }
    await session.pages('/v1/agents', '/v1/agents', 'agents', 1);
    const byEmail = await session.get('/v1/leads', '/v1/leads?email=jane.smith%40example.com');
    report('leads are found by their address', byEmail.leads.length ? [] : ['none']);
    const rejected = await session.pages('/v1/rejected', '/v1/rejected', 'rejected', 5);
    for (const { number } of rejected) await session.get('/v1/rejected/{number}', `/v1/rejected/${number}`);
    const acts = await session.ask('/v1/acts', 'get', '/v1/acts?limit=2', { headers: session.bearer('admin') });
    report('acts have pages', acts.headers.link?.includes('rel="next"') ? [] : ['there is no next']);
    const { conversations, leads } = found;
    const ids = { events: 1, conversations: conversations[0].id, leads: leads[0].id, rejected: rejected[0].number,
        endpoints: 1, tokens: 1 };
    return { ids, rejected: rejected.map(({ number }) => number) };
}

// What stands in place of a path's parameters: something that is there, and what is not.
function targetsOf(path, session, found) {
    const { open } = session.context;
    if (path.startsWith('/hooks')) return { good: open + (path.endsWith('{type}') ? '/new-session' : ''), bad: [] };
    if (path.startsWith('/log')) {
        const tile = (text) => path.replace('{tile}', `0/${text}`).replace('{bundle}', text);
        return { good: tile('000.p/1'), bad: path.includes('{') ? [tile('999'), tile('x')] : [] };
    }
    const place = (text) => path.replace(/\{\w+\}/, encodeURIComponent(text));
    const missing = { seq: ['999999', 'x'], number: ['999999', 'x'], id: ['nobody', 'x'.repeat(300)] };
    const [, parameter] = path.match(/\{(\w+)\}/) ?? [];
    return { good: place(found.ids[path.split('/')[2]]), bad: (missing[parameter] ?? []).map(place) };
}

const hasEvents = (bytes) => bytes.toString().split('\n\n').length > 4;

const isForAdmins = ({ summary }) => summary.includes('(scope admin)');

// What any operation answers: without a token or with one of the other scope, when malformed, to another method, when
// unchanged, to a body that is too large. Of all these only an over-long delivery is kept.
async function askForRefusals(session, { path, method, operation }, found) {
    const { good, bad } = targetsOf(path, session, found);
    const [own, other] = isForAdmins(operation) ? ['admin', 'read'] : ['read', 'admin'];
    const isOpen = operation.security.length === 0;
    const until = path === '/v1/stream' ? hasEvents : undefined;
    const query = path === '/v1/stream' ? '?after=0' : '';
    const asker = path === '/v1/session' ? session.cookie : session.bearer(own);
    const basic = { ...(isOpen ? {} : asker), ...(method === 'post' && { 'Content-Length': 0 }) };
    const ask = (target, headers = {}, options = {}) =>
        session.ask(path, method, target, { headers: { ...basic, ...headers }, until, ...options });
    if (!isOpen) {
        await ask(good, { Authorization: '' });
        await ask(good, session.bearer(other));
    }
    await ask(`${good}?x=%00`);
    for (const target of bad) await ask(target);
    await ask(good, { 'X-Long': 'x'.repeat(20000) });
    await ask(good, {}, { as: 'TRACE' });
    const { allow = '' } = (await ask(good, { 'Content-Length': 0 }, { as: 'PATCH' })).headers;
    const methods = Object.keys(doc.paths[path]).map((name) => name.toUpperCase()).sort();
    const isRight = isDeepEqual(allow.replace(', HEAD', '').split(', ').sort(), methods);
    note('Allow names the described methods', isRight ? [] : [`${path}: ${allow}`]);
    if (method === 'post') await ask(good, { 'Content-Length': 4 << 20 }, { body: payload(8000), part: true });
    if (method !== 'get') return;
    const { etag } = (await ask(good + query)).headers;
    if (!etag) return;
    for (const tag of [etag, '*']) await ask(good, { 'If-None-Match': tag });
}

// ---- what admins change, and sessions ----

async function checkEndpoints(session) {
    const path = '/v1/endpoints';
    const make = (label) => session.write(path, 'post', path, { label });
    const { id } = JSON.parse((await make('described')).body);
    for (const label of ['described', '-']) await make(label);
    await session.write(path, 'post', path, { label: 'x'.repeat(5000) });
    const rotate = (target) => session.ask(`${path}/{id}/rotate`, 'post', `${path}/${target}/rotate`,
        { headers: { ...session.bearer('admin'), 'Content-Length': 0 } });
    const retire = (target, confirm) => session.write(`${path}/{id}/retire`, 'post', `${path}/${target}/retire`, { confirm });
    for (const target of [id, 999999]) await rotate(target);
    for (const [target, confirm] of [[id, 'no'], [999999, 'x'], [id, 'x'.repeat(5000)], [id, 'described'], [id, 'described']])
        await retire(target, confirm);
    await rotate(id);
    await session.ask(path, 'get', path, { headers: session.bearer('admin') });
}

async function checkTokens(session) {
    const path = '/v1/tokens';
    const make = (label, scope) => session.write(path, 'post', path, { label, scope });
    const { id, token } = JSON.parse((await make('described', 'read')).body);
    for (const [label, scope] of [['described', 'read'], ['other', 'all'], ['x'.repeat(5000), 'read']]) await make(label, scope);
    const works = () => session.ask('/v1/stats', 'get', '/v1/stats', { headers: { Authorization: `Bearer ${token}` } });
    const before = (await works()).status;
    for (const target of [id, id, 999999])
        await session.ask(`${path}/{id}`, 'delete', `${path}/${target}`, { headers: session.bearer('admin') });
    await session.ask(path, 'get', path, { headers: session.bearer('admin') });
    report('a token works until it is revoked', [before, (await works()).status].join() === '200,401' ? [] : [`${before}`]);
}

async function checkSession(session) {
    const path = '/v1/session';
    await session.write(path, 'post', path, { token: 'ht_wrong' }, {});
    await session.write(path, 'post', path, { token: 'x'.repeat(5000) }, {});
    await session.write(path, 'post', path, { token: session.context.read }, { Origin: 'null' });
    const { Cookie } = session.cookie;
    await session.ask(path, 'get', path, { headers: session.cookie });
    await session.ask(path, 'get', path, { headers: { Cookie, Origin: 'null' } });
    await session.ask(path, 'delete', path, { headers: { Cookie } });
    for (const _ of [1, 2]) await session.ask(path, 'delete', path, { headers: session.cookie });
}

// A checkpoint is signed a second after the last commit.
async function checkProof(session) {
    const options = { headers: session.bearer('read') };
    const ask = (seq) => session.ask('/v1/events/{seq}/proof', 'get', `/v1/events/${seq}/proof`, options);
    let answer = await ask(1);
    for (let i = 0; i < 100 && answer.status !== 200; i++) {
        await new Promise((done) => { setTimeout(done, 100); });
        answer = await ask(1);
    }
    report('an event has its proof', answer.body.toString().startsWith('c2sp.org/tlog-proof@v1\n') ? [] : [`${answer.body}`]);
}

async function checkStream(session) {
    const options = { headers: session.bearer('read'), until: hasEvents };
    const { body } = await session.ask('/v1/stream', 'get', '/v1/stream?after=0', options);
    const data = [...body.toString().matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json));
    report("a stream's data are Events", data.length < 3 ? [`${data.length} of them`] :
        data.flatMap((event) => judge({ $ref: '#/components/schemas/Event' }, event)));
}

// Filters that are described are taken, the others are refused.
async function checkParameters(session, found) {
    const faults = [];
    for (const { path, operation } of operations()) {
        const described = (operation.parameters ?? []).map(resolve).filter((p) => p.in === 'query').map((p) => p.name);
        if (!['getEvent', 'getRejected'].includes(operation.operationId) &&
            !described.some((name) => name in FILTERS)) continue;
        for (const [name, value] of Object.entries(FILTERS)) {
            const target = `${targetsOf(path, session, found).good}?${name}=${value}`;
            const until = (bytes) => path === '/v1/stream' && bytes.length > 0;
            const headers = session.bearer(isForAdmins(operation) ? 'admin' : 'read');
            const { status } = await session.ask(path, 'get', target, { headers, until });
            if (status !== (described.includes(name) ? 200 : 400)) faults.push(`${path}: ${name} gives ${status}`);
        }
    }
    report('filters apply where they are described, and only there', faults);
}

// Retries all but the oldest, then drops what is still rejected.
async function settleRejected(session, { rejected }) {
    for (const number of rejected.slice(0, -1)) {
        if ((await session.retry(number)).status !== 200) await session.drop(number);
    }
}

// ---- against a daemon with a small max_body and no room for streams ----

async function checkSmall(session) {
    for (const type of TYPES) await session.deliver('open', payload(3000), { type });
    await session.ask('/v1/stream', 'get', '/v1/stream', { headers: session.bearer('read') });
}

async function checkAll(session) {
    await deliverAll(session);
    const found = await readAll(session);
    await session.signIn();
    await checkProof(session);
    for (const operation of operations()) await askForRefusals(session, operation, found);
    await checkEndpoints(session);
    await checkTokens(session);
    await checkSession(session);
    await checkStream(session);
    await checkParameters(session, found);
    await settleRejected(session, found);
    const served = JSON.parse((await session.ask('/openapi.json', 'get', '/openapi.json')).body);
    report('the description that was judged is served', isDeepEqual(served, doc) ? [] : ['it is another']);
}

// ---- after event 1, its conversation and a lead were erased ----

async function checkErased(session) {
    const { conversation, lead } = session.context.erased;
    const reader = { headers: session.bearer('read') };
    await session.ask('/v1/events/{seq}/payload', 'get', '/v1/events/1/payload', reader);
    await session.ask('/v1/events/{seq}', 'get', '/v1/events/1', reader);
    await session.get('/v1/events', '/v1/events?limit=1000');
    await session.ask('/v1/conversations/{id}', 'get', `/v1/conversations/${encodeURIComponent(conversation)}`, reader);
    await session.ask('/v1/leads/{id}', 'get', `/v1/leads/${encodeURIComponent(lead)}`, reader);
    const { exports } = await session.get('/v1/exports', '/v1/exports');
    report('an export is listed', exports.length === 1 ? [] : [`${exports.length} of them`]);
}

// ---- against a daemon whose disk counts as full ----

async function checkFull(session) {
    for (const type of TYPES) await session.deliver('open', payload(1), { type });
    await session.ask('/readyz', 'get', '/readyz');
    const { number } = (await session.get('/v1/rejected', '/v1/rejected')).rejected.at(-1);
    await session.retry(number);
    const { status } = await session.write('/v1/tokens', 'post', '/v1/tokens', { label: 'full', scope: 'read' });
    report('the reserve is for what admins do', status === 201 ? [] : [`${status}`]);
    await session.get('/v1/rejected/{number}', `/v1/rejected/${number}`);
}

// ---- which answers have come ----

function checkCovered(covered) {
    const missing = operations().flatMap(({ path, method, operation }) =>
        [...Object.keys(operation.responses).filter((status) => status !== 'default'), ...COMMON]
            .map((status) => `${method} ${path} ${status}`));
    report('every described answer was provoked',
        missing.filter((name) => !UNPROVOKED.test(name) && !covered.has(name)));
}

const readLines = (file) => readFileSync(file, 'utf8').split('\n');
if (command === 'routes') checkRoutes(readFileSync(rest[0], 'utf8'));
else if (command === 'webhooks') checkWebhooks();
else if (command === 'covered') checkCovered(new Set(readLines(rest[0])));
else {
    const checks = { small: checkSmall, all: checkAll, erased: checkErased, full: checkFull };
    await checks[command](new Session(JSON.parse(readFileSync(rest[0], 'utf8'))));
    for (const [name, { count, faults }] of [...results].sort()) report(`${name} (${count})`, [...new Set(faults)]);
    appendFileSync(rest[1], [...results.keys(), ''].join('\n'));
}
