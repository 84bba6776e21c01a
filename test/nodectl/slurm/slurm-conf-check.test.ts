import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { restartSlurmctld } from "../../../nodectl/slurm/restart-slurmctld.ts";
import { checkSlurmConf } from "../../../nodectl/slurm/slurm-conf-check.ts";
import type { SlurmConfVerdict } from "../../../nodectl/slurm/control.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slurm-conf-check-"));
  writeProgram("scontrol", PARSER);
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Complains like Slurm 24.11.5 about the word Nonsense in the main file or in what it includes. */
const PARSER = String.raw`#!/bin/sh
here=$(dirname "$0")
echo "$*" > "$here/arguments.txt"
cp "$SLURM_CONF" "$here/seen.conf"
for file in "$SLURM_CONF" $(sed -n 's/^[Ii]nclude *//p' "$SLURM_CONF"); do
  if grep -q Nonsense "$file"; then
    echo "scontrol: error: _parse_next_key: Parsing error at unrecognized key: Nonsense" >&2
    echo "scontrol: error: Parse error in file $file line 1" >&2
    echo "scontrol: fatal: Unable to process configuration file" >&2
    exit 1
  fi
  grep -q Slow "$file" && kill -9 $$
done
exit 0
`;

function writeProgram(name: string, text: string): void {
  writeFileSync(join(directory, name), text);
  chmodSync(join(directory, name), 0o755);
}

async function check(main: string, candidate: string): Promise<SlurmConfVerdict> {
  const slurmConf = join(directory, "slurm.conf");
  writeFileSync(slurmConf, main);
  const includedFile = "/mnt/shared/etc/slurm/slurm.conf";
  return checkSlurmConf({ binDirectory: directory, slurmConf, includedFile }, candidate);
}

const MAIN = "ClusterName=a\ninclude /mnt/shared/etc/slurm/slurm.conf\n";

describe("checkSlurmConf()", () => {
  test("lets Slurm parse the main file with the candidate in it, and asks slurmctld nothing", async () => {
    expect(await check(MAIN, "SuspendTime=60\n")).toEqual({ kind: "valid" });
    expect(readFileSync(join(directory, "arguments.txt"), "utf8")).toBe("show hostnames a\n");
  });

  test("gives Slurm's complaint without our temporary paths", async () => {
    expect(await check(MAIN, "Nonsense=1\n")).toEqual({
      kind: "invalid",
      message:
        "_parse_next_key: Parsing error at unrecognized key: Nonsense; Parse error in file candidate.conf line 1; Unable to process configuration file",
      line: 1,
    });
  });

  test("finds other includes of the main file where they are", async () => {
    writeFileSync(join(directory, "site.conf"), "Nonsense=1\n");
    const main = `Include site.conf\n${MAIN}`;
    // Its line is none of the candidate's.
    expect(await check(main, "SuspendTime=60\n")).toEqual({
      kind: "invalid",
      message: expect.stringContaining("site.conf line 1") as unknown,
    });
  });

  test("refuses a main file that does not include what finish writes", async () => {
    const verdict = await check("ClusterName=a\n#include /mnt/shared/etc/slurm/slurm.conf\n", "");
    expect(verdict).toMatchObject({
      message: expect.stringContaining("has no line `include /mnt/shared/etc/slurm/") as unknown,
    });
  });

  test("says when there is no main file", async () => {
    const options = {
      binDirectory: directory,
      slurmConf: "/nowhere/slurm.conf",
      includedFile: "/a",
    };
    expect(await checkSlurmConf(options, "")).toEqual({
      kind: "invalid",
      message: "there is no /nowhere/slurm.conf",
    });
  });

  test("a parser that dies is no verdict but an error", async () => {
    await expect(check(MAIN, "Slow=1\n")).rejects.toThrow("ended by SIGKILL");
  });

  test("leaves nothing behind", async () => {
    const count = (): number =>
      readdirSync(tmpdir()).filter((name) => name.startsWith("nodectl-slurm-conf-")).length;
    const before = count();
    await check(MAIN, "Nonsense=1\n");
    expect(count()).toBe(before);
  });
});

describe("restartSlurmctld()", () => {
  test("runs the command with its words as they are", async () => {
    writeProgram("restart", '#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/words.txt"\n');
    await restartSlurmctld([join(directory, "restart"), "a b", "$c"]);
    expect(readFileSync(join(directory, "words.txt"), "utf8")).toBe("a b\n$c\n");
  });

  test("finds a program such as systemctl in the system's directories", async () => {
    await expect(restartSlurmctld(["true"])).resolves.toBeUndefined();
  });

  test("passes on what a failing command says", async () => {
    writeProgram("restart", "#!/bin/sh\necho 'Unit slurmctld.service not found.' >&2; exit 5\n");
    await expect(restartSlurmctld([join(directory, "restart")])).rejects.toMatchObject({
      exitCode: 5,
      detail: "Unit slurmctld.service not found.",
    });
  });

  test("says when there is no such command", async () => {
    await expect(restartSlurmctld(["no-such-command"])).rejects.toThrow("No such file");
  });
});
