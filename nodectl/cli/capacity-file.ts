import type { Config } from "../domain/config.ts";
import { CapacityFile } from "../files/capacity-file.ts";
import { systemClock } from "./system-clock.ts";

/** What is remembered of capacities where the settings say. */
export function capacityFileOf({
  capacityFile: file,
  logFile,
}: Pick<Config, "capacityFile" | "logFile">): CapacityFile {
  return new CapacityFile({ file, logFile, nowMs: () => systemClock.now() });
}
