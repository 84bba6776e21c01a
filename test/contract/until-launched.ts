import { setTimeout as delay } from "node:timers/promises";
import type { Rig } from "./rig.ts";

/** Waits until so many launches have been accepted. */
export async function untilLaunched({ api }: Rig, count: number): Promise<void> {
  const accepted = (): number =>
    api.calls.since(0).filter((call) => call.operation === "LaunchInstance" && call.status === 200)
      .length;
  for (let tries = 0; accepted() < count; tries++) {
    if (tries > 2_000) throw new Error(`only ${accepted()} launches were accepted`);
    await delay(10);
  }
}
