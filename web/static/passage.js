// The passage beside the answer, with the words that a mark or a source leads to.

import { $ } from "./page.js";

let opener = null;

export function openPassage(link) {
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

export function closePassage(back = true) {
  document.querySelector(".panel")?.remove();
  if (back && opener?.isConnected) opener.focus();
  opener = null;
}
