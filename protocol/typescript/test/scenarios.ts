// What a client lives through with a real daemon: `node scenarios.js NAME SOCKET [BRIDGE…]`.
// It ends with 0 when all is as it should be; it may ask its caller to do something meanwhile.

import assert from "node:assert/strict";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import {
  createMessageConnection,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import {
  AnswerLost,
  type Client,
  connect,
  connectOrSpawn,
  type Event,
  HistoryLost,
  isDaemonEvent,
  isSidecarError,
  NoDaemon,
} from "../src/index.js";
import { prepare } from "../src/ids.js";

const [, , name, path, ...bridge] = process.argv as [string, string, string, string, ...string[]];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Ask the test for something, and wait until it is done. */
async function please(what: string): Promise<void> {
  console.log(what);
  await lines.next();
}

/** Take events until there are `count`. */
async function take(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const found: Event[] = [];
  for await (const event of events) if (found.push(event) === count) break;
  return found;
}

function listen(server: Server): Promise<string> {
  const beside = `${path}.near`;
  return new Promise((resolve) => server.listen(beside, () => resolve(beside)));
}

async function calls(client: Client): Promise<void> {
  const { thread, created } = await client.call("thread/create", { title: "Ünïcode 🌊" });
  assert.ok(created);
  assert.match(thread.id, /^thr_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  assert.equal(thread.title, "Ünïcode 🌊");
  assert.equal(client.server.protocolVersion, 1);

  const threadId = thread.id;
  await client.call("turn/start", { threadId, prompt: "go" });
  await assert.rejects(client.call("turn/start", { threadId, prompt: "again" }), (error) => {
    assert.ok(isSidecarError(error, "turn_active"));
    return error.code === 2005 && error.data.activeTurnId !== null && !error.data.retryable;
  });
  await assert.rejects(client.call("thread/get", { threadId: "none" }), (error) => {
    return isSidecarError(error, "thread_not_found") && error.data.id === "none";
  });
  await assert.rejects(client.call("thread/list", { limit: "1" as never }), (error) => {
    return isSidecarError(error, "invalid_params") && error.data.path === "limit";
  });
  // What is no JSON harms nobody else on the connection.
  await assert.rejects(client.call("thread/create", { metadata: 1n as never }), /BigInt/);

  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, n) => client.call("thread/create", { title: `${n}` })),
  );
  assert.deepEqual(
    answers.map((answer) => answer.thread.title),
    Array.from({ length: 500 }, (_, n) => `${n}`),
  );
}

async function events(client: Client): Promise<void> {
  const { thread } = await client.call("thread/create");
  const threadId = thread.id;
  const following = take(client.events({ threadId, sinceSeq: 0, events: ["note"] }), 60);
  for (let n = 0; n < 60; n++) {
    // Once between two requests, once in the midst of them.
    if (n === 20) await please("kill and start");
    if (n === 40) void please("kill and start");
    await client.call("event/append", { threadId, event: "note", payload: n });
  }
  const found = await following;
  assert.deepEqual(
    found.map((event) => event.payload),
    Array.from({ length: 60 }, (_, n) => n),
  );
  assert.ok(found.every((event, n) => n === 0 || event.seq > found[n - 1]!.seq));
  assert.ok(client.server.epoch > 2);
}

async function live(client: Client): Promise<void> {
  const { thread } = await client.call("thread/create");
  const threadId = thread.id;
  const deltas: string[] = [];
  const stop = client.on("item/delta", (delta) => deltas.push(delta.text));
  const abort = new AbortController();
  const following = client.events({ threadId, deltas: true, signal: abort.signal });
  const first = following.next();
  const { turn } = await client.call("turn/start", { threadId });
  const started = await first;
  assert.ok(started.value && isDaemonEvent(started.value, "turn.started"));
  assert.equal(started.value.payload.turn.id, turn.id);
  const { item } = await client.call("item/create", { turnId: turn.id, kind: "agent_message" });
  await client.call("item/delta", { itemId: item.id, text: "Hel", offset: 0 });
  await client.call("item/delta", { itemId: item.id, text: "lo", offset: 3 });
  await client.call("turn/complete", { turnId: turn.id });
  for await (const event of client.events({ threadId, sinceSeq: 0 })) {
    if (isDaemonEvent(event, "turn.completed")) break;
  }
  assert.deepEqual(deltas, ["Hel", "lo"]);
  stop();
  const rest = [await following.next(), await following.next(), await following.next()];
  assert.deepEqual(
    rest.map((each) => each.value?.event),
    ["item.started", "item.completed", "turn.completed"],
  );
  const reason = new Error("enough");
  const waiting = following.next();
  abort.abort(reason);
  await assert.rejects(waiting, reason);
  assert.equal((await client.call("daemon/status")).subscriptions, 0);
}

