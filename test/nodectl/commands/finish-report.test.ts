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
};

describe("formatFinishReport()", () => {
  test("is a table, and below it what became of nodes that left", () => {
    expect(formatFinishReport(report, false)).toBe(
      [
        "SHAPE                     AD   NODES  CPUS  MIB    PARTITION     CHANGE                                          NAMES",
        "VM.Standard2.1            1    4      2     14387  compute,long  added a-0004; changed a-[0001-0002]; to change  a-[0001-0004]",
        "VM.Standard.E4.Flex.8.64  any  1      16    63057  compute       new                                             b-0001",
        "drained, no longer in the limits: c-[0001-0002]",
        "stays until a later finish, because it runs a job: c-0001",
        "changes with a later finish, because it is on: a-0003",
        "partitions that stay until their jobs have ended: old",
        "dropped: c-0002",
        "",
      ].join("\n"),
    );
  });

  test("of a plan says what would be", () => {
    expect(formatFinishReport(report, true)).toContain("\nwould be dropped: c-0002\n");
  });
});
