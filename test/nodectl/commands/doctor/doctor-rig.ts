import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Check } from "../../../../nodectl/commands/doctor/check.ts";
import type {
  Cloud,
  CloudOpening,
  DoctorContext,
  Machine,
} from "../../../../nodectl/commands/doctor/doctor-context.ts";
import { parseConfig } from "../../../../nodectl/cli/config.ts";
import type { Config } from "../../../../nodectl/domain/config.ts";
import type { Finding } from "../../../../nodectl/domain/doctor/finding.ts";
import type { Shape } from "../../../../nodectl/domain/shape.ts";
import type {
  BootVolume,
  LimitAvailability,
  PrivateAddress,
  SubnetUse,
} from "../../../../nodectl/oci/provider.ts";
import { FakeCloud } from "../fake-cloud.ts";
import { VirtualClock } from "../virtual-clock.ts";

const SETTINGS = `region: us-phoenix-1
compartment_id: ocid1.compartment.oc1..aaaa
subnet_id: ocid1.subnet.oc1.phx.aaaa
ad_root: "Uocm:PHX-AD-"
cluster_id: lab
mgmt_image_id: ocid1.image.oc1.phx.aaaa
`;

/** Of the rig's only shape. */
export const CORES = "standard2-core-count";

/** A management node in a temporary directory, in order until a test breaks something. */
export class DoctorRig {
  readonly root = mkdtempSync(join(tmpdir(), "citc-doctor-"));
  readonly instances = new FakeCloud();
  addresses: readonly PrivateAddress[] = [];
  domains: readonly string[] = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"];
  /** By image; undefined: not known to OCI. */
  imageShapes: readonly string[] | undefined = ["VM.Standard2.1"];
  shapes: readonly Shape[] = [
    { ...{ name: "VM.Standard2.1", ocpus: 1, memoryGib: 15, gpus: 0 }, quotaNames: [CORES] },
  ];
  volumes: readonly BootVolume[] = [];
  subnet: SubnetUse | undefined = {
    ...{ cidr: "10.0.1.0/28", dnsLabel: "lab", lifecycleState: "AVAILABLE" },
    ...{ addressesUsed: 3, addressesMax: 13 },
  };
  limitOf: (name: string) => LimitAvailability = () => ({ kind: "known", used: 0, available: 10 });
  opening: CloudOpening = { kind: "open", cloud: this.cloud() };
  machine: Machine = {
    tryMunge: () => Promise.resolve({ kind: "done" }),
    unitStates: () => Promise.resolve({ kind: "no-systemd" }),
    refusedTo: () => Promise.resolve({ kind: "asked", refused: [] }),
    mounts: () =>
      Promise.resolve([{ mountPoint: this.root, type: "nfs4", source: "s", isReadOnly: false }]),
    tryToWrite: () => Promise.resolve({ kind: "done" }),
    addressesOf: () => Promise.resolve(["10.0.0.2"]),
  };
  changes: Partial<DoctorContext> = {};

  constructor() {
    this.write("finalised/mgmt", "");
    this.write("slurm.conf", "SlurmUser=slurm\n");
    this.write("run/slurm/.keep", "");
    this.write("bootstrap.sh", "#!/bin/sh\n");
    this.write("keys", `ssh-ed25519 ${"A".repeat(68)} admin\n`);
    this.write("log/elastic.log", "");
    this.write("shared/slurm.conf", "");
  }

  write(name: string, text: string): void {
    const file = join(this.root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(name: string): void {
    rmSync(join(this.root, name), { recursive: true, force: true });
  }

  config(): Config {
    const parsed = parseConfig(SETTINGS, "startnode.yaml");
    if (parsed.kind === "invalid") throw new Error("the rig's settings");
    const at = (name: string): string => join(this.root, name);
    return {
      ...parsed.value,
      ...{
        finalisedDirectory: at("finalised"),
        slurmConf: at("slurm.conf"),
        logFile: at("log/elastic.log"),
      },
      ...{ capacityFile: at("run/slurm/capacity"), reconcileFile: at("run/reconcile.json") },
      ...{
        userDataFile: at("bootstrap.sh"),
        sshKeysFile: at("keys"),
        limitsFile: at("limits.yaml"),
      },
      ...{ slurmDirectory: at("shared"), nodesFile: at("shared/nodes.json") },
      ...{ pauseFile: at("paused"), metricsFile: at("exporter/citc.prom") },
      consoleDirectory: at("log/consoles"),
    };
  }

  context(): DoctorContext {
    const config = this.config();
    return {
      ...{ config, configFile: "/etc/citc/startnode.yaml", hostName: "mgmt", isRoot: true },
      ...{ clock: new VirtualClock(), machine: this.machine, isMetricsFileSet: false },
      slurm: {
        isAnswering: () => Promise.resolve(true),
        version: () => Promise.resolve({ major: 24, minor: 11, text: "24.11.5" }),
        runningSettings: () => Promise.resolve(new Map()),
      },
      checkSlurmConf: () => Promise.resolve({ kind: "valid" }),
      serviceTime: () => Promise.resolve({ kind: "silent", reason: "not asked" }),
      serviceHost: () => Promise.resolve(undefined),
      openCloud: () => Promise.resolve(this.opening),
      ...this.changes,
    };
  }

  cloud(): Cloud {
    return {
      instances: this.instances,
      addressBook: { listPrivateAddresses: () => Promise.resolve(this.addresses) },
      instanceAddresses: { addressOf: () => Promise.resolve("10.0.1.7") },
      subnet: { lookAtSubnet: () => Promise.resolve(this.subnet) },
      bootVolumes: { listLeftBootVolumes: () => Promise.resolve(this.volumes) },
      limits: { availabilityOf: (name) => Promise.resolve(this.limitOf(name)) },
      catalogue: {
        listAvailabilityDomains: () => Promise.resolve(this.domains),
        listShapes: () => Promise.resolve(this.shapes),
        listShapesOfImage: () => Promise.resolve(this.imageShapes),
      },
    };
  }

  end(): void {
    this.remove("");
  }
}

/** What these of the checks find, one after the other. */
export async function findingsOf(
  checks: readonly Check[],
  ...ids: readonly string[]
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const id of ids) {
    const check = checks.find((it) => it.id === id);
    if (check === undefined) throw new Error(`no check ${id}`);
    findings.push(...(await check.run(new AbortController().signal)));
  }
  return findings;
}
