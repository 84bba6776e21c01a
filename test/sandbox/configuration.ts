import { CONFIGURED, FAILED, wordsOfUserData } from "../../nodectl/domain/node-log/last-words.ts";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { instanceNamed } from "./machine-work.ts";
import type { Sandbox } from "./sandbox.ts";
import { waitUntil } from "./wait-until.ts";

/** What a machine's user data says on its console about its playbook (userdata/functions.sh). */
export type Configuration =
  | { readonly kind: "waiting" }
  | { readonly kind: "running-playbook" }
  | { readonly kind: "configured" }
  /** The end of the console, which says why. */
  | { readonly kind: "failed"; readonly words: string };

const WORDS_LENGTH_MAX = 4000;

export function readConfiguration(console: string): Configuration {
  const last = wordsOfUserData(console) ?? "";
  if (last === CONFIGURED) return { kind: "configured" };
  if (last.startsWith(FAILED)) return { kind: "failed", words: console.slice(-WORDS_LENGTH_MAX) };
  return { kind: last.startsWith("running ansible/") ? "running-playbook" : "waiting" };
}

/** @throws Error with the end of the console, when the playbook fails or does not end in time */
export async function awaitConfigured(
  sandbox: Sandbox,
  machine: string,
  timeoutSeconds: number,
): Promise<void> {
  const { instanceOcid } = await instanceNamed(sandbox, machine);
  let console = "";
  const look = async (): Promise<Configuration | undefined> => {
    console = await sandbox.console(instanceOcid);
    const configuration = readConfiguration(console);
    const isOver = configuration.kind === "configured" || configuration.kind === "failed";
    return isOver ? configuration : undefined;
  };
  try {
    const end = await waitUntil(systemClock, `${machine} is configured`, timeoutSeconds, look);
    if (end.kind === "failed") throw new Error(`the playbook of ${machine} failed`);
  } catch (error) {
    const said = console.slice(-WORDS_LENGTH_MAX);
    throw new Error(`${String(error)}; its console ends with\n${said}`, { cause: error });
  }
}
