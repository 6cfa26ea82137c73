// What a person thinks of an answer.

import { keepRating } from "./conversation.js";
import { parsed } from "./page.js";

export async function judge(sent, rating = sent.dataset.rating) {
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
