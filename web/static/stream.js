// Asks over server-sent events: each sentence as it comes, the whole article at the end.
import { say } from "./words.js";

const TIMEOUT_MS = 60_000;

export async function askInPieces(asked, onSentence) {
  const response = await fetch("/ask/stream", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(asked),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => { throw new Error(say("offline")); });
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new Error(body.detail ?? say("failed"));
  }
  for await (const { event, data } of events(response.body)) {
    if (event === "segment") onSentence(data);
    else if (event === "problem") throw new Error(data.detail);
    else if (event === "article") return data;
  }
  throw new Error(say("cut-off"));
}

async function* events(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8"); // one for all pieces: a character may be cut in two
  let text = "";
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) yield parsed(block);
  }
}

function parsed(block) {
  const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
  return { event: fields.event, data: JSON.parse(fields.data) };
}
