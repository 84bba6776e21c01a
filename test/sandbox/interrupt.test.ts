import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { interruptionOf, Interrupted, unlessAborted } from "./interrupt.ts";

describe("interruptionOf()", () => {
  test.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("%s is exit status %i, whatever follows it", (name, exitCode) => {
    const source = new EventEmitter();
    const signal = interruptionOf(source);
    expect(signal.aborted).toBe(false);
    source.emit(name);
    source.emit("SIGTERM");
    expect(signal.reason).toBeInstanceOf(Interrupted);
    expect((signal.reason as Interrupted).exitCode).toBe(exitCode);
  });
});

describe("unlessAborted()", () => {
  test("gives what the work gives", async () => {
    await expect(unlessAborted(new AbortController().signal, Promise.resolve(7))).resolves.toBe(7);
  });

  test("does not wait for work that goes on after the signal", async () => {
    const source = new EventEmitter();
    const result = unlessAborted(interruptionOf(source), new Promise(() => undefined));
    source.emit("SIGINT");
    await expect(result).rejects.toThrow("ended by SIGINT");
  });
});
