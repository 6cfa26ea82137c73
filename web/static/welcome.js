// What the page says before anything is asked. It is kept aside, to be there again with a new conversation.

import { $ } from "./page.js";

let welcome = $("welcome")?.cloneNode(true);

// The page of a permanent link has none.
export const hasWelcome = () => Boolean(welcome);

export function renewWelcome(page) {
  welcome = page.getElementById("welcome")?.cloneNode(true) ?? welcome;
}

export function showWelcome() {
  ($("welcome") ?? $("main").querySelector("h1")).replaceWith(welcome.cloneNode(true));
}

// The heading of the page stays for those who hear it.
export function leaveWelcome() {
  const heading = $("welcome")?.querySelector("h1");
  if (!heading) return;
  heading.className = "unseen";
  $("welcome").replaceWith(heading);
}
