export type * from "../../sidecar.js";
export { Client, type CallOptions, type ClientOptions, type Follow } from "./client.js";
export { connect, connectOrSpawn, type ConnectOptions, type SpawnOptions } from "./connect.js";
export {
  AnotherDatabase,
  AnswerLost,
  HistoryLost,
  isSidecarError,
  NoDaemon,
  SidecarError,
} from "./errors.js";
export { isDaemonEvent, type DaemonEvent } from "./events.js";
export { mint } from "./ids.js";
export { RETRY } from "./retry.js";
export { defaultSocketPath } from "./socket.js";
