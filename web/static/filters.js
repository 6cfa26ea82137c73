// Which of the articles are asked.

import { $, field, form } from "./page.js";

export function filters() {
  const chosen = new FormData(form);
  return {
    sources: chosen.getAll("source"),
    since: chosen.get("since") || null,
    until: chosen.get("until") || null,
  };
}

export function showFilters() {
  const { sources, since, until } = filters();
  const named = sources.length > 2 ? [`${sources.length} sources`] : sources;
  const days = [since && `from ${since}`, until && `to ${until}`].filter(Boolean).join(" ");
  const shown = [...named, days].filter(Boolean).join(", ");
  if (!$("filters")) return;
  $("active").textContent = shown && `: ${shown}`;
  $("clear").hidden = !shown;
}

export function clearFilters() {
  for (const chosen of form.querySelectorAll("[name=source]:checked")) chosen.checked = false;
  for (const day of form.querySelectorAll("[type=date]")) day.value = "";
  showFilters();
  field.focus();
}
