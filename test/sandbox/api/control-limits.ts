import { invalidParameter } from "./api-error.ts";
import { BODY_PROBLEMS, checkAvailabilityDomain } from "./check-launch.ts";
import type { Cloud } from "./cloud.ts";
import { ok, type ControlAnswer, type ControlRoute } from "./control-route.ts";
import { FieldReader } from "./field-reader.ts";

/** Ceilings: on instances of a shape, and the tenancy's own. */
export function limitRoutes(cloud: Cloud): readonly ControlRoute[] {
  return [
    { method: "GET", path: "/control/limits", handle: () => ok(listLimits(cloud)) },
    { method: "POST", path: "/control/limits", handle: ({ body }) => setLimit(cloud, body) },
    {
      method: "DELETE",
      path: "/control/limits",
      handle: () => {
        cloud.quotas.clear();
        cloud.serviceLimits.clear();
        return ok([]);
      },
    },
  ];
}

function setLimit(cloud: Cloud, body: unknown): ControlAnswer {
  const known = ["shape", "availabilityDomain", "kind", "countMax", "limitName", "value"];
  const fields = FieldReader.open(body, "", known, BODY_PROBLEMS);
  if (fields.raw("limitName") !== undefined) return setServiceLimit(cloud, fields);
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
  return ok(listLimits(cloud));
}

/** In the limit's own unit, as Oracle's service limits are. */
function setServiceLimit(cloud: Cloud, fields: FieldReader): ControlAnswer {
  const limit = {
    limitName: fields.requiredString("limitName"),
    availabilityDomain: fields.requiredString("availabilityDomain"),
    value: fields.requiredNumber("value"),
  };
  const { shapes } = cloud.region;
  if (!shapes.some(({ payload }) => payload.quotaNames.includes(limit.limitName))) {
    const names = new Set(shapes.flatMap(({ payload }) => payload.quotaNames));
    throw invalidParameter(
      `limitName ${limit.limitName} is unknown: there are ${[...names].join(", ")}`,
    );
  }
  checkAvailabilityDomain(cloud.region, limit.availabilityDomain);
  cloud.serviceLimits.set(limit);
  return ok(listLimits(cloud));
}

function listLimits({ quotas, serviceLimits }: Cloud): readonly object[] {
  return [...quotas.list(), ...serviceLimits.list()];
}

/** A limit for something that does not exist would silently do nothing. */
function checkOffered(cloud: Cloud, shape: string, availabilityDomain: string): void {
  const offered = cloud.region.shapes.find((one) => one.payload.shape === shape);
  if (offered?.availabilityDomains.includes(availabilityDomain) === true) return;
  throw invalidParameter(`shape ${shape} is not offered in ${availabilityDomain}`);
}
