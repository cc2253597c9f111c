// Draws an answer (contract v1) as templates/answer.html does on the server: change both.
import { el } from "./dom.js";

export function answerArticle(answer, asked) {
  return el("article", { class: "answer", "data-status": answer.status },
    header(answer, asked.question),
    el("div", { class: "said" },
      ...answer.holders.map(holderCard),
      textWithCitations(answer),
      answer.clarify ? clarifyForm(answer, asked) : null,
      answer.related.length ? relatedForm(answer, asked) : null),
    answer.citations.length ? citationList(answer.citations) : null);
}

function header(answer, question) {
  return el("header", {},
    el("p", { class: "asked" }, question),
    el("h2", { class: "status" }, answer.headline),
    answer.understood_words ? el("p", { class: "understood" }, answer.understood_words) : null);
}

function holderCard(holder) {
  const office = holder.office
    ? el("p", { class: "office" },
      el("span", { class: "name" }, holder.office_name), " ",
      el("span", { class: "note" }, holder.office_words))
    : null;
  return el("section", { class: "holder" },
    el("p", { class: "body" }, holder.parties[0].name),
    el("p", { class: "role" }, el("span", { class: "tag" }, holder.role), ` ${holder.words}`),
    office);
}

function textWithCitations(answer) {
  const byLabel = new Map(answer.citations.map((citation) => [citation.label, citation]));
  const sentences = answer.segments.map((segment) => {
    const cited = segment.citations.map((label) => byLabel.get(label)).filter(Boolean);
    return el("p", {}, segment.text, ...cited.map(citationMark));
  });
  return el("div", { class: "text" }, ...sentences);
}

function citationMark(citation) {
  const name = `出处${citation.label}：${citation.source.title}`;
  return el("a", { class: "cite", href: citation.href, "aria-label": name }, `[${citation.label}]`);
}

function hidden(name, value) {
  return el("input", { type: "hidden", name, value });
}

function clarifyForm(answer, asked) {
  const byPlace = answer.clarify.ask === "place";
  return el("form", { class: "clarify", action: "/ask", method: "get" },
    hidden("conversation_id", answer.conversation_id),
    hidden("as_of", asked.as_of ?? ""),
    byPlace ? hidden("question", asked.question) : hidden("place", asked.place ?? ""),
    ...answer.clarify.options.map((option) =>
      el("button", { class: "choice", name: byPlace ? "place" : "question", value: option.value },
        option.label)));
}

function relatedForm(answer, asked) {
  return el("form", { class: "related", action: "/ask", method: "get" },
    el("h3", {}, "相近的事项"),
    hidden("conversation_id", answer.conversation_id),
    hidden("place", asked.place ?? ""),
    ...answer.related.map((near) =>
      el("button", { class: "chip", name: "question", value: near.name }, near.name)));
}

function citationList(citations) {
  return el("section", { class: "citations" },
    el("h3", {}, "出处"),
    el("ol", {}, ...citations.map(citationItem)));
}

function citationItem(citation) {
  return el("li", {},
    el("a", { class: "source", href: citation.href },
      el("span", { class: "label" }, `[${citation.label}]`), ` ${citation.source.title}`),
    el("p", { class: "facts" }, ...citation.facts.map((fact) => el("span", {}, fact))),
    el("p", { class: "facts" }, citation.where),
    el("blockquote", {}, citation.quote));
}
