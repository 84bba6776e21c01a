import { describe, expect, it } from "vitest";
import { AddressPool } from "./address-pool.ts";

describe("AddressPool", () => {
  it("keeps the network, the router and the broadcast address for itself", () => {
    const pool = new AddressPool("10.0.4.0/29");
    const taken = Array.from({ length: 6 }, () => pool.take());
    expect(taken).toEqual(["10.0.4.2", "10.0.4.3", "10.0.4.4", "10.0.4.5", "10.0.4.6", undefined]);
    expect(pool.virtualRouterIp).toBe("10.0.4.1");
  });

  it("hands out fresh addresses before returned ones", () => {
    const pool = new AddressPool("10.0.4.0/29");
    const first = pool.take() ?? "";
    pool.release(first);
    const rest = Array.from({ length: 6 }, () => pool.take());
    expect(rest).toEqual(["10.0.4.3", "10.0.4.4", "10.0.4.5", "10.0.4.6", "10.0.4.2", undefined]);
  });

  it("gives a wanted address once, and never again by itself", () => {
    const pool = new AddressPool("10.0.4.0/29");
    expect(pool.takeThis("10.0.4.2")).toBe("taken");
    expect(pool.takeThis("10.0.4.2")).toBe("used");
    expect(pool.takeThis("10.0.4.1")).toBe("outside");
    expect(pool.takeThis("10.0.5.2")).toBe("outside");
    expect(pool.take()).toBe("10.0.4.3");
  });

  it("survives many rounds without handing anything out twice", () => {
    const pool = new AddressPool("10.0.0.0/24");
    const held = new Set<string>();
    for (let round = 0; round < 5000; round += 1) {
      const address = pool.take();
      if (address === undefined) throw new Error("the pool ran dry");
      expect(held.has(address)).toBe(false);
      held.add(address);
      if (held.size > 100) {
        const [oldest = ""] = held;
        held.delete(oldest);
        pool.release(oldest);
      }
    }
  });
});
