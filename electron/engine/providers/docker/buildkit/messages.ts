import { bool, bytes, count, type Decoded, int64, many, message, nested, one, text, textMap, uint32 } from './wire.ts';

/** What BuildKit says and hears: its control service, and the services it calls on our side of a session. */

/** Of files that are sent (`fsutil.types`). */
export const stat = message({
  path: one(1, text),
  /** Go's `os.FileMode`, whose kinds are other bits than those of Unix. */
  mode: one(2, uint32),
  uid: one(3, uint32),
  gid: one(4, uint32),
  size: one(5, int64),
  /** Nanoseconds since 1970. */
  modTime: one(6, int64),
  linkname: one(7, text),
});
export type Stat = Decoded<typeof stat>;

export const packetTypes = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const;
export const packet = message({
  type: one(1, uint32),
  stat: one(2, nested(stat)),
  id: one(3, uint32),
  data: one(4, bytes),
});

/** Also a chunk of an ssh agent's conversation, and nothing at all. */
export const chunk = message({ data: one(1, bytes) });
export const healthAnswer = message({ status: one(1, uint32) });
export const secretRequest = message({ id: one(1, text) });
export const secretAnswer = message({ data: one(1, bytes) });
export const credentialsRequest = message({ host: one(1, text) });
export const credentialsAnswer = message({ username: one(1, text), secret: one(2, text) });
export const agentRequest = message({ id: one(1, text) });

const cacheEntry = message({ type: one(1, text), attrs: textMap(2) });
export type CacheEntry = Decoded<typeof cacheEntry>;
const cacheOptions = message({ exports: many(4, nested(cacheEntry)), imports: many(5, nested(cacheEntry)) });
export const solveRequest = message({
  ref: one(1, text),
  exporter: one(3, text),
  exporterAttrs: textMap(4),
  session: one(5, text),
  frontend: one(6, text),
  frontendAttrs: textMap(7),
  cache: one(8, nested(cacheOptions)),
  entitlements: many(9, text),
});
export type SolveRequest = Decoded<typeof solveRequest>;
export const solveAnswer = message({ exporterResponse: textMap(1) });

const timestamp = message({ seconds: one(1, count), nanos: one(2, uint32) });
const vertex = message({
  digest: one(1, text),
  name: one(3, text),
  cached: one(4, bool),
  started: one(5, nested(timestamp)),
  completed: one(6, nested(timestamp)),
  error: one(7, text),
});
const vertexStatus = message({
  id: one(1, text),
  vertex: one(2, text),
  name: one(3, text),
  current: one(4, count),
  total: one(5, count),
  completed: one(8, nested(timestamp)),
});
const vertexLog = message({ vertex: one(1, text), data: one(4, bytes) });
const vertexWarning = message({ vertex: one(1, text), short: one(3, bytes) });
export const statusRequest = message({ ref: one(1, text) });
export const statusAnswer = message({
  vertexes: many(1, nested(vertex)),
  statuses: many(2, nested(vertexStatus)),
  logs: many(3, nested(vertexLog)),
  warnings: many(4, nested(vertexWarning)),
});
export type StatusAnswer = Decoded<typeof statusAnswer>;

const worker = message({ id: one(1, text), labels: textMap(2) });
export const workersAnswer = message({ records: many(1, nested(worker)) });

/** `google.rpc.Status`, in a trailer of a failed call. BuildKit writes its details as JSON. */
export const rpcStatus = message({
  code: one(1, uint32),
  message: one(2, text),
  details: many(3, nested(message({ typeUrl: one(1, text), value: one(2, bytes) }))),
});
