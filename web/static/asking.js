// A question is asked, and its answer comes into the page as it is found.

import { history, keep } from "./conversation.js";
import { list } from "./conversations.js";
import { filters } from "./filters.js";
import { $, BASE, beginWorking, coarse, endWorking, field, form, made, parsed, tell, turns } from "./page.js";
import { closePassage } from "./passage.js";
import { leaveWelcome } from "./welcome.js";

const UNREACHED = "The server did not answer. Your question is still here: see that it runs, then ask again.";
const BROKEN_OFF = "The connection was lost in the middle of the answer. Your question is still here: ask it again.";

export async function ask(question, { alone = !$("carry").checked, filters: chosen = filters() } = {}) {
  // A suggestion goes into the field as well: should anything fail, it is there to be asked again.
  field.value = question;
  const signal = beginWorking();
  let turn = null;
  try {
    const response = await fetch(`${BASE}/ask?turn=${1 + Math.floor(Math.random() * 99_999)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream", "X-Requested-With": "fetch" },
      body: JSON.stringify({ question, history: history(), carry_over: !alone, filters: chosen }),
      signal,
    });
    if (!response.ok) {
      refuse(turn, parsed(await response.text()).textContent.trim());
      if (response.status < 500) field.setAttribute("aria-invalid", "true");
      return;
    }
    for await (const { event, data } of events(response)) {
      if (event === "question") turn = begin(parsed(data.html).querySelector(".turn"));
      else if (event === "sources") turn.querySelector(".strip").replaceChildren(...parsed(data.html).childNodes);
      else if (event === "writing") write(turn, data.model);
      else if (event === "prose") say(turn, data);
      else if (event === "delta") live(turn).append(data.text);
      else if (event === "error") return refuse(turn, data.detail);
      else if (event === "done") return finish(turn, parsed(data.html).querySelector(".turn"));
    }
    refuse(turn, BROKEN_OFF);
  } catch {
    if (signal.aborted) refuse(turn, "");
    else refuse(turn, turn ? BROKEN_OFF : UNREACHED);
  } finally {
    endWorking();
  }
}

// `{event, data}` for each event of the server.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (held + value).split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields.data) yield { event: fields.event, data: JSON.parse(fields.data) };
    }
  }
}

function begin(turn) {
  leaveWelcome();
  closePassage(false);
  for (const other of turns.querySelectorAll(".asked")) other.classList.remove("asked");
  turn.classList.add("asked", "waiting");
  turns.append(turn);
  field.value = "";
  turn.scrollIntoView({ block: "start" });
  return turn;
}

function live(turn) {
  const body = turn.querySelector(".body");
  if (!body.querySelector(".answer")) body.append(made("p", { className: "answer live" }));
  return body.querySelector(".answer");
}

// A language model rephrases the quotations, which are there meanwhile; what it says is text, as they are.
function write(turn, model) {
  const prose = made("div", { className: "prose" });
  const said = made("div", { className: "said live" });
  said.append(made("p", { className: "quiet", textContent: `${model} is writing from the quotations below.` }));
  prose.append(made("h3", { className: "label", textContent: "In other words" }), said);
  turn.querySelector(".body").prepend(prose, made("h3", { className: "label", textContent: "Word for word" }));
}

function say(turn, { text, citations, replaces }) {
  const said = turn.querySelector(".prose .said");
  said.querySelector(".quiet")?.remove();
  const marks = made("span", { className: "marks" });
  for (const place of citations) marks.append(made("span", { className: "ref", textContent: `[${place + 1}]` }));
  if (replaces) {
    const instead = made("div", { className: "instead" });
    instead.append(
      made("p", { className: "why", textContent: `Quoted in place of a sentence of the model that ${replaces}:` }),
      made("p", {}),
    );
    instead.lastElementChild.append(made("q", { textContent: text }), " ", marks);
    said.append(instead);
  } else {
    if (!said.lastElementChild?.matches("p")) said.append(made("p", {}));
    marks.append(made("span", { className: "tick" }));
    said.lastElementChild.append(text, " ", marks, " ");
  }
}

// The answer is said once, by the status, when all of it is there. The focus is where the next question is typed,
// unless the person has gone elsewhere meanwhile.
function finish(turn, whole) {
  turn.classList.remove("waiting");
  Object.assign(turn.dataset, whole.dataset);
  for (const part of [".strip", ".body"]) turn.querySelector(part).replaceWith(whole.querySelector(part));
  const said = Array.from(turn.querySelectorAll("[data-say]"), (part) => part.textContent.trim());
  $("said").textContent = said.join(" ");
  keep(turn);
  list();
  if ($("version")) $("version").textContent = turn.dataset.version;
  $("carry").checked = true;
  const at = document.activeElement;
  if (at !== document.body && !form.contains(at)) return;
  if (coarse.matches) field.blur(); // else the keyboard of a phone covers the answer
  else field.focus({ preventScroll: true });
}

function refuse(turn, sentence) {
  if (turn && !turn.isConnected) return; // another conversation was opened meanwhile
  const asked = turn?.querySelector(".question").textContent ?? field.value;
  const typed = field.value && field.value !== asked; // meanwhile: it is not taken away
  if (!typed) field.value = asked;
  turn?.remove();
  tell(typed && sentence ? `${sentence} (${asked})` : sentence);
  $("said").textContent = "";
  field.focus();
}
