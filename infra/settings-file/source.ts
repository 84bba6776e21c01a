import type { PositionedMap } from "../../nodectl/domain/positioned.ts";
import { ProblemCollector } from "../../nodectl/domain/problem-collector.ts";
import type { Located } from "../../nodectl/domain/problem-collector.ts";
import { joinKeys, shortened } from "../../nodectl/domain/problem.ts";
import type { Problem } from "../../nodectl/domain/problem.ts";
import { describePositioned } from "../../nodectl/domain/positioned.ts";
import { rootOf } from "../../nodectl/domain/fields.ts";
import type { Setting } from "../../nodectl/domain/setting-readers.ts";
import { checkVariables, positionedOf, variableOf } from "./environment.ts";
import type { Environment } from "./environment.ts";
import type { Findings, Found } from "./findings.ts";
import { looksLikePrivateKey } from "./secrets.ts";
import { KEYS, LIST_KEYS, SETTINGS } from "./table.ts";
import type { Key, ValueOf } from "./table.ts";
import { writtenKeys } from "./written-keys.ts";

/** Each setting as it was found; null where it is missing or wrong, which is then among the findings. */
export type FoundSettings = { readonly [K in Key]: Found<ValueOf<K>> | null };

/** Reads every setting: from its environment variable, else from the file, else its default. */
export function findSettings(
  root: PositionedMap,
  file: string,
  environment: Environment,
  findings: Findings,
): FoundSettings {
  const problems = new ProblemCollector(file);
  const written = writtenKeys(rootOf(root), KEYS, problems);
  checkVariables(environment, KEYS, findings);
  const found = KEYS.map((key) => {
    // The compiler cannot follow a table through its keys; each reader gives its own key's type.
    const setting = SETTINGS[key] as Setting<unknown>;
    const text = environment[variableOf(key)];
    if (text !== undefined) return [key, fromVariable(key, setting, text, findings)] as const;
    const located = written.get(key);
    if (located !== undefined) return [key, fromFile(setting, located, problems)] as const;
    return [key, absent(key, setting, problems)] as const;
  });
  findings.add(problems.problems);
  return Object.fromEntries(found) as unknown as FoundSettings;
}

function fromFile(
  setting: Setting<unknown>,
  located: Located,
  problems: ProblemCollector,
): Found<unknown> | null {
  const value = setting.read(located, problems);
  const { at, path } = located;
  const shown = shortened(describePositioned(at));
  const place = { file: problems.file, line: at.line, key: joinKeys(path), value: shown };
  return value === null ? null : { value, isWritten: true, place };
}

function fromVariable(
  key: Key,
  setting: Setting<unknown>,
  text: string,
  findings: Findings,
): Found<unknown> | null {
  // Reported already, and no reader may show it.
  if (looksLikePrivateKey(text)) return null;
  const file = variableOf(key);
  const problems = new ProblemCollector(file);
  const at = positionedOf(text, LIST_KEYS.has(key));
  const value = setting.read({ path: [], line: 1, at }, problems);
  findings.add(problems.problems.map(withoutLine));
  const place = { file, value: shortened(describePositioned(at)) };
  return value === null ? null : { value, isWritten: true, place };
}

/** A variable has no lines, and its name is its key. */
function withoutLine({ line: _line, key, ...rest }: Problem): Problem {
  return key === undefined || key === "" ? rest : { ...rest, key };
}

function absent(
  key: Key,
  setting: Setting<unknown>,
  problems: ProblemCollector,
): Found<unknown> | null {
  const name = joinKeys(key.split("."));
  if (setting.absent !== "required") {
    const place = { file: problems.file, key: name };
    return { value: setting.absent.value, isWritten: false, place };
  }
  const message = `this setting is missing: ${setting.meaning}`;
  const fix = `add a line such as \`${name}: ${setting.example}\`, or set ${variableOf(key)}`;
  return problems.add({ key: name, message, fix });
}
