// Hostile strings in every field that is shown, in every view: nothing of them runs, nothing is asked of another machine, the
// policy has nothing to report, and what is around them stays where it is. With HOSTILE=all each string has each view of its
// own; else each is in all lists and in the views that show all of them, and every other one has a view of its own, of one kind.
import path from 'node:path';
import { go, open, visit } from './browser.mjs';
import { Daemon } from './daemon.mjs';
import { ENDLESS, HOSTILE } from './hostile.mjs';
import { layoutFaults } from './layout.mjs';
import { diag, is, ok, pause } from './tap.mjs';

const SIZES = [{ width: 360, height: 740 }, { width: 1280, height: 800 }];
const ALL = process.env.HOSTILE === 'all';
const SENDERS = 16;

// ---- deliveries ----

const isHeader = (text) => /^[\x21-\x7e][\x20-\x7e]*$/.test(text);

const profile = (text) => ({ id: text, email: text, first_name: text, last_name: text, company: text, job_title: text, phone: text, [text]: text, attributes: { [text]: text } });

function eventsOf(text, number) {
    const at = new Date(1.79e12 + number * 1000).toISOString();
    const common = { agent_id: text, agent_name: text, visitor: { visitor_id: text, summary: { status: text, display_name: text, subtitle: text, [text]: text } }, [text]: text };
    const conversation = { id: text, started_at: at, messages: [{ id: text, role: text, content: text, created_at: at }, { role: 'user', content: text, created_at: at }] };
    return [
        { ...common, event: 'new-contact', conversation, lead: profile(text) },
        { ...common, event: 'session-escalated', conversation: { id: text }, lead_id: text, escalation_reason: text },
        { ...common, event: 'buyer-intent-detected', conversation: { id: text }, lead_id: text, buyer_intent_reason: text },
        { ...common, event: text, question: text, conversation: { id: text }, number },
    ];
}

// All of them in one: what a single conversation, lead, event, rejected delivery may hold.
function gathered() {
    const all = [...HOSTILE, ...ENDLESS];
    const messages = all.flatMap((text, at) => [{ id: String(at), role: HOSTILE[at] ?? 'user', content: text, created_at: new Date(1.79e12 + at * 60000).toISOString() }]);
    const edited = messages.map((message, at) => ({ ...message, content: all[(at + 1) % all.length] }));
    const lead = { id: 'gathered', email: 'gathered@example.com', ...Object.fromEntries(HOSTILE.map((text) => [text, text])), attributes: Object.fromEntries(all.map((text) => [text, [text]])) };
    const changed = { ...lead, ...Object.fromEntries(HOSTILE.map((text, at) => [text, HOSTILE[(at + 7) % HOSTILE.length]])) };
    const common = { agent_id: 'gathered', agent_name: 'Gathered' };
    return [
        { ...common, event: 'session-active', conversation: { id: 'gathered', messages } },
        { ...common, event: 'session-active', conversation: { id: 'gathered', messages: edited } },
        { ...common, event: 'new-contact', conversation: { id: 'gathered' }, lead },
        { ...common, event: 'new-contact', conversation: { id: 'gathered' }, lead: changed },
        ...ENDLESS.map((text, at) => ({ ...common, event: 'session-escalated', conversation: { id: 'gathered' }, lead_id: 'gathered', escalation_reason: text, at })),
    ];
}

async function inTurn(list, act) {
    const queue = list.entries();
    await Promise.all(Array.from({ length: SENDERS }, async () => {
        for (const [number, each] of queue) await act(each, number);
    }));
}

