import {
  ApiError,
  incorrectState,
  invalidParameter,
  missingParameter,
  notAuthorizedOrNotFound,
} from "./api-error.ts";
import { checkLaunch, isCompartment } from "./check-launch.ts";
import { ASYNC_CAPACITY_FAILURE } from "./cloud.ts";
import { etagOf, instanceJson, type InstanceRecord } from "./instance-record.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { PAGE_QUERY, SORT_QUERY, sortedPageAnswer } from "./paging.ts";
import { invalidatedRetryToken } from "./retry-tokens.ts";

export const INSTANCE_OPERATIONS: readonly Operation[] = [
  {
    name: "LaunchInstance",
    method: "POST",
    path: "instances",
    kind: "write",
    run: launchInstance,
  },
  {
    name: "ListInstances",
    method: "GET",
    path: "instances",
    kind: "read",
    query: [
      ...["availabilityDomain", "displayName", "lifecycleState"],
      ...["capacityReservationId", "computeClusterId"],
      ...SORT_QUERY,
      ...PAGE_QUERY,
    ],
    requiredQuery: ["compartmentId"],
    run: listInstances,
  },
  {
    name: "GetInstance",
    method: "GET",
    path: "instances/*",
    kind: "read",
    run: (call) => instanceAnswer(call, findInstance(call)),
  },
  {
    name: "InstanceAction",
    method: "POST",
    path: "instances/*",
    kind: "write",
    requiredQuery: ["action"],
    run: instanceAction,
  },
  {
    name: "TerminateInstance",
    method: "DELETE",
    path: "instances/*",
    kind: "write",
    query: ["preserveBootVolume", "preserveDataVolumesCreatedAtLaunch", "recycleLevel"],
    run: terminateInstance,
  },
];

function launchInstance(call: Call): Answer {
  const { cloud, retryToken, bodyHash } = call;
  if (call.body === undefined) throw missingParameter("LaunchInstanceDetails");
  const earlier = retryToken === undefined ? undefined : findEarlier(call, retryToken);
  if (earlier !== undefined) return instanceAnswer(call, earlier);
  const order = checkLaunch(call.body, cloud.region, cloud.customImages);
  const extras = call.isToFailLater ? { failure: ASYNC_CAPACITY_FAILURE } : {};
  const record = cloud.launch(order, extras);
  if (retryToken !== undefined) {
    cloud.retryTokens.remember(retryToken, bodyHash, record.instanceOcid, cloud.nowMs);
  }
  return instanceAnswer(call, record);
}

/** The instance that this retry token launched, in its present state. */
function findEarlier(call: Call, retryToken: string): InstanceRecord | undefined {
  const { cloud } = call;
  const instanceOcid = cloud.retryTokens.find(retryToken, call.bodyHash, cloud.nowMs);
  if (instanceOcid === undefined) return undefined;
  const record = cloud.find(instanceOcid);
  const isGone = record === undefined || record.lifecycleState === "TERMINATED";
  if (isGone && (record === undefined || cloud.settings.terminatedTokenAnswer === "refuse")) {
    throw invalidatedRetryToken("The retry token was invalidated: its instance was terminated.");
  }
  return record;
}

function listInstances(call: Call): Answer {
  const { cloud, query } = call;
  checkCompartment(call);
  const items = [...matchingRecords(call)].map((record) => ({
    displayName: record.displayName,
    sequence: record.sequence,
    json: () => instanceJson(record, cloud.region),
  }));
  return sortedPageAnswer(items, query, cloud.settings);
}

function* matchingRecords(call: Call): Iterable<InstanceRecord> {
  const { cloud, query } = call;
  const visibleUntilMs = cloud.nowMs - cloud.settings.listDelayMs;
  for (const record of cloud.records) {
    const isMatch =
      record.timeCreatedMs <= visibleUntilMs &&
      record.order.compartmentOcid === query.get("compartmentId") &&
      isSame(query.get("availabilityDomain"), record.order.availabilityDomain) &&
      isSame(query.get("displayName"), record.displayName) &&
      isSame(query.get("lifecycleState"), record.lifecycleState) &&
      !query.has("capacityReservationId") &&
      !query.has("computeClusterId");
    if (isMatch) yield record;
  }
}

export function isSame(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted === actual;
}

function instanceAction(call: Call): Answer {
  const record = findInstance(call);
  checkIfMatch(call, record);
  const action = call.query.get("action") ?? "";
  switch (action) {
    case "STOP":
    case "SOFTSTOP":
      call.cloud.stop(record);
      break;
    case "START":
      call.cloud.start(record);
      break;
    case "RESET":
    case "SOFTRESET":
      call.cloud.reset(record);
      break;
    default:
      throw invalidParameter(
        `action ${action} is not modelled by the sandbox: use STOP, SOFTSTOP, START, RESET or SOFTRESET`,
      );
  }
  return instanceAnswer(call, record);
}

function terminateInstance(call: Call): Answer {
  const record = findInstance(call);
  checkIfMatch(call, record);
  const again =
    record.lifecycleState === "TERMINATED" ? call.cloud.settings.terminateAgainStatus : 0;
  if (again === 404) throw notAuthorizedOrNotFound(`instance ${record.instanceOcid} not found`);
  if (again === 409) throw incorrectState(`Instance ${record.instanceOcid} is TERMINATED`);
  if (again === 204) return { status: 204, subject: subjectOf(record) };
  const work = call.cloud.terminate(record, readFlag(call.query, "preserveBootVolume"));
  return {
    status: 204,
    headers: { "opc-work-request-id": work.workRequestOcid },
    subject: subjectOf(record),
  };
}

function readFlag(query: ReadonlyMap<string, string>, name: string): boolean {
  const text = query.get(name) ?? "false";
  if (text !== "true" && text !== "false") throw invalidParameter(`${name} ${text} is not valid`);
  return text === "true";
}

function findInstance({ cloud, pathOcid }: Call): InstanceRecord {
  const record = cloud.find(pathOcid);
  if (record === undefined) throw notAuthorizedOrNotFound(`instance ${pathOcid} not found`);
  return record;
}

function checkIfMatch({ ifMatch }: Call, record: InstanceRecord): void {
  if (ifMatch === undefined || ifMatch === etagOf(record)) return;
  throw new ApiError(
    412,
    "NoEtagMatch",
    "The etag in if-match is not the instance's present etag.",
  );
}

function instanceAnswer({ cloud }: Call, record: InstanceRecord): Answer {
  const work = cloud.workRequests.findNewest(record, "LaunchInstance");
  return {
    status: 200,
    json: instanceJson(record, cloud.region),
    headers: {
      etag: etagOf(record),
      ...(work === undefined ? {} : { "opc-work-request-id": work.workRequestOcid }),
    },
    subject: subjectOf(record),
  };
}

/** What the log and the fault rules say about an instance. */
export function subjectOf(record: InstanceRecord): NonNullable<Answer["subject"]> {
  const { hostnameLabel, shape, availabilityDomain } = record.order;
  return {
    instanceOcid: record.instanceOcid,
    displayName: record.displayName,
    ...(hostnameLabel === undefined ? {} : { hostnameLabel }),
    shape: shape.shape,
    availabilityDomain,
  };
}

/** The compartment that the query names must exist. */
export function checkCompartment({ cloud, query }: Call): void {
  const ocid = query.get("compartmentId") ?? "";
  if (!isCompartment(cloud.region, ocid)) throw notAuthorizedOrNotFound();
}
