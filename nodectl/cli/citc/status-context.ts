import { dirname } from "node:path";
import { lookAtSpace } from "../../commands/doctor/look-at-files.ts";
import { readPause } from "../../commands/pause.ts";
import { exists } from "../../commands/readiness.ts";
import { lookAtCluster, type StatusContext } from "../../commands/status/look.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import type { ClusterStatus } from "../../domain/status/cluster-status.ts";
import { StateFile } from "../../files/state-file.ts";
import { OciAuthError } from "../../oci/oci-auth-error.ts";
import { OciCallError } from "../../oci/oci-errors.ts";
import type { ClientSettings } from "../../oci/sdk-clients.ts";
import { loadNodesFile } from "../load-targets.ts";
import { CommandError } from "../run.ts";
import { systemClock } from "../system-clock.ts";
import { localSideOf } from "./cluster-context.ts";

// A person waits: what does not answer by then is said to be silent. The next look asks again. A call that is under way at
// the deadline has its own time, so that OCI is waited for at most as long as both together.
const OCI_DEADLINE_MS = 15_000;
/** A page of a thousand instances takes two seconds. */
const OCI_CALL_SECONDS_MAX = 7;
const SLURM_DEADLINE_MS = 10_000;

/** Told who is waited for. */
export type OnWait = (whom: "OCI" | "Slurm" | "the shared file system") => void;

/**
 * Makes the function that looks at the cluster once for each call. The clients of the first look, with their credentials
 * and connections, serve the others. It throws CommandError when nodes.json cannot be used.
 */
export function createLook(
  config: Config,
  log: Log,
  onWait: OnWait = () => undefined,
): () => Promise<ClusterStatus> {
  // Tokens are renewed for as long as the process lives.
  const lifetime = { clock: systemClock, log, signal: new AbortController().signal };
  const callDeadlineSeconds = Math.min(config.callDeadlineSeconds, OCI_CALL_SECONDS_MAX);
  let clients: ClientSettings | undefined;
  return async () => {
    onWait("the shared file system");
    const local = tellWaits(await createLocalSide(config, log), onWait);
    onWait("OCI");
    try {
      const { cloudOf, createClientSettings } = await import("../oci-context.ts");
      clients ??= await createClientSettings({ ...config, callDeadlineSeconds }, lifetime);
      const signal = AbortSignal.timeout(OCI_DEADLINE_MS);
      return await lookAtCluster({
        ...local,
        ...cloudOf(clients, config, { ...lifetime, signal }),
      });
    } catch (error) {
      if (!(error instanceof OciAuthError)) throw error;
      return lookAtCluster({ ...local, ...withoutCredentials(error) });
    }
  };
}

/** OCI is asked before Slurm, and after it for addresses. */
function tellWaits<Side extends Pick<StatusContext, "slurm">>(local: Side, onWait: OnWait): Side {
  const listNodes: StatusContext["slurm"]["listNodes"] = async () => {
    onWait("Slurm");
    try {
      return await local.slurm.listNodes();
    } finally {
      onWait("OCI");
    }
  };
  return { ...local, slurm: { listNodes } };
}

type OciSide = Pick<StatusContext, "instances" | "addressBook" | "instanceAddresses">;

async function createLocalSide(
  config: Config,
  log: Log,
): Promise<Omit<StatusContext, keyof OciSide>> {
  await assertFinishHasRun(config);
  const file = await loadNodesFile(config);
  return {
    ...localSideOf(config, file, log, { deadlineMs: SLURM_DEADLINE_MS }),
    clusterId: config.clusterId,
    userDataFile: config.userDataFile,
    memory: new StateFile(config.reconcileFile),
    readPause: () => readPause(config.pauseFile),
    lookAtSpace: () => lookAtSpace([config.slurmDirectory, dirname(config.logFile)]),
  };
}

async function assertFinishHasRun({ nodesFile, limitsFile }: Config): Promise<void> {
  if (await exists(nodesFile)) return;
  throw new CommandError(
    `finish has never run, so there are no nodes yet (no ${nodesFile}): write ${limitsFile}, then run ~opc/finish`,
  );
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
