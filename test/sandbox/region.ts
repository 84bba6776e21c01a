import { once } from "node:events";
import { createConnection } from "node:net";
import { join, resolve } from "node:path";
import type { Clock } from "../../nodectl/domain/clock.ts";
import type { Log } from "../../nodectl/domain/log.ts";
import { startApiServer, type ApiServer } from "./api/api-server.ts";
import { AddressPool } from "./api/address-pool.ts";
import { Cloud } from "./api/cloud.ts";
import type { CloudInstance } from "./api/cloud-event.ts";
import { createCredentials, publicHalf, writeCredentials } from "./api/credentials.ts";
import type { Federation } from "./api/federation.ts";
import {
  addManagementInstance,
  MANAGEMENT_NAME,
  managementImageOf,
} from "./api/management-instance.ts";
import { startNameServer } from "./api/name-server.ts";
import { createRegion, type RegionDescription, type SubnetDescription } from "./api/region.ts";
import { addStrangers } from "./api/strangers.ts";
import { addressOfName } from "./api/vcn-names.ts";
import { deployedMetadata, type DeploymentPlace } from "./deployment.ts";
import type { ClusterDescription } from "./machines/cluster-description.ts";
import { mountControlGroups } from "./machines/control-group.ts";
import { Hypervisor, type ClusterMachines } from "./machines/hypervisor.ts";
import type { Machine } from "./machines/machine.ts";
import { createSecrets } from "./machines/secrets.ts";
import {
  buildBridges,
  METADATA_ADDRESS,
  planBridges,
  type SubnetBridge,
} from "./machines/subnet-bridges.ts";
import { readAccounts } from "./machines/write-files.ts";
import { layOutBootingCluster, layOutCluster } from "./region-clusters.ts";
import { machineRoutes } from "./region-control.ts";
import {
  CAPTURES,
  CONTROL_GROUPS,
  CONTROL_SOCKET,
  OPERATOR,
  type ManagementPlan,
  type RegionPlan,
} from "./region-plan.ts";
import { HTTP_PORT, serveMetadata, startFederation } from "./region-principals.ts";
import { serveSources, takeSources, type RegionSources } from "./region-sources.ts";

const SLURMCTLD_PORT = 6817;
const DNS_PORT = 53;
const SLURMCTLD_START_MS_MAX = 20_000;
const POLL_MS = 20;
const STRANGERS = "strangers";

export interface RegionTools {
  readonly clock: Clock;
  readonly log: Log;
}

interface Cluster {
  readonly description: ClusterDescription;
  readonly managementInstance: CloudInstance;
}

/**
 * Brings a region up in the namespaces and the working directory of this process: network, API, hypervisor, and the
 * clusters' management nodes. Resolves when every slurmctld listens; with machines that boot, when their boot has begun.
 */
export async function startRegion(plan: RegionPlan, tools: RegionTools): Promise<void> {
  const { clock, log } = tools;
  const sources = plan.booting && (await takeSources(plan.booting));
  const region = await admitOperator(describeRegion(plan.clusterIds), plan);
  const cloud = new Cloud({ region, clock, settings: plan.cloud });
  const clusters = plan.clusterIds.map((id) => addCluster({ cloud, plan, sources }, id));
  addStrangers(cloud, { nodeNames: plan.strangerNames });
  const bridges = planBridges(region.subnets);
  const [federation] = await Promise.all([
    startFederation(
      cloud,
      clusters.map(({ managementInstance }) => managementInstance),
    ),
    buildBridges(bridges),
  ]);
  const hypervisor = await createHypervisor(plan, { clusters, bridges, log });
  cloud.subscribe(hypervisor.listen);
  cloud.consoles.readFrom(hypervisor.readConsole);
  const parts = { cloud, federation, hypervisor, bridges };
  const api = await serveApi(parts, plan, tools);
  await serveMetadata(cloud, federation, { ...api, log });
  if (sources !== undefined) {
    await serveSources(sources, bridges, log);
    await serveNames(cloud, log);
  }
  await Promise.all(
    clusters.map(async ({ managementInstance }) => {
      const machine = await powerManagementNodeOn(managementInstance, hypervisor);
      if (plan.booting === undefined) await untilSlurmctldListens(machine, clock);
    }),
  );
}

interface HypervisorParts {
  readonly clusters: readonly Cluster[];
  readonly bridges: readonly SubnetBridge[];
  readonly log: Log;
}

async function createHypervisor(
  plan: RegionPlan,
  { clusters, bridges, log }: HypervisorParts,
): Promise<Hypervisor> {
  const { booting, imageDirectory, programsDirectory } = plan;
  if (booting !== undefined) await mountControlGroups(CONTROL_GROUPS);
  const accounts = await readAccounts(imageDirectory);
  const layOut = ({ description }: Cluster): Promise<ClusterMachines> =>
    booting === undefined
      ? layOutCluster(description, accounts, plan)
      : layOutBootingCluster(description, accounts, booting);
  return new Hypervisor({
    clusters: await Promise.all(clusters.map(layOut)),
    controlGroup: booting && join(CONTROL_GROUPS, booting.controlGroup),
    imageDirectories: {
      management: booting?.managementImageDirectory ?? imageDirectory,
      compute: imageDirectory,
    },
    capturesDirectory: resolve(CAPTURES),
    ...{ bridges, programsDirectory, log },
  });
}

