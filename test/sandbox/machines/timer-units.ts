import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineFile } from "./machine-file.ts";

const ROLE_FILES = join(import.meta.dirname, "../../../ansible/roles/nodectl/files");
const UNITS = ["citc-reconcile.service", "citc-reconcile.timer"] as const;

/** The playbook's own units: services.sh does with them what systemd would, as far as a machine without it can. */
export function timerUnits(): Promise<readonly MachineFile[]> {
  return Promise.all(
    UNITS.map(async (name) => ({
      path: `/etc/systemd/system/${name}`,
      content: await readFile(join(ROLE_FILES, name), "utf8"),
    })),
  );
}
