import { expect, test } from "vitest";
import { failureReason } from "../../../../nodectl/domain/failed-node.ts";
import { pauseSentence, type Pause } from "../../../../nodectl/domain/pause.ts";
import type { ClusterSight } from "../../../../nodectl/domain/status/cluster-status.ts";
import type { BootCoolDown } from "../../../../nodectl/domain/status/cool-downs.ts";
import { warningsOf } from "../../../../nodectl/domain/status/warnings.ts";
import { MINUTE_MS, nodeName, NOW_MS, offNode, sight } from "./sights.ts";

const PAUSE: Pause = {
  who: "ann",
  sinceMs: NOW_MS - 5 * MINUTE_MS,
  reason: "the file server is ill",
};
const SHAPE = "VM.Standard.E4.Flex.8.64";
const BOOT: BootCoolDown = {
  ...{ kind: "boot", shape: SHAPE, imageOcid: "ocid1.image.oc1.phx.aaaaaaaasabcd123" },
  ...{ untilMs: NOW_MS + 14 * MINUTE_MS, node: nodeName(7) },
  message: "the last 3 boots of image …sabcd123 failed: mount.nfs: Connection timed out",
};

function downNode(number: number, words: string) {
  const reason = failureReason(words, NOW_MS + 4 * MINUTE_MS);
  return offNode({ name: nodeName(number), slurmState: "off-down-ours", reason });
}

function warn(overrides: Partial<ClusterSight>) {
  return warningsOf(sight(overrides));
}

test("a pause is a warning of the whole cluster: who, since when, why, and how it ends", () => {
  expect(warn({ pause: PAUSE })).toEqual([
    {
      id: "launching-paused",
      what: expect.stringMatching(
        /^launching is paused by ann since 2026-11-2\d \d\d:\d\d: the file server is ill$/,
      ) as string,
      advice: "when its cause is mended: sudo citc resume",
      nodes: [],
    },
  ]);
});

test("nodes that wait for the end of a pause are counted with it, and not said to come back by themselves", () => {
  const nodes = [1, 2].map((number) => downNode(number, pauseSentence(PAUSE)));
  const warnings = warn({ pause: PAUSE, nodes });
  expect(warnings.map(({ id }) => id)).toEqual(["launching-paused"]);
  expect(warnings[0]?.what).toMatch(/; 2 nodes are DOWN because of it$/);
});

test("nodes that a pause has left behind come back by themselves, or by resume", () => {
  const [left, ...others] = warn({ nodes: [downNode(1, pauseSentence(PAUSE))] });
  expect(others).toEqual([]);
  expect(left).toMatchObject({ id: "no-machine", nodes: [nodeName(1)] });
  expect(left?.advice).toMatch(/come back by themselves; the pause is over; .*sudo citc resume$/);
});

test("boots that fail are a warning: image, shape, until when, the console's last words, what to do", () => {
  const nodes = [downNode(1, `${BOOT.message} for ${SHAPE} in PHX-AD-1`), offNode()];
  const [boots, ...others] = warn({ coolDowns: [BOOT], nodes });
  expect(others).toEqual([]);
  expect(boots).toMatchObject({
    id: "boots-fail",
    what: `${SHAPE} with image …sabcd123 fails to boot, next try in 14 min: ${BOOT.message}`,
    nodes: [nodeName(1)],
  });
  expect(boots?.advice).toContain(`sudo citc logs ${nodeName(7)}`);
});

test("what to do about boots that fail depends on how far the machine had come", () => {
  const adviceOf = (failed: string) => {
    const message = `the last 3 boots of image …sabcd123 failed${failed}`;
    return warn({ coolDowns: [{ ...BOOT, message }] })[0]?.advice;
  };
  expect(adviceOf(", not configured: no ansible/compute.yml of v9 from http://me: no")).toContain(
    "push ansible/compute.yml of v9 to that repository, or write another ref behind REF= in /home/slurm/bootstrap.sh",
  );
  expect(adviceOf(", not ready in time: could not reach http://me, try 8 of 60: no")).toContain(
    "mend the network, the server or the repository that it names",
  );
  expect(adviceOf(", ready but not heard: [ OK ]")).toContain("slurmctld.log");
  expect(adviceOf(": Kernel panic")).toContain("mend the image");
});

test("boots that fail explain no node of another shape, and no other failure", () => {
  const other = downNode(1, `${BOOT.message.slice(0, -3)} for VM.GPU.A10.1 in PHX-AD-1`);
  const full = downNode(2, `500 InternalError: Out of host capacity for ${SHAPE} in PHX-AD-1`);
  const warnings = warn({ coolDowns: [BOOT], nodes: [other, full] });
  expect(warnings.map(({ id, nodes }) => [id, ...nodes])).toEqual([
    ["boots-fail"],
    ["no-machine", nodeName(1)],
    ["no-machine", nodeName(2)],
  ]);
});

test("a node that was returned early keeps its reason on 24.11, and is no failure for it", () => {
  const { reason } = downNode(1, pauseSentence(PAUSE));
  expect(warn({ nodes: [offNode({ reason })] })).toEqual([]);
});
