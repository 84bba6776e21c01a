import {
  cannotParseRequest,
  invalidParameter,
  missingParameter,
  notAuthorizedOrNotFound,
} from "./api-error.ts";
import { checkMetadata, checkTags } from "./check-metadata.ts";
import { checkShapeConfig, type ShapeSize } from "./check-shape-config.ts";
import { checkVnic } from "./check-vnic.ts";
import { launchableImage, type CustomImages } from "./custom-images.ts";
import { FieldReader, type FieldProblems } from "./field-reader.ts";
import type { LaunchOrder } from "./launch-order.ts";
import type { ImageDescription, RegionDescription } from "./region.ts";
import { architectureOf, type ShapePayload } from "./shape-payload.ts";

/** Stricter than OCI on purpose: an unknown field is a slip that OCI might silently ignore. */
export const BODY_PROBLEMS: FieldProblems = {
  missing: missingParameter,
  wrongType: (path, expected) => cannotParseRequest(`${path} must be ${expected}`),
  unknown: (path) => invalidParameter(`Unrecognized field "${path}"`),
};

/** Instance has fields of the same name, and the model has no use for them. */
const REPEATED_FIELDS = [
  "agentConfig",
  "availabilityConfig",
  "capacityReservationId",
  "dedicatedVmHostId",
  "instanceOptions",
  "ipxeScript",
  "launchOptions",
  "platformConfig",
  "preemptibleInstanceConfig",
] as const;

/** Fields of LaunchInstanceDetails (Core API 20160918). */
const BODY_FIELDS: readonly string[] = [
  ...REPEATED_FIELDS,
  ...["availabilityDomain", "compartmentId", "createVnicDetails", "definedTags", "displayName"],
  ...["extendedMetadata", "faultDomain", "freeformTags", "hostnameLabel", "imageId", "metadata"],
  ...["isPvEncryptionInTransitEnabled", "shape", "shapeConfig", "sourceDetails", "subnetId"],
];

const SOURCE_FIELDS: readonly string[] = [
  ...["sourceType", "imageId", "bootVolumeSizeInGBs", "bootVolumeVpusPerGB", "kmsKeyId"],
  "bootVolumeId",
];

/**
 * Turns a LaunchInstance body into an order, or throws the ApiError that OCI would answer. Sources: Oracle's API
 * reference for the fields and their limits, error texts as users report them; test/sandbox/api/README.md says which.
 */
export function checkLaunch(
  body: unknown,
  region: RegionDescription,
  customImages?: Pick<CustomImages, "describe">,
): LaunchOrder {
  const fields = FieldReader.open(body, "", BODY_FIELDS, BODY_PROBLEMS);
  const compartmentOcid = fields.requiredString("compartmentId");
  if (!isCompartment(region, compartmentOcid)) throw notAuthorizedOrNotFound();
  const availabilityDomain = fields.requiredString("availabilityDomain");
  checkAvailabilityDomain(region, availabilityDomain);
  const shape = findShape(region, fields.requiredString("shape"), availabilityDomain);
  const size = checkShapeConfig(fields, shape);
  const source = checkSource(fields, shape, (ocid) => launchableImage(region, customImages, ocid));
  return {
    compartmentOcid,
    availabilityDomain,
    ...checkFaultDomain(fields, region),
    shape,
    ...size,
    ...source,
    ...checkVnic(fields, region),
    ...checkDisplayName(fields),
    ...checkMetadata(fields),
    ...checkTags(fields),
    repeated: repeatedFields(fields),
  } satisfies LaunchOrder & ShapeSize;
}

export function isCompartment(region: RegionDescription, ocid: string): boolean {
  return ocid === region.tenancyOcid || region.compartments.some((one) => one.ocid === ocid);
}

export function checkAvailabilityDomain(region: RegionDescription, name: string): void {
  if (region.availabilityDomains.includes(name)) return;
  throw invalidParameter(
    `Availability domain ${name} is not valid; this tenancy has ${region.availabilityDomains.join(", ")}`,
  );
}

function findShape(
  region: RegionDescription,
  name: string,
  availabilityDomain: string,
): ShapePayload {
  const offered = region.shapes.find((one) => one.payload.shape === name);
  if (offered?.availabilityDomains.includes(availabilityDomain) !== true) {
    throw notAuthorizedOrNotFound(`shape ${name} not found`);
  }
  return offered.payload;
}

function checkFaultDomain(
  fields: FieldReader,
  region: RegionDescription,
): Pick<LaunchOrder, "faultDomain"> {
  const faultDomain = fields.string("faultDomain");
  if (faultDomain === undefined) return {};
  if (!region.faultDomains.includes(faultDomain)) {
    throw invalidParameter(`Fault domain ${faultDomain} is not valid`);
  }
  return { faultDomain };
}

function checkDisplayName(fields: FieldReader): Pick<LaunchOrder, "displayName"> {
  const displayName = fields.string("displayName");
  if (displayName === undefined) return {};
  if (displayName.length < 1 || displayName.length > 255) {
    throw invalidParameter("displayName size must be between 1 and 255");
  }
  return { displayName };
}

function checkSource(
  fields: FieldReader,
  shape: ShapePayload,
  findImage: (ocid: string) => ImageDescription | undefined,
): Pick<LaunchOrder, "image" | "bootVolumeGib"> {
  const source = fields.nested("sourceDetails", SOURCE_FIELDS);
  const sourceType = source?.requiredString("sourceType") ?? "image";
  if (sourceType !== "image") {
    throw invalidParameter(
      `sourceDetails.sourceType ${sourceType} is not modelled by the sandbox: use image`,
    );
  }
  const imageOcid = source?.string("imageId") ?? fields.string("imageId");
  if (imageOcid === undefined) throw missingParameter("sourceDetails.imageId");
  const image = checkImage(findImage(imageOcid), imageOcid, shape);
  const bootVolumeGib = source?.number("bootVolumeSizeInGBs");
  if (bootVolumeGib === undefined) return { image };
  if (!Number.isInteger(bootVolumeGib) || bootVolumeGib < 50 || bootVolumeGib > 32_768) {
    throw invalidParameter(
      `Boot volume size ${bootVolumeGib} is not valid: it must be between 50 GB and 32768 GB`,
    );
  }
  return { image, bootVolumeGib };
}

function checkImage(
  image: ImageDescription | undefined,
  ocid: string,
  shape: ShapePayload,
): ImageDescription {
  if (image === undefined) throw notAuthorizedOrNotFound(`image ${ocid} not found`);
  if (image.architecture !== architectureOf(shape.shape)) {
    throw invalidParameter(`Shape ${shape.shape} is not valid for image ${ocid}.`);
  }
  return image;
}

function repeatedFields(fields: FieldReader): Record<string, unknown> {
  const entries = REPEATED_FIELDS.map((key) => [key, fields.raw(key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
