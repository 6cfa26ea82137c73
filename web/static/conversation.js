// The conversation that is open in this tab, as its turns are on the page; it is kept once it has a turn.

import { $, BASE, made, parsed, turns } from "./page.js";
import { fresh, kept, save, setOpen } from "./storage.js";
import { leaveWelcome } from "./welcome.js";

const MOST_TURNS = 15;
const MOST_CHARACTERS = 20_000;

export let conversation = null;

// A turn that the server has put on the page: that of a permanent link.
export function beginWith(turn) {
  conversation = fresh([record(turn)]);
}

export function show(it) {
  conversation = it;
  setOpen(it.id);
  leaveWelcome();
  turns.replaceChildren();
  addMissing(it);
  turns.lastElementChild?.scrollIntoView({ block: "start", behavior: "instant" });
}

export function leave() {
  conversation = null;
  setOpen(null);
  turns.replaceChildren();
}

// What another tab has added meanwhile is not lost: the turn goes behind it.
export function keep(turn) {
  conversation ??= fresh();
  conversation = { ...conversation, ...kept(conversation.id) };
  conversation.turns.push(record(turn));
  conversation.name ||= conversation.turns[0].asked.slice(0, 80);
  conversation.at = Date.now();
  setOpen(conversation.id);
  save(conversation);
  addMissing(conversation);
}

export function keepRating(turn) {
  const same = conversation && kept(conversation.id);
  const rated = same?.turns.find(({ id }) => id === turn.id);
  if (!rated) return;
  Object.assign(rated, { base: BASE, html: markup(turn) });
  save((conversation = same));
}

export function followOtherTabs() {
  const same = conversation && kept(conversation.id);
  if (same) addMissing((conversation = same));
}

// The newest turns, as many as the server takes; of an answer also the titles, which say what it is about.
export function history() {
  const messages = [];
  let size = 0;
  for (const turn of conversation?.turns.slice(-MOST_TURNS).reverse() ?? []) {
    const titles = [...new Set(turn.citations.map((citation) => citation.document_title))];
    const pair = [
      { role: "user", content: turn.question },
      { role: "assistant", content: turn.answer, titles },
    ];
    size += JSON.stringify(pair).length;
    if (size > MOST_CHARACTERS) break;
    messages.unshift(...pair);
  }
  return messages;
}

function record(turn) {
  const judged = JSON.parse(turn.querySelector("[name=about]").value);
  return { ...judged, prose: prose(turn), id: turn.id, at: new Date().toISOString(), base: BASE, html: markup(turn) };
}

// What a language model made of the answer, as the API has it: sentences with their marks, quotations in quotation marks.
function prose(turn) {
  const said = turn.querySelector(".said")?.cloneNode(true);
  if (!said) return null;
  for (const part of said.querySelectorAll(".unseen, .why")) part.remove();
  for (const quoted of said.querySelectorAll("q")) quoted.textContent = `\u201c${quoted.textContent}\u201d`;
  return said.textContent.replace(/\s+/g, " ").trim();
}

// As it is kept: without what is open in it at the moment.
function markup(turn) {
  const copy = turn.cloneNode(true);
  copy.classList.remove("asked");
  for (const part of copy.querySelectorAll(".panel, .stale")) part.remove();
  return copy.outerHTML;
}

function addMissing(it) {
  const now = $("version")?.textContent;
  for (const { id, html, base } of it.turns) {
    if ($(id)) continue;
    const turn = parsed(html).querySelector(".turn");
    moveLinks(turn, base ?? "");
    turns.append(turn);
    if (!now || turn.dataset.version === now) continue;
    const note = made("p", { className: "quiet stale" });
    note.textContent = "The index has moved on since this was answered; the link asks again.";
    turn.querySelector(".after").before(note);
  }
}

// A turn that was kept when this corpus had another address, as before the server went behind a proxy.
function moveLinks(turn, from) {
  if (from === BASE) return;
  for (const name of ["href", "action"]) {
    for (const part of turn.querySelectorAll(`[${name}^="${CSS.escape(from)}/"]`)) {
      part.setAttribute(name, BASE + part.getAttribute(name).slice(from.length));
    }
  }
}
