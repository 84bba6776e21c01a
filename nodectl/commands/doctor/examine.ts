import type { Clock } from "../../domain/clock.ts";
import { type Finding, skipped, wrong } from "../../domain/doctor/finding.ts";
import { isSystemError } from "../../files/system-error.ts";
import type { Check, CheckResult } from "./check.ts";

export interface ExamineOptions {
  readonly clock: Clock;
  /** What others may not see is not wrong. */
  readonly isRoot: boolean;
  /** Hears of each check as it ends. */
  readonly onEnd?: (result: CheckResult) => void;
}

/** Of one check. */
export const CHECK_MS_MAX = 10_000;

/**
 * Runs the checks all at once, but for those that need others first: each only looks, and no two look at the same thing.
 * @returns one result a check, in the order of the checks
 */
export async function examine(
  checks: readonly Check[],
  options: ExamineOptions,
): Promise<readonly CheckResult[]> {
  const started = new Map<string, Promise<CheckResult>>();
  for (const check of checks) {
    const needed = (check.needs ?? []).map((id) => {
      const earlier = started.get(id);
      if (earlier === undefined)
        throw new Error(`${check.id} needs ${id}, which does not run before it`);
      return earlier;
    });
    started.set(check.id, runAfter(check, needed, options));
  }
  return await Promise.all(started.values());
}

async function runAfter(
  check: Check,
  needed: readonly Promise<CheckResult>[],
  options: ExamineOptions,
): Promise<CheckResult> {
  const obstacle = (await Promise.all(needed)).find(({ findings }) => !findings.every(isUsable));
  const { clock, onEnd } = options;
  const startMs = clock.now();
  const findings =
    obstacle === undefined
      ? await runInTime(check, options)
      : [skipped(`needs ${obstacle.check.title}, see there`)];
  const { id, title } = check;
  const result = { check: { id, title }, findings, durationMs: clock.now() - startMs };
  onEnd?.(result);
  return result;
}

function isUsable({ kind }: Finding): boolean {
  return kind === "ok" || kind === "warning";
}

async function runInTime(
  check: Check,
  { clock, isRoot }: ExamineOptions,
): Promise<readonly Finding[]> {
  const late = new AbortController();
  const done = new AbortController();
  const timeUp = clock.sleep(CHECK_MS_MAX, done.signal).then(() => {
    late.abort(new Error(`no answer within ${CHECK_MS_MAX / 1000} s`));
    return [wrong(`no answer within ${CHECK_MS_MAX / 1000} s`, check.whenSilent)];
  });
  try {
    return await Promise.race([check.run(late.signal), timeUp]);
  } catch (error) {
    // A file that may not be read, a disk with errors, a stale NFS handle: it is what somebody looks for.
    if (!isSystemError(error)) throw error;
    const isForbidden = error.code === "EACCES" || error.code === "EPERM";
    if (isForbidden && !isRoot) return [skipped(`only root may see it (${error.message})`)];
    return [wrong(error.message, check.whenSilent)];
  } finally {
    done.abort();
  }
}
