import { invalidParameter, notAuthorizedOrNotFound } from "./api-error.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { checkCompartment } from "./operations-instances.ts";
import { PAGE_QUERY, listItems, pageAnswer, type ListItem } from "./paging.ts";
import type { RegionDescription, SubnetDescription } from "./region.ts";
import { attachmentStateOf, privateIpJson, vnicAttachmentJson, vnicJson } from "./vnic-record.ts";
import { formatAddress, parseBlock } from "./ipv4.ts";

export const NETWORK_OPERATIONS: readonly Operation[] = [
  {
    name: "ListPrivateIps",
    method: "GET",
    path: "privateIps",
    kind: "read",
    query: ["subnetId", "vnicId", "ipAddress", ...PAGE_QUERY],
    run: listPrivateIps,
  },
  {
    name: "ListVnicAttachments",
    method: "GET",
    path: "vnicAttachments",
    kind: "read",
    query: ["availabilityDomain", "instanceId", "vnicId", ...PAGE_QUERY],
    requiredQuery: ["compartmentId"],
    run: listVnicAttachments,
  },
  { name: "GetVnic", method: "GET", path: "vnics/*", kind: "read", run: getVnic },
  {
    name: "ListSubnets",
    method: "GET",
    path: "subnets",
    kind: "read",
    query: ["vcnId", "displayName", "lifecycleState", "sortBy", "sortOrder", ...PAGE_QUERY],
    requiredQuery: ["compartmentId"],
    run: listSubnets,
  },
  { name: "GetVcn", method: "GET", path: "vcns/*", kind: "read", run: getVcn },
  { name: "GetSubnet", method: "GET", path: "subnets/*", kind: "read", run: getSubnet },
];

/** The API reference: a subnet or a VNIC has to be named; an address only together with its subnet. */
function listPrivateIps(call: Call): Answer {
  const { cloud, query } = call;
  const [subnetOcid, vnicOcid] = [query.get("subnetId"), query.get("vnicId")];
  if (subnetOcid === undefined && vnicOcid === undefined) {
    throw invalidParameter("ListPrivateIps needs subnetId or vnicId");
  }
  const candidates =
    vnicOcid === undefined
      ? residentsOf(call, subnetOcid ?? "", query.get("ipAddress"))
      : [findByVnic(call, vnicOcid)];
  const items: ListItem[] = [];
  for (const record of candidates) {
    const state = attachmentStateOf(record, cloud.nowMs);
    const isListed = state === "ATTACHED" || state === "DETACHING";
    if (isListed && (subnetOcid ?? record.vnic.subnet.ocid) === record.vnic.subnet.ocid) {
      items.push(itemOf(record, () => privateIpJson(record)));
    }
  }
  return pageAnswer(items, 1, query, cloud.settings);
}

function residentsOf(
  { cloud }: Call,
  subnetOcid: string,
  ipAddress: string | undefined,
): Iterable<InstanceRecord> {
  const subnet = cloud.findSubnet(subnetOcid);
  if (subnet === undefined) throw notAuthorizedOrNotFound();
  if (ipAddress === undefined) return subnet.residents;
  const resident = subnet.residentAt(ipAddress);
  return resident === undefined ? [] : [resident];
}

function listVnicAttachments(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const instanceOcid = query.get("instanceId");
  const candidates = instanceOcid === undefined ? cloud.records : [cloud.find(instanceOcid)];
  const items: ListItem[] = [];
  for (const record of candidates) {
    if (record === undefined) throw notAuthorizedOrNotFound();
    if (!isWanted(record, query)) continue;
    items.push(itemOf(record, () => vnicAttachmentJson(record, cloud.nowMs)));
  }
  return pageAnswer(items, 1, query, cloud.settings);
}

function isWanted(record: InstanceRecord, query: ReadonlyMap<string, string>): boolean {
  const { order, vnic } = record;
  return (
    order.compartmentOcid === query.get("compartmentId") &&
    (query.get("availabilityDomain") ?? order.availabilityDomain) === order.availabilityDomain &&
    (query.get("vnicId") ?? vnic.vnicOcid) === vnic.vnicOcid
  );
}

function getVnic(call: Call): Answer {
  const record = findByVnic(call, call.pathOcid);
  return {
    status: 200,
    json: vnicJson(record, call.cloud.nowMs),
    headers: { etag: call.pathOcid.slice(-32) },
  };
}

/** A VNIC is gone with its instance. */
function findByVnic({ cloud }: Call, vnicOcid: string): InstanceRecord {
  const record = cloud.findByVnic(vnicOcid);
  if (record === undefined || record.lifecycleState === "TERMINATED") {
    throw notAuthorizedOrNotFound();
  }
  return record;
}

/** In the order of acceptance, which no later launch disturbs. */
function itemOf(record: InstanceRecord, json: () => string): ListItem {
  return { position: { key: "", sequence: record.sequence }, json };
}

function listSubnets(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const { region } = cloud;
  const subnets = region.subnets.filter(
    (subnet) =>
      subnet.compartmentOcid === query.get("compartmentId") &&
      (query.get("vcnId") ?? region.vcn.ocid) === region.vcn.ocid &&
      (query.get("displayName") ?? subnet.name) === subnet.name,
  );
  const items = listItems(subnets, (subnet) => subnetJson(subnet, region));
  return pageAnswer(items, 1, query, cloud.settings);
}

function getSubnet({ cloud, pathOcid }: Call): Answer {
  const subnet = cloud.region.subnets.find((one) => one.ocid === pathOcid);
  if (subnet === undefined) throw notAuthorizedOrNotFound();
  return {
    status: 200,
    json: subnetJson(subnet, cloud.region),
    headers: { etag: pathOcid.slice(-32) },
  };
}

/** `Vcn` of the Core API. */
function getVcn({ cloud, pathOcid }: Call): Answer {
  const { vcn } = cloud.region;
  if (vcn.ocid !== pathOcid) throw notAuthorizedOrNotFound();
  const json = JSON.stringify({
    cidrBlock: vcn.cidr,
    cidrBlocks: [vcn.cidr],
    compartmentId: vcn.compartmentOcid,
    definedTags: {},
    displayName: vcn.dnsLabel,
    dnsLabel: vcn.dnsLabel,
    freeformTags: {},
    id: vcn.ocid,
    lifecycleState: "AVAILABLE",
    vcnDomainName: `${vcn.dnsLabel}.oraclevcn.com`,
  });
  return { status: 200, json, headers: { etag: pathOcid.slice(-32) } };
}

/** `Subnet` of the Core API. */
function subnetJson(subnet: SubnetDescription, { vcn }: RegionDescription): string {
  const block = parseBlock(subnet.cidr);
  return JSON.stringify({
    availabilityDomain: null,
    cidrBlock: subnet.cidr,
    compartmentId: subnet.compartmentOcid,
    definedTags: {},
    displayName: subnet.name,
    dnsLabel: subnet.dnsLabel,
    freeformTags: {},
    id: subnet.ocid,
    lifecycleState: "AVAILABLE",
    prohibitInternetIngress: subnet.isPublicIpProhibited,
    prohibitPublicIpOnVnic: subnet.isPublicIpProhibited,
    subnetDomainName: `${subnet.dnsLabel}.${vcn.dnsLabel}.oraclevcn.com`,
    vcnId: vcn.ocid,
    virtualRouterIp: block === undefined ? null : formatAddress(block.first + 1),
    virtualRouterMac: "00:00:17:00:00:01",
  });
}
