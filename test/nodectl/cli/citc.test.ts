import { describe, expect, it } from "vitest";
import { citc } from "../../../nodectl/cli/citc/citc.ts";
import { VERBS } from "../../../nodectl/cli/citc/verbs.ts";

const COLUMNS_MAX = 79;

/** What it prints, and its exit status. */
async function run(...argv: readonly string[]): Promise<{ exitCode: number; text: string }> {
  let text = "";
  const stream = { write: (some: string) => (text += some) } as unknown as NodeJS.WriteStream;
  const input = { argv, stdout: stream, stderr: stream, pid: 1, resumeFile: undefined };
  return { exitCode: await citc(input), text };
}

describe("citc --help", () => {
  it("names every verb, and fits a terminal", async () => {
    const { exitCode, text } = await run("--help");
    expect(exitCode).toBe(0);
    for (const verb of Object.keys(VERBS)) expect(text).toMatch(new RegExp(`^ {2}${verb} `, "m"));
    expect(text.split("\n").filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
  });

  it.each(["add", "remove", "list", "keys", "import"])(
    "user %s --help tells its exit status, and fits a terminal",
    async (verb) => {
      const { exitCode, text } = await run("user", verb, "--help");
      expect(exitCode).toBe(0);
      expect(text).toMatch(new RegExp(`^Usage: citc user ${verb}\\b`));
      expect(text).toMatch(/^Exit status: 0 /m);
      expect(text.split("\n").filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
    },
  );

  it.each(Object.keys(VERBS))(
    "%s --help tells its exit status, and fits a terminal",
    async (verb) => {
      const { exitCode, text } = await run("help", verb);
      expect(exitCode).toBe(0);
      expect(text).toMatch(new RegExp(`^Usage: citc ${verb}\\b`));
      expect(text).toMatch(/^Exit status: 0 /m);
      expect(text.split("\n").filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
    },
  );
});

describe("a wrong command line", () => {
  it.each([
    [["constructor"], /no command "constructor"; there are reconcile, /],
    [["help", "toString"], /no command "toString"/],
    [["nodes"], /expected start, stop, .* got nothing/],
    [["nodes", "kill", "n-1"], /expected start, .* got "kill"/],
    [["nodes", "stop"], /expected a hostlist/],
    [["nodes", "stop", "n-[1"], /is not a hostlist/],
    [["nodes", "drain", "n-1"], /needs --reason/],
    [["nodes", "drain", "--reason", " ", "n-1"], /--reason takes 1 to 200/],
    [["nodes", "start", "--now", "n-1"], /--now belongs to 'nodes stop'/],
    [["nodes", "stop", "--yes", "n-1"], /--yes belongs to 'nodes stop --now'/],
    [["user"], /expected add, remove, list, keys, import after 'user', got nothing/],
    [["user", "constructor"], /got "constructor"/],
    [["user", "add"], /expected the user's name: citc user add NAME/],
    [["user", "add", "ada", "king"], /got a second: "king"; quote what has blanks/],
    [["user", "remove", "../root"], /"..\/root" cannot be a user's name/],
    [["user", "remove", "ada", "--keep-home", "--delete-home"], /choose one/],
    [["user", "list", "ada"], /'citc user keys NAME' tells of one/],
    [["user", "import"], /expected one file/],
    [["user", "list", "--nodes-file", "x"], /Unknown option '--nodes-file'/],
    [["pause", "an incident"], /unexpected argument "an incident"; write --reason/],
    [["pause", "--reason", "x".repeat(101)], /at most 100 characters/],
    [["resume", "now"], /unexpected argument "now"/],
    [["logs"], /expected a hostlist/],
    [["logs", "n-[1-2]"], /expected one node, got several/],
    [["logs", "--lines", "0", "n-1"], /--lines takes a number from 1 to 10000, not "0"/],
    [["logs", "--since", "soon", "n-1"], /--since takes 30m, 2h, 1d or a time/],
  ])("is refused before anything is looked at: %j", async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
  });
});
