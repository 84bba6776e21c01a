import { afterEach, beforeAll } from "vitest";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import type { Log } from "../../../nodectl/domain/log.ts";
import { InstancePrincipal } from "../../../nodectl/oci/instance-principal.ts";
import type { ApiServer } from "../../sandbox/api/api-server.ts";
import type { CloudInstance } from "../../sandbox/api/cloud-event.ts";
import { Cloud } from "../../sandbox/api/cloud.ts";
import { Federation } from "../../sandbox/api/federation.ts";
import { addManagementInstance } from "../../sandbox/api/management-instance.ts";
import { ManualClock } from "../../sandbox/api/manual-clock.ts";
import type { MetadataServer } from "../../sandbox/api/metadata-server.ts";
import { startPrincipalServers } from "../../sandbox/api/principal-servers.ts";
import { testRegion } from "../../sandbox/api/test-bench.ts";

export const TOKEN_LIFE_MS = 3_600_000;

/** An instance with its metadata service and OCI's federation service, all by one clock that the test moves. */
export interface PrincipalWorld {
  readonly clock: ManualClock;
  readonly api: ApiServer;
  readonly metadata: MetadataServer;
  /** What was warned of. */
  readonly warnings: readonly string[];
  open(options?: { readonly clock?: Clock }): Promise<InstancePrincipal>;
  /** How often this operation was asked for. */
  readonly count: (operation: "GetMetadata" | "GetSecurityToken") => number;
  close(): Promise<void>;
}

/**
 * Makes worlds for the tests of a file, and closes each when its test ends. They share the federation service, whose
 * keys take long to make.
 */
export function usePrincipalWorlds(): () => Promise<PrincipalWorld> {
  const open: { close(): Promise<void> }[] = [];
  // Real time, which the date of every answer is as well.
  const startMs = systemClock.now();
  let federation: Federation;
  beforeAll(async () => {
    const clock = new ManualClock(startMs);
    federation = await Federation.start({
      region: testRegion(),
      clock,
      tokenLifeMs: TOKEN_LIFE_MS,
    });
  }, 30_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  return async () => {
    const world = await startWorld(federation, new ManualClock(startMs));
    open.push(world);
    return world;
  };
}

async function startWorld(federation: Federation, clock: ManualClock): Promise<PrincipalWorld> {
  const region = testRegion();
  const cloud = new Cloud({ region, clock });
  const [subnet] = region.subnets;
  if (subnet === undefined) throw new Error("the region has no subnet");
  const instance = addManagementInstance(cloud, subnet, "clustera");
  const caller = (): CloudInstance => instance;
  const servers = await startPrincipalServers({ cloud, clock, federation, caller });
  const { api, metadata } = servers;
  const warnings: string[] = [];
  return {
    ...{ clock, api, metadata, warnings },
    close: () => servers.close(),
    open: (options) =>
      InstancePrincipal.open({
        metadataEndpoint: metadata.url,
        federationUrl: `${api.url}/v1/x509`,
        clock: options?.clock ?? clock,
        log: warnInto(warnings),
        signal: new AbortController().signal,
      }),
    count: (name) => api.calls.since(0).filter(({ operation }) => operation === name).length,
  };
}

function warnInto(warnings: string[]): Log {
  return {
    info: () => undefined,
    warn: (event, fields) => {
      warnings.push(`${event}: ${fields?.reason ?? ""}`);
    },
    error: () => undefined,
  };
}
