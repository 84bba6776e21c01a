import { describe, expect, it } from "vitest";
import {
  countFindings,
  formatJson,
  formatResult,
  formatSummary,
} from "../../../../nodectl/commands/doctor/report.ts";
import type { CheckResult } from "../../../../nodectl/commands/doctor/check.ts";
import { ok, skipped, warning, wrong } from "../../../../nodectl/domain/doctor/finding.ts";

const RESULT: CheckResult = {
  check: { id: "programs", title: "Programs" },
  findings: [
    wrong(
      "/usr/local/bin/startnode has mode 0775",
      "chmod 0755 /usr/local/bin/startnode: Slurm refuses programs that group or others may write to",
    ),
    ok("the rest"),
  ],
  durationMs: 12,
};
const PLAIN = { columns: 80, hasColours: false };

describe("formatResult()", () => {
  it("puts what was seen on one line, and what to do below it, within 80 columns", () => {
    expect(formatResult(RESULT, PLAIN)).toBe(
      [
        "WRONG    Programs        /usr/local/bin/startnode has mode 0775",
        "                         do: chmod 0755 /usr/local/bin/startnode: Slurm refuses",
        "                         programs that group or others may write to",
        "ok       Programs        the rest",
        "",
      ].join("\n"),
    );
  });

  it("uses a wide terminal, and tears no path on a narrow one", () => {
    const wide = formatResult(RESULT, { columns: 200, hasColours: false });
    expect(Math.max(...wide.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(119);
    expect(wide.split("\n")).toHaveLength(4 + 1);
    const path = `/${"a".repeat(70)}`;
    const long = { ...RESULT, findings: [skipped(`see ${path} there`)] };
    expect(formatResult(long, { columns: 40, hasColours: false })).toContain(`${path}\n`);
  });

  it("colours the first word alone", () => {
    const [line = ""] = formatResult(RESULT, { columns: 80, hasColours: true }).split("\n");
    expect(line.startsWith("\u001b[31mWRONG    \u001b[39mPrograms ")).toBe(true);
  });

  it("keeps what others wrote on one line and away from the terminal", () => {
    const odd = { ...RESULT, findings: [ok("a\nb\u001b[2J")] };
    expect(formatResult(odd, PLAIN)).toBe("ok       Programs        a b [2J\n");
  });
});

describe("formatSummary()", () => {
  it("counts findings", () => {
    const findings = [ok(""), ok(""), skipped(""), wrong("", ""), warning("", "")];
    const counts = countFindings([{ ...RESULT, findings }]);
    expect(formatSummary(counts, 1234)).toBe(
      "\n1 wrong, 1 warning, 2 ok, 1 not checked, in 1.2 s\n",
    );
  });
});

describe("formatJson()", () => {
  it("gives a script every finding with its check", () => {
    expect(JSON.parse(formatJson([RESULT]))).toMatchObject({
      counts: { ok: 1, wrong: 1, warning: 0, skipped: 0 },
      checks: [
        { id: "programs", title: "Programs", findings: [{ kind: "wrong" }, { kind: "ok" }] },
      ],
    });
  });
});
