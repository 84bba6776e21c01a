import { describe, expect, it } from "vitest";
import { explainJob } from "../../../../nodectl/domain/explain/explain-job.ts";
import type { Explanation } from "../../../../nodectl/domain/explain/explanation.ts";
import type { ClusterFacts, JobRecord } from "../../../../nodectl/domain/explain/facts.ts";
import { failureReason } from "../../../../nodectl/domain/failed-node.ts";
import {
  bootsFail,
  closed,
  facts,
  group,
  job,
  LAST_WORDS,
  MINUTE_MS,
  NO_REF_WORDS,
  node,
  NOW_MS,
  PAUSE_WORDS,
  paused,
  SHAPE,
  textOf,
} from "./explain-facts.ts";

const RETRY_MS = NOW_MS + 4 * MINUTE_MS;
const WORDS = `500 InternalError: Out of host capacity for ${SHAPE} in PHX-AD-1`;
const TOLD = `startnode: no machine to be had: ${WORDS}; next try after 2026-11-25 12:04`;
const LIMIT =
  "400 LimitExceeded: The following service limits were exceeded: standard-e4-core-count. Request a service limit increase.";

const failedNode = (name: string, words = WORDS) =>
  node(name, "DOWN+POWERED_DOWN", failureReason(words, RETRY_MS));
const failed = ["a-1", "a-2", "a-3"].map((name) => failedNode(name));
const stockOut = closed("capacity", "500 InternalError: Out of host capacity.");
const lost = { event: "could not start node", node: "a-2", reason: WORDS, jobs: "12,14" };
const refused = {
  event: "launch refused",
  node: "a-2",
  shape: SHAPE,
  availabilityDomain: "Uocm:PHX-AD-1",
  reason: "Out of host capacity.",
  status: 500,
  code: "InternalError",
  opcRequestId: "ABC/1",
};

function explain(change: Partial<JobRecord>, around: ClusterFacts): Explanation {
  return explainJob("12", [job({ restarts: 1, adminComment: TOLD, ...change })], around);
}

const commandsOf = ({ advice }: Explanation): readonly string[] =>
  advice.flatMap(({ command }) => command ?? []);

