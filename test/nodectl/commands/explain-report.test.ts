import { describe, expect, it } from "vitest";
import { explanationJson, formatExplanation } from "../../../nodectl/commands/explain-report.ts";
import { explanation } from "../../../nodectl/domain/explain/explanation.ts";

const EXPLAINED = {
  explanation: explanation({
    cause: "out-of-capacity",
    headline:
      "Job 12 of alice waits: OCI has no free machine of shape VM.Standard.E4.Flex.1.8 now.",
    why: ["One.", `OCI said "two\nlines and a \u001b[31mcolour".`],
    nodes: [{ nodes: "vm-standard-e4-flex-1-8-ad1-[0001-0004,0006]", notes: ["DOWN until noon"] }],
    next: ["Slurm tries again at noon."],
    advice: [
      { text: "Wait." },
      { text: "Or try at once:", command: `sudo scontrol update nodename=${"x".repeat(90)}` },
    ],
  }),
  jobs: [],
  unseen: ["OCI was not asked."],
};

const plain = { columns: 40, emphasize: (text: string) => text };

describe("formatExplanation()", () => {
  it("says the sentence first, then what is behind it, wrapped to the width", () => {
    expect(formatExplanation(EXPLAINED, plain)).toBe(`Job 12 of alice waits: OCI has no free
machine of shape VM.Standard.E4.Flex.1.8
now.

Why
  - One.
  - OCI said "two lines and a
    [31mcolour".

Nodes
  vm-standard-e4-flex-1-8-ad1-[0001-0004,0006]
    DOWN until noon

What happens next
  - Slurm tries again at noon.

What you can do
  - Wait.
  - Or try at once:
      sudo scontrol update nodename=${"x".repeat(90)}

What could not be seen
  - OCI was not asked.
`);
  });

  it("keeps every line within the width, but for what has to be copied", () => {
    const lines = formatExplanation(EXPLAINED, { ...plain, columns: 80 }).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([
      expect.stringContaining("sudo scontrol update"),
    ]);
  });

  it("emphasizes the first sentence and the headings", () => {
    const marked = { columns: 200, emphasize: (text: string) => `<${text}>` };
    const text = formatExplanation(EXPLAINED, marked);
    expect(text.match(/<[^>]*>/g)).toEqual([
      `<${EXPLAINED.explanation.headline}>`,
      "<Why>",
      "<Nodes>",
      "<What happens next>",
      "<What you can do>",
      "<What could not be seen>",
    ]);
  });
});

describe("explanationJson()", () => {
  it("is one object with the cause, the sentences, and what was asked for", () => {
    expect(JSON.parse(explanationJson("12", EXPLAINED))).toMatchObject({
      subject: "12",
      cause: "out-of-capacity",
      advice: EXPLAINED.explanation.advice,
      unseen: ["OCI was not asked."],
      jobs: [],
    });
  });
});
