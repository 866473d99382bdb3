// What the keys do.
import { html } from './dom.js';
import { Dialog } from './ui.js';

const KEYS = [
    ['/', 'search'],
    ['j  k', 'next and previous row'],
    ['Enter', 'open the row'],
    ['Esc', 'back to the list; close'],
    ['p', 'pause the live list, or go on'],
    ['.', 'show what is new'],
    ['g  o', 'go to the overview'],
    ['g  t', 'to the trail'],
    ['g  c', 'to the conversations'],
    ['g  l', 'to the leads'],
    ['g  r', 'to what was rejected'],
    ['?', 'this list'],
];

export const Help = ({ onClose }) => html`<${Dialog} title="Keys" onClose=${onClose}>
    <dl class="keys">${KEYS.map(([keys, words]) => html`<div key=${keys}>
        <dt>${keys.split('  ').map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${words}</dd></div>`)}</dl></${Dialog}>`;
