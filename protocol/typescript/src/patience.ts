import { SidecarError } from "./errors.js";

/** The first pause, which doubles up to the last: soon after a restart, seldom without a daemon. */
const FIRST_PAUSE_MS = 25;
const LAST_PAUSE_MS = 1_000;

/** Tell whether the same request may succeed later as it is, by the daemon's own word. */
export function isRetryable(error: unknown): boolean {
  return error instanceof SidecarError && error.data.retryable;
}

/** Wait before the next try, the longer the more there were. */
export async function pause(tries: number, signal?: AbortSignal): Promise<void> {
  const milliseconds = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LAST_PAUSE_MS);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await abortable(over, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Wait for a promise, but no longer than until the signal. */
export async function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return await promise;
  signal.throwIfAborted();
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
