// One rejected delivery: why, where in its body, and what can be done about it.
import { del, get, post, segment } from '../api.js';
import { html, useEffect, useMemo, useState } from '../dom.js';
import { formatBytes, setTitle } from '../format.js';
import { useKeys } from '../keys.js';
import { back, go, paths } from '../router.js';
import { isAdmin } from '../session.js';
import { Copy, Exact, Mark, Time } from '../text.js';
import { Action, Dialog, Empty, Facts, Fault, Head, Loaded, toast, useLoad } from '../ui.js';

const AROUND = 4000; // bytes shown on either side of the fault
const HEAD = 8000; // bytes shown where no place is at fault

function bytesOf(rejection) {
    if (typeof rejection.body === 'string') return new TextEncoder().encode(rejection.body);
    return Uint8Array.from(atob(rejection.body_base64 ?? ''), (char) => char.charCodeAt(0));
}

// Bytes that are no UTF-8 show as U+FFFD: one sees where they are.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const isContinuation = (byte) => (byte & 0xc0) === 0x80;

// The body in three parts: before the byte at fault, the character that it is in, after it.
function split(bytes, offset) {
    if (offset === null) return { before: decoder.decode(bytes.subarray(0, HEAD)), more: bytes.length - HEAD };
    const begin = Math.max(0, offset - AROUND);
    let end = Math.min(offset + 1, bytes.length);
    while (end < bytes.length && end < offset + 4 && isContinuation(bytes[end])) end++;
    const last = Math.min(bytes.length, end + AROUND);
    const text = (from, to) => decoder.decode(bytes.subarray(from, to));
    return { skipped: begin, before: text(begin, offset), fault: text(offset, end), after: text(end, last), more: bytes.length - last };
}

function Body({ rejection }) {
    const bytes = useMemo(() => bytesOf(rejection), [rejection]);
    const { offset } = rejection;
    const { skipped, before, fault, after, more } = useMemo(() => split(bytes, offset), [bytes, offset]);
    useEffect(() => { document.querySelector('.fault')?.scrollIntoView({ block: 'nearest' }); }, [bytes]);
    return html`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${
            rejection.kept < rejection.size ? `the first ${formatBytes(rejection.kept)} were kept` : 'as received'}</span></h2>
        <div class="acts"><${Copy} text=${() => decoder.decode(bytes)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${skipped > 0 && html`<span
            class="faint">… ${formatBytes(skipped)} before\n</span>`}<${Exact} lines text=${before} />${
            offset !== null && html`<mark class="fault" title=${`byte ${offset}`}><span class="offscreen">at fault: </span>
                ${fault ? html`<${Exact} text=${fault} />` : 'end'}</mark>`}${
            after && html`<${Exact} lines text=${after} />`}${more > 0 && html`<span
                class="faint">\n… ${formatBytes(more)} after</span>`}</pre></section>`;
}

const Pointers = ({ pointer }) => html`<ul class="plain-list mono">${pointer.split(' ').map((each) => html`<li><${Exact}
    text=${each} /></li>`)}</ul>`;

function Drop({ rejection, onClose }) {
    const [error, setError] = useState(null);
    const drop = async () => {
        try {
            await del(`/v1/rejected/${segment(rejection.number)}`);
        } catch (problem) {
            return setError(problem);
        }
        toast(`Rejected delivery ${rejection.number} was dropped.`);
        go('/rejected', { replace: true });
        return undefined;
    };
    return html`<${Dialog} title=${`Drop rejected delivery ${rejection.number}?`} onClose=${onClose}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${error && html`<${Fault} error=${error} />`}
        <div class="dialog-acts"><button type="button" onClick=${onClose}>Keep it</button><${Action} class="danger"
            act=${drop}>Drop it</${Action}></div></${Dialog}>`;
}

function Acts({ rejection, onProblem }) {
    const [dropping, setDropping] = useState(false);
    const retry = async () => {
        try {
            const stored = await post(`/v1/rejected/${segment(rejection.number)}/retry`);
            toast(`Taken into the trail as event ${stored.seq}.`, 'good');
            go(paths.event(stored.seq), { replace: true });
        } catch (problem) {
            onProblem(problem);
        }
    };
    return html`<${Action} act=${retry}>Retry</${Action}>
        <button type="button" class="danger-quiet" onClick=${() => setDropping(true)}>Drop</button>
        ${dropping && html`<${Drop} rejection=${rejection} onClose=${() => setDropping(false)} />`}`;
}

export function Rejection({ where, who }) {
    const { id } = where;
    const loaded = useLoad((options) => get(`/v1/rejected/${segment(id)}`, options), id);
    const [problem, setProblem] = useState(null);
    useEffect(() => { setTitle('Rejected', id); }, [id]);
    useKeys({ Escape: () => back('/rejected') });
    return html`<div class="view scroll"><${Head} title=${html`Rejected <span class="number"><${Exact} text=${id} /></span>`}
        lead=${html`<a class="up" href="/rejected">Rejected</a>`}>
            ${loaded.data && isAdmin(who) && html`<${Acts} rejection=${loaded.data} onProblem=${setProblem} />`}</${Head}>
        ${problem && html`<${Fault} error=${problem}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${Fault}>`}
        ${loaded.error?.status === 404 ? html`<${Empty} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${Empty}>` : html`
        <${Loaded} of=${loaded}>${(rejection) => html`
            <p class="lead-line"><${Mark} kind="bad">${rejection.status}</${Mark}> <${Exact}
                text=${rejection.detail || rejection.title} /></p>
            <${Facts} rows=${[
                ['Received', html`<${Time} at=${rejection.received_at} />`],
                ['Reason', html`<${Exact} text=${rejection.title} />`],
                ['Byte at fault', rejection.offset !== null && html`<span class="mono">${rejection.offset}</span>`],
                ['Looked for at', rejection.pointer && html`<${Pointers} pointer=${rejection.pointer} />`],
                ['Endpoint', rejection.endpoint && html`<${Exact} text=${rejection.endpoint} />`],
                ['Sender', rejection.sender && html`<span class="mono"><${Exact} text=${rejection.sender} /></span>`],
                ['Content type', rejection.content_type && html`<span class="mono"><${Exact}
                    text=${rejection.content_type} /></span>`],
                ['Size', formatBytes(rejection.size)],
            ]} /><${Body} rejection=${rejection} />`}</${Loaded}>`}</div>`;
}
