// Compiled, never run: what is wrong must be refused, and what is right must be known.

import type {
  ErrorCodes,
  ErrorData,
  ErrorKind,
  Event,
  Json,
  Methods,
  Notifications,
  Thread,
  Usage,
} from "../../sidecar.js";
import { type Client, isDaemonEvent, isSidecarError } from "../src/index.js";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function hold<_T extends true>(): void {}

export async function calls(client: Client): Promise<void> {
  const { thread, created } = await client.call("thread/create", { title: "A", metadata: [1] });
  hold<Equal<typeof thread, Thread>>();
  hold<Equal<typeof created, boolean>>();
  hold<Equal<Thread["title"], string | null>>();

  // Params may be left out where none is required, and null where null is the same or clears.
  await client.call("thread/create");
  await client.call("daemon/ping");
  await client.call("thread/list", { archived: null });
  await client.call("thread/update", { threadId: thread.id, title: null });

  // @ts-expect-error: no such method
  await client.call("thread/creat", {});
  // @ts-expect-error: a required param is missing
  await client.call("thread/get", {});
  // @ts-expect-error: all params are missing
  await client.call("thread/get");
  // @ts-expect-error: no such param
  await client.call("thread/create", { titel: "A" });
  // @ts-expect-error: another type
  await client.call("thread/list", { limit: "10" });
  // @ts-expect-error: no such value of an enum
  await client.call("turn/start", { threadId: thread.id, status: "completed" });
  // @ts-expect-error: null is no thread
  await client.call("thread/get", { threadId: null });
  // @ts-expect-error: a function is no JSON
  await client.call("thread/create", { metadata: () => 1 });
  // @ts-expect-error: in a list of records too
  await client.call("event/appendMany", { events: [{ threadId: "t" }] });
  // @ts-expect-error: the client greets by itself
  await client.call("initialize", { clientInfo: { name: "a", version: "1" }, protocolVersion: 1 });
  // @ts-expect-error: no such member of a result
  void (await client.call("thread/get", { threadId: "t" })).threads;
}

export async function records(client: Client): Promise<void> {
  // What is sent may leave members out; what is answered has them all.
  const usage: Usage = { inputTokens: 1 };
  const { turn } = await client.call("turn/complete", { turnId: "t", usage, error: null });
  hold<Equal<NonNullable<typeof turn.usage>["costUsd"], number | null>>();
  hold<Equal<Methods["item/list"]["result"]["nextCursor"], string | null>>();
  hold<Equal<Notifications["event/synced"]["seq"], number>>();
  // @ts-expect-error: a member of an answer may be null
  turn.durationMs.toFixed();
}

export function errors(error: unknown, data: ErrorData): string | number {
  if (isSidecarError(error, "version_mismatch")) {
    hold<Equal<typeof error.data.expected, number>>();
    // @ts-expect-error: no detail of this kind
    void error.data.path;
  }
  // @ts-expect-error: no such kind
  isSidecarError(error, "not_found");
  hold<Equal<ErrorCodes["thread_not_found"], 1001>>();
  hold<Equal<keyof ErrorCodes, ErrorKind>>();
  switch (data.kind) {
    case "invalid_params":
      return data.path + data.reason;
    case "illegal_transition":
      return data.legal.join(", ");
    case "turn_active":
      // @ts-expect-error: it may be null
      return data.activeTurnId.length;
    default:
      return String(data.retryable);
  }
}

export function events(client: Client, event: Event): void {
  if (isDaemonEvent(event, "turn.completed")) void event.payload.turn.status;
  // @ts-expect-error: what a client wrote may be anything
  void event.payload.turn;
  hold<Equal<Event["payload"], Json>>();
  client.on("item/delta", ({ text, offset }) => text.slice(offset));
  // @ts-expect-error: no such notification
  client.on("item/deltas", () => {});
  // @ts-expect-error: no such filter
  client.events({ since: 3 });
}
