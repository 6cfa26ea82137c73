// Conversations, `{id, corpus, name, at, turns}`, as this browser keeps them and nothing else does.

import { CORPUS, IS_DEFAULT, tell } from "./page.js";

const FULL = "This browser's storage is full, so this turn is not kept; export or delete a conversation to make room.";
const KEY = "article-qa:";
const OPEN = `${KEY}open:${CORPUS}`;
const storage = allowed("localStorage");
const session = allowed("sessionStorage");

export const isKept = (key) => Boolean(key?.startsWith(KEY));
export const openId = () => session.getItem(OPEN);
export const drop = (id) => storage.removeItem(KEY + id);

// Which one is open in this tab; null for none.
export function setOpen(id) {
  if (id === null) session.removeItem(OPEN);
  else session.setItem(OPEN, id);
}

export function fresh(first = []) {
  const id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  return { id, corpus: CORPUS, name: "", at: Date.now(), turns: first };
}

export function kept(id) {
  try {
    return id && JSON.parse(storage.getItem(KEY + id));
  } catch {
    return null;
  }
}

export function all() {
  const ids = Object.keys(storage).filter(isKept);
  return ids.map((key) => kept(key.slice(KEY.length))).filter(isOurs).sort((a, b) => b.at - a.at);
}

export function save(it) {
  try {
    storage.setItem(KEY + it.id, JSON.stringify(it));
  } catch {
    tell(FULL);
  }
}

// Of one that was kept before there were several corpora it is not known where it was asked.
function isOurs(it) {
  return Boolean(it?.turns) && (it.corpus === undefined ? IS_DEFAULT : it.corpus === CORPUS);
}

// Where a browser keeps nothing, all of this lasts as long as the page is open.
function allowed(name) {
  try {
    return window[name];
  } catch {
    const items = {};
    const hidden = (value) => ({ value, enumerable: false });
    return Object.defineProperties(items, {
      getItem: hidden((key) => items[key] ?? null),
      setItem: hidden((key, value) => (items[key] = value)),
      removeItem: hidden((key) => delete items[key]),
    });
  }
}
