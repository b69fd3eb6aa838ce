// Made by `scripts/generate` from the declarations of the methods; do not edit.

import type { Methods } from "../../sidecar.js";

/**
 * Whether a request whose answer was lost may be sent again: `always`, `never`,
 * or the path of the id by which the daemon knows it again.
 */
export const RETRY: Readonly<Record<keyof Methods, string>> = {
  "$/cancelRequest": "always",
  "daemon/backup": "never",
  "daemon/check": "always",
  "daemon/ping": "always",
  "daemon/recovery": "always",
  "daemon/shutdown": "never",
  "daemon/status": "always",
  "event/append": "eventKey",
  "event/appendMany": "events[].eventKey",
  "event/list": "always",
  "event/subscribe": "never",
  "event/unsubscribe": "never",
  initialize: "never",
  "item/create": "itemId",
  "item/delta": "never",
  "item/get": "always",
  "item/list": "always",
  "item/update": "never",
  "rpc.discover": "always",
  "sessionInput/admit": "inputId",
  "sessionInput/cancel": "always",
  "sessionInput/get": "always",
  "sessionInput/list": "always",
  "sessionInput/promote": "never",
  "sessionInput/update": "never",
  "thread/create": "threadId",
  "thread/delete": "never",
  "thread/get": "always",
  "thread/list": "always",
  "thread/transcript": "always",
  "thread/update": "never",
  "turn/complete": "always",
  "turn/get": "always",
  "turn/incomplete": "always",
  "turn/interrupt": "always",
  "turn/list": "always",
  "turn/start": "turnId",
  "turn/steer": "itemId",
};
