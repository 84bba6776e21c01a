import { access } from "node:fs/promises";
import { lookAtCluster, type StatusContext } from "../../commands/status/look.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { indexNodes } from "../../domain/nodes-file.ts";
import type { ClusterStatus } from "../../domain/status/cluster-status.ts";
import { CapacityFile } from "../../files/capacity-file.ts";
import { StateFile } from "../../files/state-file.ts";
import { OciAuthError } from "../../oci/oci-auth-error.ts";
import { OciCallError } from "../../oci/oci-errors.ts";
import type { SigningIdentity } from "../../oci/signing-identity.ts";
import { createScontrol } from "../../slurm/scontrol.ts";
import type { RunTools } from "../oci-context.ts";
import { launchSettingsOf } from "../launch-settings.ts";
import { loadNodesFile } from "../load-targets.ts";
import { CommandError } from "../run.ts";
import { systemClock } from "../system-clock.ts";
import { claimsOf, limitsOf } from "./cluster-context.ts";

// A person waits: what does not answer by then is said to be silent. The next look asks again.
const OCI_DEADLINE_MS = 15_000;
const OCI_CALL_SECONDS_MAX = 10;
const SLURM_DEADLINE_MS = 10_000;

/**
 * Makes the function that looks at the cluster once for each call. The credentials of the first look serve the others.
 * It throws CommandError when nodes.json cannot be used.
 */
export function createLook(config: Config, log: Log): () => Promise<ClusterStatus> {
  // Tokens are renewed for as long as the process lives.
  const lifetime = new AbortController().signal;
  let identity: SigningIdentity | undefined;
  return async () => {
    const local = await createLocalSide(config, log);
    try {
      const { createAuthentication } = await import("../../oci/oci-auth.ts");
      const tools = { clock: systemClock, log };
      identity ??= await createAuthentication(config, { ...tools, signal: lifetime });
      const signal = AbortSignal.timeout(OCI_DEADLINE_MS);
      const oci = await createOciSide(config, { ...tools, signal, identity });
      return await lookAtCluster({ ...local, ...oci });
    } catch (error) {
      if (!(error instanceof OciAuthError)) throw error;
      return lookAtCluster({ ...local, ...withoutCredentials(error) });
    }
  };
}

type OciSide = Pick<StatusContext, "instances" | "addressBook" | "instanceAddresses">;

async function createLocalSide(
  config: Config,
  log: Log,
): Promise<Omit<StatusContext, keyof OciSide>> {
  await assertFinishHasRun(config);
  const file = await loadNodesFile(config);
  const { slurmBinDirectory: binDirectory, slurmConf } = config;
  return {
    clusterId: config.clusterId,
    specifications: indexNodes(file),
    claims: claimsOf(file),
    limits: limitsOf(config, file),
    clock: systemClock,
    capacity: new CapacityFile({
      file: config.capacityFile,
      logFile: config.logFile,
      nowMs: () => systemClock.now(),
    }),
    memory: new StateFile(config.reconcileFile),
    slurm: createScontrol({
      ...{ binDirectory, slurmConf, clock: systemClock, log },
      deadlineMs: SLURM_DEADLINE_MS,
    }),
  };
}

async function assertFinishHasRun({ nodesFile, limitsFile }: Config): Promise<void> {
  try {
    await access(nodesFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandError(
      `finish has never run, so there are no nodes yet (no ${nodesFile}): write ${limitsFile}, then run ~opc/finish`,
      { cause: error },
    );
  }
}

async function createOciSide(config: Config, tools: RunTools): Promise<OciSide> {
  const { createProvider, createInspection } = await import("../oci-context.ts");
  const callDeadlineSeconds = Math.min(config.callDeadlineSeconds, OCI_CALL_SECONDS_MAX);
  const impatient = { ...config, callDeadlineSeconds };
  const provider = await createProvider(impatient, launchSettingsOf(config, {}), tools);
  const { instanceAddresses } = await createInspection(impatient, tools);
  return { instances: provider, addressBook: provider, instanceAddresses };
}

/** OCI's side when we cannot say who we are. */
function withoutCredentials(cause: OciAuthError): OciSide {
  const refuse = (): Promise<never> => {
    const failure = { class: "auth", operation: "authentication", message: cause.message } as const;
    return Promise.reject(new OciCallError(failure, { cause }));
  };
  return {
    instances: { listInstances: refuse },
    addressBook: { listPrivateAddresses: refuse },
    instanceAddresses: { addressOf: refuse },
  };
}
