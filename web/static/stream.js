// Asks over server-sent events: each sentence as it comes, the whole answer at the end.

const TIMEOUT_MS = 60_000;

export async function askInPieces(asked, onSentence) {
  const response = await fetch("/api/ask/stream", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(asked),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => { throw new Error("没有连上，请检查网络后再试。"); });
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new Error(body.detail ?? "暂时答不了，请稍后再试。");
  }
  for await (const { event, data } of events(response.body)) {
    if (event === "segment") onSentence(data);
    else if (event === "problem") throw new Error(data.detail);
    else if (event === "answer") return data;
  }
  throw new Error("回答没有传完，请再试一次。");
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
