import { setTimeout as delay } from "node:timers/promises";
import type { Sandbox } from "./sandbox.ts";

/** What a machine's user data says on its console about its playbook (userdata/functions.sh). */
export type Configuration =
  | { readonly kind: "waiting" }
  | { readonly kind: "running-playbook" }
  | { readonly kind: "configured" }
  /** The end of the console, which says why. */
  | { readonly kind: "failed"; readonly words: string };

const WORDS_LENGTH_MAX = 4000;
const LOOK_INTERVAL_MS = 200;

export function readConfiguration(console: string): Configuration {
  const said = [...console.matchAll(/^citc: (.*?)\r?$/gm)].map(([, line = ""]) => line);
  const last = said.at(-1) ?? "";
  if (last === "this machine is configured") return { kind: "configured" };
  if (last.startsWith("this machine could not be configured")) {
    return { kind: "failed", words: console.slice(-WORDS_LENGTH_MAX) };
  }
  return { kind: last.startsWith("running ansible/") ? "running-playbook" : "waiting" };
}

/** @throws Error with the end of the console, when the playbook fails or does not end in time */
export async function awaitConfigured(
  sandbox: Sandbox,
  instanceOcid: string,
  timeoutSeconds: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const console = await sandbox.console(instanceOcid);
    const configuration = readConfiguration(console);
    if (configuration.kind === "configured") return;
    const isLate = performance.now() > deadlineMs;
    if (configuration.kind === "failed" || isLate) {
      const what = isLate ? `is not configured after ${timeoutSeconds} s` : "failed";
      throw new Error(`its playbook ${what}:\n${console.slice(-WORDS_LENGTH_MAX)}`);
    }
    await delay(LOOK_INTERVAL_MS);
  }
}
