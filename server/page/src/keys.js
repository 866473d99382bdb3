// Keys that work wherever one is, except while one types.
import { useEffect, useRef } from './dom.js';

const layers = []; // what each part of the page wants, the newest last

const isTyping = (target) => target.closest?.('input, textarea, select, [contenteditable]');

function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]')) return; // it has its own
    if (isTyping(event.target)) {
        if (event.key === 'Escape') event.target.blur();
        return;
    }
    const layer = layers.findLast((each) => each.current[event.key]);
    if (!layer) return;
    event.preventDefault();
    layer.current[event.key](event);
}

export const startKeys = () => document.addEventListener('keydown', onKey);

// Keys of a part of the page while it is shown: {j: …, Escape: …}.
export function useKeys(map) {
    const layer = useRef(map);
    layer.current = map;
    useEffect(() => {
        layers.push(layer);
        return () => layers.splice(layers.indexOf(layer), 1);
    }, []);
}
