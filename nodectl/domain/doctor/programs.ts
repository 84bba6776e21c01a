import { type Finding, problemsOr, warning, wrong } from "./finding.ts";

/** What `ls -l` tells of one path, links followed. */
export interface FileSight {
  readonly path: string;
  readonly kind: "file" | "directory" | "other" | "absent";
  /** Permission bits. */
  readonly mode: number;
  readonly ownerUid: number;
}

export interface ProgramSight extends FileSight {
  /** Loaded by a program, and never run itself. */
  readonly isLibrary?: boolean;
  /** What its first line names, when it is a script. */
  readonly interpreter?: FileSight;
  /** That the user who starts it may not; absent: he may, or nobody could ask. */
  readonly isRefusedTo?: string;
}

/** Where the archive puts its parts: nodectl/build/archive.ts. */
export const RUNTIME = "/opt/citc/bin/node";
export const LIBRARY_DIRECTORY = "/opt/citc/lib";
export const PROGRAM_DIRECTORY = "/usr/local/bin";
/** Those of Node, which have a bundle each. */
export const NODE_PROGRAMS = ["startnode", "stopnode", "finish", "citc"] as const;
export const SHELL_PROGRAMS = ["wait-for-nodes"] as const;

const REINSTALL = "unpack the nodectl archive into / again";
const OTHERS_MAY_WRITE = 0o022;
const EXECUTABLE = 0o111;

/**
 * Slurm runs a power saving program only when it is absolute, executable for SlurmUser, and not writable by group or
 * others; otherwise it switches all of power saving off and jobs hang CONFIGURING (slurmctld's power_save.c).
 */
export function judgePrograms(programs: readonly ProgramSight[]): readonly Finding[] {
  const findings = programs.flatMap(judgeProgram);
  return problemsOr(
    findings,
    `${programs.length} files belong to root, who alone may write to them`,
  );
}

function judgeProgram(program: ProgramSight): readonly Finding[] {
  const { path, kind, mode, interpreter, isRefusedTo, isLibrary } = program;
  if (kind === "absent") return [wrong(`${path} is not there`, `${path}: ${REINSTALL}`)];
  if (kind !== "file")
    return [wrong(`${path} is a ${kind}, not a program`, `${path}: ${REINSTALL}`)];
  const findings = [...judgeMode(program), ...judgeOwner(program)];
  if ((mode & EXECUTABLE) === 0 && isLibrary !== true) {
    findings.push(wrong(`${path} is not executable (${octal(mode)})`, `chmod 0755 ${path}`));
  } else if (isRefusedTo !== undefined) {
    const seen = `${isRefusedTo} may not run ${path} (${octal(mode)})`;
    findings.push(wrong(seen, `chmod 0755 ${path}, and 0755 for the directories above it`));
  }
  return [...findings, ...judgeInterpreter(path, interpreter)];
}

function judgeMode({ path, mode }: FileSight): Finding[] {
  if ((mode & OTHERS_MAY_WRITE) === 0) return [];
  const why = "Slurm refuses programs that group or others may write to";
  return [wrong(`${path} has mode ${octal(mode)}`, `chmod 0755 ${path}: ${why}`)];
}

function judgeOwner({ path, ownerUid }: FileSight): readonly Finding[] {
  if (ownerUid === 0) return [];
  const why = "its owner may change what Slurm and root run";
  return [warning(`${path} belongs to user ${ownerUid}`, `chown root:root ${path}: ${why}`)];
}

function judgeInterpreter(path: string, interpreter: FileSight | undefined): readonly Finding[] {
  if (interpreter === undefined) return [];
  const isUsable = interpreter.kind === "file" && (interpreter.mode & EXECUTABLE) !== 0;
  if (isUsable) return [];
  const state = interpreter.kind === "absent" ? "is not there" : "cannot be run";
  return [wrong(`${path} needs ${interpreter.path}, which ${state}`, REINSTALL)];
}

/** The program that a script's first line names; env is looked through, as the kernel and `env -S` would. */
export function interpreterOf(text: string): string | undefined {
  const [first = ""] = text.split("\n", 1);
  const words = /^#!\s*(.*)$/.exec(first)?.[1]?.trim().split(/\s+/) ?? [];
  const [program, ...more] = words;
  if (program === undefined || !/\/env$/.test(program)) return program;
  const behindEnv = more.find((word) => !word.startsWith("-"));
  // A bare name is for env to find in a PATH that Slurm does not give.
  return behindEnv?.startsWith("/") === true ? behindEnv : program;
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}
