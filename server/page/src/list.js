// A list of any length: draws only the rows in sight, and asks its pages for those that come next.
import { online } from './api.js';
import { Component, html, useEffect, useLayoutEffect, useRef, useState } from './dom.js';
import { zone } from './format.js';
import { useKeys } from './keys.js';
import { useStore } from './store.js';
import { Empty, Fault, Loading } from './ui.js';

const BEYOND = 12; // rows drawn above and below what is in sight
const STEP = 8; // the range moves by as many rows at once, so that most frames of a scroll draw nothing new
const AHEAD = 60; // rows that are asked for before one gets there
const NARROW = matchMedia('(max-width: 760px)');

class Row extends Component {
    shouldComponentUpdate(next) {
        const { item, index, top, zone: shown } = this.props;
        return next.item !== item || next.index !== index || next.top !== top || next.zone !== shown;
    }

    render({ item, index, draw, top }) {
        const style = { top: `${top}px` };
        if (!item) return html`<div class="row blank" role="row" style=${style} aria-rowindex=${index + 2}><span role="cell"
            class="bone"></span></div>`;
        return html`<div class="row" role="row" style=${style} aria-rowindex=${index + 2} data-index=${index}>
            ${draw(item)}</div>`;
    }
}

function useNarrow() {
    const [narrow, setNarrow] = useState(NARROW.matches);
    useEffect(() => {
        const onChange = () => setNarrow(NARROW.matches);
        NARROW.addEventListener('change', onChange);
        return () => NARROW.removeEventListener('change', onChange);
    }, []);
    return narrow;
}

// An event keeps its row when newer ones come above it.
const keyOf = (item, index) => item?.seq ?? `at ${index}`;

const range = (top, height, rowHeight, total) => {
    const first = Math.floor((top / rowHeight - BEYOND) / STEP) * STEP;
    const last = Math.ceil(((top + height) / rowHeight + BEYOND) / STEP) * STEP;
    return [Math.max(0, Math.min(first, total)), Math.min(Math.max(last, 0), total)];
};

// j and k go through the rows, from the first one in sight.
function useRowKeys(scroller, rowHeight, total) {
    const wanted = useRef(-1);
    const current = () => {
        const row = document.activeElement?.closest?.('[data-index]');
        return row && scroller.current.contains(row) ? Number(row.dataset.index) : -1;
    };
    const focus = () => {
        const row = scroller.current?.querySelector(`[data-index="${wanted.current}"] a`);
        if (!row) return;
        wanted.current = -1;
        row.focus({ preventScroll: true });
    };
    const move = (by) => {
        const element = scroller.current;
        const at = current();
        const to = at < 0 ? Math.ceil(element.scrollTop / rowHeight) : Math.max(0, Math.min(total - 1, at + by));
        wanted.current = to;
        const top = to * rowHeight;
        const room = element.clientHeight - element.firstElementChild.offsetHeight;
        if (top < element.scrollTop) element.scrollTop = top;
        else if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room;
        focus();
    };
    useKeys({ j: () => move(1), k: () => move(-1) });
    useLayoutEffect(() => { if (wanted.current >= 0) focus(); });
}

// A press beside the links of a row is one on its first, with the same keys held.
function openRow(event) {
    if (event.target.closest('a, button') || String(getSelection())) return;
    const link = event.target.closest('.row')?.querySelector('.row-link');
    link?.dispatchEvent(new MouseEvent('click', event));
}

// pages: of pages.js; columns: names for the head; draw(item): the cells of a row; place: {top} where one was before
export function List({ pages, label, columns, draw, place, empty, rows: [wide, slim] = [40, 62], onTop, class: name = '' }) {
    const scroller = useRef();
    const shownZone = useStore(zone);
    const rowHeight = useNarrow() ? slim : wide;
    const [view, setView] = useState({ top: place?.top ?? 0, height: 900 });
    const [first, last] = range(view.top, view.height, rowHeight, pages.count);
    useRowKeys(scroller, rowHeight, pages.count);

    const look = () => {
        const { scrollTop, clientHeight } = scroller.current;
        if (place) place.top = scrollTop;
        onTop?.(scrollTop < rowHeight / 2);
        const next = range(scrollTop, clientHeight, rowHeight, pages.count);
        if (next[0] !== first || next[1] !== last) setView({ top: scrollTop, height: clientHeight });
    };
    useLayoutEffect(() => {
        scroller.current.scrollTop = place?.top ?? 0;
        const observer = new ResizeObserver(look);
        observer.observe(scroller.current);
        return () => observer.disconnect();
    }, [pages]);
    useLayoutEffect(() => {
        if (!pages.shift) return;
        scroller.current.scrollTop -= pages.shift * rowHeight;
        pages.shift = 0;
        look();
    });
    useEffect(() => pages.want(first, last + AHEAD));

    const drawn = [];
    for (let i = first; i < last; i++)
        drawn.push(html`<${Row} key=${keyOf(pages.row(i), i)} item=${pages.row(i)} index=${i} top=${i * rowHeight} draw=${draw}
            zone=${shownZone} />`);
    const none = pages.atEnd && pages.count === 0;
    return html`<div class="list ${name}" role="table" aria-label=${label} aria-rowcount=${pages.atEnd ? pages.count + 1 : -1}
            ref=${scroller} onScroll=${look} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${columns.map((column) => html`<span role="columnheader" class="cell-${column.key}">
                ${column.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{ height: `${pages.count * rowHeight}px` }} onClick=${openRow}>
            ${drawn}</div>
        <${Foot} pages=${pages} none=${none} empty=${empty} />
    </div>`;
}

function Foot({ pages, none, empty }) {
    if (pages.error) {
        return html`<div class="list-foot fault" role="rowgroup"><div role="row"><div role="cell">
            <${Fault} error=${pages.error} retry=${() => pages.retry()} /></div></div></div>`;
    }
    if (none) return html`<div class="list-foot">${empty ?? html`<${Empty} title="Nothing here" />`}</div>`;
    if (pages.atEnd) return html`<div class="list-foot end" />`;
    return html`<div class="list-foot">${pages.count === 0 ? html`<${Loading} lines=${10} />` : html`<span
        class="faint">Loading …</span>`}</div>`;
}

// Pages of a list of the API that live as long as the view, and longer for when one comes back (`kept`).
export function usePages(make, key) {
    const [, setTurn] = useState(0);
    const holder = useRef({});
    if (holder.current.key !== key) {
        holder.current.pages?.close();
        holder.current = { key, pages: make() };
        holder.current.pages.reopen();
    }
    const { pages } = holder.current;
    pages.onChange = () => setTurn((value) => value + 1);
    useEffect(() => online.watch((answers) => { if (answers && holder.current.pages.error) holder.current.pages.retry(); }), []);
    useEffect(() => () => holder.current.pages.close(), []);
    return pages;
}
