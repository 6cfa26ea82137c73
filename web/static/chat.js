// Makes a conversation of the page: streams answers into it, shows passages beside them, and keeps what was asked in
// this browser. Here is what a person does; the modules are what comes of it. Without them the same forms and links
// load the same page anew.

import { ask } from "./asking.js";
import { beginWith, conversation, show } from "./conversation.js";
import { follow, list, manage, open } from "./conversations.js";
import { judge } from "./feedback.js";
import { clearFilters, filters, showFilters } from "./filters.js";
import { $, edit, field, form, isWorking, stopWorking, turns } from "./page.js";
import { closePassage, openPassage } from "./passage.js";
import { kept, openId } from "./storage.js";
import { followBuild } from "./welcome.js";

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent.matches("form[data-ask]")) {
    event.preventDefault();
    if (!isWorking()) ask(event.submitter?.name === "question" ? event.submitter.value : field.value);
  } else if (sent.matches("form[data-feedback]")) {
    event.preventDefault();
    judge(sent, event.submitter?.value || undefined);
  }
});

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest?.(selector);
  let found;
  if ($("corpora")?.open && !on("#corpora")) $("corpora").open = false;
  if (isWorking() && on("#send")) {
    event.preventDefault();
    stopWorking();
  } else if ((found = on(".turn a.ref, .turn a.brief"))) {
    event.preventDefault();
    openPassage(found);
  } else if ((found = on("[data-again]"))) {
    event.preventDefault();
    askAgain(found.dataset);
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
    else if (isWorking()) stopWorking();
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

start();

function start() {
  const linked = turns.querySelector(".turn"); // the server's: of a permanent link
  const left = kept(openId()); // before this tab was loaded anew
  if (linked) beginWith(linked);
  else if (left) show(left);
  list();
  showFilters();
  follow();
  followBuild();
}

function askAgain({ again, alone, unfiltered }) {
  if (!isWorking()) ask(again, { alone: alone !== undefined, filters: unfiltered === undefined ? filters() : {} });
}

function closeCorpora() {
  $("corpora").open = false;
  $("corpora").querySelector("summary").focus();
}
