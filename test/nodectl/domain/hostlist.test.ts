import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  compressHostlist,
  expandHostlist,
  HOSTLIST_LENGTH_MAX,
} from "../../../nodectl/domain/hostlist.ts";

/** What `scontrol show hostnames` and `scontrol show hostlistsorted` said; null where they refused. */
interface RecordedHostlists {
  readonly expanded: Record<string, { "22.05.8": string[] | null; "24.11.5": string[] | null }>;
  readonly compressed: Record<string, string>;
}

const recorded = JSON.parse(
  readFileSync(new URL("samples/hostlists.json", import.meta.url), "utf8"),
) as RecordedHostlists;

function expandValid(text: string): readonly string[] {
  const expanded = expandHostlist(text);
  if (expanded.kind === "invalid") {
    throw new Error(`${text}: ${expanded.message}`);
  }
  return expanded.value;
}

describe("expandHostlist() and Slurm's own expansion", () => {
  for (const [text, slurm] of Object.entries(recorded.expanded)) {
    const names = slurm["24.11.5"];
    if (names === null) {
      test(`${text} is refused by both`, () => {
        expect(expandHostlist(text).kind).toBe("invalid");
      });
    } else {
      // Slurm orders the product of three brackets in a way of its own, so the sets are compared.
      test(`${text} gives the same names`, () => {
        expect([...expandValid(text)].sort()).toEqual([...new Set(names)].sort());
      });
    }
  }

  test("text after a bracket is understood although Slurm 22.05 refuses it", () => {
    expect(recorded.expanded["a[1-2]x"]).toEqual({ "22.05.8": null, "24.11.5": ["a1x", "a2x"] });
    expect(expandValid("a[1-2]x")).toEqual(["a1x", "a2x"]);
  });
});

describe("expandHostlist()", () => {
  test("keeps the order in which names are written", () => {
    expect(expandValid("c2,c1,b[3,1]")).toEqual(["c2", "c1", "b3", "b1"]);
  });

  test("names a node once however often it is written", () => {
    expect(expandValid("a[1-2],a1,a[2-3]")).toEqual(["a1", "a2", "a3"]);
  });

  test.each([
    ["", "position 1: a node name is missing"],
    ["a,,b", "position 3: a node name is missing"],
    ["a,", "position 3: a node name is missing"],
    ["a[1-3", 'position 2: "[" is never closed'],
    ["a1-3]", 'position 5: "]" without a "[" before it'],
    ["a[1-3]]", 'position 7: "]" without a "[" before it'],
    ["a[1,3-1]", "position 5: the range 3-1 runs backwards"],
    ["a[1,x]", 'position 5: "x" is neither a number nor a range such as 1-3'],
    ["a[1, 2]", 'position 5: " 2" is neither a number nor a range such as 1-3'],
    ["a b", "position 2: white space; separate names by commas"],
    ["a\nb", "position 2: white space; separate names by commas"],
    ["a;reboot", 'position 2: ";" cannot be part of a node name'],
    ["a[1-9999999999999999]", "position 3: a number of more than 15 digits"],
  ])("refuses %j: %s", (text, message) => {
    expect(expandHostlist(text)).toEqual({ kind: "invalid", message });
  });

  test.each(["a[1-65537]", "a[1-65536],b", "a[1-300]b[1-300]", "a[0-9][0-9][0-9][0-9][0-9]"])(
    "refuses %s because it is more names than Slurm has nodes",
    (text) => {
      expect(expandHostlist(text)).toMatchObject({
        message: expect.stringContaining("more than 65536 names") as unknown,
      });
    },
  );

  test("takes as many names as Slurm has nodes", () => {
    expect(expandValid("a[1-65536]")).toHaveLength(65_536);
  });

  test("refuses a text longer than an argument can be", () => {
    expect(expandHostlist("a".repeat(HOSTLIST_LENGTH_MAX)).kind).toBe("valid");
    expect(expandHostlist("a".repeat(HOSTLIST_LENGTH_MAX + 1)).kind).toBe("invalid");
  });
});

describe("compressHostlist() and Slurm's own sorted hostlist", () => {
  test.each(Object.entries(recorded.compressed))("%s", (names, slurm) => {
    expect(compressHostlist(names.split(","))).toBe(slurm);
  });
});

describe("compressHostlist()", () => {
  test("writes nothing for no names", () => {
    expect(compressHostlist([])).toBe("");
  });

  test("gives the same text for the same names in any order", () => {
    expect(compressHostlist(["b", "a2", "a1", "b", "a03"])).toBe(
      compressHostlist(["a03", "b", "a1", "a2"]),
    );
  });

  test("keeps a whole block of ten thousand nodes on one short line", () => {
    const names = expandValid("vm-standard2-1-ad1-[0001-9999]");
    expect(compressHostlist(names)).toBe("vm-standard2-1-ad1-[0001-9999]");
  });

  test("expanding gives back every one of 500 random sets of names", () => {
    const seed = 20_260_101;
    const random = seededRandom(seed);
    for (let round = 0; round < 500; round += 1) {
      const names = randomNames(random);
      const back = [...expandValid(compressHostlist(names))].sort();
      expect(back, `seed ${seed}, round ${round}`).toEqual([...new Set(names)].sort());
    }
  });
});

/** Numbers with other paddings, digits inside and names without any, close together so that ranges form. */
function randomNames(random: () => number): string[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  const prefixes = ["a", "a-", "n1-", "vm-standard2-1-ad1-", "9", ""];
  return Array.from({ length: 1 + below(60) }, () => {
    const prefix = prefixes[below(prefixes.length)] ?? "";
    const digits = String(below(130)).padStart(1 + below(4), "0");
    const suffix = below(8) === 0 ? "x" : "";
    return prefix + digits + suffix;
  });
}

/** A linear congruential generator (Numerical Recipes): the same seed, the same names, on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