describe("explainJob() when OCI has no machine", () => {
  const around = facts({ nodes: failed, capacity: stockOut, log: [refused, lost] });

  it.each([
    "BeginTime",
    "Cleaning",
    "Resources",
    "Nodes required for job are DOWN, DRAINED or reserved",
  ])(
    "names shape, availability domain, OCI's code and the next try, whatever Slurm says (%s)",
    (reason) => {
      const told = explain({ reason }, around);
      expect(told.cause).toBe("out-of-capacity");
      expect(told.headline).toBe(
        `Job 12 of alice waits: OCI has no free machine of shape ${SHAPE} in PHX-AD-1 at the moment.`,
      );
      const text = textOf(told);
      expect(text).toMatch(
        /OCI said "500 InternalError: Out of host capacity"; asked again after .*in 4 min/,
      );
      expect(text).toContain("opc-request-id ABC/1");
      expect(text).toMatch(/return to service at .*in 4 min/);
    },
  );

  it("names the nodes that the job was given, which Slurm has forgotten", () => {
    expect(explain({}, around).why[0]).toBe(
      "Slurm had given it node a-2, which could not be started; it went back into the queue, 1 time so far.",
    );
  });

  it("says when Slurm looks at a requeued job again", () => {
    const told = explain({ reason: "BeginTime", eligibleMs: NOW_MS + 90_000 }, around);
    expect(told.next[0]).toMatch(/looks at the job again from .*in 2 min/);
  });

  it("explains a job that was never given a node, because all that fit wait for their next try", () => {
    const others = facts({ nodes: failed, capacity: stockOut, log: [refused] });
    const told = explain({ restarts: 0, adminComment: "" }, others);
    expect(told.cause).toBe("out-of-capacity");
    expect(told.why[0]).toContain("could not be started for other jobs");
  });

  it("does not promise anything of nodes that are off while OCI refuses their machines", () => {
    const told = explain(
      { reason: "None" },
      facts({ nodes: failed.slice(0, 1), capacity: stockOut }),
    );
    expect(told.cause).toBe("out-of-capacity");
    expect(told.next.join()).toMatch(/2 other nodes that fit\): as long as OCI refuses/);
  });

  it("does not say that nodes boot while Slurm is about to take them away", () => {
    const configuring = { state: "CONFIGURING", nodeNames: ["a-1"], startMs: NOW_MS - 5_000 };
    const told = explain({ ...configuring, restarts: 0, adminComment: "" }, around);
    expect(told.cause).toBe("out-of-capacity");
    expect(told.why[0]).toContain("puts the job back into the queue just now");
  });

  it("advises fewer nodes while some that fit are in service", () => {
    const some = facts({ nodes: [...failed.slice(0, 2), node("a-3", "IDLE")], capacity: stockOut });
    const told = explain({ nodeCount: 3 }, some);
    expect(commandsOf(told)).toContain("scontrol update jobid=12 numnodes=1");
  });

  it("advises other shapes that fit, with the command that lets the job run there", () => {
    const other = group("b-[1-2]", {
      specification: { shape: "VM.Standard3.Flex", availabilityDomains: ["Uocm:PHX-AD-2"] },
      slurm: { options: { CPUs: "4", RealMemory: "16000", Features: "ad=2" }, partitions: ["big"] },
    });
    const small = group("c-1", {
      specification: { shape: "VM.Tiny", availabilityDomains: ["Uocm:PHX-AD-2"] },
      slurm: { options: { CPUs: "1", RealMemory: "100" }, partitions: ["compute"] },
    });
    const groups = [group("a-[1-3]"), other, small];
    const told = explain(
      { features: "ad=1", cpusPerNodeMin: 2 },
      facts({ groups, nodes: failed, capacity: stockOut }),
    );
    expect(commandsOf(told)).toContain("scontrol update jobid=12 partition=big features=");
    expect(textOf(told)).not.toContain("VM.Tiny");
  });

  it("advises an admin to allow alternatives, unless there are some", () => {
    expect(textOf(explain({}, around))).toMatch(
      /limits\.yaml write `alternatives:`.*or a count without/,
    );
    const alternatives = [{ shape: "VM.Standard3.Flex", availabilityDomains: ["Uocm:PHX-AD-1"] }];
    const specification = { ...group("a-1").specification, alternatives };
    const groups = [group("a-[1-3]", { specification })];
    const told = explain({}, facts({ groups, nodes: failed, capacity: stockOut }));
    expect(textOf(told)).not.toContain("`alternatives:`");
  });
});

describe("explainJob() when a limit is reached", () => {
  const nodes = ["a-1", "a-2", "a-3"].map((name) => failedNode(name, LIMIT));

  it("names the limit, and says how more is to be had", () => {
    const told = explain({}, facts({ nodes, capacity: closed("limit", LIMIT) }));
    expect(told.cause).toBe("service-limit");
    expect(told.headline).toContain(
      "the service limit standard-e4-core-count of the tenancy is reached",
    );
    expect(textOf(told)).toContain("ask Oracle for more");
  });

  it("knows it by OCI's code when the file of capacities is lost", () => {
    expect(explain({}, facts({ nodes })).cause).toBe("service-limit");
  });
});

describe("explainJob() when a launch is refused for good", () => {
  it("sends the admin, and quotes what the job was told", () => {
    const words = "VM.X in Uocm:PHX-AD-1: LaunchInstance: 404 NotAuthorizedOrNotFound: no";
    const adminComment = `startnode: no machine to be had: ${words}`;
    const nodes = ["a-1", "a-2", "a-3"].map((name) => failedNode(name, words));
    const told = explain({ adminComment }, facts({ nodes }));
    expect(told.cause).toBe("launch-refused");
    expect(textOf(told)).toMatch(/404 NotAuthorizedOrNotFound[^]*An admin has to see to it/);
    expect(textOf(told)).not.toContain("alternatives");
    const whole = { event: "could not start node", node: "a-2", reason: `${words}. Check it.` };
    const logged = explain({ adminComment }, facts({ nodes, log: [whole] }));
    expect(logged.why).toContain(`startnode's words: "${words}. Check it".`);
  });
});

