import { ApiError, notAuthorizedOrNotFound } from "./api-error.ts";
import {
  bootVolumeAttachmentJson,
  bootVolumeEtag,
  bootVolumeJson,
  type BootVolumeRecord,
} from "./boot-volume.ts";
import { checkAvailabilityDomain } from "./check-launch.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { checkCompartment, isSame } from "./operations-instances.ts";
import { PAGE_QUERY, pageAnswer, type ListItem } from "./paging.ts";

/** Boot volumes: Block Volume's operations have the version of Core. */
export const VOLUME_OPERATIONS: readonly Operation[] = [
  {
    name: "ListBootVolumes",
    method: "GET",
    path: "bootVolumes",
    kind: "read",
    query: ["availabilityDomain", ...PAGE_QUERY],
    requiredQuery: ["compartmentId"],
    run: listBootVolumes,
  },
  {
    name: "GetBootVolume",
    method: "GET",
    path: "bootVolumes/*",
    kind: "read",
    run: (call) => {
      const record = findBootVolume(call);
      return {
        status: 200,
        json: bootVolumeJson(record),
        headers: { etag: bootVolumeEtag(record) },
      };
    },
  },
  {
    name: "DeleteBootVolume",
    method: "DELETE",
    path: "bootVolumes/*",
    kind: "write",
    run: deleteBootVolume,
  },
  {
    name: "ListBootVolumeAttachments",
    method: "GET",
    path: "bootVolumeAttachments",
    kind: "read",
    query: ["instanceId", "bootVolumeId", ...PAGE_QUERY],
    requiredQuery: ["availabilityDomain", "compartmentId"],
    run: listBootVolumeAttachments,
  },
];

function listBootVolumes(call: Call): Answer {
  const { cloud, query } = call;
  const items = volumesIn(call).map((record) => itemOf(record, () => bootVolumeJson(record)));
  return pageAnswer(items, 1, query, cloud.settings);
}

function listBootVolumeAttachments(call: Call): Answer {
  const { cloud, query } = call;
  const items: ListItem[] = [];
  for (const record of volumesIn(call)) {
    const { instance, bootVolumeOcid } = record;
    if (instance === undefined || !isSame(query.get("bootVolumeId"), bootVolumeOcid)) continue;
    if (!isSame(query.get("instanceId"), instance.instanceOcid)) continue;
    items.push(itemOf(record, () => bootVolumeAttachmentJson(record, instance)));
  }
  return pageAnswer(items, 1, query, cloud.settings);
}

/** Those of the compartment and the availability domain that the query names. */
function volumesIn(call: Call): readonly BootVolumeRecord[] {
  checkCompartment(call);
  const { cloud, query } = call;
  const availabilityDomain = query.get("availabilityDomain");
  if (availabilityDomain !== undefined) {
    checkAvailabilityDomain(cloud.region, availabilityDomain);
  }
  return [...cloud.bootVolumes.records].filter(
    (record) =>
      record.compartmentOcid === query.get("compartmentId") &&
      isSame(availabilityDomain, record.availabilityDomain),
  );
}

function deleteBootVolume(call: Call): Answer {
  const record = findBootVolume(call);
  if (call.ifMatch !== undefined && call.ifMatch !== bootVolumeEtag(record)) {
    throw new ApiError(412, "NoEtagMatch", "The etag in if-match is not the present etag.");
  }
  call.cloud.bootVolumes.delete(record, call.cloud.nowMs);
  return { status: 204 };
}

function findBootVolume({ cloud, pathOcid }: Call): BootVolumeRecord {
  const record = cloud.bootVolumes.find(pathOcid);
  if (record === undefined) throw notAuthorizedOrNotFound();
  return record;
}

function itemOf({ sequence }: BootVolumeRecord, json: () => string): ListItem {
  return { position: { key: "", sequence }, json };
}
