import { join, resolve } from "node:path";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { CloudSettings } from "./api/cloud-settings.ts";
import type { Latency } from "./api/oci-door.ts";
import type { RateLimits } from "./api/rate-limit.ts";
import { newControlGroupName } from "./machines/control-group-keeper.ts";
import { ensureImage, type ImageStoreOptions } from "./machines/image-store.ts";
import { ensurePrograms } from "./machines/programs-store.ts";
import type { ReleaseName } from "./machines/releases.ts";
import type { BootingPlan, ManagementPlan, RegionPlan } from "./region-plan.ts";
import { ensurePackages } from "./sources/package-store.ts";
import { removeUnused } from "./unused.ts";

export interface SandboxOptions {
  /** The Debian release of all machines, and with it the version of Slurm. Default bookworm: 22.05. */
  readonly release?: ReleaseName;
  /** One cluster for each: letters and digits, a letter first, at most 15. Default: clustera. */
  readonly clusterIds?: readonly string[];
  /** What `npm run build` made for this architecture; absent: machines without our executables. */
  readonly archive?: string;
  /** Node names that instances of strangers in the same compartment bear as well. Default: none. */
  readonly strangerNames?: readonly string[];
  /** The timer's `citc reconcile` runs on the management nodes. Default false: nothing happens that a test did not ask for. */
  readonly hasTimers?: boolean;
  /** Machines that boot an operating system, with systemd and cloud-init; absent: small ones, with Slurm from the start. */
  readonly booting?: BootingOptions;
  /** How the cloud behaves. */
  readonly cloud?: Partial<CloudSettings>;
  readonly latency?: Partial<Latency>;
  readonly rateLimits?: RateLimits;
  /** Where images are kept and runs happen. Default: .sandbox in the repository. */
  readonly directory?: string;
  /** Keep the run's directory, with all logs, when it stops. Default false. */
  readonly keepRun?: boolean;
  /** Hears of what takes long. */
  readonly report?: (line: string) => void;
  /** Hears, step by step, what is waited for. */
  readonly progress?: (step: string) => void;
  /** Ends a start that is under way; a sandbox that has started is stopped by stop(). */
  readonly signal?: AbortSignal;
}

/** What machines that boot are made of, and what their management nodes are told. */
export type BootingOptions = BootingMachines & (ToldOptions | DeployedOptions);

interface BootingMachines {
  /** `bare` (default): Debian as a cloud has it; `baked`: with the packages that a compute node needs. */
  readonly image?: BootingImage;
  /** Of the management nodes. Default: the same. */
  readonly managementImage?: BootingImage;
  /** The git repository whose commits are served. Default: this one. */
  readonly repository?: string;
  /** A shared file system of this size, in memory, that can be full. Default: a directory on this computer's disk. */
  readonly sharedMebibytes?: number;
}

interface ToldOptions {
  /** The management node's: user_data (base64), ssh_authorized_keys and whatever else is to be there. Default: none. */
  readonly managementMetadata?: Readonly<Record<string, string>>;
  readonly deployment?: never;
}

interface DeployedOptions {
  readonly managementMetadata?: never;
  /** What a deployment tells it, so that it becomes the management node of a cluster, with the options' archive. */
  readonly deployment: DeploymentOptions;
}

export interface DeploymentOptions {
  /** Tag or commit of the repository whose playbooks the machines run. */
  readonly ref: string;
  /** Of the admin opc. */
  readonly sshPublicKeys: readonly string[];
  /** Settings of /etc/citc/startnode.yaml besides the endpoint of the region's API. */
  readonly nodectlSettings?: Readonly<Record<string, unknown>>;
}

type BootingImage = "bare" | "baked";

/** Images, programs and runs are kept here unless the options say otherwise. */
export const DEFAULT_DIRECTORY = join(import.meta.dirname, "../../.sandbox");
const REPOSITORY = join(import.meta.dirname, "../..");
/**
 * slurmctld ignores a node that booted before it was asked for, and counts in whole seconds that it rounds against
 * us (facts observed on 22.05 and 24.11): instances must not boot faster than this.
 */
