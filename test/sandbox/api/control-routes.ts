import { invalidParameter, notAuthorizedOrNotFound } from "./api-error.ts";
import type { CallLog } from "./call-log.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import { describeInstance } from "./cloud-event.ts";
import type { Cloud } from "./cloud.ts";
import { makeCustomImage } from "./custom-image-by-hand.ts";
import { limitRoutes } from "./control-limits.ts";
import { ok, type ControlAnswer, type ControlRequest, type ControlRoute } from "./control-route.ts";
import { readFaultRule } from "./fault-rule-reader.ts";
import type { FaultRules } from "./fault-rules.ts";
import { FieldReader } from "./field-reader.ts";
import { launchByHand } from "./instance-by-hand.ts";
import { leaveBootVolume } from "./left-boot-volume.ts";
import { preempt } from "./preemption.ts";
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
    {
      method: "POST",
      path: "/control/boot-volumes",
      handle: ({ body }) => ok({ bootVolumeOcid: leaveBootVolume(cloud, body).bootVolumeOcid }),
    },
    {
      method: "POST",
      path: "/control/images",
      handle: ({ body }) => ok({ imageOcid: makeCustomImage(cloud, body).imageOcid }),
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
    ...limitRoutes(cloud),
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
  const known = ["action", "preserveBootVolume"];
  const fields = FieldReader.open(request.body, "", known, BODY_PROBLEMS);
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
      cloud.terminate(record, fields.boolean("preserveBootVolume"));
      break;
    case "preempt":
      preempt(cloud, record);
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
