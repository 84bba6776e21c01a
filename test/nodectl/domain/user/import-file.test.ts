import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../../nodectl/domain/user/csv.ts";
import { firstProblems, parseImportFile } from "../../../../nodectl/domain/user/import-file.ts";
import { formatProblem } from "../../../../nodectl/domain/problem.ts";
import { ED25519, keyLine } from "./key-samples.ts";

const local = { users: new Set<string>(), groups: new Set<string>() };

function problems(text: string): readonly string[] {
  return parseImportFile(text, "lab.csv", local).problems.map(formatProblem);
}

describe("parseCsv()", () => {
  it.each([
    [
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a,b\r\nc,",
      [
        ["a", "b"],
        ["c", ""],
      ],
    ],
    ['a,"b, ""c"""\n', [["a", 'b, "c"']]],
    [
      "a;b\nc;d,e\n",
      [
        ["a", "b"],
        ["c", "d,e"],
      ],
    ],
    ["\uFEFFa\n\n , \nb", [["a"], ["b"]]],
    ["", []],
    ["a,", [["a", ""]]],
  ])("reads %j", (text, cells) => {
    const csv = parseCsv(text);
    expect(csv.kind === "valid" && csv.value.map((row) => row.cells)).toEqual(cells);
  });

  it("counts lines over cells with line breaks", () => {
    const csv = parseCsv('h\n"a\nb"\nc\n');
    expect(csv.kind === "valid" && csv.value.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it.each([
    ['a\n"b\n', 2],
    ['a\nb"c\n', 2],
    ['"a"b\n', 1],
  ])("refuses %j, naming the line", (text, line) => {
    expect(parseCsv(text)).toMatchObject({
      message: expect.stringContaining(`line ${line}:`) as string,
    });
  });
});

describe("parseImportFile()", () => {
  it("reads users with all that can be said of them", () => {
    const text = `User,Full_Name,E-Mail,Keys,UID,Account,keys
ada,Ada Lovelace,ada@example.org,"${ED25519}
${keyLine(1)}",10005,maths,https://github.com/ada.keys https://x/y
bob,,,,,,
`;
    expect(parseImportFile(text, "lab.csv", local)).toEqual({
      problems: [],
      rows: [
        {
          ...{ line: 2, name: "ada", number: 10_005, account: "maths" },
          details: { fullName: "Ada Lovelace", email: "ada@example.org", shell: undefined },
          keys: [ED25519, keyLine(1), "https://github.com/ada.keys", "https://x/y"],
        },
        {
          ...{ line: 4, name: "bob", number: undefined, account: undefined, keys: [] },
          details: { fullName: undefined, email: undefined, shell: undefined },
        },
      ],
    });
  });

  it("says everything that is wrong, with the lines, and keeps the rows that are right", () => {
    const text = `name,email,keys,uid
Ada,x,/etc/shadow,1
bob,b@x.y,ssh-ed25519 AAAA,
bob,,,
eve,,,
,,,7,8
`;
    const { rows } = parseImportFile(text, "lab.csv", local);
    expect(rows.map(({ name }) => name)).toEqual(["bob", "eve"]);
    const found = problems(text);
    expect(found.filter((line) => line.startsWith("lab.csv:2:"))).toHaveLength(4);
    expect(found.join("\n")).toMatch(
      /lab.csv:3: keys: line 1: the key after ssh-ed25519 is not whole/,
    );
    expect(found.join("\n")).toMatch(/lab.csv:4: bob stands in line 3 already/);
    expect(found.join("\n")).toMatch(/lab.csv:6: 5 cells stand in 4 columns/);
  });

  it.each([
    ["", /no user stands in it/],
    ["name\n", /no user stands in it/],
    ["email\nx@y\n", /lab.csv:1: the first line has no column `name`/],
    ["name,emial\nada,x\n", /"emial": no such column; did you mean email\?/],
    ["name,colour\nada,x\n", /"colour": no such column; write one of: name, full name/],
    ["name,constructor\nada,x\n", /"constructor": no such column/],
    [`name\n${"a\n".repeat(1001)}`, /it has 1001 users, and 1000 are allowed/],
    ['name\n"ada\n', /line 2: a quote is not closed/],
  ])("refuses %j", (text, message) => {
    expect(problems(text).join("\n")).toMatch(message);
  });

  it("shows 50 problems at most", () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      file: "f",
      line: 60 - index,
      message: "m",
      fix: "x",
    }));
    const shown = firstProblems(many);
    expect(shown).toHaveLength(51);
    expect(shown[0]?.line).toBe(1);
    expect(shown[50]?.message).toBe("10 more problems");
  });
});
