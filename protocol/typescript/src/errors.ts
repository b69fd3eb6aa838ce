import type { ErrorData, ErrorKind } from "../../sidecar.js";

/** The daemon refused; switch on `kind`, whose details are in `data`. */
export class SidecarError<K extends ErrorKind = ErrorKind> extends Error {
  override readonly name = "SidecarError";

  constructor(
    readonly code: number,
    message: string,
    readonly data: ErrorData<K>,
  ) {
    super(`${data.kind}: ${message}`);
  }

  get kind(): K {
    return this.data.kind;
  }
}

/** Tell an error of this kind, and open its details to the type checker. */
export function isSidecarError<K extends ErrorKind>(
  error: unknown,
  kind: K,
): error is SidecarError<K> {
  return error instanceof SidecarError && error.kind === kind;
}

/** Nobody answers where the daemon should be, for longer than was to be waited. */
export class NoDaemon extends Error {
  override readonly name = "NoDaemon";
}

/**
 * The connection ended before the answer came, and the request cannot be sent
 * again: whether it took effect is for the caller to find out.
 */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";

  constructor(
    readonly method: string,
    options?: ErrorOptions,
  ) {
    super(`the answer to ${method} was lost`, options);
  }
}

/** The daemon that answers now keeps another database than the one before. */
export class AnotherDatabase extends Error {
  override readonly name = "AnotherDatabase";
}

/** The log was pruned beyond the place from which it was followed: events are gone unseen. */
export class HistoryLost extends Error {
  override readonly name = "HistoryLost";

  constructor(readonly minSeq: number) {
    super(`events before ${minSeq} are gone`);
  }
}
