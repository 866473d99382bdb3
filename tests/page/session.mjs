// Who may see what, and for how long: signing in and out, the two ends of a session, a token that only reads.
import { go, isLive, open, visit } from './browser.mjs';
import { messages, talk } from './live.mjs';
import { is, ok, pause, until } from './tap.mjs';

const asksForToken = (page) => until(() => page.getByLabel('API token').isVisible());

// A proxy that does not pass the Host on makes every sign-in one for another origin: the token is not at fault.
async function refusedByProxy({ context, page, daemon }) {
    const answer = await context.request.post('/v1/session', { data: { token: daemon.token }, headers: { Origin: 'http://elsewhere.example' } });
    await page.route('/v1/session', (route) => route.fulfill({ response: answer }));
    await page.getByLabel('API token').fill(daemon.token);
    await page.keyboard.press('Enter');
    ok(await until(() => page.getByText('another origin').isVisible()), 'refused for another reason: it says that one');
    await page.unroute('/v1/session');
}

// Two tabs whose session has ended: who signs in in the second ends what the first has begun, but it goes on.
async function testTwoTabs({ browser, daemon }) {
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await visit(page, '/settings');
    await context.request.post('/v1/session', { data: { token: daemon.token } });
    await page.getByRole('button', { name: 'Add token' }).click();
    await page.locator('dialog').getByRole('textbox').fill('Second-tab');
    await page.keyboard.press('Enter');
    ok(await until(() => page.getByTestId('secret').isVisible()), 'another tab has signed in anew: this one can still change something');
    await page.locator('dialog').getByRole('button', { name: 'Done' }).click();
    await context.request.post('/v1/session', { data: { token: daemon.token } });
    await page.getByRole('button', { name: 'Sign out' }).click();
    ok(await asksForToken(page), 'and sign out');
    is(await context.cookies(), [], 'of that session');
    await context.close();
}

// A conversation that goes on by itself keeps nobody's session alive who has left.
async function testLeft({ browser, daemon }) {
    const say = (count) => daemon.post(talk('left', messages(count)));
    await say(1);
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await page.clock.install();
    await visit(page, '/conversations/left');
    await isLive(page);
    await page.clock.fastForward('20:00');
    await say(2);
    ok(await until(() => page.getByText('Line 1', { exact: true }).isVisible()), 'whoever reads along without a touch sees what comes');
    await page.clock.fastForward('20:00');
    let asked = 0;
    page.on('request', (request) => { asked += request.url().includes('/v1/conversations/left'); });
    await say(3);
    await pause(1500);
    is(asked, 0, 'who has not touched it for as long as a session lasts asks for nothing more');
    ok(await until(() => page.getByText('Not up to date').isVisible()), 'and it says that it is not up to date');
    await page.clock.fastForward('20:00');
    ok(await asksForToken(page), 'and is signed out');
    await context.close();
}

