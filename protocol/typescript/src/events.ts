import type {
  DaemonEvents,
  Event,
  EventAppended,
  EventReset,
  EventSubscribeParams,
  EventSynced,
  Subscribed,
} from "../../sidecar.js";
import type { Client } from "./client.js";
import { HistoryLost, type SidecarError } from "./errors.js";
import { type Link, LinkLost } from "./link.js";
import { abortable, isRetryable, pause } from "./patience.js";

/** How many events wait for a slow reader; the rest stay in the daemon's log meanwhile. */
const MAX_WAITING = 10_000;

/** Which events to follow, and from where. */
export interface Follow extends EventSubscribeParams {
  signal?: AbortSignal;
}

/** An event that the daemon wrote, with the payload that its name promises. */
export type DaemonEvent<N extends keyof DaemonEvents> = Event & {
  event: N;
  source: "daemon";
  payload: DaemonEvents[N];
};

/** Tell an event of the daemon; a client may have used the same name with any payload. */
export function isDaemonEvent<N extends keyof DaemonEvents>(
  event: Event,
  name: N,
): event is DaemonEvent<N> {
  return event.source === "daemon" && event.event === name;
}

/** Follow events through any number of subscriptions, each from where the last one ended. */
export async function* follow(
  client: Client,
  { signal, ...wanted }: Follow,
): AsyncGenerator<Event, void, void> {
  let seq = wanted.sinceSeq ?? undefined;
  for (let tries = 1; !client.isClosed; tries++) {
    const link = await client.reach(signal);
    const inbox = new Inbox(client, link, signal);
    try {
      const params = seq === undefined ? wanted : { ...wanted, sinceSeq: seq };
      const { watermarkSeq } = await inbox.subscribe(params);
      seq ??= watermarkSeq;
      for (let each = await inbox.next(); each; each = await inbox.next()) {
        tries = 0;
        seq = Math.max(seq, each.seq);
        if (each.event) yield each.event;
      }
    } catch (error) {
      if (!(error instanceof LinkLost) && !isRetryable(error)) throw error;
      client.traced(`following goes on after event ${seq}: ${String(error)}`);
      if (!(error instanceof LinkLost)) await pause(tries, signal);
    } finally {
      inbox.close();
    }
  }
}

/** A place in the log that was reached, with its event unless it is only a mark, or a gap before it. */
interface Place {
  seq: number;
  event?: Event;
  gap?: HistoryLost;
}

/** One subscription, until its connection is lost or its reader falls too far behind. */
class Inbox {
  #id: string | undefined;
  #places: Place[] = [];
  /** What came before the answer that names the subscription. */
  #early: (() => void)[] = [];
  #isOverrun = false;
  #failure: Error | undefined;
  #wake = (): void => {};
  readonly #stop: (() => void)[];

  constructor(
    client: Client,
    private readonly link: Link,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#stop = [
      client.on("event/appended", (told) => this.#take(told, () => this.#appended(told))),
      client.on("event/synced", (told) => this.#take(told, () => this.#add({ seq: told.seq }))),
      client.on("event/reset", (told) =>
        this.#take(told, () => this.#add({ seq: 0, gap: new HistoryLost(told.minSeq) })),
      ),
      client.onFailure((error: SidecarError) => this.#fail(error)),
    ];
    void link.lost.then(() => this.#fail(new LinkLost(true)));
  }

  async subscribe(params: EventSubscribeParams): Promise<Subscribed> {
    const asked = this.link.request("event/subscribe", params, this.signal);
    const answer = (await asked) as Subscribed;
    this.#id = answer.subscriptionId;
    for (const take of this.#early.splice(0)) take();
    return answer;
  }

  /** Wait for the next place; undefined when the rest must be asked for anew. */
  async next(): Promise<Place | undefined> {
    for (;;) {
      this.signal?.throwIfAborted();
      const place = this.#places.shift();
      if (place?.gap) throw place.gap;
      if (place) return place;
      if (this.#failure) throw this.#failure;
      if (this.#isOverrun) return undefined;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await abortable(woken, this.signal);
    }
  }

  /** Hear no more; the daemon is told so, if it is still there. */
  close(): void {
    for (const stop of this.#stop.splice(0)) stop();
    if (this.#id === undefined) return;
    const params = { subscriptionId: this.#id };
    this.#id = undefined;
    // It ends with its connection anyway, and a subscription that has ended is what is wanted.
    this.link.request("event/unsubscribe", params).catch(() => {});
  }

  #take(told: EventAppended | EventReset | EventSynced, take: () => void): void {
    if (this.#id === undefined) this.#early.push(() => this.#take(told, take));
    else if (told.subscriptionId === this.#id) take();
  }

  #appended({ events }: EventAppended): void {
    for (const event of events) this.#add({ seq: event.seq, event });
  }

  #add(place: Place): void {
    if (this.#isOverrun) return;
    this.#places.push(place);
    if (this.#places.length >= MAX_WAITING) {
      this.#isOverrun = true;
      this.close();
    }
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
