// Draws an answer (contract v1) as templates/answer.html does on the server: change both.
import { el } from "./dom.js";

export function answerArticle(answer, asked) {
  return el("article", { class: "answer", "data-status": answer.status },
    header(answer, asked.question),
    el("div", { class: "said" },
      ...answer.holders.map(holderCard),
      textWithCitations(answer),
      answer.chain.length ? chain(answer.chain) : null,
      answer.clarify ? clarifyForm(answer, asked) : null,
      answer.related.length ? relatedForm(answer, asked) : null),
    answer.citations.length ? citationList(answer.citations) : null,
    el("footer", { class: "after" },
      answer.citations.length
        ? el("p", { class: "keep" },
          el("a", { class: "quiet share", href: shareHref(answer, asked) }, "这个回答的链接"))
        : null,
      answer.answer_id ? feedback(answer.answer_id) : null));
}

// The article while its sentences come in; the whole one takes its place at the end.
export function writing(question) {
  const text = el("div", { class: "text" });
  const article = el("article", { class: "answer writing" },
    el("header", {}, el("p", { class: "asked" }, question)),
    el("div", { class: "said" }, text));
  const add = (sentence) => text.append(
    el("p", {}, sentence.text, ...sentence.citations.map((label) => el("span", { class: "cite" }, `[${label}]`))));
  return { article, add };
}

function shareHref(answer, asked) {
  const said = {
    question: asked.question,
    place: answer.place_code || asked.place,
    as_of: asked.as_of || answer.understood.as_of,
  };
  return `/ask?${new URLSearchParams(Object.entries(said).filter(([, value]) => value))}`;
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
  return el("section", { class: "holder", "data-role": holder.role },
    el("p", { class: "body" }, holder.parties[0].name),
    el("p", { class: "role" }, el("span", { class: "tag" }, holder.role), ` ${holder.words}`),
    office,
    phone("咨询电话", holder.phone, holder.phone_href),
    phone("监督投诉电话", holder.complaint_phone, holder.complaint_phone_href),
    holder.address ? el("p", { class: "contact" }, `清单公布的地点：${holder.address}`) : null);
}

function phone(what, number, href) {
  return number ? el("p", { class: "contact" }, `${what}（清单公布）：`, href ? el("a", { href }, number) : number) : null;
}

function chain(rungs) {
  return el("section", { class: "chain" },
    el("h3", {}, "责任链"),
    el("ol", {}, ...rungs.map((rung) =>
      el("li", { class: rung.parties.length ? "rung held" : "rung" },
        el("p", { class: "where" }, rung.level ? el("span", { class: "level" }, rung.level) : null, rung.level ? " " : null, rung.place),
        ...rung.parties.map(chainParty)))));
}

function chainParty(party) {
  const note = (words) => el("span", { class: "note" }, words);
  return el("div", { class: `party ${party.weight}` },
    el("p", {}, el("b", {}, party.body), " ", el("span", { class: "part" }, party.part)),
    party.name_of ? el("p", { class: "note" }, `以${party.name_of}的名义`) : null,
    party.office
      ? el("p", { class: "desk" }, el("span", { class: "level" }, "办"), ` ${party.office} `, note(party.office_words))
      : null);
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

const framed = () => (document.body.classList.contains("embed") ? hidden("embed", "1") : null);

function clarifyForm(answer, asked) {
  const byPlace = answer.clarify.ask === "place";
  return el("form", { class: "clarify", action: "/ask#answers", method: "get" },
    framed(),
    hidden("conversation_id", answer.conversation_id),
    hidden("as_of", asked.as_of ?? ""),
    byPlace ? hidden("question", asked.question) : hidden("place", asked.place ?? ""),
    ...answer.clarify.options.map((option) =>
      el("button", { class: "choice", name: byPlace ? "place" : "question", value: option.value },
        option.label)));
}

function relatedForm(answer, asked) {
  return el("form", { class: "related spare", action: "/ask#answers", method: "get" },
    el("h3", {}, "相近的事项"),
    framed(),
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
  return el("li", { translate: "no" },
    el("a", { class: "source", href: citation.href },
      el("span", { class: "label" }, `[${citation.label}]`), ` ${citation.source.title}`),
    el("p", { class: "facts" }, ...citation.facts.map((fact) => el("span", {}, fact))),
    el("p", { class: "facts" }, citation.where),
    el("blockquote", {}, citation.quote));
}

function feedback(id) {
  const verdict = (value, words, style) => el("button", { class: style, name: "verdict", value }, words);
  return el("form", { class: "feedback", action: "/feedback", method: "post" },
    hidden("answer_id", id),
    el("p", {}, "这个回答有用吗？"),
    verdict("up", "有用", "quiet"),
    verdict("down", "没用", "quiet"),
    el("details", {},
      el("summary", {}, "不对"),
      el("label", { for: `reason-${id}` }, "哪里不对？请不要写姓名、电话。"),
      el("textarea", { id: `reason-${id}`, name: "reason", rows: "2", maxlength: "500" }),
      verdict("wrong", "告诉我们", "button")));
}
