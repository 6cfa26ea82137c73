// The conversations at the side: opened, named, saved as files, deleted.

import { conversation, followOtherTabs, leave, show } from "./conversation.js";
import { download, json, markdown } from "./files.js";
import { $, BASE, coarse, edit, field, made, stopWorking, tell } from "./page.js";
import { closePassage } from "./passage.js";
import { all, drop, isKept, kept, save } from "./storage.js";
import { hasWelcome, showWelcome } from "./welcome.js";

let deleted = null;

export function list() {
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

// `null` opens a new one.
export function open(it) {
  stopWorking();
  if (!it && !hasWelcome()) return location.assign(`${BASE}/`);
  closePassage(false);
  leave();
  tell("");
  if (it) show(it);
  else showWelcome();
  if (location.search) window.history.replaceState(null, "", `${BASE}/`);
  list();
  if ($("conversations").matches(":popover-open")) $("conversations").hidePopover();
  if (!it) edit("");
  else if (!coarse.matches) field.focus({ preventScroll: true });
}

export function manage(button) {
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
  else if (does === "delete") remove(it);
}

export function follow() {
  addEventListener("storage", (event) => {
    if (!isKept(event.key)) return;
    followOtherTabs();
    list();
  });
}

function remove(it) {
  deleted = it;
  drop(it.id);
  if (it.id === conversation?.id) open(null);
  list();
  $("undo").replaceChildren(...$("deleted").content.cloneNode(true).childNodes);
  $("undo").querySelector("button").focus();
}

function rename(row, it) {
  const input = made("input", { value: it.name, maxLength: 80 });
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