async function testSignIn({ context, page, daemon }) {
    await page.goto('/trail?type=new-contact');
    ok(await asksForToken(page), 'nobody is signed in: the page asks for a token');
    is(await page.locator('.row').count(), 0, 'and shows no data');
    ok(await page.evaluate(() => document.activeElement.id === 'token'), 'the field has the focus');
    await page.keyboard.type('ht_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    await page.keyboard.press('Enter');
    ok(await until(() => page.getByText('No token is like that').isVisible()), 'a wrong token: it says so');
    await refusedByProxy({ context, page, daemon });
    await page.getByLabel('API token').fill(` ${daemon.token} `);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.list').waitFor();
    is(await page.evaluate(() => location.pathname + location.search), '/trail?type=new-contact', 'the right one: one is where one wanted to be');
    const [cookie] = await context.cookies();
    is([cookie.name, cookie.httpOnly, cookie.sameSite], ['hooktrail_session', true, 'Strict'], 'the session is in a cookie that no script reads');
    const kept = await page.evaluate((token) => [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML].join().includes(token), daemon.token);
    ok(!kept, 'the token is kept nowhere');
    await page.reload();
    await page.locator('.list').waitFor();
    ok(true, 'a page that is loaded again is still signed in');
}

async function testSignOut({ context, page }) {
    const other = await context.newPage();
    await visit(other, '/leads');
    await visit(page, '/conversations');
    await page.getByRole('button', { name: 'Sign out' }).click();
    ok(await asksForToken(page), 'signed out: the page asks for a token');
    is(await context.cookies(), [], 'the cookie is gone');
    await other.getByRole('link', { name: 'Conversations' }).click();
    ok(await asksForToken(other), 'another tab is signed out with the next thing that it asks for');
    await other.close();
    await page.goBack();
    ok(await asksForToken(page), 'going back shows nothing of what was');
    is(await page.getByText('@example.com').count(), 0, 'no address of anybody');
}

// The daemon's end of it, in four seconds; what the page follows by itself does not keep it alive.
async function testExpiry({ browser, daemon }) {
    await daemon.stop();
    await daemon.start({ session_idle: '4s' });
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await visit(page, '/trail');
    ok(await asksForToken(page), 'a list that is only followed does not keep a session alive: it ends');
    ok(await page.getByText('Your session has ended').isVisible(), 'the page says so');
    is(await page.locator('.cell-seq').count(), 0, 'and shows nothing any more');
    await page.getByLabel('API token').fill(daemon.token);
    await page.keyboard.press('Enter');
    await page.locator('.list.trail').waitFor();
    await page.getByRole('link', { name: 'Leads' }).click();
    await page.locator('.list.leads').waitFor();
    await pause(4600);
    await page.getByRole('link', { name: 'Conversations' }).click();
    ok(await asksForToken(page), 'nor is it alive after that long without a request');
    await page.getByLabel('API token').fill(daemon.token);
    await page.keyboard.press('Enter');
    await page.locator('.list.conversations').waitFor();
    ok(true, 'signed in again, one is where one wanted to be');
    is(context.faults, [], 'expiry: nothing went wrong');
    await context.close();
    await daemon.stop();
    await daemon.start();
}

// The page's own end of it, by its clock: half an hour without a key, a click, a request.
async function testIdle({ browser, daemon }) {
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto('/leads');
    await page.locator('.list.leads .row').nth(2).waitFor();
    await page.clock.fastForward('29:00');
    ok(!await page.getByLabel('API token').isVisible(), 'after 29 minutes of nothing one is still signed in');
    await page.clock.fastForward('02:00');
    ok(await asksForToken(page), 'after half an hour the page signs out by itself');
    ok(await page.getByText('because nothing was done').isVisible(), 'and says why');
    is((await context.request.get('/v1/session')).status(), 401, 'the daemon has ended the session as well');
    await context.close();
}

async function testReadOnly({ browser, daemon }) {
    const token = daemon.addToken('reader', 'read');
    const context = await open(browser, daemon, { token });
    const page = await context.newPage();
    await visit(page, '/');
    is(await page.getByRole('link', { name: 'Settings' }).count(), 0, 'a token that only reads: no settings');
    await go(page, '/rejected/1');
    is([await page.getByRole('button', { name: 'Retry' }).count(), await page.getByRole('button', { name: 'Drop' }).count()], [0, 0], 'no retry, no drop');
    await visit(page, '/settings');
    ok(await page.getByText('For administrators').isVisible(), 'the settings’ address says for whom they are');
    is(await page.evaluate(async () => {
        const { csrf } = await (await fetch('/v1/session')).json();
        const ask = (method, path, body) => fetch(path, { method, headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body }).then(({ status }) => status);
        return Promise.all([ask('DELETE', '/v1/rejected/1'), ask('POST', '/v1/rejected/1/retry'), ask('POST', '/v1/tokens', '{"label":"x","scope":"admin"}'), ask('GET', '/v1/endpoints')]);
    }), [403, 403, 403, 403], 'and the daemon would refuse it');
    daemon.cli('token', 'revoke', 'reader');
    await page.getByRole('link', { name: 'Leads' }).click();
    ok(await asksForToken(page), 'a token that is revoked ends what was signed in by it');
    is(context.faults, [], 'read only: nothing went wrong');
    await context.close();
}

export async function testSession({ browser, daemon }) {
    const context = await open(browser, daemon);
    const page = await context.newPage();
    await testSignIn({ context, page, daemon });
    await testSignOut({ context, page });
    is(context.faults, [], 'signing in and out: nothing went wrong');
    await context.close();
    await testTwoTabs({ browser, daemon });
    await testIdle({ browser, daemon });
    await testLeft({ browser, daemon });
    await testReadOnly({ browser, daemon });
    await testExpiry({ browser, daemon });
}
