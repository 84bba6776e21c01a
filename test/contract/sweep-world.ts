import { describeError } from "../../nodectl/cli/run.ts";
import { sweepProgram } from "../../nodectl/cli/sweep.ts";
import { makeCustomImage } from "../sandbox/api/custom-image-by-hand.ts";
import type { CustomImageRecord } from "../sandbox/api/custom-images.ts";
import { bootVolumeStateOf, type BootVolumeRecord } from "../sandbox/api/boot-volume.ts";
import { launchByHand } from "../sandbox/api/instance-by-hand.ts";
import type { InstanceRecord } from "../sandbox/api/instance-record.ts";
import { leaveBootVolume } from "../sandbox/api/left-boot-volume.ts";
import type { Rig } from "./rig.ts";

export const OTHER_CLUSTER = "rat-99999999";

interface Tagged {
  readonly freeformTags?: Readonly<Record<string, string>>;
}

/** Two clusters and strangers in one compartment, with nodes, boot volumes and images. */
export class SweepWorld {
  readonly rig: Rig;
  readonly #others: Others;

  constructor(rig: Rig) {
    this.rig = rig;
    for (const name of ["vm-a-0001", "vm-a-0002"]) this.launchNode(OTHER_CLUSTER, name);
    this.leaveVolumes(OTHER_CLUSTER, "vm-a-0001");
    leaveBootVolume(rig.cloud, { displayName: "database (Boot Volume)", ageSeconds: 3600 });
    makeCustomImage(rig.cloud, { displayName: "v1", freeformTags: { cluster: OTHER_CLUSTER } });
    makeCustomImage(rig.cloud, { displayName: "golden" });
    this.#others = this.#everything();
  }

  launchNode(clusterId: string, node: string): InstanceRecord {
    const freeformTags = { cluster: clusterId, type: "compute", node };
    return launchByHand(this.rig.cloud, { displayName: node, freeformTags });
  }

  launchManagement(clusterId: string): InstanceRecord {
    const freeformTags = { cluster: clusterId };
    return launchByHand(this.rig.cloud, { displayName: "management", freeformTags });
  }

  /** One that says whose it is, and one that does not. */
  leaveVolumes(clusterId: string, node: string): void {
    const displayName = `${node} (Boot Volume)`;
    const freeformTags = { cluster: clusterId };
    leaveBootVolume(this.rig.cloud, { displayName, ageSeconds: 86_400, freeformTags });
    leaveBootVolume(this.rig.cloud, { displayName, ageSeconds: 86_400 });
  }

  makeImage(clusterId: string): CustomImageRecord {
    const freeformTags = { cluster: clusterId };
    return makeCustomImage(this.rig.cloud, { displayName: "compute-v1", freeformTags });
  }

  /** A cluster as it is when it has worked: nodes, one that left its disk, and an image. */
  populate(clusterId: string): void {
    for (const name of ["vm-a-0001", "vm-a-0002", "vm-a-0003"]) this.launchNode(clusterId, name);
    const leaving = this.launchNode(clusterId, "vm-a-0004");
    this.rig.cloud.terminate(leaving, true);
    this.makeImage(clusterId);
    leaveBootVolume(this.rig.cloud, {
      ...{ displayName: "vm-a-0005 (Boot Volume)", freeformTags: { cluster: clusterId } },
    });
  }

  /** What of the cluster costs money, as kind and name. */
  remains(clusterId: string): readonly string[] {
    const { instances, volumes, images } = this.#everything();
    const isOurs = ({ freeformTags }: Tagged): boolean => freeformTags?.["cluster"] === clusterId;
    const ours = instances.filter(({ order }) => isOurs(order));
    return [
      ...ours
        .filter(({ lifecycleState }) => lifecycleState !== "TERMINATED")
        .map(({ displayName }) => `instance ${displayName}`),
      ...volumes
        .filter((volume) => isOurs(volume) || isOurs(volume.instance?.order ?? {}))
        .filter((volume) => !bootVolumeStateOf(volume).startsWith("TERMINAT"))
        .map(({ displayName }) => `volume ${displayName}`),
      ...images
        .filter((image) => isOurs(image) && image.lifecycleState !== "DELETED")
        .map(({ displayName }) => `image ${displayName}`),
    ];
  }

  /** What of the others is not as it was: nothing, in a good world. */
  harmed(): readonly string[] {
    const { instances, volumes, images } = this.#others;
    return [
      ...instances.filter(({ lifecycleState }) => lifecycleState.startsWith("TERMINAT")),
      ...volumes.filter((volume) => bootVolumeStateOf(volume).startsWith("TERMINAT")),
      ...images.filter(({ lifecycleState }) => lifecycleState === "DELETED"),
    ].map(({ displayName }) => displayName);
  }

  /** Calls that remove something, by operation. */
  removals(): Readonly<Record<string, number>> {
    const counts = Object.entries(this.rig.callCounts());
    return Object.fromEntries(counts.filter(([name]) => /^(Terminate|Delete)/.test(name)));
  }

  /** The options of `npm run sweep` for this cluster. */
  argv(clusterId: string): readonly string[] {
    const { api, region } = this.rig;
    return [
      ...["--cluster", clusterId, "--region", region.name, "--endpoint", api.url],
      ...["--compartment", region.compartments[0]?.ocid ?? "", "--pause-seconds", "1"],
      ...["--oci-config", this.rig.path("oci/config")],
    ];
  }

  /** Runs the program, in this process: starting one takes longer than most sweeps. */
  async sweep(clusterId: string, ...options: readonly string[]): Promise<SweepResult> {
    const out = new TextStream();
    const err = new TextStream();
    const argv = [...this.argv(clusterId), ...options];
    const streams = { stdout: out.asWritable, stderr: err.asWritable };
    const input = { argv, ...streams, pid: process.pid, resumeFile: undefined };
    const exitCode = await sweepProgram(input).catch((error: unknown) => {
      err.text += `sweep: ${describeError(error)}\n`;
      return 1;
    });
    return { exitCode, stdout: out.text, stderr: err.text };
  }

  #everything(): Others {
    const { cloud } = this.rig;
    cloud.advance();
    return {
      instances: [...cloud.records],
      volumes: [...cloud.bootVolumes.records],
      images: [...cloud.customImages.records],
    };
  }
}

export interface SweepResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

class TextStream {
  text = "";

  get asWritable(): NodeJS.WriteStream {
    const write = (part: string): void => {
      this.text += part;
    };
    return { write } as unknown as NodeJS.WriteStream;
  }
}

interface Others {
  readonly instances: readonly InstanceRecord[];
  readonly volumes: readonly BootVolumeRecord[];
  readonly images: readonly CustomImageRecord[];
}
