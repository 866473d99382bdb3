// The frame around the views: navigation, search, what is wrong with the connection, who is signed in.
import { online } from './api.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from './dom.js';
import { Help } from './help.js';
import { Icon } from './icons.js';
import { useKeys } from './keys.js';
import { forget, go, useRoute } from './router.js';
import { Search } from './search.js';
import { isAdmin, restore, session, signOut } from './session.js';
import { useStore } from './store.js';
import { Switches } from './switches.js';
import { Action, Empty, Fault, Toasts } from './ui.js';
import { views } from './views.js';

const SECTIONS = [
    ['overview', '/', 'Overview', ['overview']],
    ['trail', '/trail', 'Trail', ['trail', 'event']],
    ['conversations', '/conversations', 'Conversations', ['conversations', 'conversation']],
    ['leads', '/leads', 'Leads', ['leads', 'lead']],
    ['rejected', '/rejected', 'Rejected', ['rejected', 'rejection']],
    ['settings', '/settings', 'Settings', ['settings']],
];

function Navigation({ name, admin, open }) {
    const sections = SECTIONS.filter(([section]) => section !== 'settings' || admin);
    return html`<nav id="navigation" aria-label="Sections" class=${open ? 'open' : ''}><ul>
        ${sections.map(([section, href, words, names]) => html`<li key=${section}>
            <a href=${href} aria-current=${names.includes(name) ? 'page' : undefined}>
                <${Icon} name=${section} />${words}</a></li>`)}</ul></nav>`;
}

async function leave() {
    await signOut();
    go('/sign-in');
}

function Who({ who }) {
    return html`<section class="who" aria-label="You">
        <${Switches} />
        <p class="who-name" title=${`scope ${who.scope}`}>${who.name || 'token'} <span class="faint">
            ${isAdmin(who) ? 'admin' : 'read'}</span></p>
        <${Action} class="quiet" act=${leave}>Sign out</${Action}>
    </section>`;
}

function Connection() {
    const ok = useStore(online);
    const [offline, setOffline] = useState(!navigator.onLine);
    useEffect(() => {
        const onChange = () => setOffline(!navigator.onLine);
        addEventListener('online', onChange);
        addEventListener('offline', onChange);
        return () => {
            removeEventListener('online', onChange);
            removeEventListener('offline', onChange);
        };
    }, []);
    if (ok && !offline) return null;
    return html`<p class="offline" role="status" data-testid="offline">
        ${offline ? 'This machine is offline.' : 'hooktraild does not answer.'} What is shown may be old.</p>`;
}

const SWITCH_KEYS = { o: '/', t: '/trail', c: '/conversations', l: '/leads', r: '/rejected' };

// g and then a letter goes to a section, as elsewhere.
function useGoKeys(showHelp) {
    const armed = useRef(0);
    const to = (key) => () => {
        if (Date.now() - armed.current > 1200) return;
        armed.current = 0;
        go(SWITCH_KEYS[key]);
    };
    useKeys({
        g: () => { armed.current = Date.now(); },
        '?': showHelp,
        ...Object.fromEntries(Object.keys(SWITCH_KEYS).map((key) => [key, to(key)])),
    });
}

// The view's heading takes the focus, so that whoever can't see it hears where they are; not on the first page, and not
// from somebody who types already.
function useFocusOnArrival(key) {
    const first = useRef(true);
    useLayoutEffect(() => {
        const types = document.activeElement?.matches('input, textarea, select');
        if (!first.current && !types) document.querySelector('main h1')?.focus({ preventScroll: true });
        first.current = false;
    }, [key]);
}

// To the content without an entry in the history, at which lists would begin anew.
function skip(event) {
    event.preventDefault();
    document.getElementById('main').focus();
}

const Nowhere = () => html`<${Empty} title="There is no such page"><p><a href="/">To the overview</a></p></${Empty}>`;

function Frame({ who }) {
    const where = useRoute();
    const [open, setOpen] = useState(false);
    const [help, setHelp] = useState(false);
    useGoKeys(() => setHelp(true));
    useEffect(() => setOpen(false), [where]);
    const place = where.pathname;
    useFocusOnArrival(place);
    const View = views[where.name] ?? Nowhere;
    return html`<div class="app">
        <a class="skip" href="#main" onClick=${skip}>To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${Search} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${open}
                onClick=${() => setOpen(!open)}><${Icon} name=${open ? 'close' : 'menu'} /></button>
        </header>
        <div class=${open ? 'side open' : 'side'}>
            <${Navigation} name=${where.name} admin=${isAdmin(who)} open=${open} />
            <${Who} who=${who} />
        </div>
        <main id="main" tabindex="-1"><${Connection} /><${View} key=${place} where=${where} who=${who} /></main>
        <${Toasts} />
        ${help && html`<${Help} onClose=${() => setHelp(false)} />`}
    </div>`;
}

export function App() {
    const who = useStore(session);
    const where = useRoute();
    useEffect(() => { if (who.state === 'out') forget(); }, [who.state]);
    useEffect(() => { if (who.state === 'in' && where.name === 'sign-in') go('/', { replace: true }); }, [who.state, where.name]);
    if (who.state === 'unknown') {
        return who.error ? html`<main class="alone"><h1>hooktrail</h1><${Fault} error=${who.error}
            retry=${restore} /></main>` : null;
    }
    if (who.state === 'out') return html`<${views['sign-in']} why=${who.why} where=${where} />`;
    if (where.name === 'sign-in') return null;
    return html`<${Frame} who=${who} />`;
}
