import { type Finding, ok, skipped, wrong } from "../../domain/doctor/finding.ts";
import { slurmUserIn } from "../../domain/doctor/slurm-files.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { lookAtFile, readIfThere } from "./look-at-files.ts";

/** Nothing can be done as SlurmUser. */
export function noSuchUser(user: string, message: string): Finding {
  const fix = `correct SlurmUser in slurm.conf, or install slurmctld, which makes the user ${user}`;
  return wrong(`cannot act as ${user}: ${message}`, fix);
}

export async function slurmUserOf({ config }: DoctorContext): Promise<string> {
  return slurmUserIn((await readIfThere(config.slurmConf)) ?? "");
}

/** Files, those that are there, that Slurm's programs need, which run as SlurmUser and not as root. */
export async function judgeReadable(
  context: DoctorContext,
  paths: readonly string[],
): Promise<readonly Finding[]> {
  if (!context.isRoot) return [];
  const user = await slurmUserOf(context);
  const sights = await Promise.all(paths.map(lookAtFile));
  const present = sights.filter(({ kind }) => kind !== "absent").map(({ path }) => path);
  const sight = await context.machine.refusedTo(user, "read", present);
  if (sight.kind === "failed") return [noSuchUser(user, sight.message)];
  return sight.refused.map((path) => {
    const fix = `chmod 0644 ${path}, and 0755 for the directories above it: startnode runs as ${user}`;
    return wrong(`${user} may not read ${path}`, fix);
  });
}

/** What root cannot see through SlurmUser's eyes is not said to be in order. */
export async function judgeWritable(
  context: DoctorContext,
  path: string,
): Promise<readonly Finding[]> {
  if (!context.isRoot) return [skipped("only root can see what Slurm's user may do")];
  const user = await slurmUserOf(context);
  const sight = await context.machine.refusedTo(user, "write", [path]);
  if (sight.kind === "failed") return [noSuchUser(user, sight.message)];
  if (sight.refused.length === 0) return [ok(`${user} may write to ${path}`)];
  return [wrong(`${user} may not write to ${path}`, `chown ${user}: ${path}`)];
}
