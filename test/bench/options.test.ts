import { expect, it } from "vitest";
import { readBenchOptions, USAGE } from "./options.ts";
import { NAMED_SCENARIOS, QUICK_SCENARIOS, SCENARIOS } from "./scenarios/index.ts";

it("runs everything, or with --quick what is short", () => {
  expect(readBenchOptions([])).toMatchObject({ scenarios: SCENARIOS, isQuick: false });
  expect(readBenchOptions(["--quick"])).toMatchObject({ scenarios: QUICK_SCENARIOS });
  expect(QUICK_SCENARIOS.length).toBeLessThan(SCENARIOS.length);
});

it("runs what --only names, in that order", () => {
  const options = readBenchOptions(["--only", "finish", "--only", "cold-start"]);
  expect(options).toMatchObject({ scenarios: [{ name: "finish" }, { name: "cold-start" }] });
  expect(readBenchOptions(["--only", "boot"])).toMatchObject({ scenarios: NAMED_SCENARIOS });
});

it("says which scenarios there are when a name is wrong", () => {
  expect(() => readBenchOptions(["--only", "launch"])).toThrow(
    /no scenario "launch"; there are cold-start, launch-1000, /,
  );
});

it.each([[["--fast"]], [["launch-1000"]], [["--out"]]])("refuses %j", (args) => {
  expect(() => readBenchOptions(args)).toThrow(/see --help/);
});

it("names every scenario once, and all of them in the help", () => {
  const names = [...SCENARIOS, ...NAMED_SCENARIOS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(USAGE).toContain(` ${name} `);
});

it("has a help that fits on 80 columns, with every title in it", () => {
  expect(USAGE.split("\n").filter((line) => line.length > 79)).toEqual([]);
  const text = USAGE.replaceAll(/\s+/g, " ");
  for (const { title } of [...SCENARIOS, ...NAMED_SCENARIOS]) expect(text).toContain(title);
});
