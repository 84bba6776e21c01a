import { describe, expect, it } from "vitest";
import type { Problem } from "../../../nodectl/domain/problem.ts";
import { parsePositionedYaml } from "../../../nodectl/files/positioned-yaml.ts";

function problemsOf(text: string): readonly Problem[] {
  const parsed = parsePositionedYaml(text, "limits.yaml");
  return parsed.kind === "invalid" ? parsed.problems : [];
}

describe("parsePositionedYaml()", () => {
  it("keeps the line of each key and value, and what was written", () => {
    const text = "# a comment\na: 012\nb:\n  1: [x, '2']\nc: yes\nd:\n";
    expect(parsePositionedYaml(text, "limits.yaml")).toEqual({
      kind: "valid",
      value: {
        kind: "map",
        line: 2,
        entries: [
          { key: "a", line: 2, value: scalar(2, 12, "012") },
          {
            key: "b",
            line: 3,
            value: {
              kind: "map",
              line: 4,
              entries: [
                {
                  key: "1",
                  line: 4,
                  value: {
                    kind: "list",
                    line: 4,
                    items: [scalar(4, "x", "x"), scalar(4, "2", "2", true)],
                  },
                },
              ],
            },
          },
          { key: "c", line: 5, value: scalar(5, "yes", "yes") },
          { key: "d", line: 6, value: scalar(6, null, "") },
        ],
      },
    });
  });

  it("reads files that Windows wrote", () => {
    const parsed = parsePositionedYaml("\u{feff}a: 1\r\nb: 2\r\n", "limits.yaml");
    expect(parsed).toMatchObject({ value: { entries: [{ key: "a" }, { key: "b", line: 2 }] } });
  });

  it.each([
    ["an empty file", "", undefined, undefined, /empty/, /key: value/],
    ["a file of comments", "# nothing\n\n", undefined, undefined, /empty/, /key: value/],
    ["a file of ---", "---\n", undefined, undefined, /empty/, /key: value/],
    ["a list", "- a\n- b\n", 1, undefined, /not a map/, /key: value/],
    ["a word", "\nword\n", 2, undefined, /not a map/, /key: value/],
    ["a second document", "a: 1\n---\nb: 1\n", 2, undefined, /second YAML document/, /---/],
    ["a tab before a key", "a:\n\tb: 1\n", 2, undefined, /tab/, /spaces/],
    ["a tab behind spaces", "a:\n  \tb: 1\n", 2, undefined, /tab/, /spaces/],
    ["an open bracket", "a: [1, 2\nb: 3\n", 2, undefined, /not YAML/, /lists in \[ \]/],
    ["an open quote", "a: 'b\nc: d\n", 3, undefined, /not YAML/, /quotes in pairs/],
    ["two colons", "a: b: c\n", 1, undefined, /not YAML/, /key: value/],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", 3, "a", /line 1/, /keep one/],
    ["a duplicate key below", "x:\n  a: 1\n  a: 2\n", 3, "x: a", /line 2/, /keep one/],
    ["a key twice, once quoted", 'a: 1\n"a": 2\n', 2, "a", /line 1/, /keep one/],
    ["an anchor", "a: &x 1\n", 1, "a", /anchors/, /remove `&x`/],
    ["an alias of nothing", "a: *x\n", 1, "a", /aliases/, /write the value out/],
    ["a merge key", "a:\n  <<: {b: 1}\n", 2, "a: <<", /merge keys/, /write the keys out/],
    ["a tag", "a: !!binary aGk=\n", 1, "a", /tags/, /remove/],
    ["a tag of our own", "a: !go 1\n", 1, "a", /tags/, /remove/],
    ["a key that is a list", "? [a, b]\n: 1\n", 1, "", /not a key/, /word before the colon/],
    ["a directive", "%YAML 1.1\n---\na: yes\n", 1, undefined, /directives/, /remove/],
    ["a NUL", "a: 1\nb: \0\n", 2, undefined, /control characters/, /right file/],
    ["an escape sequence", "a: \u{1b}[31m\n", 1, undefined, /control characters/, /right file/],
    ["a long line", `a: ${"x".repeat(1000)}\n`, 1, undefined, /1000 characters/, /break it/],
    ["a large file", "a: 1\n".repeat(60_000), undefined, undefined, /262144 bytes/, /right file/],
    ["deep nesting", "{a: ".repeat(12) + "}".repeat(12), 1, undefined, /too deeply/, /flatter/],
  ])("refuses %s, saying where and what to write", (_, text, line, key, message, fix) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem?.file).toBe("limits.yaml");
    expect(problem?.line).toBe(line);
    if (key !== undefined) expect(problem?.key).toBe(key);
    expect(problem?.message).toMatch(message);
    expect(problem?.fix).toMatch(fix);
  });

  it("says all that is wrong at once, in the order of the file", () => {
    const problems = problemsOf("a: 1\nb: &x 2\na: 3\nc: !t 4\n<<: {}\n");
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  });

  it("does not expand an alias bomb", () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const aliases = Array.from({ length: 9 }, () => `*l${level}`).join(",");
      return `l${level + 1}: &l${level + 1} [${aliases}]`;
    });
    const problems = problemsOf(["l0: &l0 x", ...levels].join("\n"));
    expect(problems[0]).toMatchObject({ line: 1, key: "l0" });
    expect(problems.length).toBeLessThanOrEqual(51);
  });

  it.each([
    ["brackets", "[\n".repeat(130_000)],
    ["braces", "{a:\n".repeat(60_000)],
    ["dashes", `${"- ".repeat(499)}\n`.repeat(250)],
    ["question marks", "? \n".repeat(80_000)],
    ["one line of brackets", "[".repeat(250_000)],
  ])("answers a file of %s, however long", { timeout: 60_000 }, (_, text) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(51);
  });
});

function scalar(line: number, value: unknown, source: string, isQuoted = false): unknown {
  return { kind: "scalar", line, value, source, isQuoted };
}
