import { invalidParameter, notAuthorizedOrNotFound } from "./api-error.ts";
import { checkAvailabilityDomain } from "./check-launch.ts";
import type { Cloud } from "./cloud.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { checkCompartment, isSame } from "./operations-instances.ts";
import { PAGE_QUERY, listItems, pageAnswer } from "./paging.ts";
import { amountOf } from "./service-limits.ts";

/** The version of the Limits service. */
const VERSION = "20190729";
const SERVICE = "compute";

/** Service limits; those of compute are all per availability domain. */
export const LIMITS_OPERATIONS: readonly Operation[] = [
  {
    name: "GetResourceAvailability",
    method: "GET",
    version: VERSION,
    path: "services/*/limits/*/resourceAvailability",
    kind: "read",
    query: ["availabilityDomain"],
    requiredQuery: ["compartmentId"],
    run: getResourceAvailability,
  },
  {
    name: "ListLimitValues",
    method: "GET",
    version: VERSION,
    path: "limitValues",
    kind: "read",
    query: ["scopeType", "availabilityDomain", "name", "sortBy", "sortOrder", ...PAGE_QUERY],
    requiredQuery: ["compartmentId", "serviceName"],
    run: listLimitValues,
  },
];

function getResourceAvailability(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const [service, limitName = ""] = call.pathParts;
  if (service !== SERVICE || !limitNamesOf(cloud).includes(limitName)) {
    throw notAuthorizedOrNotFound();
  }
  const availabilityDomain = query.get("availabilityDomain");
  if (availabilityDomain === undefined) {
    throw invalidParameter(`availabilityDomain is required: the scope of ${limitName} is AD`);
  }
  checkAvailabilityDomain(cloud.region, availabilityDomain);
  const used = cloud.serviceLimits.usedOf(limitName, availabilityDomain);
  const available = availableOf(cloud, limitName, availabilityDomain);
  return {
    status: 200,
    json: JSON.stringify({
      used: Math.ceil(used),
      available: Math.floor(available),
      fractionalUsage: used,
      fractionalAvailability: available,
      effectiveQuotaValue: null,
    }),
  };
}

/** What the limit leaves, or a ceiling of kind "limit" on a shape that counts against it, whichever is less. */
function availableOf(cloud: Cloud, limitName: string, availabilityDomain: string): number {
  const { serviceLimits, quotas, region } = cloud;
  const value = serviceLimits.valueOf(limitName, availabilityDomain);
  const left = [value - serviceLimits.usedOf(limitName, availabilityDomain)];
  for (const { payload } of region.shapes) {
    if (!payload.quotaNames.includes(limitName)) continue;
    const instances = quotas.remainingOf(payload.shape, availabilityDomain);
    const size = { ocpus: payload.ocpus, memoryGib: payload.memoryInGBs, shape: payload };
    left.push(instances * amountOf(limitName, size));
  }
  return Math.max(0, Math.min(...left));
}

/** Only the tenancy has limits (API reference). */
function listLimitValues(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  if (query.get("compartmentId") !== cloud.region.tenancyOcid) throw notAuthorizedOrNotFound();
  const isOfService = query.get("serviceName") === SERVICE && isSame(query.get("scopeType"), "AD");
  const values = limitNamesOf(cloud)
    .filter((name) => isOfService && isSame(query.get("name"), name))
    .flatMap((name) => cloud.region.availabilityDomains.map((domain) => ({ name, domain })))
    .filter(({ domain }) => isSame(query.get("availabilityDomain"), domain))
    .map(({ name, domain }) => ({
      name,
      scopeType: "AD",
      availabilityDomain: domain,
      value: cloud.serviceLimits.valueOf(name, domain),
    }));
  const items = listItems(values, (value) => JSON.stringify(value));
  return pageAnswer(items, 1, query, cloud.settings);
}

/** Sorted, as the list is by default. */
function limitNamesOf({ region }: Cloud): readonly string[] {
  return [...new Set(region.shapes.flatMap(({ payload }) => payload.quotaNames))].sort();
}
