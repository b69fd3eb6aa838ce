// A small agent runner: takes a prompt, streams an answer, ends the turn.
//
//   (cd protocol/typescript && npm ci)          installs and builds the client, once
//   node protocol/examples/node/runner.mjs "What is a tide?"
//
// It needs a daemon: `scripts/run`, in another terminal. SIDECAR_SOCKET says which.

import { connect, isDaemonEvent } from "../../typescript/dist/index.js";

const prompt = process.argv[2] ?? "What is a tide?";
const client = await connect();

// The client mints the id of whatever it creates. Should the daemon die before its answer is
// here, the same request is sent again, and answered from the record: there is one thread.
const { thread } = await client.call("thread/create", { title: "An example" });
const threadId = thread.id;

// Whoever shows the conversation follows its events, from the first one on: each comes once and
// in order, through any number of restarts. It runs beside the runner, as another program would.
const shown = show();

// Admission makes the prompt durable; promotion binds it to the turn that answers it, at most
// once. With `promote` both are one transaction. On a busy thread the prompt waits: `turn` is
// null, and whoever ends the running turn with `promoteNext` gets it.
const { promotion } = await client.call("sessionInput/admit", { threadId, prompt, promote: true });
if (promotion.turn) await run(promotion.turn, promotion.items);
await shown;
await client.close();

async function run(turn, items) {
  const question = items.map((item) => item.detail).join("\n");
  // An open item is what "is writing…" is made of. If this process dies now, the daemon does not
  // know; if the daemon dies, it closes turn and item when it is back, and says so in events.
  const { item } = await client.call("item/create", { turnId: turn.id, kind: "agent_message" });
  let text = "";
  for await (const piece of model(question)) {
    // Pieces are shown at once and never stored: `offset` lets a reader see that one was lost.
    await client.call("item/delta", { itemId: item.id, text: piece, offset: text.length });
    text += piece;
  }
  // The whole text is what lasts.
  await client.call("item/update", { itemId: item.id, status: "completed", detail: text });
  const usage = { inputTokens: question.length, outputTokens: text.length };
  await client.call("turn/complete", { turnId: turn.id, usage, promoteNext: true });
}

async function show() {
  client.on("item/delta", ({ text }) => console.log(`  … ${text}`));
  for await (const event of client.events({ threadId, sinceSeq: 0, deltas: true })) {
    console.log(event.seq, event.event);
    // A client may append events with any name, so the guard looks at the source too.
    if (isDaemonEvent(event, "turn.completed")) {
      const { status, durationMs } = event.payload.turn;
      console.log(`the turn is ${status} after ${durationMs} ms`);
      return;
    }
  }
}

// Where a real runner calls a model.
async function* model(question) {
  yield `You asked: ${question} `;
  yield "The sea rises ";
  yield "and falls.";
}
