// What every view draws with: Preact and htm. Text is only ever a child, which Preact turns into a text node, so that
// nothing of what people wrote is ever read as markup; the page has no other way to make elements.
import { h } from 'preact';
import htm from 'htm';

export { Component, Fragment, createContext, render } from 'preact';
export { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState, useCallback } from 'preact/hooks';
export const html = htm.bind(h);
