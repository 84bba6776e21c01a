import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { INSTANCE_STATES } from "../../../../nodectl/domain/reconcile/instance-state.ts";
import {
  ACTIONS,
  CONDITIONS,
  PATIENCE,
  type Rule,
} from "../../../../nodectl/domain/reconcile/rule.ts";
import { RULES } from "../../../../nodectl/domain/reconcile/rules.ts";
import { SLURM_STATES } from "../../../../nodectl/domain/reconcile/slurm-state.ts";

const PAGE = new URL("../../../../nodectl/citc.md", import.meta.url);

/** The rows of the table whose header begins with these words, without prettier's padding. */
async function rowsBelow(header: string): Promise<readonly string[]> {
  const lines = (await readFile(PAGE, "utf8")).split("\n");
  const start = lines.findIndex((line) => unpadded(line).startsWith(header));
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map(unpadded);
}

function unpadded(line: string): string {
  return line.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| ");
}

function namesOf(states: readonly string[], all: object): string {
  const count = Object.keys(all).length;
  return states.length === count ? "any" : states.join(", ");
}

function ruleRow({ id, slurm, instance, onlyIf, patience, action, why }: Rule): string {
  const condition = onlyIf === undefined ? "" : CONDITIONS[onlyIf];
  const cells = [
    id,
    namesOf(slurm, SLURM_STATES),
    namesOf(instance, INSTANCE_STATES),
    condition,
    PATIENCE[patience],
    ACTIONS[action],
    why,
  ];
  return `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
}

function stateRow([name, meaning]: [string, string]): string {
  return `| ${name} | ${meaning} |`;
}

describe("the tables of reconcile in citc.md", () => {
  it("say each rule as the code has it, in its order", async () => {
    expect(await rowsBelow("| Rule | Slurm | Instance |")).toEqual(RULES.map(ruleRow));
  });

  it("say each state", async () => {
    expect(await rowsBelow("| Slurm state |")).toEqual(Object.entries(SLURM_STATES).map(stateRow));
    expect(await rowsBelow("| Instance state |")).toEqual(
      Object.entries(INSTANCE_STATES).map(stateRow),
    );
  });
});
