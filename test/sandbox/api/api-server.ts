import type { Server } from "node:http";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import type { Log } from "../../../nodectl/domain/log.ts";
import { CallLog } from "./call-log.ts";
import type { Cloud } from "./cloud.ts";
import type { ControlRoute } from "./control-route.ts";
import { controlRoutes } from "./control-routes.ts";
import { FaultRules } from "./fault-rules.ts";
import type { Federation } from "./federation.ts";
import { HttpConnection } from "./http-connection.ts";
import { closeServer, listen, urlOf } from "./listen.ts";
import { OciDoor, type Latency } from "./oci-door.ts";
import { RateLimiter, type RateLimits } from "./rate-limit.ts";
import { SignatureVerifier } from "./request-signature.ts";
import { startTicker } from "./ticker.ts";

export interface ApiServerOptions {
  readonly cloud: Cloud;
  /** Wall-clock time: for signatures, rate limits, latency and the log. The cloud has a clock of its own. */
  readonly clock: Clock;
  /** Makes instance principals known. */
  readonly federation?: Federation;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** More addresses of this computer, with the same port. */
  readonly moreHosts?: readonly string[];
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
  const { cloud, clock, federation } = options;
  const calls = new CallLog(options.callCountMax ?? 20_000);
  const faults = new FaultRules();
  const limiter = new RateLimiter(options.rateLimits ?? {});
  const door = new OciDoor({
    cloud,
    clock,
    verifier: new SignatureVerifier(cloud.region.apiKeys, federation),
    ...(federation === undefined ? {} : { federation }),
    limiter,
    faults,
    calls,
    latency: { launchMs: 0, otherMs: 0, ...options.latency },
  });
  const behind = { cloud, calls, faults, limiter };
  const routes = [...controlRoutes(behind), ...(options.controlRoutes ?? [])];
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
  const { host = "127.0.0.1", moreHosts = [], port = 0, socketPath } = options;
  const servers = [await listen(onPort, { host, port })];
  try {
    for (const another of moreHosts) servers.push(await listen(onPort, { host: another, port }));
    if (socketPath !== undefined) servers.push(await listen(onSocket, { path: socketPath }));
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    throw error;
  }
  return servers;
}
