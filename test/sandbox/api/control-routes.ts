import { invalidParameter, notAuthorizedOrNotFound } from "./api-error.ts";
import type { CallLog } from "./call-log.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import { describeInstance } from "./cloud-event.ts";
import type { Cloud } from "./cloud.ts";
import type { ControlAnswer, ControlRequest, ControlRoute } from "./control-route.ts";
import { readFaultRule } from "./fault-rule-reader.ts";
import type { FaultRules } from "./fault-rules.ts";
import { FieldReader } from "./field-reader.ts";
import { launchByHand } from "./instance-by-hand.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { readRateLimits } from "./rate-limit-reader.ts";

/** What the control API reaches. */
export interface Behind {
  readonly cloud: Cloud;
  readonly calls: CallLog;
  readonly faults: FaultRules;
  readonly limiter: RateLimiter;
}

/** Looking behind the scenes, and asking for failures. */
export function controlRoutes({ cloud, calls, faults, limiter }: Behind): ControlRoute[] {
  return [
    {
      method: "GET",
      path: "/control/calls",
      handle: ({ query }) => ok(calls.since(readSince(query.get("since")))),
    },
    { method: "GET", path: "/control/region", handle: () => ok(cloud.region) },
    { method: "GET", path: "/control/instances", handle: () => ok(listInstances(cloud)) },
    {
      method: "POST",
      path: "/control/instances",
      handle: ({ body }) => {
        cloud.advance();
        return ok(describeInstance(launchByHand(cloud, body)));
      },
    },
    {
      method: "GET",
      path: "/control/instances/{instanceOcid}",
      handle: (request) => ok(describeInstance(findInstance(cloud, request))),
    },
    {
      method: "GET",
      path: "/control/instances/{instanceOcid}/console",
      handle: (request) => ok(cloud.consoles.read(findInstance(cloud, request)).toString()),
    },
    {
      method: "POST",
      path: "/control/instances/{instanceOcid}/actions",
      handle: (request) => actOn(cloud, request),
    },
    { method: "GET", path: "/control/faults", handle: () => ok(faults.list()) },
    {
      method: "POST",
      path: "/control/faults",
      handle: ({ body }) => ok(faults.add(readFaultRule(body))),
    },
    {
      method: "DELETE",
      path: "/control/faults",
      handle: () => {
        faults.clear();
        return ok([]);
      },
    },
    { method: "GET", path: "/control/limits", handle: () => ok(cloud.quotas.list()) },
    { method: "POST", path: "/control/limits", handle: ({ body }) => setLimit(cloud, body) },
    {
      method: "DELETE",
      path: "/control/limits",
      handle: () => {
        cloud.quotas.clear();
        return ok([]);
      },
    },
    {
      method: "POST",
      path: "/control/rate-limits",
      handle: ({ body }) => {
        const limits = readRateLimits(body);
        limiter.replace(limits);
        return ok(limits);
      },
    },
  ];
}

function ok(body: unknown): ControlAnswer {
  return { status: 200, body };
}

function readSince(text: string | null): number {
  if (text === null) return 0;
  if (!/^\d+$/.test(text)) throw invalidParameter(`since ${text} is not a sequence number`);
  return Number(text);
}

/** Without metadata: user data makes it long. One instance's is at its own path. */
function listInstances(cloud: Cloud): readonly object[] {
  cloud.advance();
  return [...cloud.records].map((record) => ({
    ...describeInstance(record),
    metadata: undefined,
    extendedMetadata: undefined,
  }));
}

function findInstance(cloud: Cloud, { params }: ControlRequest): InstanceRecord {
  cloud.advance();
  const record = cloud.find(params["instanceOcid"] ?? "");
  if (record === undefined) throw notAuthorizedOrNotFound();
  return record;
}

function actOn(cloud: Cloud, request: ControlRequest): ControlAnswer {
  const record = findInstance(cloud, request);
  const fields = FieldReader.open(request.body, "", ["action"], BODY_PROBLEMS);
  const action = fields.requiredString("action");
  switch (action) {
    case "stop":
      cloud.stop(record);
      break;
    case "start":
      cloud.start(record);
      break;
    case "reset":
      cloud.reset(record);
      break;
    case "terminate":
    case "preempt":
      cloud.terminate(record);
      break;
    case "fail":
      cloud.fail(record);
      break;
    default:
      throw invalidParameter(
        `action ${action} is unknown: use stop, start, reset, terminate, preempt or fail`,
      );
  }
  return ok(describeInstance(record));
}

function setLimit(cloud: Cloud, body: unknown): ControlAnswer {
  const known = ["shape", "availabilityDomain", "kind", "countMax"];
  const fields = FieldReader.open(body, "", known, BODY_PROBLEMS);
  const kind = fields.string("kind") ?? "limit";
  if (kind !== "limit" && kind !== "capacity") {
    throw invalidParameter(`kind ${kind} is unknown: use limit or capacity`);
  }
  const quota = {
    shape: fields.requiredString("shape"),
    availabilityDomain: fields.requiredString("availabilityDomain"),
    kind,
    countMax: fields.requiredNumber("countMax"),
  } as const;
  checkOffered(cloud, quota.shape, quota.availabilityDomain);
  cloud.quotas.set(quota);
  return ok(cloud.quotas.list());
}

/** A limit for something that does not exist would silently do nothing. */
function checkOffered(cloud: Cloud, shape: string, availabilityDomain: string): void {
  const offered = cloud.region.shapes.find((one) => one.payload.shape === shape);
  if (offered?.availabilityDomains.includes(availabilityDomain) === true) return;
  throw invalidParameter(`shape ${shape} is not offered in ${availabilityDomain}`);
}
