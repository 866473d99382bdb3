// Events per day and type: bars on top of one another, by uPlot. Loaded only where it is shown.
import uPlot from 'uplot';
import { html, useEffect, useRef, useState } from './dom.js';
import { formatNumber, typeWords } from './format.js';
import { go } from './router.js';
import { Exact, typeClass } from './text.js';

const HEIGHT = 220;
const DAY_S = 86400;
const NONE = { show: false };

const utc = (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC');
const dayOf = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
const dayWords = new Intl.DateTimeFormat('en-GB',
    { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

// What stands above is drawn first, as the sum of all up to it: the bars below then cover its lower part.
function stack(days, types) {
    const sums = [];
    let below = days.map(() => 0);
    for (const type of types) {
        below = days.map((day, at) => below[at] + (day.types[type] ?? 0));
        sums.unshift(below);
    }
    return [days.map(({ day }) => Date.parse(`${day}T00:00:00Z`) / 1000), ...sums];
}

// Colours come from the style sheet, so that there is one place for them; a canvas wants them resolved.
function colours(root, types) {
    const of = (className, property) => {
        const probe = document.createElement('span');
        probe.className = className;
        root.append(probe);
        const colour = getComputedStyle(probe)[property];
        probe.remove();
        return colour;
    };
    return {
        text: of('faint', 'color'),
        line: of('chart-line', 'color'),
        types: types.map((type) => of(`${typeClass(type)} probe`, 'color')),
    };
}

const numberWords = (_, splits) => splits.map((value) => Number.isInteger(value) ? formatNumber(value) : '');
const numberRoom = (_, values) => 16 + 7 * Math.max(1, ...(values ?? []).map((value) => value.length));

function axesOf(root, colour) {
    const font = `12px ${getComputedStyle(root).fontFamily}`;
    const axis = { stroke: colour.text, font, ticks: { show: false } };
    const incrs = [1, 2, 7, 14, 28].map((days) => days * DAY_S);
    const values = (_, splits) => splits.map((value) => shortDay.format(value * 1000));
    return [
        { ...axis, grid: { show: false }, gap: 6, size: 32, space: 70, incrs, values },
        { ...axis, grid: { stroke: colour.line, width: 1 }, gap: 8, size: numberRoom, values: numberWords },
    ];
}

// What the pointer is at: the number of the day, and where its bar stands.
function pointOf({ cursor, data, valToPos }) {
    return cursor.left < 0 || cursor.idx === null ? null : { index: cursor.idx, left: valToPos(data[0][cursor.idx], 'x') };
}

function optionsOf(root, types, days, onPoint) {
    const colour = colours(root, types);
    const bars = uPlot.paths.bars({ size: [0.72, 46], radius: 0 });
    const first = Date.parse(`${days[0].day}T00:00:00Z`) / 1000;
    const last = Date.parse(`${days.at(-1).day}T00:00:00Z`) / 1000;
    return {
        width: root.clientWidth,
        height: HEIGHT,
        tzDate: utc,
        padding: [12, 16, 0, 0],
        legend: { show: false },
        cursor: { y: false, x: false, points: NONE, drag: { x: false, y: false } },
        scales: { x: { range: [first - DAY_S / 2, last + DAY_S / 2] }, y: { range: (_, __, most) => [0, Math.max(most * 1.05, 4)] } },
        axes: axesOf(root, colour),
        series: [{}, ...types.map((_, at) => ({ fill: colour.types[types.length - 1 - at], width: 0, paths: bars, points: NONE }))],
        hooks: { setCursor: [(plot) => onPoint(pointOf(plot), plot)] },
    };
}

function usePlot(root, types, days, onPoint) {
    useEffect(() => {
        const element = root.current;
        let plot;
        const draw = () => {
            plot?.destroy();
            plot = new uPlot(optionsOf(element, types, days, onPoint), stack(days, types), element);
        };
        draw();
        const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
        const theme = new MutationObserver(draw);
        const system = matchMedia('(prefers-color-scheme: dark)');
        resize.observe(element);
        theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
        system.addEventListener('change', draw);
        return () => {
            resize.disconnect();
            theme.disconnect();
            system.removeEventListener('change', draw);
            plot.destroy();
        };
    }, [days, types]);
}

function Tip({ day, types, left, width }) {
    const rows = types.filter((type) => day.types[type]).reverse();
    const style = left > width / 2 ? { right: `${width - left + 14}px` } : { left: `${left + 14}px` };
    return html`<div class="tip" style=${style}><p class="tip-head"><span>${dayWords.format(Date.parse(day.day))}</span><strong>
        ${formatNumber(day.events)}</strong></p>
        ${rows.map((type) => html`<p key=${type} class=${typeClass(type)}><span><span class="dot" aria-hidden="true"></span>
            <${Exact} text=${typeWords(type)} /></span><span>${formatNumber(day.types[type])}</span></p>`)}</div>`;
}

// days: [{day, events, types: {type: events}}], one for each day; types: from the bottom up
export function Chart({ days, types }) {
    const root = useRef();
    const [point, setPoint] = useState(null);
    const at = useRef(null);
    const onPoint = (found, plot) => {
        at.current = found && found.index;
        setPoint(found && { ...found, left: found.left + plot.bbox.left / devicePixelRatio });
    };
    usePlot(root, types, days, onPoint);
    const open = () => {
        if (at.current === null) return;
        const from = Date.parse(`${days[at.current].day}T00:00:00Z`) / 1000;
        go(`/trail?${new URLSearchParams({ since: dayOf(from), until: dayOf(from + DAY_S) })}`);
    };
    return html`<div class="chart" ref=${root} onClick=${open} aria-hidden="true" data-testid="chart">
        ${point && days[point.index] && html`<${Tip} day=${days[point.index]} types=${types} left=${point.left}
            width=${root.current.clientWidth} />`}</div>`;
}
