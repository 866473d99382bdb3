// Ways through the page: filters in the address, back and forward, the one box that finds things, the keyboard alone, what can
// be copied, downloaded and printed.
import { readFile } from 'node:fs/promises';
import { go, open, rows, seqs, settled, visit } from './browser.mjs';
import { is, ok, until } from './tap.mjs';
import { accessible, violations } from './views.mjs';

const place = (page) => page.evaluate(() => location.pathname + location.search);
const at = (page, wanted, name) => until(async () => await place(page) === wanted).then(async () => is(await place(page), wanted, name));

// ---- filters, back and forward ----

async function testFilters({ page, daemon, shop }) {
    const wanted = async (query) => (await daemon.get(`/v1/events?${query}`)).events.map(({ seq }) => seq);
    const shown = async (query, name) => {
        await settled(page);
        is((await seqs(page)).slice(0, 10), (await wanted(query)).slice(0, 10), name);
    };
    await visit(page, '/trail');
    await page.getByRole('button', { name: 'Type' }).click();
    await page.getByRole('checkbox', { name: 'Session escalated' }).waitFor();
    await accessible(page, 'the menu of types');
    await page.getByRole('checkbox', { name: 'Session escalated' }).check();
    await at(page, '/trail?type=session-escalated', 'a filter is in the address');
    await shown('type=session-escalated', 'and the list keeps to it');
    await page.getByRole('checkbox', { name: 'New question' }).check();
    await at(page, '/trail?type=session-escalated%2Cnew-question', 'so is another type beside it');
    await shown('type=session-escalated,new-question', 'the list has both');
    await page.keyboard.press('Escape');
    is(await page.locator('.panel').count(), 0, 'Esc closes the menu');
    await page.getByRole('button', { name: 'Agent' }).click();
    await page.getByRole('radio', { name: 'Service desk' }).check();
    await until(async () => (await place(page)).includes('agent='));
    const both = (await place(page)).split('?')[1];
    await shown(both, 'filters combine');
    await page.goBack();
    await at(page, '/trail?type=session-escalated%2Cnew-question', 'back: the filter of before');
    await shown('type=session-escalated,new-question', 'and its list');
    await page.goForward();
    await shown(both, 'forward: again');
    const copy = await page.context().newPage();
    await visit(copy, `/trail?${both}`);
    is((await seqs(copy)).slice(0, 10), (await wanted(both)).slice(0, 10), 'the address alone shows the same to somebody else');
    await copy.close();
    is(await page.locator('input[type=search]').evaluate((input) => input.spellcheck), false, 'no browser spells what is looked for, or sends it to somebody who does');
    await page.getByRole('button', { name: 'Clear' }).click();
    ok(await page.evaluate(() => document.activeElement.closest('.filters') !== null), 'a filter that is taken away leaves the focus among the filters');
    await at(page, '/trail', 'one button takes all filters away');
    for (const query of ['since=2000-01-01&until=2026-01-01', `conversation=${shop.focus}`, `lead=${shop.lead}`, 'order=asc', 'after=10&before=20', 'since=7d', 'type=new-contact&order=asc']) {
        await go(page, `/trail?${query}`);
        await shown(query, `?${query}`);
    }
    await visit(page, '/trail');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('textbox', { name: 'Before event' }).fill('20');
    await page.keyboard.press('Enter');
    await at(page, '/trail?before=20', 'a field of the menu “More” filters by Enter');
    await settled(page);
    is((await focused(page)).name, 'More', 'and its button has the focus');
    await page.keyboard.press('Enter');
    is(await page.getByRole('textbox', { name: 'Before event' }).inputValue(), '20', 'the menu shows what it filters by');
    await go(page, '/trail');
    is(await page.getByRole('textbox', { name: 'Before event' }).inputValue(), '', 'and nothing where there is no such filter');
    await page.keyboard.press('Escape');
    await go(page, '/trail?since=never');
    ok(await page.getByRole('alert').isVisible(), 'a filter that is none: the page says so');
    await accessible(page, 'a filter that is none');
}

async function testHistory({ page }) {
    await visit(page, '/trail');
    const list = page.locator('.list');
    await list.evaluate((element) => { element.scrollTop = 6000; });
    await until(async () => !await page.locator('.bone').count() && await list.evaluate((element) => element.scrollTop > 5000));
    const top = await list.evaluate((element) => element.scrollTop);
    const seq = await page.evaluate(() => document.elementFromPoint(400, 400).closest('.row').querySelector('.cell-seq').textContent);
    await page.mouse.click(400, 400);
    await at(page, `/events/${seq}`, 'a row leads to its event');
    await settled(page);
    await page.goBack();
    await settled(page);
    is(await page.locator('.list').evaluate((element) => element.scrollTop), top, 'back: the list is where it was');
    ok(await rows(page).filter({ hasText: seq }).count() > 0, 'with the row that one came from');
    await page.goForward();
    await at(page, `/events/${seq}`, 'forward: the event');
    await testTop(page);
    await testSkip(page);
}

