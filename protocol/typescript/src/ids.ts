import { randomBytes } from "node:crypto";
import type { Json, Methods } from "../../sidecar.js";
import { RETRY } from "./retry.js";

/** How the daemon begins the ids that it mints, by the member that holds them. */
const PREFIXES: Readonly<Record<string, string>> = {
  threadId: "thr",
  newThreadId: "thr",
  turnId: "turn",
  itemId: "item",
  inputId: "inp",
  runId: "run",
  stepId: "step",
  entryId: "mbe",
  requestId: "req",
  id: "msg",
  eventKey: "key",
  commitId: "commit",
};

/** Make an id as the daemon would: a prefix and a UUIDv7 in hex, in order of time. */
export function mint(prefix: string): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return `${prefix}_${bytes.toString("hex")}`;
}

/** A request that may be sent again has `isRepeatable`, and all ids that this takes. */
export interface Prepared {
  params: unknown;
  isRepeatable: boolean;
}

/**
 * Make a request repeatable where the contract allows it: by minting, in a copy,
 * the ids under which the daemon knows it again.
 */
export function prepare(method: keyof Methods, params: unknown): Prepared {
  // A newer daemon's method is unknown here: nothing is promised about it.
  const rule: string | undefined = RETRY[method];
  if (rule === undefined || rule === "never") return { params, isRepeatable: false };
  if (rule === "always") return { params, isRepeatable: true };
  return { params: withIds((params ?? {}) as Json, rule.split(".")), isRepeatable: true };
}

function withIds(value: Json, [step, ...rest]: string[]): Json {
  if (step === undefined || value === null || typeof value !== "object" || Array.isArray(value)) {
    return value;
  }
  if (step.endsWith("[]")) {
    const name = step.slice(0, -2);
    const list = value[name];
    if (!Array.isArray(list)) return value;
    return { ...value, [name]: list.map((each) => withIds(each, rest)) };
  }
  const held = value[step];
  if (rest.length > 0) return held ? { ...value, [step]: withIds(held, rest) } : value;
  // A null id is an absent one.
  return { ...value, [step]: held ?? mint(PREFIXES[step] ?? step) };
}
