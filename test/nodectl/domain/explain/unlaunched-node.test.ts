import { describe, expect, it } from "vitest";
import { explainNode } from "../../../../nodectl/domain/explain/explain-node.ts";
import { failureReason } from "../../../../nodectl/domain/failed-node.ts";
import {
  bootsFail,
  closed,
  facts,
  IMAGE,
  LAST_WORDS,
  machine,
  MINUTE_MS,
  node,
  NO_REF_WORDS,
  NOW_MS,
  PAUSE_WORDS,
  paused,
  SHAPE,
  textOf,
} from "./explain-facts.ts";

describe("explainNode() of a node that is not launched", () => {
  const reasonOf = (words: string): string => failureReason(words, NOW_MS + 4 * MINUTE_MS);
  const commandsOf = (told: ReturnType<typeof explainNode>) =>
    told.advice.flatMap(({ command }) => command ?? []);

  it("says of one that is off that no job has it started while launching is paused", () => {
    const told = explainNode("a-1", facts(paused));
    expect(told).toMatchObject({
      cause: "off",
      headline: `a-1 is off, and is not started for any job: ${PAUSE_WORDS}.`,
    });
    expect(commandsOf(told)).toEqual(["sudo citc resume"]);
  });

  it("says of one that a pause has set DOWN when it is back, and not to return it before", () => {
    const nodes = [node("a-1", "DOWN+POWERED_DOWN", reasonOf(PAUSE_WORDS))];
    const told = explainNode("a-1", facts({ ...paused, nodes }));
    expect(told.headline).toMatch(/^a-1 is off until .*: launching is paused\.$/);
    expect(told.next[0]).toMatch(/when the pause ends, or at .*not started before the pause ends/);
    expect(commandsOf(told)).toEqual(["sudo citc resume"]);
  });

  it("says of an image and shape that fail to boot why, until when, where to read and how to try before", () => {
    const told = explainNode("a-1", facts({ capacity: bootsFail() }));
    expect(told.headline).toBe(
      "a-1 is off, and is not started for any job: machines of its image and shape fail to boot.",
    );
    expect(textOf(told)).toMatch(
      /…sabcd123 is launched: the last 3 boots of image …sabcd123 failed: .*timed out\. After .*\(in 14 min\) one node tries/,
    );
    expect(commandsOf(told)).toEqual([
      "sudo citc logs a-3",
      `sudo sed -i '/"kind":"boot"/d' /run/citc/slurm/capacity.jsonl`,
    ]);
  });

  it("does not send anybody to the image when the ref is not there, and tells how to stop the others meanwhile", () => {
    const capacity = bootsFail(IMAGE, NO_REF_WORDS);
    const told = explainNode("a-1", facts({ capacity }));
    expect(textOf(told)).toContain(NO_REF_WORDS);
    expect(textOf(told)).toContain("push ansible/compute.yml of v9 to that repository");
    expect(textOf(told)).not.toMatch(/mend the image|tried at once/i);
    expect(commandsOf(told)).toEqual([
      "sudo citc logs a-3",
      "sudo citc pause",
      `sudo sed -i '/"kind":"boot"/d' /run/citc/slurm/capacity.jsonl`,
    ]);
    const whilePaused = explainNode("a-1", facts({ ...paused, capacity }));
    expect(commandsOf(whilePaused)).not.toContain("sudo citc pause");
  });

  it("says the same of one that is DOWN for it, and how to return it", () => {
    const words = `${LAST_WORDS} for ${SHAPE} in PHX-AD-1`;
    const nodes = [node("a-1", "DOWN+POWERED_DOWN", reasonOf(words))];
    const told = explainNode("a-1", facts({ nodes, capacity: bootsFail() }));
    expect(told.headline).toMatch(/: machines of its image and shape fail to boot\.$/);
    expect(commandsOf(told)).toContain("sudo scontrol update nodename=a-1 state=resume");
    const lost = [node("a-1", "DOWN+POWERED_DOWN", reasonOf(NO_REF_WORDS))];
    const without = textOf(explainNode("a-1", facts({ nodes: lost })));
    expect(without).toContain("push ansible/compute.yml of v9");
  });

  it("expects one to be launched as an alternative that boots", () => {
    const alternatives = [{ shape: "VM.Standard3.Flex", availabilityDomains: ["Uocm:PHX-AD-1"] }];
    const { specification, ...rest } = facts().groups[0] ?? { specification: undefined };
    if (specification === undefined) throw new Error("a cluster without groups");
    const groups = [{ names: "a-1", ...rest, specification: { ...specification, alternatives } }];
    const told = explainNode("a-1", facts({ groups, capacity: bootsFail() }));
    expect(told.headline).toContain("is off and free");
    expect(textOf(told)).toContain("one node tries");
  });

  it("does not trouble a node that is up, or has a machine, with what others were refused", () => {
    const capacity = closed("capacity", "500 InternalError: Out of host capacity.");
    const up = facts({ nodes: [node("a-1", "IDLE")], capacity });
    expect(textOf(explainNode("a-1", up))).not.toContain("OCI said");
    const booting = facts({
      nodes: [node("a-1", "ALLOCATED+POWERING_UP")],
      machines: [machine("a-1", "RUNNING")],
      capacity,
    });
    expect(textOf(explainNode("a-1", booting))).not.toContain("OCI said");
  });
});
