import { join } from "node:path";
import type { AccessSight } from "../../domain/doctor/attempt.ts";
import type { Finding } from "../../domain/doctor/finding.ts";
import {
  judgePrograms,
  LIBRARY_DIRECTORY,
  NODE_PROGRAMS,
  PROGRAM_DIRECTORY,
  RUNTIME,
  SHELL_PROGRAMS,
} from "../../domain/doctor/programs.ts";
import { programsIn, slurmUserIn } from "../../domain/doctor/slurm-files.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { lookAtProgram, readIfThere } from "./look-at-files.ts";
import { noSuchUser } from "./slurm-user.ts";

/** Programs of the archive, and those that slurm.conf names: owner, mode, interpreter, and whether SlurmUser may run them. */
export async function checkPrograms(context: DoctorContext): Promise<readonly Finding[]> {
  const { slurmConf, slurmDirectory } = context.config;
  const main = (await readIfThere(slurmConf)) ?? "";
  const included = (await readIfThere(join(slurmDirectory, "slurm.conf"))) ?? "";
  const named = programsIn(`${main}\n${included}`);
  const calledBySlurm = [...new Set([RUNTIME, ...CALLED_BY_SLURM.map(inPrograms), ...named])];
  const bundles = NODE_PROGRAMS.map((name) => join(LIBRARY_DIRECTORY, `${name}.cjs`));
  const own = [...NODE_PROGRAMS, ...SHELL_PROGRAMS].map(inPrograms);
  const paths = [...new Set([...calledBySlurm, ...own, ...bundles])];
  const programs = await Promise.all(paths.map(lookAtProgram));
  const user = slurmUserIn(main);
  const present = programs.filter(({ kind }) => kind === "file").map(({ path }) => path);
  const asked = calledBySlurm.filter((path) => present.includes(path));
  const sight = await sightOf(context, user, asked);
  if (sight.kind === "failed") return [noSuchUser(user, sight.message)];
  const { refused } = sight;
  return judgePrograms(
    programs.map((it) => ({
      ...it,
      isLibrary: bundles.includes(it.path),
      ...(refused.includes(it.path) && { isRefusedTo: user }),
    })),
  );
}

/** Only root can ask; for others nothing is refused. */
async function sightOf(
  { isRoot, machine }: DoctorContext,
  user: string,
  paths: readonly string[],
): Promise<AccessSight> {
  return isRoot ? await machine.refusedTo(user, "run", paths) : { kind: "asked", refused: [] };
}

const CALLED_BY_SLURM = ["startnode", "stopnode", "wait-for-nodes"];

function inPrograms(name: string): string {
  return join(PROGRAM_DIRECTORY, name);
}
