import { setTimeout as delay } from "node:timers/promises";
import {
  CircuitBreaker,
  MaxAttemptsTerminationStrategy,
  NoRetryConfigurationDetails,
  OciSdkDefaultRetryConfiguration,
  type ClientConfiguration,
  type RetryConfiguration,
} from "oci-common";
import {
  createClients,
  launchDetails,
  readOrder,
  reportAddresses,
  type Clients,
  type Order,
} from "./order.ts";
import { Threads } from "./threads.ts";

// Cluster in the Cloud's startnode (its Python, step by step) as requests: for every node two lists by name, subnets,
// images, the launch, a poll of its VNIC attachments, the VNIC. asyncio, but the SDK blocks, so that only the launch
// (a thread pool) and the sleeps overlap. Not copied: its subprocesses (host, scontrol, sinfo), which send nothing.

const POLL_MS = 5_000;
/** Python 3.8: processors + 4, on a management node with two. */
const THREAD_COUNT = 6;

/** What CitC gave the launch: 429, 409 IncorrectState and 5xx ten times; after 2^n s with jitter, at most 30 s. */
const RETRIED: RetryConfiguration = {
  ...OciSdkDefaultRetryConfiguration,
  terminationStrategy: new MaxAttemptsTerminationStrategy(10),
};

/** Python's SDK had no circuit breaker then. */
function configuration(retryConfiguration: RetryConfiguration): ClientConfiguration {
  const circuitBreaker = new CircuitBreaker({ disableClientCircuitBreaker: true });
  return { retryConfiguration, circuitBreaker };
}

interface Tools extends Clients {
  readonly launching: Clients["compute"];
  /** The coroutines' own thread, and the pool's. */
  readonly loop: Threads;
  readonly threads: Threads;
}

async function startNode(order: Order, tools: Tools, displayName: string): Promise<void> {
  const { compute, network, launching, loop, threads } = tools;
  const { compartmentOcid: compartmentId } = order;
  const launchInstanceDetails = await loop.blocking(async () => {
    // Is one TERMINATING? Is one there? Asked twice.
    await compute.listInstances({ compartmentId, displayName });
    await compute.listInstances({ compartmentId, displayName });
    await network.listSubnets({ compartmentId, displayName: order.subnetName });
    await compute.listImages({ compartmentId, operatingSystem: "Canonical Ubuntu" });
    return launchDetails(order, displayName);
  });
  const { instance } = await threads.blocking(() =>
    launching.launchInstance({ launchInstanceDetails }),
  );
  const attachments = (): ReturnType<typeof compute.listVnicAttachments> =>
    compute.listVnicAttachments({ compartmentId, instanceId: instance.id });
  while (!(await loop.blocking(attachments)).items.some(({ vnicId }) => vnicId !== undefined)) {
    await delay(POLL_MS);
  }
  const ipAddress = await loop.blocking(async () => {
    const vnicId = (await attachments()).items[0]?.vnicId ?? "";
    return (await network.getVnic({ vnicId })).vnic.privateIp ?? "";
  });
  await reportAddresses(order, new Map([[displayName, ipAddress]]));
}

const order = await readOrder();
const isKind = process.argv.includes("--retry-reads");
const tools: Tools = {
  ...createClients(order, configuration(isKind ? RETRIED : NoRetryConfigurationDetails)),
  launching: createClients(order, configuration(RETRIED)).compute,
  loop: new Threads(1),
  threads: new Threads(THREAD_COUNT),
};
// As gather() does: the first failure ends the program, whatever the others are doing.
await Promise.all(order.nodeNames.map((name) => startNode(order, tools, name)));
