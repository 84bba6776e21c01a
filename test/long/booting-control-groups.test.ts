import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { awaitEnd, controlGroupsOf, descendantsOf } from "../e2e/computer.ts";
import { startHolder } from "../e2e/holder.ts";
import {
  ControlGroupKeeper,
  newControlGroupName,
} from "../sandbox/machines/control-group-keeper.ts";
import { waitUntil } from "../sandbox/wait-until.ts";
import { BOOTING_TIMEOUT_MS } from "./boot.ts";

describe("control groups of machines that boot", { timeout: BOOTING_TIMEOUT_MS }, () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "holder-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Kills what holds a sandbox, and those of the processes below it whose command line has the word; when its machine has groups of its own. */
  async function killHolder(word?: string): Promise<number> {
    const holder = await startHolder(directory, { booting: {} });
    const id = holder.pid ?? 0;
    const processIds = await descendantsOf(id);
    await waitUntil(systemClock, "systemd is there", 60, async () => {
      const found = await commandLinesBelow(id);
      return (
        found.some(([, line]) => line.startsWith("/lib/systemd/systemd-journald")) || undefined
      );
    });
    expect(await controlGroupsOf(id)).toHaveLength(2);
    const others = (await commandLinesBelow(id)).filter(([, line]) => word && line.includes(word));
    expect(others).toHaveLength(word === undefined ? 0 : 1);
    for (const one of [...others.map(([other]) => other), id]) process.kill(one, "SIGKILL");
    await awaitEnd(processIds);
    return id;
  }

  test("go with the process that started the sandbox, also by SIGKILL", async () => {
    expect(await controlGroupsOf(await killHolder())).toEqual([]);
  });

  test("go at the next start when what keeps them was killed as well", async () => {
    const id = await killHolder("keep-control-groups.sh");
    expect(await controlGroupsOf(id)).toHaveLength(2);
    const keeper = await ControlGroupKeeper.start(newControlGroupName(), join(directory, "groups"));
    expect(await controlGroupsOf(id)).toEqual([]);
    await keeper.stop();
  });
});

/** Of the processes below one, itself included: their ids and command lines. */
async function commandLinesBelow(
  ancestor: number,
): Promise<readonly (readonly [number, string])[]> {
  const ids = await descendantsOf(ancestor);
  return Promise.all(
    ids.map(async (id) => {
      const line = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
      return [id, line.replaceAll("\0", " ")] as const;
    }),
  );
}
