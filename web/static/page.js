// What every part of the script knows: where the page is, what is in it, how it tells the reader something, and whether
// an answer is on its way.

// The addresses of this corpus begin with BASE. CORPUS tells it from all others, also where it has two addresses.
export const { base: BASE, corpus: CORPUS } = document.body.dataset;
export const IS_DEFAULT = document.body.dataset.default !== undefined;

export const $ = (id) => document.getElementById(id);
export const turns = $("turns");
export const form = $("ask");
export const field = $("question");
export const coarse = matchMedia("(pointer: coarse)");

export function tell(sentence) {
  const told = made("p", { className: "problem", textContent: sentence });
  $("problem").replaceChildren(...(sentence ? [told] : []));
}

export function edit(question) {
  field.value = question;
  field.focus();
  field.setSelectionRange(question.length, question.length);
}

export function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

// Scripts in it do not run, and what is not from our templates is text in them already.
export function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

// The answer that is on its way: one at most.
let stopping = null;

export const isWorking = () => stopping !== null;
export const stopWorking = () => stopping?.abort();

// Returns the signal that ends it.
export function beginWorking() {
  stopping = new AbortController();
  showWorking();
  $("said").textContent = "Looking through the articles.";
  $("problem").replaceChildren();
  field.removeAttribute("aria-invalid");
  return stopping.signal;
}

export function endWorking() {
  stopping = null;
  showWorking();
}

function showWorking() {
  turns.setAttribute("aria-busy", String(isWorking()));
  for (const button of document.querySelectorAll("form[data-ask] button:not(#send)")) button.disabled = isWorking();
  $("send").textContent = isWorking() ? "Stop" : "Ask";
}
