// The answer that is on its way, of which there is one at most.

import { $, field, turns } from "./page.js";

let stopping = null;

export const isWorking = () => stopping !== null;
export const stopWorking = () => stopping?.abort();

// Returns the signal that ends it.
export function beginWorking() {
  stopping = new AbortController();
  show();
  $("said").textContent = "Looking through the articles.";
  $("problem").replaceChildren();
  field.removeAttribute("aria-invalid");
  return stopping.signal;
}

export function endWorking() {
  stopping = null;
  show();
}

function show() {
  turns.setAttribute("aria-busy", String(isWorking()));
  for (const button of document.querySelectorAll("form[data-ask] button:not(#send)")) button.disabled = isWorking();
  $("send").textContent = isWorking() ? "Stop" : "Ask";
}
