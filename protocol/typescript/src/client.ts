import type { Event, Initialized, Methods, Notifications } from "../../sidecar.js";
import {
  AnotherDatabase,
  AnswerLost,
  isSidecarError,
  NoDaemon,
  type SidecarError,
} from "./errors.js";
import { type Follow, follow } from "./events.js";
import { prepare } from "./ids.js";
import { Link, type LinkListener, LinkLost, type Transport } from "./link.js";
import { abortable, isRetryable, pause } from "./patience.js";

export type { Follow } from "./events.js";

/** How often one request is sent at most: a daemon that dies of it is not killed for ever. */
const MAX_SENDS = 5;
/** How long a daemon is waited for that has gone: a restart takes less than a second. */
const PATIENCE_MS = 10_000;
/** How long what is in flight may take when the client closes. */
const CLOSE_MS = 5_000;

export interface ClientOptions {
  /** How this program names itself to the daemon. */
  clientInfo?: { name: string; version: string };
  /** How long to wait for a daemon that has gone; `Infinity` for ever. 10 s unless said. */
  patienceMs?: number;
  /** Is told of every lost connection and every request that is sent again. */
  trace?: (message: string) => void;
}

export interface CallOptions {
  /** Aborting asks the daemon to give up waiting; what it has done by then is answered. */
  signal?: AbortSignal;
}

/** What a program calls; the rest is the client's own business. */
export type Callable = Exclude<
  keyof Methods,
  "initialize" | "event/subscribe" | "event/unsubscribe"
>;

type Arguments<M extends Callable> =
  Record<never, never> extends Methods[M]["params"]
    ? [params?: Methods[M]["params"], options?: CallOptions]
    : [params: Methods[M]["params"], options?: CallOptions];

type Listener = (params: never) => void;

/** A daemon, through however many connections; made by `connect` or `connectOrSpawn`. */
export class Client implements LinkListener {
  #server: Initialized | undefined;
  #link: Link | undefined;
  #finding: Promise<Link> | undefined;
  /** From `close()` on. */
  isClosed = false;
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #listeners = new Map<keyof Notifications, Set<Listener>>();
  readonly #followers = new Set<(error: SidecarError) => void>();

  private constructor(
    private readonly dial: () => Promise<Transport>,
    private readonly options: ClientOptions,
  ) {}

  /** Connect once; whoever is not there now is not waited for. */
  static async open(dial: () => Promise<Transport>, options: ClientOptions): Promise<Client> {
    const client = new Client(dial, options);
    await client.#greet();
    return client;
  }

  /** What the daemon said when it was last connected to: its limits, epoch, durability. */
  get server(): Initialized {
    return this.#server!;
  }

  /**
   * Ask and wait for the result, through restarts of the daemon where that is safe.
   *
   * A request that creates something gets an id minted here, unless it has one, so that it may
   * be sent again when its answer was lost. Where that may not be done, `AnswerLost` tells so.
   */
  async call<M extends Callable>(
    method: M,
    ...[params, { signal } = {}]: Arguments<M>
  ): Promise<Methods[M]["result"]> {
    if (this.isClosed) throw new NoDaemon("the client is closed");
    const asked = this.#ask(method, params, signal);
    this.#inFlight.add(asked);
    try {
      return (await asked) as Methods[M]["result"];
    } finally {
      this.#inFlight.delete(asked);
    }
  }

  async #ask(method: Callable, params: unknown, signal?: AbortSignal): Promise<unknown> {
    const prepared = prepare(method, params);
    for (let sends = 1; ; sends++) {
      const link = await this.reach(signal);
      try {
        return await link.request(method, prepared.params, signal);
      } catch (error) {
        if (signal?.aborted && isGivenUp(error)) throw signal.reason;
        const isLast = sends === MAX_SENDS;
        if (error instanceof LinkLost && (isLast || (error.wasSent && !prepared.isRepeatable))) {
          throw new AnswerLost(method, { cause: error });
        }
        const isPassing = error instanceof LinkLost || isRetryable(error);
        if (!isPassing || isLast) throw error;
        this.traced(`${method} is sent again: ${String(error)}`);
        if (!(error instanceof LinkLost)) await pause(sends, signal);
      }
    }
  }

  /**
   * Follow events: each once and in order, also when the daemon restarts in between.
   *
   * With `sinceSeq` the history after it comes first; without, it begins with what happens after
   * the first `next()`. Ends when the loop is left, and throws the signal's reason when aborted.
   */
  events(wanted: Follow = {}): AsyncGenerator<Event, void, void> {
    if (this.isClosed) throw new NoDaemon("the client is closed");
    return follow(this, wanted);
  }

  /** Listen to what the daemon tells unasked; call the answer to stop. */
  on<N extends keyof Notifications>(
    name: N,
    listener: (params: Notifications[N]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Be told why subscriptions of this connection cannot go on; call the answer to stop. */
  onFailure(listener: (error: SidecarError) => void): () => void {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }

  /** Take no more calls, wait for those that were made, and hang up. */
  async close(): Promise<void> {
    this.isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([late, Promise.allSettled(this.#inFlight)]);
    this.#link?.end();
    await Promise.race([late, this.#link?.lost]);
    this.#link?.destroy();
    clearTimeout(timer);
  }

  /** Take the connection there is, or wait for the next. */
  async reach(signal?: AbortSignal): Promise<Link> {
    signal?.throwIfAborted();
    if (this.#link && !this.#link.isLost) return this.#link;
    this.#finding ??= this.#find().finally(() => {
      this.#finding = undefined;
    });
    return await abortable(this.#finding, signal);
  }

  notified(name: keyof Notifications, params: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(params as never);
  }

  failed(error: SidecarError): void {
    this.traced(String(error));
    for (const listener of this.#followers) listener(error);
  }

  traced(message: string): void {
    this.options.trace?.(message);
  }

  /** Dial until somebody answers. */
  async #find(): Promise<Link> {
    const until = performance.now() + (this.options.patienceMs ?? PATIENCE_MS);
    for (let tries = 1; ; tries++) {
      if (this.isClosed) throw new NoDaemon("the client is closed");
      try {
        return await this.#greet();
      } catch (error) {
        const isPassing = error instanceof NoDaemon || isRetryable(error);
        if (!isPassing || performance.now() >= until) throw error;
        this.traced(`no daemon yet: ${String(error)}`);
        await pause(tries);
      }
    }
  }

  /** Dial once, and see who answers. */
  async #greet(): Promise<Link> {
    const transport = await this.dial().catch((cause: Error) => {
      throw new NoDaemon(`no daemon answers: ${cause.message}`, { cause });
    });
    const link = new Link(transport, this);
    try {
      const clientInfo = this.options.clientInfo ?? { name: "sidecar-client", version: "0.1.0" };
      const answer = await link.request("initialize", { clientInfo, protocolVersion: 1 });
      const server = answer as Initialized;
      if (this.#server && this.#server.databaseId !== server.databaseId) {
        throw new AnotherDatabase(`${server.databaseId} instead of ${this.#server.databaseId}`);
      }
      if (this.isClosed) throw new NoDaemon("the client is closed");
      this.#server = server;
      this.#link = link;
      return link;
    } catch (error) {
      link.destroy();
      if (error instanceof LinkLost) throw new NoDaemon("the daemon hung up", { cause: error });
      throw error;
    }
  }
}

function isGivenUp(error: unknown): boolean {
  return error instanceof LinkLost || isSidecarError(error, "request_cancelled");
}