const scroll = (page, to) => page.locator('.list').evaluate((list, top) => { list.scrollTop = top; }, to);
const scrolled = (page) => page.locator('.list').evaluate((list) => list.scrollTop);

// A place at the top is one to come back to, too.
async function testTop(page) {
    await visit(page, '/trail');
    await go(page, '/trail?order=asc');
    await scroll(page, 2000);
    is(await scrolled(page), 2000, 'another list at the same address is scrolled');
    await page.goBack();
    await at(page, '/trail', 'back from it');
    await settled(page);
    is(await scrolled(page), 0, 'back: the list is at its top, where it was');
}

// The way past the navigation is no step in the history: the list stays as it is.
async function testSkip(page) {
    await visit(page, '/trail');
    await scroll(page, 2000);
    await settled(page);
    const entry = () => page.evaluate(() => [location.href, history.length, history.state?.key]);
    const before = await entry();
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    is(await page.evaluate(() => document.activeElement.id), 'main', 'to the content: it has the focus');
    await page.waitForTimeout(200);
    await settled(page);
    is([await entry(), await scrolled(page)], [before, 2000], 'at the same address, and the list is where it was');
}

// ---- the one box ----

async function find(page, text) {
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
}

async function testSearch({ page, shop }) {
    await visit(page, '/');
    for (const [text, wanted, name] of [['17', '/events/17', 'an event’s number'], ['#18', '/events/18', 'with its sign'], [shop.focus, `/conversations/${shop.focus}`, 'a conversation’s id'],
        ['maria.keller@example.com', `/leads/${shop.lead}`, 'an address'], ['19', '/events/19', 'another event'], [' MARIA.Keller@example.com ', `/leads/${shop.lead}`, 'an address, spelled otherwise'],
        ['20', '/events/20', 'one more event'], [shop.lead, `/leads/${shop.lead}`, 'a lead’s id']]) {
        await find(page, text);
        await at(page, wanted, `search: ${name}`);
    }
    await find(page, 'nobody@example.com');
    ok(await until(() => page.getByText('Nothing has that').isVisible()), 'search: what is not there is not found, and it says so');
    await accessible(page, 'a search without a result');
    await find(page, '<img src=x onerror=ran()>');
    ok(await until(() => page.getByText('Nothing has that').isVisible()), 'search: markup is nothing');
    await testRetyped(page, shop);
}

// An answer that comes while one types the next question must not take what is typed away.
async function testRetyped(page, shop) {
    await visit(page, '/');
    let asked, answer;
    const isAsked = new Promise((resolve) => { asked = resolve; });
    const isAnswered = new Promise((resolve) => { answer = resolve; });
    await page.route(/\/v1\/leads\?email=maria/, async (route) => {
        asked();
        await isAnswered;
        await route.continue().catch(() => {}); // it may have been given up
    });
    await find(page, 'maria.keller@example.com');
    await isAsked;
    await page.locator('.search input').fill(shop.focus.slice(0, 3));
    answer();
    await page.waitForTimeout(300);
    is(await page.locator('.search input').inputValue(), shop.focus.slice(0, 3), 'search: what is typed while another is under way stays');
    is(new URL(page.url()).pathname, '/', 'which does not lead away any more');
    await page.keyboard.type(shop.focus.slice(3));
    await page.keyboard.press('Enter');
    await at(page, `/conversations/${shop.focus}`, 'and the new one is answered');
    await page.unroute(/\/v1\/leads\?email=maria/);
}

// ---- the keyboard alone ----

const focused = (page) => page.evaluate(() => {
    const { activeElement: element } = document;
    return { tag: element.tagName, name: element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40), row: element.closest('[data-index]')?.dataset.index };
});

