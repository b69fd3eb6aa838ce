import type { Readable, Writable } from "node:stream";
import {
  CancellationTokenSource,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  ErrorCodes,
  type MessageConnection,
  ParameterStructures,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type { ErrorData, Notifications } from "../../sidecar.js";
import { SidecarError } from "./errors.js";

/** A stream in each direction; its end is seen by the end of `input`. */
export interface Transport {
  input: Readable;
  output: Writable;
}

/** Who is told what comes unasked. */
export interface LinkListener {
  notified(name: keyof Notifications, params: unknown): void;
  /** An error that belongs to no request: a subscription could not go on. */
  failed(error: SidecarError): void;
  /** Something to be told to whoever looks for a fault. */
  traced(message: string): void;
}

/** The connection ended; `wasSent` tells whether the request may have arrived. */
export class LinkLost extends Error {
  override readonly name = "LinkLost";

  constructor(readonly wasSent: boolean) {
    super("the connection to the daemon ended");
  }
}

const NOTIFICATIONS: readonly (keyof Notifications)[] = [
  "event/appended",
  "event/synced",
  "event/reset",
  "item/delta",
];

/** Tell of errors that belong to no request: they have no id, and the library only logs them. */
class Reader extends StreamMessageReader {
  constructor(
    input: Readable,
    private readonly onOrphan: (error: SidecarError) => void,
  ) {
    super(input);
  }

  override listen(callback: DataCallback): Disposable {
    return super.listen((message) => {
      const { id, error } = message as { id?: unknown; error?: ResponseError<ErrorData> };
      const told = id === null && error ? toldBy(error) : undefined;
      if (told) this.onOrphan(told);
      else callback(message);
    });
  }
}

/** One connection, from its opening to its end; a new one is another Link. */
export class Link {
  /** Settles when the connection has ended, whoever ended it. */
  readonly lost: Promise<void>;
  isLost = false;
  readonly #connection: MessageConnection;

  constructor(
    private readonly transport: Transport,
    listener: LinkListener,
  ) {
    const trace = (message: string): void => listener.traced(message);
    const reader = new Reader(transport.input, (error) => listener.failed(error));
    // Where one message cannot be read, nobody knows where the next begins.
    reader.onError(() => this.destroy());
    this.#connection = createMessageConnection(
      reader,
      new StreamMessageWriter(transport.output),
      { error: trace, warn: trace, info: trace, log: trace },
      // With a bound answers are taken as they are read; without, those that are in the library's
      // queue when the daemon hangs up would be lost.
      { maxParallelism: 1 },
    );
    for (const name of NOTIFICATIONS) {
      this.#connection.onNotification(name, (params: unknown) => listener.notified(name, params));
    }
    this.lost = new Promise((resolve) => {
      this.#connection.onClose(() => {
        this.isLost = true;
        // Rejects what still waits for an answer.
        this.#connection.dispose();
        resolve();
      });
    });
    this.#connection.listen();
  }

  /** Ask once; an abort is passed on to the daemon, whose answer is still waited for. */
  async request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    if (this.isLost) throw new LinkLost(false);
    const cancel = new CancellationTokenSource();
    const abort = (): void => cancel.cancel();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await this.#connection.sendRequest(
        method,
        ParameterStructures.byName,
        params ?? {},
        cancel.token,
      );
    } catch (error) {
      const told = toldBy(error);
      if (told) throw told;
      throw this.#isTheEnd(error) ? new LinkLost(true) : error;
    } finally {
      signal?.removeEventListener("abort", abort);
      cancel.dispose();
    }
  }

  /** Say that nothing more will be asked: the daemon answers what it has, and hangs up. */
  end(): void {
    this.transport.output.end();
  }

  /** Hang up at once. */
  destroy(): void {
    this.transport.output.destroy();
    this.transport.input.destroy();
  }

  #isTheEnd(error: unknown): boolean {
    if (this.isLost) return true;
    // A message that cannot be written as JSON fails too, and harms nobody else.
    const isWriting = error instanceof ResponseError && error.code === ErrorCodes.MessageWriteError;
    return isWriting && !this.transport.output.writable;
  }
}

/** Read a daemon's error; the library's own errors have no kind. */
function toldBy(error: unknown): SidecarError | undefined {
  const { code, message, data } = error as ResponseError<ErrorData>;
  return data?.kind === undefined ? undefined : new SidecarError(code, message, data);
}