const BOOT_MS_MIN = 2000;
/** Throws what a person has to change. */
export function checkOptions(clusterIds: readonly string[], { cloud }: SandboxOptions): void {
  // The subnet's DNS label is made of it.
  const wrong = clusterIds.find((id) => !/^[a-z][a-z0-9]{0,14}$/.test(id));
  if (wrong !== undefined) {
    throw new Error(
      `cluster id ${wrong}: write up to 15 lower-case letters and digits, a letter first`,
    );
  }
  if (new Set(clusterIds).size < clusterIds.length)
    throw new Error("two clusters have the same id");
  const bootMs = cloud?.bootMs;
  if (bootMs !== undefined && bootMs < BOOT_MS_MIN) {
    throw new Error(
      `bootMs ${bootMs}: Slurm believes no boot that is faster than ${BOOT_MS_MIN} ms`,
    );
  }
}

/** What the region's process is told; what is missing is made first, and what nobody has used for long is removed. */
export async function makePlan(
  options: SandboxOptions,
  clusterIds: readonly string[],
  directory: string,
): Promise<RegionPlan> {
  const { release = "bookworm", booting, report, progress, signal } = options;
  const stores = { report, progress, signal };
  // A playbook fetches the archive by itself.
  const archive = booting?.deployment === undefined ? options.archive : undefined;
  const [images, programsDirectory] = await Promise.all([
    ensureImages(options, { directory: join(directory, "images"), ...stores }),
    ensurePrograms(archive, join(directory, "programs"), systemClock.now()),
  ]);
  const packages = { directory: join(directory, "packages"), ...stores };
  const plan = {
    release,
    imageDirectory: images.compute,
    programsDirectory,
    clusterIds,
    strangerNames: options.strangerNames ?? [],
    hasTimers: options.hasTimers ?? false,
    ...(booting !== undefined && { booting: await planBooting(options, images, packages) }),
    cloud: options.cloud ?? {},
    latency: options.latency ?? {},
    rateLimits: options.rateLimits ?? {},
  };
  await removeUnused(directory, systemClock.now(), report);
  return plan;
}

/** The directories of the images. */
interface Images {
  readonly compute: string;
  readonly management: string;
  /** The one with fewer packages: what is to be installed can be installed on both. */
  readonly barest: string;
}

async function ensureImages(
  { release = "bookworm", booting }: SandboxOptions,
  store: ImageStoreOptions,
): Promise<Images> {
  const kind = booting === undefined ? "small" : (booting.image ?? "bare");
  const managementKind = booting?.managementImage ?? kind;
  const [compute, other] = await Promise.all([
    ensureImage(release, kind, store),
    managementKind === kind ? undefined : ensureImage(release, managementKind, store),
  ]);
  const management = other ?? compute;
  return { compute, management, barest: managementKind === "bare" ? management : compute };
}

async function planBooting(
  { release = "bookworm", archive, booting = {} }: SandboxOptions,
  { management, barest }: Images,
  packages: ImageStoreOptions,
): Promise<BootingPlan> {
  const { repository = REPOSITORY, sharedMebibytes } = booting;
  return {
    controlGroup: newControlGroupName(),
    repository,
    packagesDirectory: await ensurePackages(release, barest, packages),
    managementImageDirectory: management,
    management: planManagement(booting, archive),
    ...(sharedMebibytes !== undefined && { sharedMebibytes }),
  };
}

function planManagement(
  { deployment, managementMetadata = {} }: BootingOptions,
  archive: string | undefined,
): ManagementPlan {
  if (deployment === undefined) return { kind: "metadata", metadata: managementMetadata };
  if (archive === undefined) throw new Error("a deployment needs the archive of `npm run build`");
  const { ref, sshPublicKeys, nodectlSettings = {} } = deployment;
  const archiveFile = resolve(archive);
  return { kind: "deployed", deployment: { ref, sshPublicKeys, archiveFile, nodectlSettings } };
}
