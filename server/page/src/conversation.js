// The timeline of one conversation: loaded page by page, and followed while the conversation goes on.
import { get, segment } from './api.js';
import { useEffect, useRef, useState } from './dom.js';
import { follow } from './live.js';
import { reconcile } from './timeline.js';

const FIRST = 100; // items of the first answer, so that something is there to be read
const PAGE = 1000; // and of the others: as many as the daemon gives
const SETTLE_MS = 250; // events come in bursts: the timeline is asked for once

// The timeline from a cursor on, behind the items that stand before it; onPart gets each state of it on the way. `tail` is
// where its last page begins.
async function loadTimeline(id, signal, onPart, { cursor, items = [] } = {}) {
    for (;;) {
        const page = await get(`/v1/conversations/${segment(id)}`, { params: { limit: cursor ? PAGE : FIRST, cursor }, signal });
        const tail = { cursor, items };
        items = items.concat(page.items);
        const state = { conversation: page.conversation, items, tail, whole: page.next === null };
        onPart?.(state);
        if (state.whole) return state;
        cursor = page.next;
    }
}

const isComplete = ({ conversation, items }) => conversation.messages + conversation.events === items.length;

// What is there now: of a long conversation the last page, as long as that adds up.
async function loadAgain(id, signal, tail) {
    const state = tail.items.length ? await loadTimeline(id, signal, null, tail) : null;
    return state && isComplete(state) ? state : loadTimeline(id, signal);
}

export function useTimeline(id) {
    const [state, setState] = useState({ items: [] });
    const [turn, setTurn] = useState(0);
    const abort = useRef();
    const tail = useRef();
    const show = (next, signal, news) => {
        if (signal.aborted) return;
        tail.current = next.tail;
        setState((before) => ({ ...next, items: reconcile(before.items, next.items), news: (before.news ?? 0) + news }));
    };
    useEffect(() => {
        abort.current = new AbortController();
        const { signal } = abort.current;
        loadTimeline(id, signal, (part) => show(part, signal, 0))
            .catch((error) => { if (!signal.aborted) setState({ items: [], error }); });
        return () => abort.current.abort();
    }, [id, turn]);
    const refresh = async () => {
        const { signal } = abort.current;
        show(await loadAgain(id, signal, tail.current), signal, 1);
    };
    return { ...state, refresh, reload: () => { setState({ items: [] }); setTurn(turn + 1); } };
}

const seqOf = ({ seq, edited, removed }) => Math.max(seq, edited?.seq ?? 0, removed?.seq ?? 0);
const newestSeq = (items) => items.reduce((newest, item) => Math.max(newest, seqOf(item)), 0);

export function useLiveTimeline(id, { whole, items, refresh }) {
    const [live, setLive] = useState('connecting');
    useEffect(() => {
        if (!whole) return undefined;
        let timer;
        let running = false;
        const update = async () => {
            if (running) return later();
            running = true;
            try {
                await refresh();
            } catch {
                // no answer: the frame says so, and the next event tries again
            }
            running = false;
            return undefined;
        };
        const later = () => {
            clearTimeout(timer);
            timer = setTimeout(update, SETTLE_MS);
        };
        const stop = follow({ params: { conversation: id }, after: newestSeq(items), onEvents: later, onState: setLive });
        return () => {
            clearTimeout(timer);
            stop();
        };
    }, [id, whole]);
    return live;
}
