// What happens while one looks: events that come, a list that pauses, a connection that breaks in every way; no event is
// missing from what is shown, and none is there twice.
import { go, isLive, open, seqs, startWire, visit } from './browser.mjs';
import { is, ok, pause, until } from './tap.mjs';

let number = 0;
export const small = (more = {}) => ({ event: 'new-session', agent_id: 'live', agent_name: 'Live agent', conversation: { id: `live-${number++ % 5}` }, number, ...more });

async function deliver(daemon, count, more) {
    const given = [];
    for (let i = 0; i < count; i++) given.push((await daemon.post(small(more))).seq);
    return given;
}

// The events of the whole list, as scrolling through it shows them, from the top.
async function scrolledSeqs(page) {
    return page.evaluate(async () => {
        const list = document.querySelector('.list');
        const seen = new Map(); // by place in the list
        const collect = () => {
            for (const row of list.querySelectorAll('.row[data-index]')) seen.set(Number(row.dataset.index), Number(row.querySelector('.cell-seq').textContent));
        };
        for (list.scrollTop = 0; ; list.scrollTop += 400) {
            for (let i = 0; i < 40 && (i < 2 || list.querySelector('.bone')); i++) await new Promise((done) => { requestAnimationFrame(done); });
            collect();
            if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) break;
        }
        list.scrollTop = 0;
        return [...seen].sort((a, b) => a[0] - b[0]).map(([, seq]) => seq);
    });
}

const downFrom = (newest, count) => Array.from({ length: count }, (_, at) => newest - at);
const shows = (page, seq) => until(async () => (await seqs(page))[0] === seq);

// ---- the trail ----

async function testTrail({ page, daemon }) {
    await visit(page, '/trail');
    ok(await isLive(page), 'the trail is live');
    const [first] = await deliver(daemon, 1);
    ok(await shows(page, first), 'an event that comes is on top');
    const more = await deliver(daemon, 12);
    ok(await shows(page, more.at(-1)), 'and so are those after it');
    is((await seqs(page)).slice(0, 13), downFrom(more.at(-1), 13), 'each once, the newest first');

    await page.keyboard.press('p');
    ok(await page.getByText('Paused').isVisible(), 'p pauses');
    is(await page.locator('.live.is-live').count(), 0, 'and nothing looks live then');
    const held = await deliver(daemon, 12);
    ok(await until(() => page.getByText('12 new').isVisible()), 'a paused list says that there are 12 new');
    is((await seqs(page))[0], more.at(-1), 'and shows none of them');
    await page.keyboard.press('.');
    ok(await shows(page, held.at(-1)), '. shows them');
    is((await seqs(page)).slice(0, 25), downFrom(held.at(-1), 25), 'each once');
    await page.keyboard.press('p');
    ok(await isLive(page), 'p again: it goes on');

    await page.locator('.list').evaluate((list) => { list.scrollTop = 2000; });
    await until(() => page.evaluate(() => Boolean(document.elementFromPoint(640, 400).closest('.row'))));
    const rowBefore = await page.evaluate(() => document.elementFromPoint(640, 400).closest('.row').querySelector('.cell-seq').textContent);
    const below = await deliver(daemon, 3);
    ok(await until(() => page.getByText('3 new').isVisible()), 'whoever reads further down is told that there are 3 new');
    is(await page.evaluate(() => document.elementFromPoint(640, 400).closest('.row').querySelector('.cell-seq').textContent), rowBefore, 'and what they read stays where it is');
    await page.getByText('3 new').click();
    ok(await shows(page, below.at(-1)), 'a click shows them, from the top');
}

// ---- connections that break ----

// Emulated by the browser alone, what is open already would stay so: the wire goes down as well.
async function testOffline({ context, page, daemon, wire }) {
    await visit(page, '/trail');
    ok(await isLive(page), 'over a wire: live');
    const [before] = await deliver(daemon, 1);
    await shows(page, before);
    wire.isDown = true;
    wire.cut();
    await context.setOffline(true);
    ok(await until(() => page.getByTestId('offline').isVisible()), 'offline: the page says so');
    const missed = await deliver(daemon, 30);
    is((await seqs(page))[0], before, 'and shows nothing new');
    wire.isDown = false;
    await context.setOffline(false);
    ok(await shows(page, missed.at(-1)), 'online again: what came meanwhile is there');
    is((await seqs(page)).slice(0, 31), downFrom(missed.at(-1), 31), 'without a gap, and each once');
    ok(await until(async () => !await page.getByTestId('offline').isVisible()), 'and the word of being offline is gone');
}