async function slowReader(client: Client): Promise<void> {
  const { thread } = await client.call("thread/create");
  const threadId = thread.id;
  const following = client.events({ threadId, sinceSeq: 0, events: ["many"] });
  const note = { threadId, event: "many" };
  await client.call("event/append", { ...note, payload: -1 });
  await following.next();
  for (let batch = 0; batch < 12; batch++) {
    const some = Array.from({ length: 1000 }, (_, n) => ({ ...note, payload: batch * 1000 + n }));
    await client.call("event/appendMany", { events: some });
  }
  // Only so many wait here; the others are fetched when these have been read.
  const found = await take(following, 12_000);
  assert.ok(found.every((event, n) => event.payload === n));
}

/** Stand between client and daemon, and lose the next answer when told to. */
async function lostAnswers(client: Client): Promise<void> {
  let toLose = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = createConnection(path);
    sockets.add(near.on("error", () => {})).add(far.on("error", () => {}));
    near.pipe(far);
    far.on("data", (chunk) => {
      // The greeting comes through.
      if (toLose > 0 && !chunk.includes("databaseId")) {
        toLose--;
        near.destroy();
        far.destroy();
      } else near.write(chunk);
    });
  });
  const traces: string[] = [];
  const trace = (message: string): void => void traces.push(message);
  const fragile = await connect(await listen(proxy), { trace });

  toLose = 1;
  const { thread, created } = await fragile.call("thread/create", { title: "once" });
  // The first try made it; the answer is that to the second.
  assert.equal(created, false);
  assert.ok(traces.some((message) => message.startsWith("thread/create is sent again")));
  toLose = 1;
  const append = { threadId: thread.id, event: "note" };
  await fragile.call("event/appendMany", { events: [append, append] });
  const { data } = await client.call("event/list", { threadId: thread.id, events: ["note"] });
  assert.equal(data.length, 2);
  toLose = 1;
  await assert.rejects(
    fragile.call("thread/update", { threadId: thread.id, title: "twice?" }),
    AnswerLost,
  );
  // A request that its daemon dies of is not sent for ever.
  toLose = 9;
  await assert.rejects(fragile.call("daemon/ping"), AnswerLost);
  assert.equal(toLose, 4);
  toLose = 0;
  // Whoever may not send again can look.
  const after = await fragile.call("thread/get", { threadId: thread.id });
  assert.equal(after.thread.title, "twice?");
  assert.equal((await client.call("thread/list")).data.length, 1);
  await fragile.close();
  for (const socket of sockets) socket.destroy();
  proxy.close();
}

async function cancel(): Promise<void> {
  let cancelled = 0;
  const server = createServer((socket) => {
    const reader = new SocketMessageReader(socket);
    const connection = createMessageConnection(reader, new SocketMessageWriter(socket));
    connection.onRequest("initialize", () => ({ databaseId: "db" }));
    connection.onRequest("daemon/ping", (_, token) => {
      return new Promise((_, reject) => {
        token.onCancellationRequested(() => {
          cancelled++;
          const data = { kind: "request_cancelled", retryable: false };
          reject(new ResponseError(-32800, "The request was cancelled", data));
        });
        arrived();
      });
    });
    connection.listen();
  });
  let arrived = (): void => {};
  const client = await connect(await listen(server));
  const abort = new AbortController();
  const isThere = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const call = client.call("daemon/ping", {}, { signal: abort.signal });
  await isThere;
  abort.abort(new Error("no more"));
  await assert.rejects(call, /no more/);
  assert.equal(cancelled, 1);
  await assert.rejects(client.call("daemon/ping", {}, { signal: abort.signal }), /no more/);
  await client.close();
  server.close();
}

async function hangUp(): Promise<void> {
  const sent: string[] = [];
  const server = createServer((socket) => {
    const reader = new SocketMessageReader(socket);
    reader.listen((message) => {
      const { id, method } = message as unknown as { id: number; method: string };
      const result = method === "initialize" ? { databaseId: "db" } : { atMs: id };
      const body = JSON.stringify({ jsonrpc: "2.0", id, result });
      sent.push(`Content-Length: ${body.length}\r\n\r\n${body}`);
      if (sent.length === 1) socket.write(sent[0]!);
      if (sent.length === 101) socket.end(sent.slice(1).join(""));
    });
  });
  const client = await connect(await listen(server));
  // All answers and the end come at once; had one been lost, it would be asked for again.
  await Promise.all(Array.from({ length: 100 }, () => client.call("daemon/ping")));
  assert.equal(sent.length, 101);
  server.close();
}

