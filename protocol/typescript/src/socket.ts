import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where the daemon listens unless told otherwise: by the same rules as its own,
 * so that neither side needs a flag.
 */
export function defaultSocketPath(env: NodeJS.ProcessEnv = process.env): string {
  if (env["SIDECAR_SOCKET"]) return resolve(env["SIDECAR_SOCKET"]);
  const [runtime] = (env["RUNTIME_DIRECTORY"] ?? "").split(":");
  if (runtime) return join(runtime, "rpc.sock");
  if (env["XDG_RUNTIME_DIR"]) return join(env["XDG_RUNTIME_DIR"], "sidecar", "rpc.sock");
  const [state] = (env["STATE_DIRECTORY"] ?? "").split(":");
  if (state) return join(state, "rpc.sock");
  const home = env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  return join(home, "sidecar", "rpc.sock");
}
