// Makes a conversation of the page: streams answers into it, shows passages beside them, and keeps what was asked in
// this browser. Without this script the same forms and links load the same page anew.

const UNREACHED = "The server did not answer. Your question is still here: see that it runs, then ask again.";
const BROKEN_OFF = "The connection was lost in the middle of the answer. Your question is still here: ask it again.";
const FULL = "This browser's storage is full, so this turn is not kept; export or delete a conversation to make room.";
const LOOK_AGAIN_MS = 2500;
const MOST_TURNS = 15;
const MOST_CHARACTERS = 20_000;
const KEY = "article-qa:";
// The addresses of this corpus begin with BASE. CORPUS tells it from all others, also where it has two addresses.
const { base: BASE, corpus: CORPUS } = document.body.dataset;
const IS_DEFAULT = document.body.dataset.default !== undefined;
const OPEN = `${KEY}open:${CORPUS}`;

const $ = (id) => document.getElementById(id);
const turns = $("turns");
const form = $("ask");
const field = $("question");
let welcome = $("welcome")?.cloneNode(true);
const coarse = matchMedia("(pointer: coarse)");
const storage = allowed("localStorage");
const session = allowed("sessionStorage");

let conversation = null; // what is open in this tab: {id, name, at, turns}, kept once it has a turn
let deleted = null;
let working = null; // ends the answer that is on its way

start();
followBuild();

// ---------------------------------------------------------------------------------------------- what a person does

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent.matches("form[data-ask]")) {
    event.preventDefault();
    if (!working) ask(event.submitter?.name === "question" ? event.submitter.value : field.value);
  } else if (sent.matches("form[data-feedback]")) {
    event.preventDefault();
    judge(sent, event.submitter?.value || undefined);
  }
});

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest?.(selector);
  let found;
  if ($("corpora")?.open && !on("#corpora")) $("corpora").open = false;
  if (working && on("#send")) {
    event.preventDefault();
    working.abort();
  } else if ((found = on(".turn a.ref, .turn a.brief"))) {
    event.preventDefault();
    openPassage(found);
  } else if ((found = on("[data-again]"))) {
    event.preventDefault();
    const { again, alone, unfiltered } = found.dataset;
    if (!working) ask(again, { alone: alone !== undefined, filters: unfiltered === undefined ? filters() : {} });
  } else if ((found = on("[data-edit]"))) edit(found.dataset.edit);
  else if (on(".panel .close")) closePassage();
  else if (on("#clear")) clearFilters();
  else if (on("#new")) open(null);
  else if ((found = on("#list button, #undo button"))) manage(found);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.name === "note") {
    event.preventDefault(); // Enter would press the first thumb, whichever was chosen
    judge(event.target.form);
  } else if (event.key === "Escape") {
    if ($("corpora")?.open) closeCorpora();
    else if (document.querySelector(".panel")) closePassage();
    else if (working) working.abort();
    else if ($("filters")?.open) $("filters").open = false;
  } else if (event.key === "ArrowUp" && document.activeElement === field && !field.value) {
    const last = conversation?.turns.at(-1);
    if (last) {
      event.preventDefault();
      edit(last.asked);
    }
  }
});

form.addEventListener("change", showFilters);

function closeCorpora() {
  $("corpora").open = false;
  $("corpora").querySelector("summary").focus();
}

function edit(question) {
  field.value = question;
  field.focus();
  field.setSelectionRange(question.length, question.length);
}

// ------------------------------------------------------------------------------------------------- asking, streamed

