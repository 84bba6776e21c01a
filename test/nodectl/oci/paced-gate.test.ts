import { describe, expect, it } from "vitest";
import { NotSentError, PacedGate } from "../../../nodectl/oci/paced-gate.ts";

const SLOW = { startRatePerSecond: 20, rateMaxPerSecond: 20 };

describe("PacedGate", () => {
  it("lets requests through in the order in which they came", async () => {
    const gate = new PacedGate(() => performance.now());
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const passage = await gate.enter();
        order.push(number);
        passage.ended();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("sends away who waits when the deadline comes, and goes on with the others", async () => {
    const gate = new PacedGate(() => performance.now(), SLOW);
    await gate.enter();
    const deadline = new AbortController();
    const late = gate.enter(deadline.signal);
    const patient = gate.enter();
    deadline.abort();
    await expect(late).rejects.toThrow(NotSentError);
    (await patient).ended();
  });

  it("does not let anyone in after the deadline", async () => {
    const gate = new PacedGate(() => performance.now());
    await expect(gate.enter(AbortSignal.abort())).rejects.toThrow(NotSentError);
  });
});