/** What the API's server is made of. */
interface RegionParts {
  readonly cloud: Cloud;
  readonly federation: Federation;
  readonly hypervisor: Hypervisor;
  readonly bridges: readonly SubnetBridge[];
}

/** At every subnet's virtual router: the metadata service has an address of its own. */
function serveApi(
  { cloud, federation, hypervisor, bridges }: RegionParts,
  { latency, rateLimits }: RegionPlan,
  { clock, log }: RegionTools,
): Promise<ApiServer> {
  const [host = "", ...moreHosts] = bridges.map(({ routerAddress }) => routerAddress);
  return startApiServer({
    ...{ cloud, federation, clock, log, host, moreHosts, port: HTTP_PORT, latency, rateLimits },
    socketPath: CONTROL_SOCKET,
    controlRoutes: machineRoutes(cloud, hypervisor),
    // A job must not be able to run commands as root.
    controlDoor: "socket",
  });
}

/** The VCN's resolver, where OCI has it: at the metadata service's address. */
async function serveNames(cloud: Cloud, log: Log): Promise<void> {
  const lookUp = (name: string): string | undefined => addressOfName(cloud, name);
  await startNameServer({ host: METADATA_ADDRESS, port: DNS_PORT, lookUp, log });
}

/** A subnet for each cluster and one for somebody else, all in one compartment. */
function describeRegion(clusterIds: readonly string[]): RegionDescription {
  return createRegion({
    subnets: [...clusterIds, STRANGERS].map((name, index) => ({
      name,
      cidr: `10.0.${16 * index}.0/20`,
    })),
  });
}

/** Somebody deploys, from outside, with an API key that is made here. */
async function admitOperator(
  region: RegionDescription,
  { booting }: RegionPlan,
): Promise<RegionDescription> {
  if (booting?.management.kind !== "deployed") return region;
  const credentials = createCredentials(region.tenancyOcid);
  await writeCredentials(resolve(OPERATOR), credentials, region.name);
  return { ...region, apiKeys: [publicHalf(credentials)] };
}

interface ClusterGround {
  readonly cloud: Cloud;
  readonly plan: RegionPlan;
  readonly sources: RegionSources | undefined;
}

function addCluster({ cloud, plan, sources }: ClusterGround, id: string): Cluster {
  const { release, booting } = plan;
  const subnet = subnetOf(cloud.region, id);
  const archiveSha256 = sources?.archive?.sha256 ?? "";
  const place = { id, subnet, archiveSha256 };
  const metadata = booting && managementMetadata(cloud.region, booting.management, place);
  const managementInstance = addManagementInstance(cloud, subnet, id, metadata);
  const description = {
    id,
    release,
    region: cloud.region,
    subnet,
    managementName: MANAGEMENT_NAME,
    managementAddress: managementInstance.privateIp,
    imageOcid: managementInstance.imageOcid,
    endpoint: `http://${managementInstance.subnet.virtualRouterIp}`,
    secrets: createSecrets(id),
  };
  return { description, managementInstance };
}

function managementMetadata(
  region: RegionDescription,
  plan: ManagementPlan,
  given: Pick<DeploymentPlace, "id" | "subnet" | "archiveSha256">,
): Readonly<Record<string, string>> {
  switch (plan.kind) {
    case "metadata":
      return plan.metadata;
    case "deployed": {
      const imageOcid = managementImageOf(region);
      const { virtualRouterIp } = new AddressPool(given.subnet.cidr);
      const place = { ...given, region, imageOcid, routerAddress: virtualRouterIp };
      return deployedMetadata(place, plan.deployment);
    }
  }
}

function subnetOf({ subnets }: RegionDescription, name: string): SubnetDescription {
  const found = subnets.find((subnet) => subnet.name === name);
  if (found === undefined) throw new Error(`the region has no subnet ${name}`);
  return found;
}

async function powerManagementNodeOn(
  instance: CloudInstance,
  hypervisor: Hypervisor,
): Promise<Machine> {
  const started = await hypervisor.powerOn(instance, "management");
  if (started === undefined) throw new Error("the management node is in no cluster's subnet");
  // Its network is up by then: nobody answers before, which a connection takes seconds to notice.
  await started.machine.processId();
  return started.machine;
}

async function untilSlurmctldListens(machine: Machine, clock: Clock): Promise<void> {
  // Asking for the process of a machine that is off rejects with what is to be read.
  const endedTooSoon = machine.ended.then(() => machine.processId());
  await Promise.race([awaitSlurmctld(machine, clock), endedTooSoon]);
}

async function awaitSlurmctld({ description }: Machine, clock: Clock): Promise<void> {
  const deadlineMs = clock.now() + SLURMCTLD_START_MS_MAX;
  while (!(await isListening(description.address, SLURMCTLD_PORT))) {
    if (clock.now() > deadlineMs) {
      throw new Error(
        `slurmctld did not start within ${SLURMCTLD_START_MS_MAX / 1000} s: see ${description.directory}/console.log`,
      );
    }
    await clock.sleep(POLL_MS);
  }
}

async function isListening(host: string, port: number): Promise<boolean> {
  const connection = createConnection({ host, port });
  try {
    await once(connection, "connect");
    return true;
  } catch {
    // Whatever the system's word for it, nobody listens yet.
    return false;
  } finally {
    connection.destroy();
  }
}
