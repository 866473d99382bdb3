// The address bar: which view is shown, and what it looked like when one comes back to it.
import { segment } from './api.js';
import { createStore, useStore } from './store.js';

const routes = [
    ['overview', /^\/$/],
    ['trail', /^\/trail$/],
    ['event', /^\/events\/([^/]+)$/],
    ['conversations', /^\/conversations$/],
    ['conversation', /^\/conversations\/([^/]+)$/],
    ['leads', /^\/leads$/],
    ['lead', /^\/leads\/([^/]+)$/],
    ['rejected', /^\/rejected$/],
    ['rejection', /^\/rejected\/([^/]+)$/],
    ['settings', /^\/settings$/],
    ['sign-in', /^\/sign-in$/],
];

// An id of one dot or two stands in no address of its own, for a browser takes it for a step in the path: its events do.
const isStep = (id) => id === '.' || id === '..';

export const paths = {
    event: (seq) => `/events/${segment(seq)}`,
    conversation: (id) => isStep(id) ? `/trail?conversation=${id}` : `/conversations/${segment(id)}`,
    lead: (id) => isStep(id) ? `/trail?lead=${id}` : `/leads/${segment(id)}`,
    rejection: (number) => `/rejected/${segment(number)}`,
};

function decode(raw) {
    try {
        return decodeURIComponent(raw);
    } catch {
        return raw; // not of our making: whoever asks the daemon for it is told that there is no such thing
    }
}

function read() {
    const { pathname, search, hash } = location;
    for (const [name, pattern] of routes) {
        const match = pattern.exec(pathname);
        if (match) return { name, id: match[1] && decode(match[1]), pathname, search, hash, key: history.state?.key ?? '' };
    }
    return { name: 'none', pathname, search, hash, key: '' };
}

export const route = createStore(read());
export const useRoute = () => useStore(route);

// ---- what a view leaves behind for when one comes back to it ----

const MAX_KEPT = 20;
const kept = new Map();

export function keep(key, value) {
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value);
}
export const recall = (key) => kept.get(key);
export const forget = () => kept.clear();

// ---- going somewhere ----

const newKey = () => Math.random().toString(36).slice(2); // of an entry of the history; no secret

export function go(href, { replace = false } = {}) {
    const url = new URL(href, location.href);
    if (url.origin !== location.origin) return;
    const key = replace ? history.state?.key ?? newKey() : newKey();
    const depth = (history.state?.depth ?? 0) + (replace ? 0 : 1);
    history[replace ? 'replaceState' : 'pushState']({ key, depth }, '', url.pathname + url.search + url.hash);
    route.set(read());
}

// To where one came from, if that was a view of ours; else to the list that this is in.
export function back(list) {
    if (history.state?.depth > 0) history.back();
    else go(list);
}

function isOurs(anchor) {
    return anchor.origin === location.origin && !anchor.hasAttribute('download') && !anchor.target
        && routes.some(([, pattern]) => pattern.test(anchor.pathname));
}

function onClick(event) {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = event.target.closest?.('a[href]');
    if (!anchor || !isOurs(anchor) || anchor.getAttribute('href').startsWith('#')) return;
    event.preventDefault();
    go(anchor.href);
}

export function startRouter() {
    if (!history.state?.key) history.replaceState({ key: newKey(), depth: 0 }, '');
    history.scrollRestoration = 'manual';
    route.set(read());
    addEventListener('popstate', () => route.set(read()));
    document.addEventListener('click', onClick);
}
