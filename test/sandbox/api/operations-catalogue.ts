import { notAuthorizedOrNotFound } from "./api-error.ts";
import { checkAvailabilityDomain } from "./check-launch.ts";
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
    name: "ListImages",
    method: "GET",
    path: "images",
    kind: "read",
    query: [
      ...["displayName", "operatingSystem", "operatingSystemVersion", "shape"],
      ...["lifecycleState", "sortBy", "sortOrder"],
      ...PAGE_QUERY,
    ],
    requiredQuery: ["compartmentId"],
    run: listImages,
  },
  { name: "GetImage", method: "GET", path: "images/*", kind: "read", run: getImage },
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

/** Platform images are visible in every compartment. */
function listImages(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const shape = query.get("shape");
  const images = cloud.region.images.filter(
    (image) =>
      (query.get("displayName") ?? image.name) === image.name &&
      (query.get("operatingSystem") ?? image.operatingSystem) === image.operatingSystem &&
      (query.get("operatingSystemVersion") ?? image.operatingSystemVersion) ===
        image.operatingSystemVersion &&
      (shape === undefined || architectureOf(shape) === image.architecture),
  );
  const items = listItems(images, imageJson);
  return pageAnswer(items, 1, query, cloud.settings);
}

function getImage(call: Call): Answer {
  const image = optionalImage(call, call.pathOcid);
  if (image === undefined) throw notAuthorizedOrNotFound();
  return {
    status: 200,
    json: imageJson(image),
    headers: { etag: image.ocid.slice(-32) },
  };
}

function optionalImage({ cloud }: Call, ocid: string | undefined): ImageDescription | undefined {
  if (ocid === undefined) return undefined;
  const image = cloud.region.images.find((one) => one.ocid === ocid);
  if (image === undefined) throw notAuthorizedOrNotFound(`image ${ocid} not found`);
  return image;
}

/** `Image` of the Core API; a platform image belongs to no compartment. */
function imageJson(image: ImageDescription): string {
  return JSON.stringify({
    baseImageId: null,
    compartmentId: null,
    createImageAllowed: true,
    definedTags: {},
    displayName: image.name,
    freeformTags: {},
    id: image.ocid,
    launchMode: "PARAVIRTUALIZED",
    lifecycleState: "AVAILABLE",
    listingType: null,
    operatingSystem: image.operatingSystem,
    operatingSystemVersion: image.operatingSystemVersion,
    sizeInMBs: 47_694,
    timeCreated: "2025-10-31T12:00:00.000Z",
  });
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
