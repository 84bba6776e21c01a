import { describe, expect, test } from "vitest";
import { runSubprocess } from "../../../nodectl/files/subprocess.ts";
import type { SubprocessRequest } from "../../../nodectl/files/subprocess.ts";

const shell = "/bin/sh";

function request(script: string, overrides: Partial<SubprocessRequest> = {}): SubprocessRequest {
  return {
    program: shell,
    arguments: ["-c", script],
    environment: { PATH: "/usr/bin:/bin" },
    timeoutMs: 10_000,
    outputBytesMax: 10_000,
    ...overrides,
  };
}

describe("runSubprocess()", () => {
  test("returns what a program wrote and its exit code", async () => {
    const result = await runSubprocess(request("echo out; echo err >&2; exit 3"));
    expect(result).toMatchObject({
      exitCode: 3,
      failure: undefined,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("hands arguments over as they are, without a shell between", async () => {
    const argument = `a "b" 'c' $HOME ; * \n d`;
    const result = await runSubprocess(
      request("", { program: "/usr/bin/printf", arguments: ["%s", argument] }),
    );
    expect(result.stdout).toBe(argument);
  });

  test("gives the program the named environment and nothing of ours", async () => {
    const result = await runSubprocess(
      request("", { program: "/usr/bin/env", arguments: [], environment: { ONLY: "this" } }),
    );
    expect(result.stdout).toBe("ONLY=this\n");
  });

  test("gives what it is told to standard input, also to a program that does not read it", async () => {
    const input = "line 1\n☃\n".repeat(50_000);
    const counted = await runSubprocess(request("wc -c", { input }));
    expect(counted.stdout.trim()).toBe(String(Buffer.byteLength(input)));
    expect(await runSubprocess(request("exit 4", { input }))).toMatchObject({ exitCode: 4 });
  });

  test("a program that reads standard input does not wait for ever", async () => {
    expect(await runSubprocess(request("cat"))).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("kills a program at the timeout, also one that ignores SIGTERM", async () => {
    const result = await runSubprocess(
      request("trap '' TERM; sleep 60 & wait", { timeoutMs: 100 }),
    );
    expect(result).toMatchObject({
      exitCode: undefined,
      failure: { kind: "timed-out", timeoutMs: 100 },
    });
  });

  test("keeps what was said before the timeout", async () => {
    const result = await runSubprocess(
      request("echo retrying >&2; exec sleep 60", { timeoutMs: 500 }),
    );
    expect(result.stderr).toBe("retrying\n");
  });

  test("stops a program that writes more than allowed", async () => {
    const result = await runSubprocess(request("exec yes", { outputBytesMax: 1_000 }));
    expect(result.failure).toEqual({ kind: "too-much-output", outputBytesMax: 1_000 });
    expect(result.stdout.length).toBeLessThanOrEqual(1_000);
  });

  test("does not wait for a daemon that the program left with our pipe", async () => {
    const result = await runSubprocess(request("echo started; sleep 20 &", { timeoutMs: 15_000 }));
    expect(result).toMatchObject({ exitCode: 0, failure: undefined, stdout: "started\n" });
  });

  test("says which signal ended a program", async () => {
    const result = await runSubprocess(request("kill -SEGV $$"));
    expect(result.failure).toEqual({ kind: "signalled", signal: "SIGSEGV" });
  });

  test("says when a program is not there", async () => {
    const result = await runSubprocess(request("", { program: "/nowhere/scontrol" }));
    expect(result.failure).toMatchObject({ kind: "not-started" });
    expect(result.command).toBe("/nowhere/scontrol -c ");
  });

  test("refuses a program that would have to be searched for", async () => {
    await expect(runSubprocess(request("", { program: "scontrol" }))).rejects.toThrow(
      "scontrol is not an absolute path",
    );
  });
});
