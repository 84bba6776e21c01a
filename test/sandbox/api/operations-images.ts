import { notAuthorizedOrNotFound } from "./api-error.ts";
import type { Cloud } from "./cloud.ts";
import type { CustomImageRecord } from "./custom-images.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { checkCompartment, isSame } from "./operations-instances.ts";
import { PAGE_QUERY, SORT_QUERY, listItems, pageAnswer } from "./paging.ts";
import type { ImageDescription } from "./region.ts";
import { architectureOf, type Architecture } from "./shape-payload.ts";

/** The query parameters that are fields of an image. */
const FILTERS = [
  ...(["displayName", "operatingSystem", "operatingSystemVersion", "lifecycleState"] as const),
];

/** Oracle's own images, and the custom ones of the compartments. */
export const IMAGE_OPERATIONS: readonly Operation[] = [
  {
    name: "ListImages",
    method: "GET",
    path: "images",
    kind: "read",
    query: [...FILTERS, "shape", ...SORT_QUERY, ...PAGE_QUERY],
    requiredQuery: ["compartmentId"],
    run: listImages,
  },
  { name: "GetImage", method: "GET", path: "images/*", kind: "read", run: getImage },
  { name: "DeleteImage", method: "DELETE", path: "images/*", kind: "write", run: deleteImage },
];

/** Platform images are visible in every compartment. */
function listImages(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const shape = query.get("shape");
  const custom = [...cloud.customImages.records].filter(
    ({ compartmentOcid }) => compartmentOcid === query.get("compartmentId"),
  );
  const images = [...cloud.region.images.map(platformImage), ...custom.map(customImage)].filter(
    ({ fields, architecture }) =>
      FILTERS.every((name) => isSame(query.get(name), fields[name])) &&
      (shape === undefined || architectureOf(shape) === architecture),
  );
  const items = listItems(images, ({ fields }) => JSON.stringify(fields));
  return pageAnswer(items, 1, query, cloud.settings);
}

function getImage({ cloud, pathOcid }: Call): Answer {
  const platform = cloud.region.images.find(({ ocid }) => ocid === pathOcid);
  const image =
    platform === undefined ? customImage(findCustom(cloud, pathOcid)) : platformImage(platform);
  return {
    status: 200,
    json: JSON.stringify(image.fields),
    headers: { etag: pathOcid.slice(-32) },
  };
}

/** Oracle's own is nobody's to delete: it is not found. */
function deleteImage({ cloud, pathOcid }: Call): Answer {
  cloud.customImages.delete(findCustom(cloud, pathOcid), cloud.nowMs);
  return { status: 204 };
}

function findCustom(cloud: Cloud, ocid: string): CustomImageRecord {
  const record = cloud.customImages.find(ocid);
  if (record === undefined) throw notAuthorizedOrNotFound(`image ${ocid} not found`);
  return record;
}

/** `Image` of the Core API, and what it does not say. */
interface Image {
  readonly fields: ReturnType<typeof imageFields>;
  readonly architecture: Architecture;
}

/** It belongs to no compartment. */
function platformImage({ ocid, name, architecture, ...system }: ImageDescription): Image {
  const timeCreated = "2025-10-31T12:00:00.000Z";
  const own = { id: ocid, displayName: name, timeCreated, freeformTags: {} };
  const place = { baseImageId: null, compartmentId: null, lifecycleState: "AVAILABLE" };
  const { operatingSystem, operatingSystemVersion } = system;
  return {
    fields: imageFields({ ...own, ...place, operatingSystem, operatingSystemVersion }),
    architecture,
  };
}

function customImage(record: CustomImageRecord): Image {
  const { base, imageOcid, displayName, freeformTags, lifecycleState } = record;
  const { operatingSystem, operatingSystemVersion, architecture } = base;
  const timeCreated = new Date(record.timeCreatedMs).toISOString();
  const own = { id: imageOcid, displayName, timeCreated, freeformTags };
  const place = { baseImageId: base.ocid, compartmentId: record.compartmentOcid, lifecycleState };
  return {
    fields: imageFields({ ...own, ...place, operatingSystem, operatingSystemVersion }),
    architecture,
  };
}

interface ImageParticulars {
  readonly id: string;
  readonly baseImageId: string | null;
  readonly compartmentId: string | null;
  readonly displayName: string;
  readonly freeformTags: Readonly<Record<string, string>>;
  readonly lifecycleState: string;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  readonly timeCreated: string;
}

function imageFields(particulars: ImageParticulars) {
  return {
    ...particulars,
    createImageAllowed: true,
    definedTags: {},
    launchMode: "PARAVIRTUALIZED",
    listingType: null,
    sizeInMBs: 47_694,
  };
}