async function ask(question, { alone = !$("carry").checked, filters: chosen = filters() } = {}) {
  // A suggestion goes into the field as well: should anything fail, it is there to be asked again.
  field.value = question;
  const stop = new AbortController();
  setWorking(stop);
  let turn = null;
  try {
    const response = await fetch(`${BASE}/ask?turn=${1 + Math.floor(Math.random() * 99_999)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream", "X-Requested-With": "fetch" },
      body: JSON.stringify({ question, history: history(), carry_over: !alone, filters: chosen }),
      signal: stop.signal,
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
    if (stop.signal.aborted) refuse(turn, "");
    else refuse(turn, turn ? BROKEN_OFF : UNREACHED);
  } finally {
    setWorking(null);
  }
}

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

function setWorking(now) {
  working = now;
  turns.setAttribute("aria-busy", String(Boolean(now)));
  for (const button of document.querySelectorAll("form[data-ask] button:not(#send)")) button.disabled = Boolean(now);
  $("send").textContent = now ? "Stop" : "Ask";
  if (!now) return;
  $("said").textContent = "Looking through the articles.";
  $("problem").replaceChildren();
  field.removeAttribute("aria-invalid");
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

// The heading of the page stays for those who hear it.
function leaveWelcome() {
  const heading = $("welcome")?.querySelector("h1");
  if (!heading) return;
  heading.className = "unseen";
  $("welcome").replaceWith(heading);
}

function live(turn) {
  const body = turn.querySelector(".body");
  if (!body.querySelector(".answer")) {
    body.append(Object.assign(document.createElement("p"), { className: "answer live" }));
  }
  return body.querySelector(".answer");
}

// A language model rephrases the quotations, which are there meanwhile; what it says is text, as they are.
function write(turn, model) {
  const said = Object.assign(document.createElement("p"), { className: "said live" });
  said.append(Object.assign(document.createElement("span"), { className: "quiet" }));
  said.firstElementChild.textContent = `${model} is writing from the quotations below.`;
  turn.querySelector(".body").prepend(Object.assign(document.createElement("div"), { className: "prose" }));
  turn.querySelector(".prose").append(said);
}

function say(turn, { text, citations, replaces }) {
  const said = turn.querySelector(".prose .said");
  said.querySelector(".quiet")?.remove();
  const marks = citations.map((place) => `[${place + 1}]`).join(" ");
  said.append(`${replaces ? `\u201c${text}\u201d` : text} ${marks} `);
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

function tell(sentence) {
  const told = Object.assign(document.createElement("p"), { className: "problem", textContent: sentence });
  $("problem").replaceChildren(...(sentence ? [told] : []));
}

function filters() {
  const chosen = new FormData(form);
  return {
    sources: chosen.getAll("source"),
    since: chosen.get("since") || null,
    until: chosen.get("until") || null,
  };
}

function showFilters() {
  const { sources, since, until } = filters();
  const named = sources.length > 2 ? [`${sources.length} sources`] : sources;
  const days = [since && `from ${since}`, until && `to ${until}`].filter(Boolean).join(" ");
  const shown = [...named, days].filter(Boolean).join(", ");
  if (!$("filters")) return;
  $("active").textContent = shown && `: ${shown}`;
  $("clear").hidden = !shown;
}

function clearFilters() {
  for (const chosen of form.querySelectorAll("[name=source]:checked")) chosen.checked = false;
  for (const day of form.querySelectorAll("[type=date]")) day.value = "";
  showFilters();
  field.focus();
}

// The newest turns, as many as the server takes; of an answer also the titles, which say what it is about.
function history() {
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

// ------------------------------------------------------------------------------------ the passage beside the answer

let opener = null;

function openPassage(link) {
  const target = document.getElementById(link.hash.slice(1));
  const card = target?.closest(".card");
  if (!card) return;
  closePassage(false);
  const panel = $("panel").content.cloneNode(true).firstElementChild;
  const passage = card.querySelector(".passage").cloneNode(true);
  const quoted = passage.querySelector(passage.id === target.id ? "mark" : `[id="${target.id}"]`)?.closest("mark");
  for (const part of [passage, ...passage.querySelectorAll("[id]")]) part.removeAttribute("id");
  panel.querySelector("h3").textContent = card.querySelector(".title").textContent;
  panel.querySelector(".text-of").append(passage);
  const meta = card.querySelector(".meta")?.cloneNode(true);
  if (meta) panel.querySelector("header").after(meta);
  panel.firstElementChild.append(card.querySelector(".links").cloneNode(true));
  const turn = card.closest(".turn");
  turn.querySelector(".answer, .nothing").after(panel);
  opener = link;
  if (quoted) {
    quoted.classList.add("current");
    panel.querySelector(".text-of").scrollTop = quoted.offsetTop - 48;
  }
  panel.querySelector("h3").focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
}

function closePassage(back = true) {
  document.querySelector(".panel")?.remove();
  if (back && opener?.isConnected) opener.focus();
  opener = null;
}

// -------------------------------------------------------------------------------------- conversations, kept in here

function start() {
  const open = kept(session.getItem(OPEN));
  const turn = turns.querySelector(".turn"); // the server's: of a permanent link
  if (turn) conversation = fresh([record(turn)]);
  else if (open) show(open);
  list();
  showFilters();
  addEventListener("storage", (event) => {
    if (!event.key?.startsWith(KEY)) return;
    const same = conversation && kept(conversation.id);
    if (same) addMissing((conversation = same));
    list();
  });
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

function fresh(first = []) {
  const id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  return { id, corpus: CORPUS, name: "", at: Date.now(), turns: first };
}

function kept(id) {
  try {
    return id && JSON.parse(storage.getItem(KEY + id));
  } catch {
    return null;
  }
}

function all() {
  const ids = Object.keys(storage).filter((key) => key.startsWith(KEY));
  return ids.map((key) => kept(key.slice(KEY.length))).filter(isOurs).sort((a, b) => b.at - a.at);
}

// Of one that was kept before there were several corpora it is not known where it was asked.
function isOurs(it) {
  return Boolean(it?.turns) && (it.corpus === undefined ? IS_DEFAULT : it.corpus === CORPUS);
}

function record(turn) {
  const judged = JSON.parse(turn.querySelector("[name=about]").value);
  const prose = turn.querySelector(".said")?.textContent.replace(/\s+/g, " ").trim() ?? null;
  return { ...judged, prose, id: turn.id, at: new Date().toISOString(), base: BASE, html: markup(turn) };
}

// As it is kept: without what is open in it at the moment.
function markup(turn) {
  const copy = turn.cloneNode(true);
  copy.classList.remove("asked");
  for (const part of copy.querySelectorAll(".panel, .stale")) part.remove();
  return copy.outerHTML;
}

// What another tab has added meanwhile is not lost: the turn goes behind it.
function keep(turn) {
  conversation ??= fresh();
  conversation = { ...conversation, ...kept(conversation.id) };
  conversation.turns.push(record(turn));
  conversation.name ||= conversation.turns[0].asked.slice(0, 80);
  conversation.at = Date.now();
  session.setItem(OPEN, conversation.id);
  save(conversation);
  addMissing(conversation);
  list();
}

function save(it) {
  try {
    storage.setItem(KEY + it.id, JSON.stringify(it));
  } catch {
    tell(FULL);
  }
}

function open(it) {
  working?.abort();
  if (!it && !welcome) return location.assign(`${BASE}/`); // of a permanent link
  closePassage(false);
  conversation = null;
  session.removeItem(OPEN);
  turns.replaceChildren();
  tell("");
  if (it) show(it);
  else {
    ($("welcome") ?? $("main").querySelector("h1")).replaceWith(welcome.cloneNode(true));
  }
  if (location.search) window.history.replaceState(null, "", `${BASE}/`);
  list();
  if ($("conversations").matches(":popover-open")) $("conversations").hidePopover();
  if (!it) edit("");
  else if (!coarse.matches) field.focus({ preventScroll: true });
}

function show(it) {
  conversation = it;
  session.setItem(OPEN, it.id);
  leaveWelcome();
  turns.replaceChildren();
  addMissing(it);
  turns.lastElementChild?.scrollIntoView({ block: "start", behavior: "instant" });
}

function addMissing(it) {
  const now = $("version")?.textContent;
  for (const { id, html, base } of it.turns) {
    if ($(id)) continue;
    const turn = parsed(html).querySelector(".turn");
    moveLinks(turn, base ?? "");
    turns.append(turn);
    if (!now || turn.dataset.version === now) continue;
    const note = Object.assign(document.createElement("p"), { className: "quiet stale" });
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

function list() {
  $("follow").hidden = !conversation;
  if ($("list").querySelector("input")) return; // a name is being typed
  const found = all();
  $("none").hidden = found.length > 0;
  $("list").replaceChildren(
    ...found.map((it) => {
      const row = $("row").content.cloneNode(true).firstElementChild;
      row.dataset.id = it.id;
      row.querySelector(".open").textContent = it.name;
      if (it.id === conversation?.id) row.querySelector(".open").setAttribute("aria-current", "true");
      row.querySelector(".more").setAttribute("aria-label", `More for ${it.name}`);
      return row;
    }),
  );
}

function manage(button) {
  const row = button.closest("li");
  const it = kept(row?.dataset.id);
  const { does } = button.dataset;
  if (does === "undo" && deleted) {
    save(deleted);
    $("undo").replaceChildren();
    list();
  } else if (!it) return;
  else if (does === "open") open(it);
  else if (does === "more") {
    const menu = row.querySelector(".menu");
    menu.hidden = !menu.hidden;
    button.setAttribute("aria-expanded", String(!menu.hidden));
  } else if (does === "rename") rename(row, it);
  else if (does === "markdown") download(it, "md", "text/markdown", markdown(it));
  else if (does === "json") download(it, "json", "application/json", json(it));
  else if (does === "delete") {
    deleted = it;
    storage.removeItem(KEY + it.id);
    if (it.id === conversation?.id) open(null);
    list();
    $("undo").replaceChildren(...$("deleted").content.cloneNode(true).childNodes);
    $("undo").querySelector("button").focus();
  }
}

function rename(row, it) {
  const input = Object.assign(document.createElement("input"), { value: it.name, maxLength: 80 });
  input.setAttribute("aria-label", "Name of the conversation");
  row.querySelector(".open").replaceWith(input);
  input.select();
  input.focus();
  let done = false;
  const end = (name) => {
    if (done) return;
    done = true;
    input.remove();
    const newest = kept(it.id) ?? it;
    if (name.trim()) save({ ...newest, name: name.trim() });
    if (conversation?.id === it.id && name.trim()) conversation.name = name.trim();
    list();
    document.querySelector(`[data-id="${it.id}"] .open`)?.focus();
  };
  input.addEventListener("blur", () => end(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    end(event.key === "Enter" ? input.value : "");
  });
}

function json({ name, turns: asked }) {
  return JSON.stringify({ name, turns: asked.map(({ id, base, html, ...turn }) => turn) }, null, 2);
}

function markdown({ name, turns: asked }) {
  const parts = [`# ${name}`];
  for (const turn of asked) {
    parts.push(`## ${turn.asked}`);
    if (turn.question !== turn.asked) parts.push(`Searched as: ${turn.question}`);
    const cited = turn.citations;
    if (!cited.length) parts.push(turn.answer);
    if (turn.prose) parts.push(turn.prose);
    cited.forEach((it, place) => parts.push(`> ${it.cited_text.replaceAll("\n", "\n> ")} [${place + 1}]`));
    const places = cited.map(
      (it, place) =>
        `${place + 1}. ${it.document_title}, characters ${it.start_char_index}-${it.end_char_index} (${it.article_id})`,
    );
    if (places.length) parts.push(places.join("\n"));
    parts.push(`Index ${turn.index_version}, ${turn.at}`);
  }
  return parts.join("\n\n") + "\n";
}

function download(it, suffix, type, text) {
  const name = it.name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-|-$/g, "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `${name || "conversation"}.${suffix}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// --------------------------------------------------------------------------------------------------------- feedback

async function judge(sent, rating = sent.dataset.rating) {
  const thanks = sent.querySelector(".thanks");
  const note = sent.elements.note.value.trim() || null;
  if (!rating) return (thanks.textContent = "Choose a thumb first.");
  try {
    const response = await fetch(sent.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "fetch" },
      body: JSON.stringify({ rating, note, about: JSON.parse(sent.elements.about.value) }),
    });
    if (!response.ok) return (thanks.textContent = parsed(await response.text()).textContent.trim());
    sent.dataset.rating = rating;
    for (const thumb of sent.querySelectorAll(".thumb")) {
      thumb.setAttribute("aria-pressed", String(thumb.value === rating));
    }
    thanks.textContent = note ? "Kept with your note, thank you." : "Kept, thank you.";
    keepRating(sent.closest(".turn"));
  } catch {
    thanks.textContent = "The server did not answer; your feedback is not kept yet.";
  }
}

function keepRating(turn) {
  const same = conversation && kept(conversation.id);
  const rated = same?.turns.find(({ id }) => id === turn.id);
  if (!rated) return;
  Object.assign(rated, { base: BASE, html: markup(turn) });
  save((conversation = same));
}

// ------------------------------------------------------------------------------------------------ while it is built

// While a build is under way the page is loaded again, and what it says of the index is taken from there.
async function followBuild() {
  while (document.querySelector("#status[data-changing]")) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    if (document.hidden) continue;
    try {
      const response = await fetch(`${BASE}/`, { headers: { Accept: "text/html" } });
      const page = parsed(await response.text()).ownerDocument;
      welcome = page.getElementById("welcome")?.cloneNode(true) ?? welcome;
      if (!$("filters") && page.getElementById("filters")) {
        document.querySelector(".options").append(page.getElementById("filters"), page.getElementById("clear"));
      }
      for (const part of ["#status", "#welcome[data-away]", "footer.site"]) renew(part, page);
    } catch {
      // The server is not there at the moment; it is looked for again.
    }
  }
}

// A part that grew shorter keeps its height: the form below must not move under a hand that is about to use it.
function renew(part, page) {
  const old = document.querySelector(part);
  const now = page.getElementById(old?.id) ?? page.querySelector(part);
  if (!old || !now || old.isEqualNode(now)) return;
  const { height } = old.getBoundingClientRect();
  old.replaceWith(now);
  if (now.id === "status") now.style.minHeight = `${height}px`;
}

// Scripts in it do not run, and what is not from our templates is text in them already.
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}
