import { setTimeout as delay } from "node:timers/promises";
import { CircuitBreaker, NoRetryConfigurationDetails, type ClientConfiguration } from "oci-common";
import pMap from "p-map";
import pRetry from "p-retry";
import { createClients, launchDetails, readOrder, reportAddresses, type Order } from "./order.ts";

// What a careful person writes with the SDK and p-retry: an explicit retry token, exponential back-off with jitter,
// as many launches at once as ours, one list of addresses for all. What differs is the pace: every launch decides by
// itself when to come again, and keeps its place among those under way while it waits.

/** As launch_concurrency has it. */
const CONCURRENCY = 64;
const POLL_MS = 2_000;
/** The SDK's own retries and breaker are off, or both would repeat. */
const CONFIGURATION: ClientConfiguration = {
  retryConfiguration: NoRetryConfigurationDetails,
  circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
};

/** From 1 s, doubled, up to 30 s, times 1 to 2: p-retry's defaults, with jitter and a bound. */
async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  return await pRetry(
    async () => {
      try {
        return await call();
      } catch (error) {
        // The SDK throws plain objects for network failures, on which p-retry gives up.
        throw error instanceof Error ? error : new Error(JSON.stringify(error), { cause: error });
      }
    },
    { retries: 20, factor: 2, minTimeout: 1_000, maxTimeout: 30_000, randomize: true },
  );
}

async function main(order: Order): Promise<void> {
  const { compute, network } = createClients(order, CONFIGURATION);
  const { compartmentOcid: compartmentId, subnetOcid: subnetId } = order;
  const { items: present } = await patiently(() => compute.listInstances({ compartmentId }));
  const known = new Set(present.map(({ displayName }) => displayName));
  await pMap(
    order.nodeNames.filter((name) => !known.has(name)),
    async (name) => {
      const request = {
        launchInstanceDetails: launchDetails(order, name),
        opcRetryToken: `${order.clusterId}-${name}`,
      };
      await patiently(() => compute.launchInstance(request));
    },
    { concurrency: CONCURRENCY },
  );
  const waiting = new Set(order.nodeNames);
  while (waiting.size > 0) {
    const found = new Map<string, string>();
    let page: string | undefined;
    do {
      const request = { subnetId, limit: 1000, ...(page !== undefined && { page }) };
      const answer = await patiently(() => network.listPrivateIps(request));
      for (const { hostnameLabel = "", ipAddress = "" } of answer.items) {
        if (waiting.delete(hostnameLabel)) found.set(hostnameLabel, ipAddress);
      }
      page = answer.opcNextPage || undefined;
    } while (page !== undefined);
    if (found.size > 0) await reportAddresses(order, found);
    if (waiting.size > 0) await delay(POLL_MS);
  }
}

await main(await readOrder());