async function testKeys({ page }) {
    await visit(page, '/trail');
    await page.keyboard.press('j');
    is((await focused(page)).row, '0', 'j: the first row');
    for (let i = 0; i < 30; i++) await page.keyboard.press('j');
    is((await focused(page)).row, '30', 'j thirty times more: the row further down');
    is(await page.evaluate(() => {
        const { activeElement: link } = document;
        const ring = getComputedStyle(link, '::after');
        const row = link.closest('.row');
        return [ring.outlineStyle, parseFloat(ring.width), parseFloat(ring.height)].join() === ['solid', row.clientWidth, row.clientHeight].join();
    }), true, 'with a ring around the whole row');
    ok(await page.evaluate(() => { const { top, bottom } = document.activeElement.closest('.row').getBoundingClientRect(); return top > 100 && bottom <= innerHeight; }), 'and it is in sight');
    await page.keyboard.press('k');
    is((await focused(page)).row, '29', 'k: the one above');
    const seq = await page.evaluate(() => document.activeElement.closest('.row').querySelector('.cell-seq').textContent);
    await page.keyboard.press('Enter');
    await at(page, `/events/${seq}`, 'Enter opens it');
    await settled(page);
    await page.keyboard.press('Escape');
    await at(page, '/trail', 'Esc goes back');
    await page.keyboard.press('/');
    is((await focused(page)).tag, 'INPUT', '/ goes to the search');
    await page.keyboard.type('jk/');
    is(await page.locator('input[type=search]').inputValue(), 'jk/', 'where letters are letters');
    await page.keyboard.press('Escape');
    is((await focused(page)).tag, 'BODY', 'Esc leaves it');
    await page.keyboard.press('?');
    ok(await page.getByRole('dialog', { name: 'Keys' }).isVisible(), '? lists the keys');
    await accessible(page, 'the list of keys');
    await page.keyboard.press('Escape');
    for (const [key, wanted] of [['o', '/'], ['c', '/conversations'], ['l', '/leads'], ['r', '/rejected'], ['t', '/trail']]) {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        await at(page, wanted, `g ${key}`);
    }
}

// All that can be clicked is reached by Tab, in the order in which it stands, and one sees where one is.
async function testTabs({ page, shop }) {
    for (const view of ['/', '/trail', '/events/3', `/conversations/${shop.focus}`, `/leads/${shop.lead}`, '/rejected', '/rejected/1', '/settings']) {
        await visit(page, view);
        const all = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
            .filter((element) => !element.disabled && element.checkVisibility({ visibilityProperty: true })).map((element, at) => { element.dataset.tab = at; return at; }));
        const reached = new Set();
        const unseen = [];
        for (let i = 0; i < all.length + 3; i++) {
            await page.keyboard.press('Tab');
            const { tab, seen, name } = await page.evaluate(() => {
                const { activeElement: element } = document;
                const lined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
                return { tab: element.dataset.tab, name: element.outerHTML.slice(0, 100), seen: lined(getComputedStyle(element)) || lined(getComputedStyle(element, '::after')) };
            });
            if (tab === undefined) continue;
            if (!seen) unseen.push(name);
            reached.add(Number(tab));
        }
        const missed = await page.evaluate((tabs) => tabs.map((tab) => document.querySelector(`[data-tab="${tab}"]`)?.outerHTML.slice(0, 100)), all.filter((tab) => !reached.has(tab)));
        is(missed.filter(Boolean).slice(0, 3), [], `${view}: Tab reaches all ${all.length} that can be used`);
        is(unseen.slice(0, 3), [], `${view}: and one sees where one is`);
    }
    await visit(page, '/leads');
    await page.keyboard.press('Tab');
    is((await focused(page)).name, 'To the content', 'Tab begins with a way past the navigation');
    await page.keyboard.press('Enter');
    is(await page.evaluate(() => document.activeElement.id), 'main', 'which leads to the content');
}

// ---- copied, downloaded, printed ----

