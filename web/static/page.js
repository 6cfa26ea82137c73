// What every part of the script knows: where the page is, what is in it, and how it tells the reader something.

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
