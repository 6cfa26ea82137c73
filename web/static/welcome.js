// What the page says of the index before anything is asked, and while it is built.

import { $, BASE, parsed } from "./page.js";

const LOOK_AGAIN_MS = 2500;

// Kept aside, to be there again with a new conversation.
let welcome = $("welcome")?.cloneNode(true);

// The page of a permanent link has none.
export const hasWelcome = () => Boolean(welcome);

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

// While a build is under way the page is loaded again, and what it says of the index is taken from there.
export async function followBuild() {
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
