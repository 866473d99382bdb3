// A JSON document that folds.
import { html, useState } from './dom.js';
import { count } from './format.js';
import { Exact } from './text.js';

const OPEN_DEPTH = 4;
const OPEN_ITEMS = 50;
const STEP = 100; // items drawn at once
const LONG = 3000; // characters of a string that are shown unasked

function Scalar({ node }) {
    const [whole, setWhole] = useState(false);
    const { raw, kind } = node;
    if (raw.length <= LONG || whole) return html`<${Exact} class="json-${kind}" text=${raw} />`;
    return html`<${Exact} class="json-${kind}" text=${raw.slice(0, LONG)} />… <button type="button" class="quiet small"
        onClick=${() => setWhole(true)}>
        show all ${count(raw.length, 'character')}</button>`;
}

const Key = ({ text }) => text !== null && html`<${Exact} class="json-key" text=${text} /><span class="json-mark">: </span>`;

function Container({ node, label, depth }) {
    const { items, kind } = node;
    const [open, setOpen] = useState(depth < OPEN_DEPTH && (depth === 0 || items.length <= OPEN_ITEMS));
    const [shown, setShown] = useState(STEP);
    const [begin, end] = kind === 'object' ? '{}' : '[]';
    const words = kind === 'object' ? count(items.length, 'member') : count(items.length, 'item');
    const left = items.length - shown;
    return html`<button type="button" class="fold" aria-expanded=${open} onClick=${() => setOpen(!open)}>
            <span class="fold-mark" aria-hidden="true"></span><${Key} text=${label} /><span class="json-mark">${begin}</span>
                ${!open && html`<span class="faint"> ${words} </span><span class="json-mark">${end}</span>`}</button>
        ${open && html`<ul>${items.slice(0, shown).map((item, at) => html`<li key=${at}><${Node} label=${item.key}
            node=${item.node} depth=${depth + 1} /></li>`)}
            ${left > 0 && html`<li><button type="button" class="quiet small" onClick=${() => setShown(shown + 10 * STEP)}>
                show ${Math.min(left, 10 * STEP)} of ${count(left, 'more', 'more')}</button></li>`}</ul>
            <span class="json-mark json-end">${end}</span>`}`;
}

function Node({ label, node, depth }) {
    if (node.items?.length) return html`<${Container} node=${node} label=${label} depth=${depth} />`;
    return html`<span class="leaf"><${Key} text=${label} />${node.items ? (node.kind === 'object' ? '{}' : '[]') : html`
        <${Scalar} node=${node} />`}</span>`;
}

export const Tree = ({ node }) => html`<div class="json"><${Node} node=${node} label=${null} depth=${0} /></div>`;
