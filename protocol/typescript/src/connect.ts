import { spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection } from "node:net";
import { Client, type ClientOptions } from "./client.js";
import type { Transport } from "./link.js";
import { defaultSocketPath } from "./socket.js";

export type ConnectOptions = ClientOptions;

export interface SpawnOptions extends ClientOptions {
  /** The bridge: speaks the protocol on its stdin and stdout, and starts a daemon if none runs. */
  command?: readonly [string, ...string[]];
  /** Its environment; `SIDECAR_SOCKET` and `SIDECAR_DATABASE` say which daemon is meant. */
  env?: NodeJS.ProcessEnv;
}

/** Connect to the daemon that runs; throws `NoDaemon` if none does. */
export async function connect(
  socketPath: string = defaultSocketPath(),
  options: ConnectOptions = {},
): Promise<Client> {
  return await Client.open(() => overSocket(socketPath), options);
}

/** Connect to the daemon, which is started if none runs and outlives this program. */
export async function connectOrSpawn({
  command = ["sidecar", "stdio", "--spawn"],
  env = process.env,
  ...options
}: SpawnOptions = {}): Promise<Client> {
  return await Client.open(() => overBridge(command, env), options);
}

async function overSocket(path: string): Promise<Transport> {
  const socket = createConnection(path);
  await once(socket, "connect");
  return { input: socket, output: socket };
}

async function overBridge(
  [program, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<Transport> {
  const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "inherit"] });
  await once(child, "spawn");
  child.on("error", (error) => child.stdout.destroy(error));
  return { input: child.stdout, output: child.stdin };
}
