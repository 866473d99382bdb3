// The timeline of one conversation: loaded page by page, and followed while the conversation goes on.
import { get, isGone, online, segment } from './api.js';
import { useEffect, useRef, useState } from './dom.js';
import { follow } from './live.js';
import { isFollowed } from './session.js';
import { reconcile } from './timeline.js';

const FIRST = 100; // items of the first answer, so that something is there to be read
const PAGE = 1000; // and of the others: as many as the daemon gives
const SETTLE_MS = 250; // events come in bursts: the timeline is asked for once, and a long one less often
const SETTLE_LONG_MS = 2000;
const AGAIN_MS = 3000; // after an answer that failed, and while nobody is there

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
            // What was erased, perhaps while one looks, does not stay on the screen.
            .catch((error) => { if (!signal.aborted) setState((before) => (isGone(error) ? { items: [], error } : { ...before, error })); });
        return () => abort.current.abort();
    }, [id, turn]);
    useEffect(() => online.watch((answers) => {
        if (answers && state.error?.status === 0) setTurn((value) => value + 1);
    }), [state.error]);
    const refresh = async () => {
        const { signal } = abort.current;
        try {
            show(await loadTimeline(id, signal, PAGE), signal, 1);
        } catch (error) {
            if (!isGone(error)) throw error;
            setState({ items: [], error });
        }
    };
    return { ...state, refresh, reload: () => { setState({ items: [] }); setTurn(turn + 1); } };
}

const seqOf = ({ seq, edited, removed }) => Math.max(seq, edited?.seq ?? 0, removed?.seq ?? 0);
const newestSeq = (items) => items.reduce((newest, item) => Math.max(newest, seqOf(item)), 0);

// Asks soon after something is wanted: again until it is answered, and not while nobody is there.
class Asker {
    constructor(ask, settle, onBehind) {
        Object.assign(this, { ask, settle, onBehind, timer: null, wanted: false, closed: false });
    }

    want() {
        this.wanted = true;
        this.timer ??= setTimeout(() => this.run(), this.settle());
    }

    async run() {
        let wait = AGAIN_MS;
        if (isFollowed()) {
            this.wanted = false;
            const answered = await this.ask().then(() => true, () => false);
            this.wanted ||= !answered;
            if (answered) wait = this.settle();
            if (!this.closed) this.onBehind(!answered);
        } else if (!this.closed) {
            this.onBehind(true);
        }
        this.timer = this.wanted && !this.closed ? setTimeout(() => this.run(), wait) : null;
    }

    close() {
        this.closed = true;
        clearTimeout(this.timer);
    }
}

export function useLiveTimeline(id, { whole, items, refresh }) {
    const [live, setLive] = useState('connecting');
    const [behind, setBehind] = useState(false); // what came was asked for without an answer
    const length = useRef(0);
    length.current = items.length;
    useEffect(() => {
        if (!whole) return undefined;
        const asker = new Asker(refresh, () => length.current > PAGE ? SETTLE_LONG_MS : SETTLE_MS, setBehind);
        const stop = follow({ params: { conversation: id }, after: newestSeq(items), onEvents: () => asker.want(), onState: setLive });
        return () => {
            asker.close();
            stop();
        };
    }, [id, whole]);
    return live === 'live' && behind ? 'behind' : live;
}
