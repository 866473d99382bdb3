// Draws parts of a long document when they come near to what is in sight, and the others one by one while there is
// nothing else to do, so that a conversation of thousands of messages opens at once.

const NEAR = '1500px 0px';
const AT_ONCE = 4;
const PATIENCE = { timeout: 120 }; // ms: a busy machine is never idle

const idle = globalThis.requestIdleCallback ?? ((act) => setTimeout(act, 16)); // not every browser has it

export class Drawer {
    constructor() {
        this.waiting = new Map(); // element to what draws it, in the order of the document
        this.observer = new IntersectionObserver((entries) => {
            for (const { target, isIntersecting } of entries) if (isIntersecting) this.draw(target);
        }, { rootMargin: NEAR });
        this.onPrint = () => { this.all(); };
        addEventListener('beforeprint', this.onPrint);
    }

    add(element, act) {
        this.waiting.set(element, act);
        this.observer.observe(element);
        this.plan();
        return () => this.forget(element);
    }

    forget(element) {
        this.waiting.delete(element);
        this.observer.unobserve(element);
    }

    draw(element) {
        const act = this.waiting.get(element);
        this.forget(element);
        act?.();
    }

    plan() {
        if (this.planned || this.closed) return;
        this.planned = true;
        idle(() => {
            this.planned = false;
            if (this.closed || this.waiting.size === 0) return;
            for (const next of [...this.waiting.keys()].slice(0, AT_ONCE)) this.draw(next);
            this.plan();
        }, PATIENCE);
    }

    // Resolves when everything is drawn.
    all() {
        for (const element of [...this.waiting.keys()]) this.draw(element);
        return new Promise((done) => { setTimeout(done); });
    }

    close() {
        this.closed = true;
        this.observer.disconnect();
        this.waiting.clear();
        removeEventListener('beforeprint', this.onPrint);
    }
}
