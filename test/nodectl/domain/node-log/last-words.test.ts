import { describe, expect, it } from "vitest";
import {
  lastWordsOf,
  lastWordsOn,
  shortWords,
} from "../../../../nodectl/domain/node-log/last-words.ts";

const AFTER =
  "[   24.5] cloud-init[156]: Cloud-init v. 22.4.2 finished\r\n" +
  "[\u001b[0;32m  OK  \u001b[0m] Reached target cloud-init.target.\r\n\r\n";

describe("what a machine said last", () => {
  it("is why its user data failed, whatever cloud-init and systemd say after that", () => {
    const console =
      "citc: running ansible/compute.yml of v1\r\n" +
      'fatal: [n1]: FAILED! => {"msg": "no"}\r\n' +
      `citc: this machine could not be configured: ansible/compute.yml of v1: munge : Check: no key\r\n${AFTER}`;
    expect(lastWordsOf(console)).toEqual({
      stage: "failed",
      words: "ansible/compute.yml of v1: munge : Check: no key",
    });
  });

  it("is what its user data waits for", () => {
    const words = "could not reach http://git, try 4 of 60: refused";
    expect(lastWordsOf(`citc: ${words}\r\n${AFTER}`)).toEqual({ stage: "unfinished", words });
  });

  it("is its last line when user data said nothing, or that all is well", () => {
    const ok = "[  OK  ] Reached target cloud-init.target.";
    expect(lastWordsOf(AFTER)).toEqual({ stage: "silent", words: ok });
    expect(lastWordsOf(`citc: this machine is configured\r\n${AFTER}`)).toEqual({
      stage: "configured",
      words: ok,
    });
    expect(lastWordsOf("Kernel panic - not syncing\r\n").words).toBe("Kernel panic - not syncing");
  });

  it("is empty when it said nothing", () => {
    expect(lastWordsOf("\r\n \u001b[2J\r\n")).toEqual({ stage: "silent", words: "" });
  });
});

it("is what its note says, if it has left one, and of a failure: the console may be late or lost", () => {
  const console = { stage: "unfinished", words: "running ansible/compute.yml of v1" } as const;
  expect(lastWordsOn("no key", console)).toEqual({ stage: "failed", words: "no key" });
  expect(lastWordsOn(undefined, console)).toBe(console);
  expect(lastWordsOn(undefined, undefined)).toBeUndefined();
});

it("makes one line without quotes, of bounded length", () => {
  expect(shortWords(` a\t'b'\n"c" `, 10)).toBe("a b c");
  expect(shortWords("x".repeat(20), 10)).toBe(`${"x".repeat(9)}…`);
});
