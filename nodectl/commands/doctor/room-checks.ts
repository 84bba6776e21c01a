import { type Finding, skipped, wrong } from "../../domain/doctor/finding.ts";
import { judgeSubnet } from "../../domain/doctor/free-addresses.ts";
import { judgeVolumes } from "../../domain/doctor/left-volumes.ts";
import { judgeLimits, limitNeeds, type LimitNeed } from "../../domain/doctor/service-limits.ts";
import { expandedNames } from "../../domain/group-names.ts";
import type { NodeGroup } from "../../domain/launch-specification.ts";
import { isLiving } from "../../domain/reconcile/instance-state.ts";
import type { CloudSide } from "./cloud-side.ts";
import { policyFor, tryCall } from "./oci-probe.ts";

/** Whether the nodes that nodes.json allows fit into the subnet. */
export function checkSubnet(side: CloudSide): Promise<readonly Finding[]> {
  const { subnetOcid } = side.context.config;
  const policy = policyFor("use virtual-network-family", "subnet_id", subnetOcid);
  return tryCall(policy, async () => {
    const use = await side.cloud.subnet.lookAtSubnet();
    if (use === undefined) {
      const fix = `allow dynamic-group GROUP to ${policy.grant} in compartment NAME, or correct subnet_id`;
      return [wrong(`OCI knows no subnet ${subnetOcid}, or does not let us see it`, fix)];
    }
    const running = await runningNames(side);
    const wanted = (await groupsOf(side)).flatMap(expandedNames);
    const nodesToCome = wanted.filter((name) => !running.has(name)).length;
    return [judgeSubnet({ ...use, nodesToCome })];
  });
}

/** Whether the tenancy's limits let the nodes of nodes.json run, all at once. */
export function checkLimits(side: CloudSide): Promise<readonly Finding[]> {
  const policy = policyFor(
    "read resource-availability",
    "compartment_id",
    side.context.config.compartmentOcid,
  );
  return tryCall(policy, async () => {
    const groups = await groupsOf(side);
    if (groups.length === 0) return [skipped("nodes.json allows no nodes")];
    const domains = new Set(groups.flatMap(({ specification: it }) => it.availabilityDomains));
    const lists = await Promise.all(
      [...domains].map((domain) => side.cloud.catalogue.listShapes(domain)),
    );
    const needs = limitNeeds(groups, lists.flat(), await runningNames(side));
    return await judgeNeeds(side, needs);
  });
}

/** Whether terminated nodes left disks behind. */
export function checkVolumes(side: CloudSide): Promise<readonly Finding[]> {
  const { config, clock } = side.context;
  const policy = policyFor("use volume-family", "compartment_id", config.compartmentOcid);
  return tryCall(policy, async () => {
    const volumes = await side.cloud.bootVolumes.listLeftBootVolumes();
    const names = new Set((await groupsOf(side)).flatMap(expandedNames));
    return [judgeVolumes(volumes, names, clock.now())];
  });
}

/** A call each: a region has a limit or two for each family of shapes and three availability domains at most. */
const LIMITS_MAX = 60;

async function judgeNeeds(
  { cloud }: CloudSide,
  needs: readonly LimitNeed[],
): Promise<readonly Finding[]> {
  const pairs = needs.flatMap(({ limitName, availabilityDomains }) =>
    availabilityDomains.map((domain) => ({ key: keyOf(limitName, domain), limitName, domain })),
  );
  const asked = [...new Map(pairs.map((pair) => [pair.key, pair])).values()].slice(0, LIMITS_MAX);
  const answers = await Promise.all(
    asked.map(async ({ key, limitName, domain }) => {
      const answer = await cloud.limits.availabilityOf(limitName, domain);
      return [key, answer.kind === "known" ? answer.available : undefined] as const;
    }),
  );
  const left = new Map(answers);
  const isTold = answers.some(([, available]) => available !== undefined);
  if (needs.length > 0 && !isTold) return [skipped(NOT_TOLD)];
  return judgeLimits(needs, (limitName, domain) => left.get(keyOf(limitName, domain)));
}

const NOT_TOLD =
  "OCI tells none of these limits; it takes: allow dynamic-group GROUP to read resource-availability in tenancy";

function keyOf(limitName: string, domain: string): string {
  return `${limitName} ${domain}`;
}

async function runningNames(side: CloudSide): Promise<ReadonlySet<string>> {
  return new Set((await side.instances()).filter(isLiving).map(({ nodeName }) => nodeName));
}

/** Without what only stays until it is down. */
async function groupsOf(side: CloudSide): Promise<readonly NodeGroup[]> {
  return ((await side.groups()) ?? []).filter(({ isRetired }) => isRetired !== true);
}
