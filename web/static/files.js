// A conversation as a file that a person takes along.

import { made } from "./page.js";

export function json({ name, turns: asked }) {
  return JSON.stringify({ name, turns: asked.map(({ id, base, html, ...turn }) => turn) }, null, 2);
}

export function markdown({ name, turns: asked }) {
  const parts = [`# ${name}`];
  for (const turn of asked) {
    parts.push(`## ${turn.asked}`);
    if (turn.question !== turn.asked) parts.push(`Searched as: ${turn.question}`);
    const cited = turn.citations;
    if (!cited.length) parts.push(turn.answer);
    if (turn.prose) parts.push(turn.prose);
    cited.forEach((it, place) => parts.push(`> ${it.cited_text.replaceAll("\n", "\n> ")} [${place + 1}]`));
    const places = cited.map(
      (it, place) =>
        `${place + 1}. ${it.document_title}, characters ${it.start_char_index}-${it.end_char_index} (${it.article_id})`,
    );
    if (places.length) parts.push(places.join("\n"));
    parts.push(`Index ${turn.index_version}, ${turn.at}`);
  }
  return parts.join("\n\n") + "\n";
}

export function download(it, suffix, type, text) {
  const name = it.name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-|-$/g, "");
  const link = made("a", { href: URL.createObjectURL(new Blob([text], { type })) });
  link.download = `${name || "conversation"}.${suffix}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