// The network breaks again and again, in the middle of what the stream carries.
async function testCuts({ page, daemon, wire }) {
    await go(page, '/trail?agent=cuts');
    ok(await isLive(page), 'cut connections: live');
    wire.most = 24000;
    wire.cut();
    const given = [];
    const one = async () => given.push((await daemon.post(small({ agent_id: 'cuts', text: 'x'.repeat(300 + given.length * 7) }))).seq);
    for (let i = 0; i < 60; i++) await Promise.all([one(), one(), one(), one(), pause(10)]);
    given.sort((a, b) => b - a);
    ok(await until(async () => (await seqs(page))[0] === given[0], 150000), 'cut connections: the newest event is shown in the end');
    wire.most = Infinity;
    is((await scrolledSeqs(page)).filter((seq) => seq >= given.at(-1)), given, `cut connections: ${given.length} events, none missing and none twice`);
    ok(wire.cuts >= 4, `connections were cut ${wire.cuts} times`);
}

async function testBroken({ browser, daemon }) {
    const wire = await startWire(daemon);
    const context = await open(browser, daemon, { token: daemon.token, origin: wire.url });
    context.lenient = /ERR_/;
    const page = await context.newPage();
    await testOffline({ context, page, daemon, wire });
    await testCuts({ page, daemon, wire });
    is(context.faults, [], 'a wire that breaks: nothing went wrong');
    await context.close();
    wire.close();
}

// The daemon is killed, and is there again: its sessions are gone with it.
async function testKill({ context, page, daemon }) {
    context.lenient = /ERR_/;
    const before = await deliver(daemon, 3);
    await shows(page, before.at(-1));
    await daemon.stop('SIGKILL');
    ok(await until(() => page.getByText('Reconnecting').isVisible()), 'a daemon that was killed: the trail reconnects');
    await daemon.start();
    const after = await deliver(daemon, 5);
    ok(await until(() => page.getByLabel('API token').isVisible(), 20000), 'it is there again: its sessions have ended with it, and the page asks for a token');
    ok(await page.getByText('Your session has ended').isVisible(), 'and says why');
    is(await page.locator('.row').count(), 0, 'nothing is shown any more');
    await page.getByLabel('API token').fill(daemon.token);
    await page.keyboard.press('Enter');
    ok(await shows(page, after.at(-1)), 'whoever signs in is where they were, and sees what has come');
    is((await seqs(page)).slice(0, 8), downFrom(after.at(-1), 8), 'without a gap, and each once');
    ok(await isLive(page), 'and it is live again');
}

// What comes after the newest event, and nothing of what was before it.
async function testAfter({ page, daemon }) {
    const [newest] = await deliver(daemon, 1);
    await visit(page, `/trail?after=${newest}`);
    ok(await page.getByText('No events').isVisible() && await isLive(page), 'a trail after the newest event is empty, and live');
    const next = await deliver(daemon, 2);
    ok(await shows(page, next.at(-1)), 'it shows what comes');
    is(await seqs(page), next.toReversed(), 'and nothing else');
}

// ---- a conversation that goes on ----

export const messages = (count, at = (n) => 1.79e12 + n * 1000) => Array.from({ length: count }, (_, n) => ({ id: String(n), role: n % 2 ? 'assistant' : 'user', content: `Line ${n}`, created_at: new Date(at(n)).toISOString() }));
export const talk = (id, of) => ({ event: 'session-active', agent_id: 'live', conversation: { id, messages: of } });
const holds = (page, count) => until(async () => await page.locator('.message').count() === count, 15000);

