// A value that views watch: the session, the address, what is wrong.
import { useEffect, useState } from 'preact/hooks';

export function createStore(value) {
    const watchers = new Set();
    return {
        get: () => value,
        set(next) {
            if (Object.is(next, value)) return;
            value = next;
            for (const watcher of [...watchers]) watcher(value);
        },
        watch(watcher) {
            watchers.add(watcher);
            return () => watchers.delete(watcher);
        },
    };
}

export function useStore(store) {
    const [value, setValue] = useState(store.get());
    useEffect(() => {
        setValue(store.get()); // it may have changed between drawing and watching
        return store.watch(setValue);
    }, [store]);
    return value;
}

// Settings of this browser, such as the theme; a browser that keeps none has the defaults each time.
export function createSetting(name, fallback) {
    const key = `hooktrail-${name}`;
    let kept = null;
    try {
        kept = localStorage.getItem(key);
    } catch {
        // storage is turned off
    }
    const store = createStore(kept ?? fallback);
    store.watch((value) => {
        try {
            localStorage.setItem(key, value);
        } catch {
            // then it holds until the page is left
        }
    });
    return store;
}
