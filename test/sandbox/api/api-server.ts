import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { ListenOptions } from "node:net";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import type { Log } from "../../../nodectl/domain/log.ts";
import { CallLog } from "./call-log.ts";
import type { Cloud } from "./cloud.ts";
import type { ControlRoute } from "./control-route.ts";
import { controlRoutes } from "./control-routes.ts";
import { FaultRules } from "./fault-rules.ts";
import { HttpConnection } from "./http-connection.ts";
import { OciDoor, type Latency } from "./oci-door.ts";
import { RateLimiter, type RateLimits } from "./rate-limit.ts";
import { SignatureVerifier } from "./request-signature.ts";
import { startTicker } from "./ticker.ts";

export interface ApiServerOptions {
  readonly cloud: Cloud;
  /** Wall-clock time: for signatures, rate limits, latency and the log. The cloud has a clock of its own. */
  readonly clock: Clock;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Also listens on this unix socket, for clients inside network namespaces. The path must be free. */
  readonly socketPath?: string;
  readonly latency?: Partial<Latency>;
  readonly rateLimits?: RateLimits;
  /** Control routes of others, e.g. of the machines. */
  readonly controlRoutes?: readonly ControlRoute[];
  /**
   * Where the control API is served, which nobody signs. Default everywhere; "socket" keeps it from whoever reaches
   * the port, for routes that are not everybody's.
   */
  readonly controlDoor?: "everywhere" | "socket";
  /** How many calls the log keeps. Default 20,000. */
  readonly callCountMax?: number;
  /** Hears of defects of the sandbox. */
  readonly log?: Log;
}

export interface ApiServer {
  /** e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly calls: CallLog;
  readonly faults: FaultRules;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

/** Serves OCI's API and the control API. Rejects with the system's error when the port or the path is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { cloud, clock } = options;
  const calls = new CallLog(options.callCountMax ?? 20_000);
  const faults = new FaultRules();
  const door = new OciDoor({
    cloud,
    clock,
    verifier: new SignatureVerifier(cloud.region.apiKeys),
    limiter: new RateLimiter(options.rateLimits ?? {}),
    faults,
    calls,
    latency: { launchMs: 0, otherMs: 0, ...options.latency },
  });
  const routes = [...controlRoutes(cloud, calls, faults), ...(options.controlRoutes ?? [])];
  const connect = (open: readonly ControlRoute[] | undefined) =>
    new HttpConnection(door, open, clock, options.log);
  const portRoutes = options.controlDoor === "socket" ? undefined : routes;
  const servers = await listenEverywhere(connect(portRoutes), connect(routes), options);
  const stopTicker = startTicker(cloud);
  return {
    url: urlOf(servers[0]),
    calls,
    faults,
    close: async () => {
      await stopTicker();
      await Promise.all(servers.map(closeServer));
    },
  };
}

async function listenEverywhere(
  onPort: HttpConnection,
  onSocket: HttpConnection,
  options: ApiServerOptions,
): Promise<Server[]> {
  const { host = "127.0.0.1", port = 0, socketPath } = options;
  const servers = [await listen(onPort, { host, port })];
  if (socketPath === undefined) return servers;
  try {
    servers.push(await listen(onSocket, { path: socketPath }));
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    throw error;
  }
  return servers;
}

async function listen(connection: HttpConnection, where: ListenOptions): Promise<Server> {
  const server = createServer((request, response) => {
    void connection.handle(request, response);
  });
  // Longer than the pauses of a client that polls, so that it is not closed under its feet.
  server.keepAliveTimeout = 60_000;
  server.listen(where);
  await once(server, "listening");
  return server;
}

function urlOf(server: Server | undefined): string {
  const address = server?.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no address");
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
