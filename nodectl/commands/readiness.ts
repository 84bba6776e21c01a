import { stat } from "node:fs/promises";
import { join } from "node:path";
import { unlessAbsent } from "../files/system-error.ts";

/** Where Ansible says that a machine is set up. */
export interface ReadinessMarker {
  readonly finalisedDirectory: string;
  /** As the marker is called: the short name or the whole. */
  readonly hostName: string;
}

/**
 * Says that the machine is not set up yet, and what to watch; undefined when it is. Ansible leaves a file named like
 * the host when all that finish builds on is there.
 */
export async function describeUnready({
  finalisedDirectory,
  hostName,
}: ReadinessMarker): Promise<string | undefined> {
  const [shortName = hostName] = hostName.split(".");
  const markers = [...new Set([shortName, hostName])].map((name) => join(finalisedDirectory, name));
  for (const marker of markers) {
    if (await exists(marker)) return undefined;
  }
  return [
    `this machine is not set up yet: ${markers.join(" or ")} is not there.`,
    "Watch it with: sudo tail -f /root/ansible-pull.log",
  ].join("\n");
}

export async function exists(file: string): Promise<boolean> {
  return (await unlessAbsent(stat(file))) !== undefined;
}
