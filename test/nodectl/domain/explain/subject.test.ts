import { describe, expect, it } from "vitest";
import { parseSubject } from "../../../../nodectl/domain/explain/subject.ts";

describe("parseSubject()", () => {
  it.each(["12", "12_3", "14+1"])("%s is a job", (id) => {
    expect(parseSubject(id)).toEqual({ kind: "job", id });
  });

  it("takes anything else that can be a name for a node", () => {
    const name = "vm-standard-e4-flex-1-8-ad1-0001";
    expect(parseSubject(name)).toEqual({ kind: "node", name });
  });

  it.each([
    ["12.0", /a step of job 12; write citc explain 12$/],
    ["12_3.batch", /a step of job 12_3; write citc explain 12_3$/],
    ["12_[3-5]", /several tasks; write citc explain 12 for all, or 12_3 for one/],
    ["a-[1-2]", /not one node/],
    ["a-1,a-2", /not one node/],
    ["a\u001b[2J", /not one node/],
    ["a;b", /neither a job's id nor a node's name/],
    ["x".repeat(200), /neither/],
    ["", /neither/],
  ])("refuses %j, and says what to write", (text, message) => {
    expect(parseSubject(text)).toEqual({
      kind: "refused",
      message: expect.stringMatching(message) as string,
    });
  });
});
