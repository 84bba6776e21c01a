import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { ControlError } from "../sandbox/region-client.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { waitUntil } from "../sandbox/wait-until.ts";

/** What cloud-init says of itself when it has come to its end. */
export interface CloudInitResult {
  readonly datasource: string;
  readonly errors: readonly string[];
}

/** For what starts machines that boot: their image and packages may have to be made first, which has taken 5 min on a busy computer. */
export const BOOTING_TIMEOUT_MS = 900_000;

/** A first run of a playbook of a bare image, on a busy computer. */
export const PLAYBOOK_SECONDS = 600;

const RESULT = "/run/cloud-init/result.json";

/** Resolves when cloud-init has come to its end on a machine, however that was. */
export function awaitCloudInit(
  sandbox: Sandbox,
  machine: string,
  timeoutSeconds = 180,
): Promise<CloudInitResult> {
  return waitUntil(systemClock, `cloud-init is done on ${machine}`, timeoutSeconds, async () => {
    const text = await outputIfAny(sandbox, machine, ["cat", RESULT]);
    return text === undefined ? undefined : (JSON.parse(text) as { v1: CloudInitResult }).v1;
  });
}

/** Undefined when the command fails, or the machine has no power yet. */
async function outputIfAny(
  sandbox: Sandbox,
  machine: string,
  argv: readonly string[],
): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await sandbox.exec(machine, argv);
    return exitCode === 0 ? stdout : undefined;
  } catch (error) {
    if (error instanceof ControlError && error.status === 404) return undefined;
    throw error;
  }
}
