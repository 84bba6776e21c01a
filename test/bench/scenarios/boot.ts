import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { awaitConfigured } from "../../sandbox/configuration.ts";
import { deployedFromHead } from "../../sandbox/deployed.ts";
import { hostArchive } from "../../sandbox/host-archive.ts";
import { outputOf, outputOn } from "../../sandbox/machine-work.ts";
import { Sandbox } from "../../sandbox/sandbox.ts";
import { waitUntil } from "../../sandbox/wait-until.ts";
import { median } from "../observe.ts";
import type { Row, ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { Bench } from "../world/world.ts";

const ROUND_COUNT = 5;
const MANAGEMENT = "mgmt";
const SHAPE = "VM.Standard.E4.Flex.1.8";
const NODE_COUNT = 1 + 2 * ROUND_COUNT;
const BOOT_MS = 2000;
const MANAGEMENT_SECONDS = 900;
const NODE_SECONDS = 300;
const RATIO_MAX = 1.5;
const USER_DATA = "/home/slurm/bootstrap.sh";

/** The least that makes a node of such an image: its mount is the image's own, the key comes, two daemons start. */
const BY_HAND = `#!/bin/sh
set -eu
install --owner=munge --group=munge --mode=0400 /mnt/shared/etc/munge/munge.key /etc/munge/munge.key
rm /etc/citc/baked
systemctl start munge slurmd
`;

/** Real machines in the sandbox: needs root, and is run only when it is named. */
export const bootScenario: Scenario = {
  name: "boot",
  title: `RUNNING to registered, median of ${ROUND_COUNT} boots, one at a time`,
  run,
};

async function run({ progress, signal, onInterrupt }: Bench): Promise<ScenarioResult> {
  const starting = Sandbox.start({
    archive: hostArchive(),
    cloud: { bootMs: BOOT_MS },
    report: progress,
    signal,
    booting: await deployedFromHead(),
  });
  // A start that rejects has left nothing.
  onInterrupt(() =>
    starting.then(
      (sandbox) => sandbox.stop(),
      () => undefined,
    ),
  );
  const sandbox = await starting;
  try {
    return await measure(sandbox, progress);
  } finally {
    await sandbox.stop();
  }
}

async function measure(sandbox: Sandbox, progress: Bench["progress"]): Promise<ScenarioResult> {
  const playbookMs = await bootByPlaybook(sandbox);
  progress(`by the playbook: ${playbookMs} ms`);
  const ours = await outputOn(sandbox, MANAGEMENT, ["cat", USER_DATA]);
  const joiningMs: number[] = [];
  const byHandMs: number[] = [];
  for (let round = 0; round < ROUND_COUNT; round += 1) {
    joiningMs.push(await bootOnce(sandbox, nodeName(2 + 2 * round), ours));
    byHandMs.push(await bootOnce(sandbox, nodeName(3 + 2 * round), BY_HAND));
    progress(`joining: ${joiningMs.at(-1)} ms, by hand: ${byHandMs.at(-1)} ms`);
  }
  const floor = median(byHandMs) / 1000;
  return {
    rows: [
      row("an image of a node, joined", median(joiningMs) / 1000, floor, RATIO_MAX),
      row("an image with all packages, by the playbook (one boot)", playbookMs / 1000, floor),
    ],
    lost: [],
    data: { joiningMs, byHandMs, playbookMs },
  };
}

/** Of the first node, of which an image is made then: the others boot from that. */
async function bootByPlaybook(sandbox: Sandbox): Promise<number> {
  const first = nodeName(1);
  await awaitConfigured(sandbox, MANAGEMENT, MANAGEMENT_SECONDS);
  await finish(sandbox, "");
  const milliseconds = await wake(sandbox, first);
  await awaitConfigured(sandbox, first, NODE_SECONDS);
  const drain = ["scontrol", "update", `nodename=${first}`, "state=drain", "reason=image"];
  await outputOn(sandbox, MANAGEMENT, drain);
  await outputOn(sandbox, first, ["citc-bake"]);
  const imageOcid = await sandbox.makeImage(first, { displayName: "compute" });
  await powerDown(sandbox, first);
  await finish(sandbox, `  image: ${imageOcid}\n`);
  return milliseconds;
}

/** With that user data. Milliseconds, as wake(). */
async function bootOnce(sandbox: Sandbox, name: string, userData: string): Promise<number> {
  await outputOn(sandbox, MANAGEMENT, ["tee", USER_DATA], { stdin: userData });
  const milliseconds = await wake(sandbox, name);
  await powerDown(sandbox, name);
  return milliseconds;
}

function row(what: string, ours: number, floor: number, limit?: number): Row {
  const target =
    limit === undefined ? {} : { target: { of: "ratio", bound: "at-most", limit } as const };
  return { what: `RUNNING to registered: ${what}`, unit: "s", ours, floor, ...target };
}

function nodeName(number: number): string {
  return `vm-standard-e4-flex-1-8-ad1-${String(number).padStart(4, "0")}`;
}

/** The next boot has the computer to itself. */
async function powerDown(sandbox: Sandbox, name: string): Promise<void> {
  const update = ["scontrol", "update", `nodename=${name}`, "state=power_down_force"];
  await outputOn(sandbox, MANAGEMENT, update);
  await waitUntil(systemClock, `${name} is gone`, NODE_SECONDS, async () => {
    const machines = await sandbox.machines();
    return machines.some((machine) => machine.name === name) ? undefined : true;
  });
}

async function finish(sandbox: Sandbox, more: string): Promise<void> {
  const timers = "cluster: { suspend_time: 3600, suspend_timeout: 20, resume_timeout: 600 }\n";
  const limits = `${SHAPE}:\n  count: { 1: ${NODE_COUNT} }\n${more}${timers}`;
  outputOf("finish", await sandbox.finish(limits));
}

/** Wakes a node; milliseconds from RUNNING, a fixed time after the launch, until slurmctld's log says that it responds. */
async function wake(sandbox: Sandbox, name: string): Promise<number> {
  await outputOn(sandbox, MANAGEMENT, ["scontrol", "update", `nodename=${name}`, "state=power_up"]);
  const log = join(
    sandbox.workDirectory,
    "clusters/clustera/machines/mgmt/log/slurm/slurmctld.log",
  );
  const pattern = new RegExp(`^\\[(\\S+)\\] Node ${name} now responding$`, "m");
  const time = await waitUntil(
    systemClock,
    `${name} responds`,
    NODE_SECONDS,
    async () => pattern.exec(await readFile(log, "utf8"))?.[1],
  );
  const calls = await sandbox.calls();
  const launch = calls.findLast(
    ({ operation, displayName }) => operation === "LaunchInstance" && displayName === name,
  );
  if (launch === undefined) throw new Error(`${name} was not launched`);
  // In UTC: machines have no other time zone.
  return Date.parse(`${time}Z`) - (launch.timeMs + BOOT_MS);
}