async function fill(daemon) {
    const answers = new Map();
    const count = ({ code }) => answers.set(code, (answers.get(code) ?? 0) + 1);
    await inTurn(HOSTILE.flatMap((text, number) => eventsOf(text, number).map((event) => [text, event])), async ([text, event]) => {
        count(await daemon.post(event, { headers: isHeader(text) ? { 'x-request-id': text, 'user-agent': text } : {} }));
    });
    for (const event of gathered()) count(await daemon.post(event));
    // No JSON: the body is shown, with the byte at fault within or behind the string.
    await inTurn(HOSTILE, async (text, number) => {
        count(await daemon.post(number % 2 ? `{"x":${JSON.stringify(text)}` : text.repeat(2), { headers: isHeader(text) ? { 'content-type': text } : {} }));
    });
    count(await daemon.post([...HOSTILE, ...ENDLESS].join('\n')));
    // Names that administrators give: most of these are refused.
    const ask = (path, body) => fetch(daemon.url + path, { method: 'POST', headers: { Authorization: `Bearer ${daemon.token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    let taken = 0;
    await inTurn(HOSTILE, async (text) => {
        for (const path of ['/v1/endpoints', '/v1/tokens']) if ((await ask(path, { label: text, scope: 'read' })).status === 201) taken++;
    });
    diag(`${HOSTILE.length} strings; answers to deliveries: ${JSON.stringify([...answers])}; names taken: ${taken}`);
    return answers;
}

// ---- what is seen ----

async function holds(page, faults, name) {
    for (const size of SIZES) {
        await page.setViewportSize(size);
        faults.push(...(await page.evaluate(() => window.layoutFaults())).map((fault) => `${name} at ${size.width}: ${fault}`));
    }
}

// Runs in the page: goes from one address to the next as links do, and says what is wrong where.
async function tour(places) {
    const faults = [];
    const isDrawn = () => document.querySelector('h1') && !document.querySelector('.loading, .bone, [aria-busy="true"]');
    const link = document.createElement('a');
    document.body.append(link);
    for (const place of places) {
        link.href = place;
        link.click();
        for (const end = performance.now() + 20000; ;) {
            await new Promise((done) => { setTimeout(done); });
            if (isDrawn()) break;
            if (performance.now() > end) { faults.push(`${place}: is not drawn`); break; }
        }
        faults.push(...window.layoutFaults().map((fault) => `${place}: ${fault}`));
        if (!document.querySelector('h1')?.checkVisibility({ visibilityProperty: true })) faults.push(`${place}: no heading`);
        if (location.href !== new URL(place, location.origin).href) faults.push(`${place} became ${location.href}`);
    }
    link.remove();
    return faults.slice(0, 6);
}

async function tourIn(page, places) {
    const faults = [];
    for (const size of ALL ? SIZES : SIZES.slice(0, 1)) {
        await page.setViewportSize(size);
        faults.push(...await page.evaluate(tour, places));
    }
    return faults;
}

// Runs in the page: a list from its top to its end, all that is drawn on the way looked at.
async function scrollThrough() {
    const faults = [];
    const list = document.querySelector('.list');
    const frame = () => new Promise((done) => { requestAnimationFrame(done); });
    for (list.scrollTop = 0; ; list.scrollTop += list.clientHeight) {
        const isAtEnd = () => list.scrollTop + list.clientHeight >= list.scrollHeight - 2;
        const isLoading = () => list.querySelector('.bone') || (isAtEnd() && list.getAttribute('aria-rowcount') === '-1');
        for (let i = 0; i < 600 && (i < 2 || isLoading()); i++) await frame();
        faults.push(...window.layoutFaults());
        if (isAtEnd()) return { faults: faults.slice(0, 5), rows: Number(list.getAttribute('aria-rowcount')) - 1 };
    }
}

async function testLists({ page }) {
    for (const [place, least] of [['/trail?type=new-contact', 350], ['/conversations', 300], ['/leads', 300], ['/rejected', 350]]) {
        await go(page, place);
        for (const size of ALL || place !== '/rejected' ? SIZES : SIZES.slice(0, 1)) {
            await page.setViewportSize(size);
            const { faults, rows } = await page.evaluate(scrollThrough);
            is(faults, [], `${place} at ${size.width}: holds with all of them in it`);
            ok(rows >= least, `${place} at ${size.width}: has all of its rows`, rows);
        }
    }
}

async function testGathered({ page, daemon }) {
    const { seq } = (await daemon.get('/v1/events?lead=gathered&type=new-contact&limit=1')).events[0];
    const { number } = (await daemon.get('/v1/rejected?limit=1')).rejected[0];
    for (const place of ['/', '/conversations/gathered', '/leads/gathered', `/events/${seq}`, `/rejected/${number}`, '/settings']) {
        const faults = [];
        await go(page, place);
        await page.evaluate(() => {
            for (const button of [...document.querySelectorAll('.meta button[aria-expanded="false"]')].slice(0, 60)) button.click();
            const view = document.querySelector('.view');
            view.scrollTop = view.scrollHeight;
        });
        await holds(page, faults, place);
        is(faults, [], `${place}: holds with all of them in it`);
    }
    await go(page, '/conversations/gathered');
    const shown = new Set(await page.evaluate(readThrough));
    is([...HOSTILE, ...ENDLESS].filter((text) => !shown.has(text)), [], 'a conversation holds each of them as it was said, to the last character');
}

// Runs in the page: what stands in the bubbles, from the top to the end; those that are far away are not drawn.
async function readThrough() {
    const view = document.querySelector('.view');
    const texts = new Set();
    for (view.scrollTop = 0; ; view.scrollTop += view.clientHeight) {
        for (let i = 0; i < 3; i++) await new Promise((done) => { requestAnimationFrame(done); });
        for (const each of document.querySelectorAll('.message .prose')) texts.add(each.textContent);
        if (view.scrollTop + view.clientHeight >= view.scrollHeight - 2) return [...texts];
    }
}

// A view of each string's own: ids in addresses, names in headings.
async function testEach({ page, daemon }) {
    const events = new Map();
    for (let cursor = ''; cursor !== null;) {
        const answer = await daemon.get(`/v1/events?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        for (const event of answer.events) if (event.conversation_id) events.set(event.conversation_id, event.seq);
        cursor = answer.next;
    }
    const rejected = (await daemon.get('/v1/rejected?limit=1000')).rejected;
    const isStep = (text) => text === '.' || text === '..'; // in no address of its own: its links lead to its events
    const kinds = [(text) => !isStep(text) && `/conversations/${encodeURIComponent(text)}`, (text) => !isStep(text) && `/leads/${encodeURIComponent(text)}`,
        (text) => events.has(text) && `/events/${events.get(text)}`, (text, at) => rejected[at] && `/rejected/${rejected[at].number}`];
    for (const id of ['.', '..']) {
        await go(page, `/events/${events.get(id)}`);
        const links = await page.locator('dd a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
        is(links.filter((href) => !href.startsWith('/trail?')), [], `an id of ${id} leads to its events`);
    }
    for (const [kind, of] of kinds.entries()) {
        const places = HOSTILE.map((text, at) => (ALL || at % (4 * kinds.length) === kind) && of(text, at)).filter(Boolean);
        is(await tourIn(page, places), [], `${places.length} views of their own hold: ${places[0].split('/')[1]}`);
    }
}

// Whoever follows a link within is never led away; the address bar takes the strings as well.
async function testAddresses({ page, daemon }) {
    const some = (step) => HOSTILE.filter((text, at) => ALL || at % step === 0);
    const places = some(16).map((text) => `/trail?${new URLSearchParams({ type: text, conversation: text, since: text, agent: text })}`);
    is(await tourIn(page, places), [], `${places.length} as filters in the address are but text`);
    const faults = [];
    for (const text of some(32).filter((each) => each.trim())) {
        await page.locator('input[type=search]').fill(text);
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => !/Searching/.test(document.querySelector('.search-word').textContent));
        if (new URL(page.url()).origin !== daemon.url) faults.push(text);
    }
    is(faults, [], 'in the search they are but text');
}

export async function testHostility({ browser, folder, caught }) {
    const daemon = new Daemon(path.join(folder, 'hostile'));
    daemon.init();
    await daemon.start();
    const answers = await fill(daemon);
    is([...answers.keys()].filter((code) => ![200, 400, 422].includes(code)), [], 'hostile deliveries are taken or refused');
    const context = await open(browser, daemon, { token: daemon.token });
    context.setDefaultTimeout(60000);
    await context.addInitScript(`window.layoutFaults = ${layoutFaults}`);
    const away = [];
    await context.route((url) => url.origin !== daemon.url, (route) => { away.push(route.request().url()); return route.abort(); });
    const page = await context.newPage();
    await visit(page, '/');
    for (const test of [testLists, testGathered, testEach, testAddresses]) {
        const begin = performance.now();
        await test({ page, daemon });
        diag(`${test.name}: ${Math.round(performance.now() - begin)} ms`);
    }
    await pause(300);
    is(context.faults, [], 'hostile strings: nothing ran, no dialog, no error, the policy reports none');
    is([...away, ...caught], [], 'hostile strings: no request left');
    is(context.pages().length, 1, 'hostile strings: no window opened');
    await context.close();
    is(await daemon.stop(), 0, 'hostile strings: hooktraild ends with 0');
}
