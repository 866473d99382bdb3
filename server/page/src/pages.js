// A list that has no end: pages fetched by cursor as one scrolls, of which only those near by stay in memory.
// Rows that were let go come again by the bounds or the cursor that their page keeps.

const RESIDENT_PAGES = 24;
const MAX_ROWS = 150000; // browsers draw nothing beyond some 17 million pixels: above that the oldest seen half goes

export class Pages {
    // fetchPage({cursor, page, signal}) gives {rows, next}: the page at the cursor, or `page` again.
    constructor(fetchPage, onChange) {
        this.fetchPage = fetchPage;
        this.onChange = onChange ?? (() => {});
        this.pages = []; // {start, count, cursor, rows or null, top: the first row when they are let go, live}
        this.next = undefined; // the cursor of the page that follows, or {from: its first row}; null: there is none
        this.count = 0;
        this.dropped = 0; // rows above the first page that were let go for good
        this.error = null;
        this.abort = new AbortController();
        this.loading = false;
    }

    get atEnd() {
        return this.next === null;
    }

    close() {
        this.abort.abort();
    }

    reopen() {
        if (this.abort.signal.aborted) this.abort = new AbortController();
        this.loading = false;
        for (const page of this.pages) page.loading = false;
    }

    // The page that holds row i: by halving, there may be thousands.
    find(i) {
        let low = 0;
        let high = this.pages.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.pages[middle].start <= i) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    row(i) {
        const page = this.pages[this.find(i)];
        return page?.rows?.[i - page.start];
    }

    // Sees to it that rows first to last are here or on their way, and that what is far away goes.
    want(first, last) {
        if (this.count > 0) {
            const from = this.find(Math.max(0, first));
            const to = this.find(Math.min(this.count - 1, last));
            for (let at = from; at <= to; at++) this.refill(this.pages[at]);
            this.trim((from + to) >> 1);
        }
        if (last >= this.count && !this.atEnd && !this.error) this.more();
    }

    trim(middle) {
        const reach = RESIDENT_PAGES / 2;
        this.pages.forEach((page, at) => {
            if (Math.abs(at - middle) <= reach || !page.rows) return;
            page.top = page.rows[0];
            page.rows = null;
        });
    }

    async more() {
        if (this.loading) return;
        this.loading = true;
        this.error = null;
        const { signal } = this.abort;
        try {
            const cursor = this.next;
            const { rows, next } = await this.fetchPage({ cursor, signal });
            if (signal.aborted) return;
            if (rows.length) this.pages.push({ start: this.count, count: rows.length, cursor, rows });
            this.count += rows.length;
            this.next = next;
            this.shed();
        } catch (error) {
            if (signal.aborted) return;
            this.error = error;
        }
        this.loading = false;
        this.onChange();
    }

    async refill(page) {
        if (page.rows || page.loading || this.error) return;
        page.loading = true;
        const { signal } = this.abort;
        try {
            const { rows } = await this.fetchPage({ cursor: page.cursor, page, signal });
            if (signal.aborted) return;
            page.rows = rows;
            if (rows.length !== page.count) { // in the order of activity rows move from page to page
                page.count = rows.length;
                this.renumber();
            }
        } catch (error) {
            if (signal.aborted) return;
            this.error = error;
        }
        page.loading = false;
        this.onChange();
    }

    retry() {
        this.error = null;
        this.onChange(); // whoever draws it asks for what it lacks
        if (!this.count) this.more();
    }

    // New rows at the top, newest first. They join the first page until it is as large as others.
    prepend(rows, size) {
        const head = this.pages[0];
        if (head?.live && head.rows && head.count + rows.length <= size) {
            head.rows = [...rows, ...head.rows];
            head.count = head.rows.length;
        } else {
            this.pages.unshift({ start: 0, count: rows.length, rows, live: true });
        }
        this.renumber();
        this.shedTail();
        this.onChange();
    }

    // What was let go at the end comes again below the row that it began with.
    shedTail() {
        while (this.count > MAX_ROWS) {
            const gone = this.pages.pop();
            this.next = { from: gone.rows?.[0] ?? gone.top };
            this.count -= gone.count;
        }
    }

    shed() {
        if (this.count <= MAX_ROWS) return;
        const gone = this.pages.splice(0, this.pages.length >> 1);
        const rows = gone.reduce((sum, page) => sum + page.count, 0);
        this.dropped += rows;
        this.shift = (this.shift ?? 0) + rows; // whoever scrolls moves by as many rows, once
        this.renumber();
    }

    renumber() {
        let start = 0;
        for (const page of this.pages) {
            page.start = start;
            start += page.count;
        }
        this.count = start;
    }
}