describe("explainJob() while launching is paused", () => {
  const nodes = [failedNode("a-1", PAUSE_WORDS), failedNode("a-2")];
  const around = facts({ ...paused, nodes, capacity: stockOut, log: [refused, lost] });

  it.each([
    ["was requeued", { reason: "BeginTime" }],
    ["was never given a node", { restarts: 0, adminComment: "", nodeCount: 2 }],
  ])("says who paused it, since when and why to a job that %s", (_, change) => {
    const told = explain(change, around);
    expect(told.cause).toBe("launching-paused");
    expect(told.headline).toBe(`Job 12 of alice waits: ${PAUSE_WORDS}.`);
    expect(textOf(told)).toContain("When the pause ends, the nodes that are DOWN because of it");
    expect(textOf(told)).not.toMatch(/opc-request-id|alternatives|state=resume|numnodes/);
    expect(commandsOf(told)).toEqual(["sudo citc resume"]);
  });

  it("does not promise nodes that are off to a job that waits for some", () => {
    const told = explain({ restarts: 0, adminComment: "" }, facts(paused));
    expect(told.cause).toBe("launching-paused");
    expect(told.why).toEqual([]);
  });

  it("promises nodes that are up", () => {
    const up = facts({ ...paused, nodes: [node("a-1", "IDLE")] });
    expect(explain({ restarts: 0, adminComment: "" }, up).cause).toBe("about-to-start");
  });

  it("knows it by startnode's words when the pause has ended and the nodes are not back yet", () => {
    const ended = ["a-1", "a-2", "a-3"].map((name) => failedNode(name, PAUSE_WORDS));
    const told = explain({}, facts({ nodes: ended }));
    expect(told.cause).toBe("launching-paused");
    expect(told.headline).toContain("launching was paused, and not all of its nodes are back");
    expect(told.next.join()).toMatch(/return to service at .*in 4 min/);
    expect(told.advice.at(-1)?.text).toContain("The pause has ended");
    expect(explain({}, facts({ nodes: ended, capacity: stockOut })).cause).toBe("out-of-capacity");
  });
});

describe("explainJob() when machines fail to boot", () => {
  const words = `${LAST_WORDS} for ${SHAPE} in PHX-AD-1`;
  const nodes = [failedNode("a-1", words)];
  const around = facts({ nodes, capacity: [...stockOut, ...bootsFail()], log: [refused] });

  it("names shape, the console's last words, the next try, where to read and how to try before", () => {
    const told = explain({}, around);
    expect(told.cause).toBe("boots-fail");
    expect(told.headline).toBe(
      `Job 12 of alice waits: machines of ${SHAPE} fail to boot, so that none is launched for a while.`,
    );
    const text = textOf(told);
    expect(text).toMatch(
      /with image …sabcd123 is launched: the last 3 boots of image …sabcd123 failed: mount\.nfs: Connection timed out\. After .*in 14 min\) one node tries/,
    );
    expect(text).not.toMatch(/OCI said|opc-request-id|alternatives/);
    expect(commandsOf(told)).toEqual([
      "sudo citc logs a-3",
      `sudo sed -i '/"kind":"boot"/d' /run/citc/slurm/capacity.jsonl`,
      "sudo scontrol update nodename=a-1 state=resume",
    ]);
  });

  it("knows it by startnode's words when the file of capacities is lost", () => {
    const lostFile = ["a-1", "a-2", "a-3"].map((name) => failedNode(name, words));
    expect(explain({}, facts({ nodes: lostFile })).cause).toBe("boots-fail");
    const noRef = ["a-1", "a-2", "a-3"].map((name) => failedNode(name, NO_REF_WORDS));
    const told = explain({}, facts({ nodes: noRef }));
    expect(textOf(told)).toContain("push ansible/compute.yml of v9 to that repository");
  });

  it("is known to whoever may not read which image is the default one", () => {
    const unknown = facts({ nodes, capacity: bootsFail(), imageOcid: undefined });
    expect(explain({}, unknown).cause).toBe("boots-fail");
  });

  it("does not take another image's boots for its own", () => {
    const other = "ocid1.image.oc1..other";
    const free = { restarts: 0, adminComment: "" };
    expect(explain(free, facts({ capacity: bootsFail(other) })).cause).toBe("about-to-start");
    const specification = { ...group("b-1").specification, imageOcid: other };
    const groups = [group("a-[1-3]"), group("b-1", { specification })];
    const hidden = facts({ groups, capacity: bootsFail(other), imageOcid: undefined });
    expect(explain(free, hidden).cause).toBe("about-to-start");
  });
});
