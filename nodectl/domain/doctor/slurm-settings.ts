import { isSameKey } from "../slurm-options.ts";
import type { SlurmParameter } from "../slurm-parameters.ts";
import { type Finding, problemsOr, warning, wrong } from "./finding.ts";

/** `scontrol show config`: what slurmctld runs with, in Slurm's own spelling. */
export type RunningSettings = ReadonlyMap<string, string>;

/** Lines such as `TreeWidth               = 65533`. */
export function parseRunningSettings(text: string): RunningSettings {
  return new Map(
    text.split("\n").flatMap((line) => {
      // 24.11 numbers what may stand several times: `PrologSlurmctld[0]` (seen on 24.11.5).
      const [, key, value] = /^(\w+)(?:\[\d+\])?\s*= ?(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.trim()] as const];
    }),
  );
}

/** A cluster works with other values of these: finish would write what the limits say now. */
const MATTERS_OF_TASTE: ReadonlySet<string> = new Set([
  ...["SuspendTime", "SuspendTimeout", "ResumeTimeout", "AuthInfo", "PrologSlurmctld"],
]);

const LISTS: ReadonlySet<string> = new Set([
  ...["SlurmctldParameters", "AuthInfo", "PrivateData", "CommunicationParameters"],
]);

interface Difference {
  readonly parameter: SlurmParameter;
  readonly text: string;
  readonly isHarmless: boolean;
}

/** Compares what slurmctld runs with to what finish writes for this release of Slurm. */
export function judgeSlurmSettings(
  needed: readonly SlurmParameter[],
  running: RunningSettings,
): readonly Finding[] {
  const differences = needed.flatMap((parameter) => differenceOf(parameter, running));
  const harmless = differences.filter(({ isHarmless }) => isHarmless);
  const findings = differences
    .filter(({ isHarmless }) => !isHarmless)
    .map(({ parameter, text }) =>
      wrong(text, `sudo ~opc/finish writes it: ${firstSentence(parameter.reason)}`),
    );
  const version = running.get("SLURM_VERSION") ?? "";
  const all = harmless.length === 0 ? findings : [...findings, tasteWarning(harmless)];
  return problemsOr(all, `all ${needed.length} that Slurm ${version} needs are set`);
}

/** Often all at once: somebody has edited limits.yaml. */
function tasteWarning(differences: readonly Difference[]): Finding {
  const seen = `not as limits.yaml says: ${differences.map(({ text }) => text).join("; ")}`;
  return warning(seen, "sudo ~opc/finish, when limits.yaml is as you want it");
}

function differenceOf(parameter: SlurmParameter, running: RunningSettings): readonly Difference[] {
  const { key, value } = parameter;
  const actual = withoutUnit(valueOf(running, key));
  const missing = LISTS.has(key) ? missingWords(value, actual) : actual === value ? [] : [value];
  if (missing.length === 0) return [];
  const isOff = key === "SuspendTime" && !/^\d/.test(actual);
  const isHarmless = MATTERS_OF_TASTE.has(key) && !isOff;
  const text = LISTS.has(key)
    ? `${key} lacks ${missing.join(",")}`
    : `${key} is ${actual}, not ${value}`;
  return [{ parameter, text, isHarmless }];
}

function valueOf(running: RunningSettings, key: string): string {
  const own = [...running.keys()].find((name) => isSameKey(name, key));
  const value = own === undefined ? undefined : running.get(own);
  return value === undefined || value === "" || value === "(null)" ? "not set" : value;
}

function missingWords(wanted: string, actual: string): readonly string[] {
  const words = new Set(actual.toLowerCase().split(","));
  return wanted.split(",").filter((word) => !words.has(word.toLowerCase()));
}

/** Numbers come as `60 sec` and `0 nodes/min`. */
function withoutUnit(value: string): string {
  return /^(\d+) [a-z/]+$/.exec(value)?.[1] ?? value;
}

function firstSentence(reason: string): string {
  const [first = reason] = reason.split(/(?<=\.) /, 1);
  return first.replace(/\.$/, "").replace(/^./, (letter) => letter.toLowerCase());
}
