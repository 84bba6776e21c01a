import { describe, expect, it } from "vitest";
import { lastWordsOf, shortWords } from "../../../../nodectl/domain/node-log/last-words.ts";

const AFTER =
  "[   24.5] cloud-init[156]: Cloud-init v. 22.4.2 finished\r\n" +
  "[\u001b[0;32m  OK  \u001b[0m] Reached target cloud-init.target.\r\n\r\n";

describe("what a machine said last", () => {
  it("is why its user data failed, whatever cloud-init and systemd say after that", () => {
    const console =
      "citc: running ansible/compute.yml of v1\r\n" +
      'fatal: [n1]: FAILED! => {"msg": "no"}\r\n' +
      `citc: this machine could not be configured: ansible/compute.yml of v1: munge : Check: no key\r\n${AFTER}`;
    expect(lastWordsOf(console)).toBe("ansible/compute.yml of v1: munge : Check: no key");
  });

  it("is what its user data waits for", () => {
    expect(lastWordsOf(`citc: could not reach http://git, try 4 of 60: refused\r\n${AFTER}`)).toBe(
      "could not reach http://git, try 4 of 60: refused",
    );
  });

  it("is its last line when user data said nothing, or that all is well", () => {
    const ok = "[  OK  ] Reached target cloud-init.target.";
    expect(lastWordsOf(AFTER)).toBe(ok);
    expect(lastWordsOf(`citc: this machine is configured\r\n${AFTER}`)).toBe(ok);
    expect(lastWordsOf("Kernel panic - not syncing\r\n")).toBe("Kernel panic - not syncing");
  });

  it("is empty when it said nothing", () => {
    expect(lastWordsOf("\r\n \u001b[2J\r\n")).toBe("");
  });
});

it("makes one line without quotes, of bounded length", () => {
  expect(shortWords(` a\t'b'\n"c" `, 10)).toBe("a b c");
  expect(shortWords("x".repeat(20), 10)).toBe(`${"x".repeat(9)}…`);
});
