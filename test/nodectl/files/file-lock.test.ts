import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withFileLock } from "../../../nodectl/files/file-lock.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "file-lock-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function lock(waitSecondsMax = 0): Parameters<typeof withFileLock>[0] {
  return {
    file: join(directory, "run/finish.lock"),
    waitSecondsMax,
    holder: "another finish is running",
  };
}

describe("withFileLock()", () => {
  test("gives the work's answer and is free again afterwards", async () => {
    expect(await withFileLock(lock(), () => Promise.resolve(1))).toBe(1);
    expect(await withFileLock(lock(), () => Promise.resolve(2))).toBe(2);
  });

  test("is free again after the work failed, and passes the failure on", async () => {
    const failing = withFileLock(lock(), () => Promise.reject(new Error("broken")));
    await expect(failing).rejects.toThrow("broken");
    expect(await withFileLock(lock(), () => Promise.resolve(2))).toBe(2);
  });

  test("refuses a second holder with a sentence that says what to do", async () => {
    await withFileLock(lock(), async () => {
      const second = withFileLock(lock(), () => Promise.resolve("never"));
      await expect(second).rejects.toThrow(/another finish is running \(lock .*try again/);
    });
  });

  test("says once, before it waits, who seems to have it", async () => {
    const waits: (number | undefined)[] = [];
    const onWait = (processId: number | undefined): void => void waits.push(processId);
    await withFileLock({ ...lock(), onWait }, async () => {
      await expect(withFileLock({ ...lock(1), onWait }, () => Promise.resolve())).rejects.toThrow();
    });
    expect(waits).toEqual([process.pid]);
  });

  test("runs that wait come one after the other", async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      events.push(`${name} ends`);
    };
    await Promise.all([withFileLock(lock(10), work("one")), withFileLock(lock(10), work("two"))]);
    const [first] = events[0]?.split(" ") ?? [];
    const second = first === "one" ? "two" : "one";
    expect(events).toEqual([
      `${first ?? ""} begins`,
      `${first ?? ""} ends`,
      `${second} begins`,
      `${second} ends`,
    ]);
  });

  test("a holder that was killed with -9 leaves no lock", async () => {
    const module = new URL("../../../nodectl/files/file-lock.ts", import.meta.url).href;
    const script = `
      const { withFileLock } = await import(${JSON.stringify(module)});
      await withFileLock(${JSON.stringify(lock())}, () => {
        console.log("holding");
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const holder = spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", script],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    await expect(withFileLock(lock(), () => Promise.resolve())).rejects.toThrow("another finish");
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(await withFileLock(lock(5), () => Promise.resolve("free"))).toBe("free");
  });
});
