// The timeline of one conversation: loaded page by page, and followed while the conversation goes on.
import { get, segment } from './api.js';
import { useEffect, useRef, useState } from './dom.js';
import { follow } from './live.js';
import { reconcile } from './timeline.js';

const FIRST = 100; // items of the first answer, so that something is there to be read
const PAGE = 1000; // and of the others: as many as the daemon gives
const SETTLE_MS = 250; // events come in bursts: the timeline is asked for once, and a long one less often
const SETTLE_LONG_MS = 2000;

// The whole timeline, page by page; onPart gets what there is so far. A cursor goes on in what was there when the first page
// was asked for: what came since is in a timeline that is asked for anew.
async function loadTimeline(id, signal, first, onPart) {
    let items = [];
    let cursor;
    for (;;) {
        const page = await get(`/v1/conversations/${segment(id)}`, { params: { limit: cursor ? PAGE : first, cursor }, signal });
        items = items.concat(page.items);
        const state = { conversation: page.conversation, items, whole: page.next === null };
        onPart?.(state);
        if (state.whole) return state;
        cursor = page.next;
    }
}

export function useTimeline(id) {
    const [state, setState] = useState({ items: [] });
    const [turn, setTurn] = useState(0);
    const abort = useRef();
    const show = (next, signal, news) => {
        if (signal.aborted) return;
        setState((before) => ({ ...next, items: reconcile(before.items, next.items), news: (before.news ?? 0) + news }));
    };
    useEffect(() => {
        abort.current = new AbortController();
        const { signal } = abort.current;
        loadTimeline(id, signal, FIRST, (part) => show(part, signal, 0))
            .catch((error) => { if (!signal.aborted) setState({ items: [], error }); });
        return () => abort.current.abort();
    }, [id, turn]);
    const refresh = async () => {
        const { signal } = abort.current;
        show(await loadTimeline(id, signal, PAGE), signal, 1);
    };
    return { ...state, refresh, reload: () => { setState({ items: [] }); setTurn(turn + 1); } };
}

const seqOf = ({ seq, edited, removed }) => Math.max(seq, edited?.seq ?? 0, removed?.seq ?? 0);
const newestSeq = (items) => items.reduce((newest, item) => Math.max(newest, seqOf(item)), 0);

export function useLiveTimeline(id, { whole, items, refresh }) {
    const [live, setLive] = useState('connecting');
    const length = useRef(0);
    length.current = items.length;
    useEffect(() => {
        if (!whole) return undefined;
        let timer = null;
        let again = false; // more came while the timeline was under way
        const update = async () => {
            again = false;
            try {
                await refresh();
            } catch {
                // no answer: the frame says so, and the next event tries again
            }
            timer = null;
            if (again) later();
        };
        const later = () => {
            again = true;
            timer ??= setTimeout(update, length.current > PAGE ? SETTLE_LONG_MS : SETTLE_MS);
        };
        const stop = follow({ params: { conversation: id }, after: newestSeq(items), onEvents: later, onState: setLive });
        return () => {
            clearTimeout(timer);
            stop();
        };
    }, [id, whole]);
    return live;
}
