import { type Finding, problemsOr, warning, wrong } from "./finding.ts";

/** A unit as systemd reports it; its own words. */
export interface UnitState {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  /** Whether it is started with the machine: enabled, disabled, static, … */
  readonly unitFileState: string;
}

export type UnitSight =
  | { readonly kind: "asked"; readonly states: readonly UnitState[] }
  | { readonly kind: "no-systemd" }
  | { readonly kind: "failed"; readonly message: string };

export interface WantedUnit {
  readonly name: string;
  /** What does not work without it. */
  readonly purpose: string;
  /** Jobs do not run without it. */
  readonly isVital: boolean;
}

export const WANTED_UNITS: readonly WantedUnit[] = [
  { name: "munge.service", purpose: "nobody can talk to Slurm", isVital: true },
  { name: "slurmctld.service", purpose: "no job starts", isVital: true },
  {
    name: "citc-reconcile.timer",
    purpose: "nobody ends instances that no node needs, and they cost",
    isVital: false,
  },
];

/** Blocks of `key=value` lines: `systemctl show --property=Id,LoadState,ActiveState,UnitFileState UNIT…`. */
export function parseUnitStates(text: string): readonly UnitState[] {
  return text
    .split(/\n\s*\n/)
    .map((block) => new Map(block.split("\n").map(keyAndValue)))
    .filter((values) => (values.get("Id") ?? "") !== "")
    .map((values) => ({
      name: values.get("Id") ?? "",
      loadState: values.get("LoadState") ?? "",
      activeState: values.get("ActiveState") ?? "",
      unitFileState: values.get("UnitFileState") ?? "",
    }));
}

function keyAndValue(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

export function judgeUnits(states: readonly UnitState[]): readonly Finding[] {
  const byName = new Map(states.map((state) => [state.name, state]));
  const findings = WANTED_UNITS.flatMap((unit) => judgeUnit(unit, byName.get(unit.name)));
  return problemsOr(findings, `${WANTED_UNITS.map(({ name }) => name).join(", ")} are active`);
}

function judgeUnit(unit: WantedUnit, state: UnitState | undefined): readonly Finding[] {
  const { name, purpose, isVital } = unit;
  const judged = isVital ? wrong : warning;
  if (state === undefined || state.loadState === "not-found") {
    return [judged(`there is no ${name}: ${purpose}`, `run the playbook, which installs ${name}`)];
  }
  // A service that starts or reloads is on its way.
  if (!["active", "activating", "reloading"].includes(state.activeState)) {
    const fix = `systemctl enable --now ${name}; journalctl -u ${name} -n 50 says why it ended`;
    return [judged(`${name} is ${state.activeState}: ${purpose}`, fix)];
  }
  if (state.unitFileState !== "disabled") return [];
  const fix = `systemctl enable ${name}: it would not come back with the machine`;
  return [warning(`${name} is disabled`, fix)];
}
