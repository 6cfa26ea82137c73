// Adds turns to the page that is open, and says how far a build is. Without this script the same forms load the
// same page anew.

const UNREACHED = "The server did not answer. Your question is still here: see that it runs, then ask again.";

const LOOK_AGAIN_MS = 2500;

const turns = document.getElementById("turns");
const form = document.getElementById("ask");
const field = document.getElementById("question");
const problem = document.getElementById("problem");
const said = document.getElementById("said");

let waiting = false;

followBuild();

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-ask]")) return;
  event.preventDefault();
  if (waiting) return;
  const asked = new FormData(event.target, event.submitter);
  // A suggestion goes into the field as well: should anything fail, it is there to be asked again.
  field.value = asked.get("question");
  asked.set("turn", String(turns.querySelectorAll(".turn").length + 1));
  ask(asked);
});

document.addEventListener("click", (event) => {
  const reference = event.target.closest?.("a.ref");
  if (reference) reveal(document.getElementById(reference.hash.slice(1)));
});

async function ask(asked) {
  setWaiting(true);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(asked),
      headers: { "X-Requested-With": "fetch", Accept: "text/html" },
    });
    const part = new DOMParser().parseFromString(await response.text(), "text/html").body;
    setWaiting(false);
    if (response.ok) show(part);
    else refuse(part.textContent.trim() || `The server answered with status ${response.status}.`);
  } catch {
    setWaiting(false);
    refuse(UNREACHED);
  }
}

function setWaiting(now) {
  waiting = now;
  turns.setAttribute("aria-busy", String(now));
  for (const button of document.querySelectorAll("form[data-ask] button")) button.disabled = now;
  form.querySelector("button").textContent = now ? "Asking…" : "Ask";
  if (!now) return;
  said.textContent = "Looking through the articles.";
  problem.replaceChildren();
  field.removeAttribute("aria-invalid");
}

// The focus goes to the question, so that the next Tab is on its answer; the answer itself is said once,
// by the status, which a focus inside it would say a second time.
function show(part) {
  document.getElementById("welcome")?.remove();
  const turn = part.querySelector(".turn");
  turns.append(turn);
  field.value = "";
  const question = turn.querySelector(".question");
  question.focus({ preventScroll: true });
  question.scrollIntoView({ block: "start" });
  said.textContent = Array.from(turn.querySelectorAll("[data-say]"), (part) => part.textContent.trim()).join(" ");
}

function refuse(sentence) {
  const told = document.createElement("p");
  told.className = "problem";
  told.textContent = sentence;
  problem.replaceChildren(told);
  said.textContent = "";
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

// While a build is under way the page is loaded again, and what it says of the index is taken from there.
async function followBuild() {
  while (document.querySelector("#status[data-changing]")) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    if (document.hidden) continue;
    try {
      const response = await fetch("/", { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of ["#status", "#welcome[data-away]", "footer.site"]) renew(part, page);
    } catch {
      // The server is not there at the moment; it is looked for again.
    }
  }
}

// A part that grew shorter keeps its height: the form below must not move under a hand that is about to use it.
function renew(part, page) {
  const old = document.querySelector(part);
  const fresh = page.getElementById(old?.id) ?? page.querySelector(part);
  if (!old || !fresh || old.isEqualNode(fresh)) return;
  const { height } = old.getBoundingClientRect();
  old.replaceWith(fresh);
  if (fresh.id === "status") fresh.style.minHeight = `${height}px`;
}

// Browsers open what a link leads to inside a closed element, but not all of them do.
function reveal(target) {
  const card = target?.closest("details");
  if (card) card.open = true;
  target?.focus({ preventScroll: true });
}
