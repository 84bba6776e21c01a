import { notAuthorizedOrNotFound } from "./api-error.ts";
import { checkAvailabilityDomain } from "./check-launch.ts";
import { launchableImage } from "./custom-images.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { checkCompartment } from "./operations-instances.ts";
import { PAGE_QUERY, listItems, pageAnswer } from "./paging.ts";
import type { ImageDescription } from "./region.ts";
import { architectureOf } from "./shape-payload.ts";
import { workRequestErrorJsons, workRequestJson, type WorkRequestRecord } from "./work-request.ts";

/** What a region offers, and its asynchronous jobs. Identity and Work Requests have the version of Core. */
export const CATALOGUE_OPERATIONS: readonly Operation[] = [
  {
    name: "ListShapes",
    method: "GET",
    path: "shapes",
    kind: "read",
    query: ["availabilityDomain", "imageId", "shape", ...PAGE_QUERY],
    requiredQuery: ["compartmentId"],
    run: listShapes,
  },
  {
    name: "ListAvailabilityDomains",
    method: "GET",
    path: "availabilityDomains",
    kind: "read",
    isEverybodys: true,
    requiredQuery: ["compartmentId"],
    run: listAvailabilityDomains,
  },
  {
    name: "ListFaultDomains",
    method: "GET",
    path: "faultDomains",
    kind: "read",
    requiredQuery: ["compartmentId", "availabilityDomain"],
    run: listFaultDomains,
  },
  {
    name: "GetWorkRequest",
    method: "GET",
    path: "workRequests/*",
    kind: "read",
    run: (call) => ({ status: 200, json: workRequestJson(findWorkRequest(call)) }),
  },
  {
    name: "ListWorkRequestErrors",
    method: "GET",
    path: "workRequests/*/errors",
    kind: "read",
    query: ["sortOrder", ...PAGE_QUERY],
    run: (call) => {
      const errors = listItems(workRequestErrorJsons(findWorkRequest(call)), (json) => json);
      return pageAnswer(errors, 1, call.query, call.cloud.settings);
    },
  },
];

/** Without an availability domain every shape is listed once; OCI's behaviour there is not written down. */
function listShapes(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const availabilityDomain = query.get("availabilityDomain");
  if (availabilityDomain !== undefined) {
    checkAvailabilityDomain(cloud.region, availabilityDomain);
  }
  const image = optionalImage(call, query.get("imageId"));
  const shapes = cloud.region.shapes.filter(
    ({ payload, availabilityDomains }) =>
      (availabilityDomain === undefined || availabilityDomains.includes(availabilityDomain)) &&
      (query.get("shape") ?? payload.shape) === payload.shape &&
      (image === undefined || image.architecture === architectureOf(payload.shape)),
  );
  const items = listItems(shapes, ({ payload }) => JSON.stringify(payload));
  return pageAnswer(items, 1, query, cloud.settings);
}

function optionalImage({ cloud }: Call, ocid: string | undefined): ImageDescription | undefined {
  if (ocid === undefined) return undefined;
  const image = launchableImage(cloud.region, cloud.customImages, ocid);
  if (image === undefined) throw notAuthorizedOrNotFound(`image ${ocid} not found`);
  return image;
}

function listAvailabilityDomains(call: Call): Answer {
  checkCompartment(call);
  const { region } = call.cloud;
  const domains = region.availabilityDomains.map((name) => ({
    compartmentId: region.tenancyOcid,
    id: `ocid1.availabilitydomain.oc1..${name.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}`,
    name,
  }));
  return { status: 200, json: JSON.stringify(domains) };
}

function listFaultDomains(call: Call): Answer {
  checkCompartment(call);
  const { region } = call.cloud;
  const availabilityDomain = call.query.get("availabilityDomain") ?? "";
  checkAvailabilityDomain(region, availabilityDomain);
  const domains = region.faultDomains.map((name) => ({
    availabilityDomain,
    compartmentId: region.tenancyOcid,
    id: `ocid1.faultdomain.oc1..${name.toLowerCase().replaceAll("-", "")}`,
    name,
  }));
  return { status: 200, json: JSON.stringify(domains) };
}

function findWorkRequest({ cloud, pathOcid }: Call): WorkRequestRecord {
  const work = cloud.workRequests.find(pathOcid);
  if (work === undefined) throw notAuthorizedOrNotFound();
  return work;
}
