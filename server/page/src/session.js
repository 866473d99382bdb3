// Who is signed in. The cookie is the daemon's and no script can read it; this holds what the daemon says of it, and
// lets go of all that is shown when it ends.
import { configure, del, get, post, Problem } from './api.js';
import { createStore } from './store.js';

// state: 'unknown' until the daemon was asked, 'in', 'out'; why: for 'out', what to tell
export const session = createStore({ state: 'unknown' });

const CHECK_MS = 15000;
const ALIVE_MS = 5 * 60 * 1000; // while somebody reads on without asking for anything, the daemon is told that often, or
const ALIVE_PART = 3; // so often within the time after which it ends a session
const RECENT_MS = 2 * 60 * 1000;
const SHARED = 'hooktrail-used'; // when any tab last asked for something

let lastInput = Date.now();
let lastUse = Date.now();
let lastShared = 0;

function share(now) {
    if (now - lastShared < 5000) return;
    lastShared = now;
    try {
        localStorage.setItem(SHARED, String(now));
    } catch {
        // then each tab counts for itself
    }
}

function used() {
    lastUse = Date.now();
    share(lastUse);
}

function usedByAnyTab() {
    try {
        return Math.max(lastUse, Number(localStorage.getItem(SHARED)) || 0);
    } catch {
        return lastUse;
    }
}

// What the page asks for by itself, because events arrive, must not keep a session alive that nobody uses.
export function attended(within = RECENT_MS) {
    return Date.now() - lastInput < within && !document.hidden;
}

// Whoever reads along without a touch is there for as long as a session lasts without use.
export const isFollowed = () => attended(session.get().idle_seconds * 1000);

export function end(why) {
    if (session.get().state !== 'out') session.set({ state: 'out', why });
}

const begin = (document) => session.set({ state: 'in', ...document });

// The cookie is all tabs': where one has signed in anew, the others go on with that session.
async function renew() {
    const document = await get('/v1/session');
    if (session.get().state === 'in') begin(document);
}

configure({
    csrf: () => session.get().csrf ?? '',
    renew,
    unauthorized: () => { if (session.get().state === 'in') end('expired'); },
    used,
});

// The first answer has been asked for already (early.js).
export async function restore() {
    const early = globalThis.hooktrailSession;
    delete globalThis.hooktrailSession;
    try {
        begin(await get('/v1/session', { signsIn: true, early }));
    } catch (error) {
        if (error instanceof Problem && error.status === 401) session.set({ state: 'out' });
        else session.set({ state: 'unknown', error });
    }
}

export async function signIn(token) {
    begin(await post('/v1/session', { body: { token }, signsIn: true }));
}

export async function signOut(why) {
    try {
        await del('/v1/session', { signsIn: true });
    } catch (error) {
        if (!why && !(error instanceof Problem && error.status === 401)) throw error; // it goes on: say so
    }
    end(why);
}

export const isAdmin = (value) => /\badmin\b/.test(value?.scope ?? '');

function onInput() {
    lastInput = Date.now();
    const { state, idle_seconds: idle } = session.get();
    if (state === 'in' && lastInput - lastUse > Math.min(ALIVE_MS, idle * 1000 / ALIVE_PART)) {
        used();
        renew().catch(() => {}); // an answer of 401 has ended it; without an answer the next request tells
    }
}

function check() {
    const { state, idle_seconds: idle, expires_at: expires } = session.get();
    if (state !== 'in') return;
    const late = typeof expires === 'number' ? expires * 1000 : Date.parse(expires ?? '');
    if (idle && Date.now() - usedByAnyTab() > idle * 1000) signOut('idle');
    else if (late && Date.now() > late) end('expired');
}

export function watchOver() {
    for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
        addEventListener(kind, onInput, { passive: true, capture: true });
    setInterval(check, CHECK_MS);
}
