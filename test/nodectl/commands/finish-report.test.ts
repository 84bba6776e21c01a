import { describe, expect, test } from "vitest";
import { formatFinishReport } from "../../../nodectl/commands/finish-report.ts";
import type { FinishReport } from "../../../nodectl/commands/finish-report.ts";

const report: FinishReport = {
  generation: "0123456789ab",
  slurmVersion: "24.11.5",
  groups: [
    {
      shape: "VM.Standard2.1",
      availabilityDomain: 1,
      count: 4,
      cpus: "2",
      memoryMib: "14387",
      names: "a-[0001-0004]",
      partitions: ["compute", "long"],
      added: "a-0004",
      changed: "a-[0001-0002]",
      held: "a-0003",
    },
    {
      shape: "VM.Standard.E4.Flex.8.64",
      availabilityDomain: "any",
      count: 1,
      cpus: "16",
      memoryMib: "63057",
      names: "b-0001",
      partitions: ["compute"],
      added: "b-0001",
      changed: "",
      held: "",
    },
  ],
  drained: "c-[0001-0002]",
  retiring: [{ because: "runs a job", names: "c-0001" }],
  dropped: "c-0002",
  returned: "",
  keptPartitions: ["old"],
  warnings: ["the sky may fall"],
};

const LEFT = [
  "drained, no longer in the limits: c-[0001-0002]",
  "stays until a later finish, because it runs a job: c-0001",
  "changes with a later finish, because it is on: a-0003",
  "partitions that stay until their jobs have ended: old",
  "dropped: c-0002",
  "warning: the sky may fall",
  "",
];

describe("formatFinishReport()", () => {
  test("is a table, and below it what became of nodes that left", () => {
    expect(formatFinishReport(report, { isPlanned: false, columns: 130 })).toBe(
      [
        "SHAPE                     AD   NODES  CPUS  MIB    PARTITION     CHANGE                                          NAMES",
        "VM.Standard2.1            1    4      2     14387  compute,long  added a-0004; changed a-[0001-0002]; to change  a-[0001-0004]",
        "VM.Standard.E4.Flex.8.64  any  1      16    63057  compute       new                                             b-0001",
        ...LEFT,
      ].join("\n"),
    );
  });

  test("puts what does not fit on a line below its row", () => {
    expect(formatFinishReport(report, { isPlanned: false, columns: 80 })).toBe(
      [
        "SHAPE                     AD   NODES  CPUS  MIB    PARTITION",
        "VM.Standard2.1            1    4      2     14387  compute,long",
        "  CHANGE  added a-0004; changed a-[0001-0002]; to change",
        "  NAMES   a-[0001-0004]",
        "VM.Standard.E4.Flex.8.64  any  1      16    63057  compute",
        "  CHANGE  new",
        "  NAMES   b-0001",
        ...LEFT,
      ].join("\n"),
    );
  });

  test("uses a line to its last column, and no further", () => {
    const width = Math.max(...lines(130).map((line) => line.length));
    expect(lines(width)).toEqual(lines(130));
    expect(lines(width - 1)).toHaveLength(lines(width).length + report.groups.length);
  });

  test("never cuts a hostlist: it stands alone when it is longer than a line", () => {
    const dropped = `c-[${"0001,".repeat(30)}0099]`;
    const text = formatFinishReport({ ...report, dropped }, { isPlanned: true, columns: 80 });
    expect(text).toContain(`\nwould be dropped:\n  ${dropped}\n`);
  });

  test("of a plan says what would be", () => {
    const text = formatFinishReport(report, { isPlanned: true, columns: 80 });
    expect(text).toContain("\nwould be dropped: c-0002\n");
  });
});

function lines(columns: number): string[] {
  return formatFinishReport(report, { isPlanned: false, columns }).split("\n");
}
