import { describe, expect, it } from "vitest";
import type { Check, CheckResult } from "../../../../nodectl/commands/doctor/check.ts";
import { CHECK_MS_MAX, examine } from "../../../../nodectl/commands/doctor/examine.ts";
import {
  type Finding,
  ok,
  skipped,
  warning,
  wrong,
} from "../../../../nodectl/domain/doctor/finding.ts";
import { VirtualClock } from "../virtual-clock.ts";

function check(id: string, run: Check["run"], needs: readonly string[] = []): Check {
  return { id, title: id.toUpperCase(), needs, whenSilent: `look at ${id}`, run };
}

function saying(id: string, finding: Finding, needs?: readonly string[]): Check {
  return check(id, () => Promise.resolve([finding]), needs);
}

async function examined(checks: readonly Check[], isRoot = true) {
  const results = await examine(checks, { clock: new VirtualClock(), isRoot });
  return results.map(({ findings }) => findings);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no luck, open '/x'`), { code, syscall: "open" });
}

describe("examine()", () => {
  it("gives the results in the order of the checks, and each as it ends", async () => {
    const clock = new VirtualClock();
    const slow = check("slow", async () => {
      await clock.sleep(500);
      return [ok("at last")];
    });
    const heard: CheckResult[] = [];
    const results = await examine([slow, saying("quick", ok("at once"))], {
      ...{ clock, isRoot: true },
      onEnd: (result) => heard.push(result),
    });
    expect(results.map(({ check: { id } }) => id)).toEqual(["slow", "quick"]);
    expect(heard.map(({ check: { id } }) => id)).toEqual(["quick", "slow"]);
    expect(results[0]).toMatchObject({ findings: [ok("at last")], durationMs: 500 });
  });

  it("ends a check that gets no answer, tells it so, and says what to look at", async () => {
    const signals: AbortSignal[] = [];
    const silent = check("nfs", (signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const [findings] = await examined([silent]);
    expect(findings).toEqual([wrong(`no answer within ${CHECK_MS_MAX / 1000} s`, "look at nfs")]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("does not start what needs a check that failed, or was skipped itself", async () => {
    const findings = await examined([
      saying("first", wrong("it is down", "start it")),
      saying("second", ok("never said"), ["first"]),
      saying("third", ok("never said"), ["second"]),
    ]);
    expect(findings.slice(1)).toEqual([
      [skipped("needs FIRST, see there")],
      [skipped("needs SECOND, see there")],
    ]);
  });

  it("goes on after a warning", async () => {
    const first = saying("first", warning("it is slow", "wait"));
    expect((await examined([first, saying("second", ok("seen"), ["first"])]))[1]).toEqual([
      ok("seen"),
    ]);
  });

  it("makes a file that cannot be read a finding; for others than root it is none", async () => {
    const forbidden = check("file", () => Promise.reject(systemError("EACCES")));
    expect(await examined([forbidden])).toEqual([
      [wrong("EACCES: no luck, open '/x'", "look at file")],
    ]);
    expect(await examined([forbidden], false)).toEqual([
      [skipped("only root may see it (EACCES: no luck, open '/x')")],
    ]);
    const broken = check("disk", () => Promise.reject(systemError("EIO")));
    expect(await examined([broken], false)).toMatchObject([[{ kind: "wrong" }]]);
  });

  it("does not take a defect of a check for a finding", async () => {
    const defect = check("defect", () => Promise.reject(new TypeError("undefined is no function")));
    await expect(examined([defect])).rejects.toThrow(TypeError);
  });

  it("refuses a check that needs one behind it", async () => {
    const early = saying("early", ok(""), ["late"]);
    await expect(examined([early, saying("late", ok(""))])).rejects.toThrow("early needs late");
  });
});
