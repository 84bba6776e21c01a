import { expect, it } from "vitest";
import { readConfiguration } from "./configuration.ts";

const BOOT = "[  OK  ] Started ssh.service\r\nciti: no word of ours\r\n";
const WAITING = `${BOOT}citc: waiting for http://10.0.0.1:8080/git/citc.git\r\n`;
const RUNNING = `${WAITING}citc: running ansible/compute.yml of v1\r\n[  OK  ] Started munge.service\r\n`;

it("tells from the console how far a machine's playbook is", () => {
  expect(readConfiguration("")).toEqual({ kind: "waiting" });
  expect(readConfiguration(WAITING)).toEqual({ kind: "waiting" });
  expect(readConfiguration(RUNNING)).toEqual({ kind: "running-playbook" });
  const done = `${RUNNING}citc: this machine is configured\r\n[  OK  ] Finished\r\n`;
  expect(readConfiguration(done)).toEqual({ kind: "configured" });
});

it("gives the end of a console whose playbook failed", () => {
  const failed = `${RUNNING}fatal: no such package\ncitc: this machine could not be configured: status 2\n`;
  expect(readConfiguration(failed)).toEqual({ kind: "failed", words: failed });
  expect(readConfiguration("x".repeat(9000) + failed)).toMatchObject({
    words: expect.stringMatching(/^x+\[ {2}OK/) as string,
  });
});
