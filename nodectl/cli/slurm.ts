import { join } from "node:path";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import type { SlurmConfVerdict } from "../slurm/control.ts";
import type { SlurmOptions } from "../slurm/run-slurm.ts";
import { createScontrol } from "../slurm/scontrol.ts";
import { checkSlurmConf } from "../slurm/slurm-conf-check.ts";
import { systemClock } from "./system-clock.ts";

type SlurmPaths = Pick<Config, "slurmBinDirectory" | "slurmConf">;

/** Those of SlurmOptions, in milliseconds. */
export type SlurmBounds = Pick<SlurmOptions, "commandTimeoutMs" | "deadlineMs">;

/** Slurm of the settings, in whatever patience. */
export function slurmOf(
  { slurmBinDirectory: binDirectory, slurmConf }: SlurmPaths,
  log: Log,
  bounds: SlurmBounds = {},
): ReturnType<typeof createScontrol> {
  return createScontrol({ binDirectory, slurmConf, clock: systemClock, log, ...bounds });
}

/** Slurm's own parser, on slurm.conf with a text in place of the file that finish writes. Throws SlurmCommandError. */
export function slurmConfCheckOf({
  slurmBinDirectory: binDirectory,
  slurmConf,
  slurmDirectory,
}: SlurmPaths & Pick<Config, "slurmDirectory">): (text: string) => Promise<SlurmConfVerdict> {
  const includedFile = join(slurmDirectory, "slurm.conf");
  return (text) => checkSlurmConf({ binDirectory, slurmConf, includedFile }, text);
}
