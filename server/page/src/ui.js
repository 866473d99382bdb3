// Pieces of the page that hold others: notices, dialogs, menus, what is being loaded.
import { online } from './api.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from './dom.js';
import { Icon } from './icons.js';
import { createStore, useStore } from './store.js';

// ---- loading ----

// load({signal}) once for each `key`; what was there stays while it is loaded again, so that nothing flickers; with `stays`
// also while another key is.
export function useLoad(load, key, stays = false) {
    const [state, setState] = useState({ key: undefined, data: null, error: null });
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        const abort = new AbortController();
        const settle = (result) => {
            if (abort.signal.aborted) return;
            setState((before) => ({ key, data: before.key === key || stays ? before.data : null, error: null, ...result }));
        };
        load({ signal: abort.signal }).then((data) => settle({ data }), (error) => settle({ error }));
        return () => abort.abort();
    }, [key, turn]);
    useEffect(() => online.watch((answers) => {
        if (answers && state.error?.status === 0) setTurn((value) => value + 1);
    }), [state]);
    const current = state.key === key;
    return {
        data: current || stays ? state.data : null,
        error: current ? state.error : null,
        loading: !current || (!state.data && !state.error),
        reload: () => setTurn((value) => value + 1),
        replace: (data) => setState({ key, data, error: null }),
    };
}

export const Loading = ({ lines = 6 }) => html`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({ length: lines }, () => html`<span class="bone" />`)}</div>`;

export function Fault({ error, retry, children }) {
    const { status, title, detail } = error;
    return html`<div class="notice bad" role="alert">
        <p><strong>${title ?? 'Something went wrong'}</strong>${status ? html` <span class="faint">${status}</span>` : null}</p>
        ${detail || error.message !== title ? html`<p>${detail || error.message}</p>` : null}
        ${children}
        ${retry && html`<p><button type="button" onClick=${retry}>Try again</button></p>`}
    </div>`;
}

export const Empty = ({ title, children }) => html`<div class="empty"><p class="empty-title">${title}</p>${children}</div>`;

// What is loaded, or that it is, or why it isn't.
export function Loaded({ of, lines, children }) {
    if (of.loading) return html`<${Loading} lines=${lines} />`;
    return html`${of.error && html`<${Fault} error=${of.error} retry=${of.reload} />`}${of.data && children(of.data)}`;
}

// ---- passing word ----

const toasts = createStore([]);
let toastNumber = 0;

export function toast(text, kind = '') {
    const id = ++toastNumber;
    toasts.set([...toasts.get(), { id, text, kind }].slice(-3));
    setTimeout(() => toasts.set(toasts.get().filter((each) => each.id !== id)), 5000);
}

export const Toasts = () => html`<div class="toasts" role="status">
    ${useStore(toasts).map(({ id, text, kind }) => html`<p key=${id} class="toast ${kind}">${text}</p>`)}</div>`;

// ---- dialogs ----

let opener = null; // what had the focus before: of a dialog that takes another's place, what that one had

function giveBack() {
    if (document.querySelector('dialog[open]')) return;
    opener?.focus();
    opener = null;
}

// held: what it shows is shown once, so that only a button of its own closes it: no ×, no Esc, no press beside it.
export function Dialog({ title, onClose, held, children, class: name = '' }) {
    const ref = useRef();
    useLayoutEffect(() => {
        opener ??= document.activeElement;
        ref.current.showModal();
        return () => queueMicrotask(giveBack); // once it is out of the document: until then nothing else takes it
    }, []);
    const onClick = (event) => { if (event.target === ref.current && !held) onClose(); }; // the backdrop
    const onKeyDown = (event) => { if (held && event.key === 'Escape') event.preventDefault(); };
    const onCancel = (event) => { if (held) event.preventDefault(); };
    const closed = () => held ? ref.current?.showModal() : onClose(); // some browsers close it nevertheless
    return html`<dialog ref=${ref} class=${name} aria-labelledby="dialog-title" closedby=${held ? 'none' : undefined}
        onClose=${closed} onClick=${onClick} onKeyDown=${onKeyDown} onCancel=${onCancel}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${title}</h2>
                ${!held && html`<button type="button" class="quiet square" aria-label="Close" onClick=${onClose}><${Icon}
                    name="close" /></button>`}
            </header>
            ${children}
        </div></dialog>`;
}

// A button that does something which can fail or take a while: pressed once, and it says so.
export function Action({ act, children, class: name = '', ...rest }) {
    const [busy, setBusy] = useState(false);
    const press = async () => {
        setBusy(true);
        try {
            await act();
        } catch (error) {
            toast(error.detail || error.message, 'bad');
        } finally {
            setBusy(false);
        }
    };
    return html`<button type="button" class=${name} aria-busy=${busy} disabled=${busy} onClick=${press} ...${rest}>
        ${children}</button>`;
}

const MARGIN = 12; // between a panel and the screen's edge

// Sees to it that a panel lies within the screen, also when its contents come later, and is as high as there is room.
function keepWithin(menu, panel) {
    const place = () => {
        const { left, bottom } = menu.getBoundingClientRect();
        const most = document.documentElement.clientWidth - MARGIN - panel.offsetWidth;
        panel.style.left = `${Math.max(MARGIN, Math.min(left, most)) - left}px`;
        panel.style.maxHeight = `${Math.max(160, innerHeight - bottom - 4 - MARGIN)}px`;
    };
    const observer = new ResizeObserver(place);
    observer.observe(panel);
    addEventListener('resize', place);
    place();
    return () => {
        observer.disconnect();
        removeEventListener('resize', place);
    };
}

// A button with a panel below it; Esc, or a click elsewhere, closes it.
export function Menu({ label, active, children, class: name = '' }) {
    const [open, setOpen] = useState(false);
    const ref = useRef();
    useLayoutEffect(() => open ? keepWithin(ref.current, ref.current.querySelector('.panel')) : undefined, [open]);
    useEffect(() => {
        if (!open) return undefined;
        // What holds the menu takes the focus when one presses on its text.
        const menu = ref.current;
        const outside = ({ target }) => { if (!menu.contains(target) && !target.contains?.(menu)) setOpen(false); };
        document.addEventListener('pointerdown', outside);
        document.addEventListener('focusin', outside);
        return () => {
            document.removeEventListener('pointerdown', outside);
            document.removeEventListener('focusin', outside);
        };
    }, [open]);
    const close = () => {
        setOpen(false);
        ref.current.querySelector('button').focus();
    };
    const onKeyDown = (event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        close();
    };
    return html`<div class="menu ${name}" ref=${ref} onKeyDown=${onKeyDown}>
        <button type="button" class=${active ? 'chip on' : 'chip'} aria-expanded=${open} onClick=${() => setOpen(!open)}>
            ${label}<${Icon} name="down" /></button>
        ${open && html`<div class="panel">${children(close)}</div>`}
    </div>`;
}

// ---- facts ----

// [[name, value], …]; what has no value has no row.
export const Facts = ({ rows, class: name = '' }) => html`<dl class="facts ${name}">
    ${rows.filter(([, value]) => value !== null && value !== undefined && value !== false).map(([label, value]) => html`
        <div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;

// The head of a view; its heading takes the focus when one comes here.
export const Head = ({ title, children, lead, class: name = '' }) => html`<header class="head ${name}">
    <div class="head-title">${lead}<h1 tabindex="-1">${title}</h1></div>
    ${children && html`<div class="head-acts">${children}</div>`}</header>`;