async function testCopies({ context, page, shop, daemon }) {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const raw = async (path) => Buffer.from(await (await fetch(daemon.url + path, { headers: { Authorization: `Bearer ${daemon.token}` } })).arrayBuffer());
    const { seq } = (await daemon.get(`/v1/events?conversation=${shop.focus}&limit=1`)).events[0];
    await visit(page, `/events/${seq}`);
    const payload = await raw(`/v1/events/${seq}/payload`);
    await page.getByRole('button', { name: 'Copy the payload' }).click();
    is(JSON.parse(await clipboard()), JSON.parse(payload), 'the payload is copied');
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('section[aria-labelledby=payload]').getByText('Download').click()]);
    ok((await readFile(await download.path())).equals(payload), 'and downloaded, byte for byte');
    is(download.suggestedFilename(), `event-${seq}.json`, 'under a name that tells what it is');
    await page.getByRole('button', { name: 'Raw' }).click();
    is(await page.locator('section[aria-labelledby=payload] pre').innerText(), payload.toString(), 'and shown as it came');
    await page.locator('section[aria-labelledby=proof]').getByRole('button', { name: 'Show' }).click();
    const proof = (await raw(`/v1/events/${seq}/proof`)).toString();
    is(await page.locator('section[aria-labelledby=proof] pre').innerText().then((text) => text.trim()), proof.trim(), 'the proof is shown');
    await accessible(page, 'a proof');
    await visit(page, `/conversations/${shop.focus}`);
    await page.getByRole('button', { name: 'Copy link' }).click();
    is(await clipboard(), `${daemon.url}/conversations/${shop.focus}`, 'a conversation’s link is copied');
    await page.getByRole('button', { name: 'Copy text' }).click();
    const text = await clipboard();
    const { conversation } = await daemon.get(`/v1/conversations/${shop.focus}`);
    const { lead } = await daemon.get(`/v1/leads/${conversation.lead_ids[0]}`);
    const visitor = `${lead.first_name} ${lead.last_name}`;
    is([`${visitor}: Hello! We run three plants`, `${conversation.agent_name}: Hello, and welcome!`, `New contact: ${visitor}, ${lead.email} --`, '-- Session escalated', '---- ']
        .filter((words) => !text.includes(words)), [], 'and its text, with the names of those who speak');
    is([...new Set(await page.locator('.message .speaker').allInnerTexts())].sort(), ['Agent', visitor, conversation.agent_name].sort(), 'they are called so on the page, a human by the role');
    await daemon.post({ event: 'session-active', agent_id: 'live', agent_name: 'Ada', conversation: { id: 'lines', messages: [
        { id: '1', role: 'user', content: 'well\n14:05  Ada: You get it all back', created_at: '2026-01-01T10:00:00Z' }] },
    });
    await visit(page, '/conversations/lines');
    await page.getByRole('button', { name: 'Copy text' }).click();
    is((await clipboard()).split('\n').filter((line) => /^\d\d:\d\d {2}Ada/.test(line)), [], 'nobody writes a line of somebody else’s');
}

// A number of more digits than JavaScript's have, and others, in a profile: shown and copied as they came.
async function testDigits({ page, daemon }) {
    const profile = '"crm_id":12345678901234567890,"score":0.1234567890123456789,"far":1e400,"plan":7,"codes":[9007199254740993,"1"]';
    await daemon.post(`{"event":"new-contact","agent_id":"a","conversation":{"id":"digits"},"lead":{"id":"digits",${profile}}}`);
    const wanted = ['12345678901234567890', '0.1234567890123456789', '1e400', '7', '[9007199254740993,"1"]'];
    const missing = async (selector) => {
        const texts = await page.locator(selector).allInnerTexts();
        return wanted.filter((text) => !texts.includes(text));
    };
    await visit(page, '/leads/digits');
    is(await missing('.facts dd bdi'), [], 'a profile shows every digit of its numbers');
    is(await missing('.changes ins bdi'), [], 'so do its changes');
    await page.getByRole('button', { name: 'Copy Crm id' }).click();
    is(await page.evaluate(() => navigator.clipboard.readText()), wanted[0], 'and it is copied so');
    await visit(page, '/conversations/digits');
    is(await missing('.captured dd bdi'), [], 'and a conversation shows them so');
}

async function testPrint({ page, shop }) {
    await visit(page, `/conversations/${shop.focus}`);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const seen = (selector) => page.locator(selector).first().isVisible();
    is(await Promise.all(['.bar', '.side', '.head-acts', '.skip'].map(seen)), [false, false, false, false], 'printed: no navigation, no buttons');
    is(await Promise.all(['.timeline', '.message', '.happened', '.about'].map(seen)), [true, true, true, true], 'printed: what was said and what happened');
    const colours = await page.evaluate(() => [getComputedStyle(document.querySelector('.message .prose')).color, getComputedStyle(document.querySelector('.bubble')).backgroundColor]);
    ok(/^rgb\((\d|[1-4]\d), /.test(colours[0]) && /, 0\)$/.test(colours[1]), 'printed: dark on white, whatever the theme', colours);
    const pdf = await page.pdf({ format: 'A4' });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    ok(pages >= 2 && pages <= 4, `printed: the whole conversation, on ${pages} pages`);
    is(await violations(page), [], 'printed: axe finds nothing');
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
}

export async function testWays({ browser, daemon, shop }) {
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await testFilters({ page, daemon, shop });
    await testHistory({ page });
    await testSearch({ page, shop });
    await testKeys({ page });
    await testTabs({ page, shop });
    await testCopies({ context, page, shop, daemon });
    await testDigits({ page, daemon });
    await testPrint({ page, shop });
    is(context.faults, [], 'ways: nothing went wrong');
    await context.close();
}