async function broken(): Promise<void> {
  const server = createServer((socket) => {
    const writer = new SocketMessageWriter(socket);
    new SocketMessageReader(socket).listen((message) => {
      const { id, method } = message as unknown as { id: number; method: string };
      const result =
        method === "initialize" ? { databaseId: "db" } : { subscriptionId: "s", watermarkSeq: 9 };
      const data = { kind: "corrupt_record", retryable: false, table: "event", key: "7" };
      const error = { code: 5001, message: "A stored record cannot be read", data };
      void writer.write({ jsonrpc: "2.0", id, result } as never);
      if (method === "event/subscribe")
        void writer.write({ jsonrpc: "2.0", id: null, error } as never);
    });
  });
  const client = await connect(await listen(server));
  // A history that cannot be told is an error, never a shorter history.
  await assert.rejects(take(client.events({ sinceSeq: 0 }), 9), (error) => {
    return isSidecarError(error, "corrupt_record") && error.data.key === "7";
  });
  await client.close();
  server.close();
}

async function shutdown(client: Client): Promise<void> {
  const calls = Array.from({ length: 50 }, () => client.call("thread/create"));
  const over = client.call("daemon/shutdown");
  // The daemon hangs up right behind its last answer, which must not be lost with it.
  assert.deepEqual(await over, {});
  assert.equal((await Promise.all(calls)).length, 50);
  const impatient = connect(path, { patienceMs: 0 });
  await assert.rejects(impatient, NoDaemon);
}

async function closing(client: Client): Promise<void> {
  const following = take(client.events(), 1000);
  const calls = Array.from({ length: 50 }, () => client.call("thread/create"));
  await client.close();
  assert.equal((await Promise.all(calls)).length, 50);
  assert.ok((await following).length <= 50);
  await assert.rejects(client.call("daemon/ping"), NoDaemon);
}

async function pruned(client: Client): Promise<void> {
  const threadId = "pruned";
  await client.call("thread/create", { threadId });
  for (let n = 0; n < 5; n++) await client.call("event/append", { threadId, event: "x" });
  assert.equal((await client.call("event/prune", { beforeSeq: 4 })).minSeq, 4);
  await assert.rejects(take(client.events({ sinceSeq: 1 }), 1), HistoryLost);
  assert.equal((await take(client.events({ sinceSeq: 3 }), 1))[0]!.seq, 4);
  assert.equal((await take(client.events({ sinceSeq: 0 }), 1))[0]!.seq, 4);
}

async function spawned(): Promise<void> {
  const command = bridge as [string, ...string[]];
  const client = await connectOrSpawn({ command });
  const { thread } = await client.call("thread/create");
  assert.equal((await client.call("daemon/status")).connections, 1);
  await client.close();
  const other = await connect(path);
  assert.equal((await other.call("thread/get", { threadId: thread.id })).thread.id, thread.id);
  await other.call("daemon/shutdown");
}

async function ids(): Promise<void> {
  const kept = prepare("thread/create", { threadId: "mine", title: "a" });
  assert.deepEqual(kept, { params: { threadId: "mine", title: "a" }, isRepeatable: true });
  const sent = { events: [{ threadId: "t", event: "a", eventKey: "k" }, { threadId: "t" }] };
  const { params } = prepare("event/appendMany", sent) as { params: { events: Event[] } };
  assert.match(JSON.stringify(params), /"eventKey":"k"\}.*"eventKey":"key_[0-9a-f]{32}"/);
  assert.ok(!("eventKey" in sent.events[1]!), "what was given is left alone");
  assert.equal(prepare("thread/update", {}).isRepeatable, false);
  assert.equal(prepare("thread/later" as never, {}).isRepeatable, false);
}

const alone: Record<string, () => Promise<void>> = { broken, cancel, hangUp, spawned, ids };
const served: Record<string, (client: Client) => Promise<void>> = {
  calls,
  events,
  live,
  slowReader,
  lostAnswers,
  pruned,
  shutdown,
  closing,
};

if (name in alone) await alone[name]!();
else {
  const client = await connect(path);
  await served[name]!(client);
  await client.close();
}
process.stdin.destroy();
