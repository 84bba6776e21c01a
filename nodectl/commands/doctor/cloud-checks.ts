import { judgeClock } from "../../domain/doctor/clock-skew.ts";
import { type Finding, ok, skipped, wrong } from "../../domain/doctor/finding.ts";
import type { Check } from "./check.ts";
import { CloudSide } from "./cloud-side.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { checkImages } from "./image-check.ts";
import { checkLimits, checkSubnet, checkVolumes } from "./room-checks.ts";
import { policyFor, tryCall } from "./oci-probe.ts";

const NO_ROUTE =
  "check region or endpoint in startnode.yaml, and the route to OCI (service gateway)";

/** OCI: whether it is reached, whether it knows us, and whether it lets us do what the programs do. */
export function cloudChecks(context: DoctorContext): readonly Check[] {
  const side = new CloudSide(context);
  const ask = (
    id: string,
    title: string,
    run: (side: CloudSide) => Promise<readonly Finding[]>,
  ): Check => ({
    ...{ id, title, needs: ["credentials"], whenSilent: NO_ROUTE },
    run: () => run(side),
  });
  return [
    {
      ...{
        id: "names",
        title: "Names",
        whenSilent: "look at /etc/resolv.conf: no name server answers",
      },
      run: () => resolveNames(context),
    },
    {
      ...{ id: "clock", title: "Clock", whenSilent: NO_ROUTE },
      run: async (signal) => [await compareClocks(context, signal)],
    },
    {
      ...{ id: "credentials", title: "Credentials", whenSilent: NO_ROUTE },
      run: async () => [await side.open()],
    },
    ask("instances", "List instances", listInstances),
    ask("addresses", "List addresses", listAddresses),
    ask("domains", "List domains", listDomains),
    { ...ask("shapes", "List shapes", listShapes), needs: ["domains"] },
    { ...ask("images", "Images", checkImages), needs: ["shapes", "shared"] },
    { ...ask("subnet", "Subnet", checkSubnet), needs: ["instances", "shared"] },
    { ...ask("limits", "Service limits", checkLimits), needs: ["instances", "shapes", "shared"] },
    { ...ask("volumes", "Boot volumes", checkVolumes), needs: ["credentials", "shared"] },
    { ...ask("launch", "Launch", explainLaunch), needs: ["instances"] },
    { ...ask("vnics", "Read addresses", readAddress), needs: ["instances"] },
    ask("terminate", "Terminate", explainTerminate),
  ];
}

async function resolveNames({
  machine,
  hostName,
  serviceHost,
}: DoctorContext): Promise<readonly Finding[]> {
  const [own, host] = await Promise.all([machine.addressesOf(hostName), serviceHost()]);
  const findings: Finding[] = [];
  if (own.length === 0) {
    const fix = `write a line with its address and ${hostName} into /etc/hosts: Slurm and munge ask for it`;
    findings.push(wrong(`this machine's own name, ${hostName}, does not resolve`, fix));
  }
  if (host === undefined) {
    findings.push(skipped("OCI's names: startnode.yaml names an endpoint in their place"));
  } else if ((await machine.addressesOf(host)).length === 0) {
    const fix = "correct region in startnode.yaml; the resolver on OCI is 169.254.169.254";
    findings.push(wrong(`${host} does not resolve`, fix));
  } else {
    findings.push(ok(`${host} resolves`));
  }
  return own.length === 0 ? findings : [ok(`${hostName} is ${own.join(", ")}`), ...findings];
}

async function compareClocks(context: DoctorContext, signal: AbortSignal): Promise<Finding> {
  const time = await context.serviceTime(signal);
  return time.kind === "answered"
    ? judgeClock(time.sample)
    : wrong(`no answer from OCI: ${time.reason}`, NO_ROUTE);
}

function listInstances(side: CloudSide): Promise<readonly Finding[]> {
  const { compartmentOcid, clusterId } = side.context.config;
  const policy = policyFor("read instance-family", "compartment_id", compartmentOcid);
  return tryCall(policy, async () => {
    const living = (await side.instances()).filter(({ lifecycleState: it }) => it !== "TERMINATED");
    return [ok(`allowed; ${living.length} of cluster ${clusterId}`)];
  });
}

function listAddresses({ cloud, context }: CloudSide): Promise<readonly Finding[]> {
  const policy = policyFor("use virtual-network-family", "subnet_id", context.config.subnetOcid);
  return tryCall(policy, async () => {
    const addresses = await cloud.addressBook.listPrivateAddresses();
    return [ok(`allowed; ${addresses.length} with a host name in the subnet`)];
  });
}

function listDomains(side: CloudSide): Promise<readonly Finding[]> {
  const { compartmentOcid, adRoot } = side.context.config;
  const policy = policyFor("inspect compartments", "compartment_id", compartmentOcid);
  return tryCall(policy, async () => {
    const names = await side.domains();
    if (names.some((name) => name.startsWith(adRoot))) return [ok(`allowed; ${names.join(", ")}`)];
    const [example = ""] = names;
    const fix = `write ad_root: ${JSON.stringify(example.replace(/\d+$/, ""))} in startnode.yaml`;
    return [wrong(`ad_root is ${adRoot}, and the region has ${names.join(", ")}`, fix)];
  });
}

function listShapes(side: CloudSide): Promise<readonly Finding[]> {
  const policy = policyFor(
    "read instance-family",
    "compartment_id",
    side.context.config.compartmentOcid,
  );
  return tryCall(policy, async () => {
    const [domain = ""] = await side.domains();
    const shapes = await side.cloud.catalogue.listShapes(domain);
    return [ok(`allowed; ${shapes.length} in ${domain}`)];
  });
}

/** 404 is OCI's answer to a wrong OCID in a launch as well as to a missing permission: a launch made to fail tells nothing. */
const NOT_WITHOUT_DOING_IT =
  "cannot be checked without doing it: OCI answers 404 to a wrong OCID and to a missing permission alike";

async function explainLaunch(side: CloudSide): Promise<readonly Finding[]> {
  const times = (await side.instances()).map(({ timeCreatedMs }) => timeCreatedMs);
  if (times.length > 0) {
    const minute = new Date(Math.max(...times)).toISOString().slice(0, 16);
    return [ok(`worked last at ${minute}Z, as the list of instances tells`)];
  }
  const grants = "manage instance-family, use virtual-network-family, use volume-family";
  return [skipped(`${NOT_WITHOUT_DOING_IT}. It takes ${grants}`)];
}

function explainTerminate(): Promise<readonly Finding[]> {
  return Promise.resolve([
    skipped(`${NOT_WITHOUT_DOING_IT}. It takes manage instance-family, as reading a console does`),
  ]);
}

async function readAddress(side: CloudSide): Promise<readonly Finding[]> {
  const { cloud, context } = side;
  const running = (await side.instances()).find(
    ({ lifecycleState }) => lifecycleState === "RUNNING",
  );
  if (running === undefined) return [skipped("no instance runs whose address could be read")];
  const policy = policyFor(
    "use virtual-network-family",
    "compartment_id",
    context.config.compartmentOcid,
  );
  return await tryCall(policy, async () => {
    const address = await cloud.instanceAddresses.addressOf(running.instanceOcid);
    return [ok(`allowed; ${running.nodeName} has ${address ?? "none yet"}`)];
  });
}