// Answers that fail: what was meant to be shown is asked for until it is there.
async function testUnanswered({ context, page, daemon }) {
    const path = /\/v1\/conversations\/unanswered/;
    context.lenient = /ERR_|status of 500/;
    await daemon.post(talk('unanswered', messages(2)));
    await page.route(path, (route) => route.abort('connectionrefused'));
    await go(page, '/conversations/unanswered');
    ok(await until(() => page.getByText('It is asked again as soon').isVisible()), 'a conversation that nothing answers for: it says so');
    await page.unroute(path);
    ok(await holds(page, 2), 'and shows it as soon as there is an answer');
    ok(await isLive(page), 'and is live');
    let failed = 0;
    await page.route(path, (route) => ++failed <= 2 ? route.fulfill({ status: 500, body: '{}' }) : route.continue());
    await daemon.post(talk('unanswered', messages(4)));
    ok(await until(() => page.getByText('Not up to date').isVisible()), 'what came and could not be asked for: it does not look live');
    ok(await holds(page, 4), 'but is asked for again until it is there');
    ok(failed > 2 && await isLive(page), 'and is live again');
    await page.unroute(path);
}

async function testShort({ page, daemon }) {
    await daemon.post(talk('short', messages(2)));
    await go(page, '/conversations/short');
    await isLive(page);
    await daemon.post(talk('short', messages(4)));
    ok(await holds(page, 4), 'a conversation that fits: what comes is there');
    await pause(100);
    ok(!await page.getByText('New below').isVisible(), 'and nothing is below');
}

// Days begin where the zone that is shown has them.
async function testZones({ browser, daemon }) {
    const evening = [Date.UTC(2026, 0, 1, 22), Date.UTC(2026, 0, 2, 2)];
    const said = messages(2, (n) => evening[n]);
    await daemon.post(talk('zones', said));
    const context = await open(browser, daemon, { token: daemon.token, timezoneId: 'America/New_York' });
    const page = await context.newPage();
    await visit(page, '/conversations/zones');
    const days = () => page.locator('.day').allInnerTexts();
    is((await days()).length, 1, 'an evening in New York is one day');
    await page.getByRole('button', { name: 'the zone in which' }).click();
    ok(await until(async () => (await days()).length === 2), 'and two in UTC');
    await page.getByRole('button', { name: 'the zone in which' }).click();
    ok(await until(async () => (await days()).length === 1), 'and one again');
    await visit(page, '/');
    const since = await page.locator('.asof time').first();
    is((await since.innerText()).split(' ')[0], String(Number((await since.getAttribute('datetime')).slice(8))), 'a day of the statistics is the same in each zone');
    await context.close();
}

async function testConversation({ page, daemon }) {
    const say = (count) => daemon.post(talk('goes-on', messages(count)));
    await say(2);
    await go(page, '/conversations/goes-on');
    ok(await page.getByText('Line 1', { exact: true }).isVisible(), 'a conversation: what was said');
    ok(await isLive(page), 'a conversation is live');
    await say(4);
    ok(await until(() => page.getByText('Line 3', { exact: true }).isVisible()), 'what is said while one looks appears');
    is(await page.locator('.message').count(), 4, 'each message once');
    await say(40);
    ok(await until(async () => await page.locator('.message').count() === 40), 'and so does more');
    await page.locator('.view').evaluate((view) => { view.scrollTop = 0; });
    await pause(50);
    await say(41);
    ok(await until(() => page.getByText('New below').isVisible()), 'whoever reads above is told that there is more below');
    await page.getByText('New below').click();
    ok(await until(() => page.getByText('Line 40', { exact: true }).isVisible()), 'and is brought there');
    await say(150);
    ok(await until(async () => await page.locator('.message').count() === 150), 'a conversation of more than one page');
    await go(page, '/conversations/goes-on');
    ok(await isLive(page), 'opened again, it is live');
    await say(152);
    ok(await until(async () => await page.locator('.message').count() === 152), 'and still shows what comes');
}

async function testOverview({ page, daemon }) {
    await go(page, '/');
    const number = () => page.locator('.tile-value').first().innerText();
    const before = await number();
    await page.mouse.move(300, 300);
    await page.keyboard.press('Shift');
    await deliver(daemon, 1);
    ok(await until(async () => await number() !== before, 15000), 'the overview counts what comes');
}

export async function testLive({ browser, daemon }) {
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await testTrail({ page, daemon });
    await testBroken({ browser, daemon });
    await testKill({ context, page, daemon });
    await testAfter({ page, daemon });
    await testConversation({ page, daemon });
    await testUnanswered({ context, page, daemon });
    await testShort({ page, daemon });
    await testZones({ browser, daemon });
    await testOverview({ page, daemon });
    is(context.faults, [], 'live: nothing went wrong');
    await context.close();
}
