import { expect, test } from "vitest";
import type { Explanation } from "../../nodectl/domain/explain/explanation.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";
import { NO_CAPACITY_IN_AD_1 } from "./no-capacity.ts";

const SHAPE = "VM.Standard.E4.Flex.1.8";
/** From sbatch to Slurm's word that the launch failed. */
const REFUSED_SECONDS_MAX = 30;
/** Above ResumeTimeout, which is 60 s here. */
const WAKE_SECONDS_MAX = 90;

type Explained = Explanation & { readonly unseen: readonly string[] };

function citc(cluster: Cluster, words: readonly string[], user: "root" | "alice" = "root") {
  const argv = ["/usr/local/bin/citc", "explain", ...words];
  return cluster.sandbox.exec(cluster.management, argv, { user });
}

async function explain(cluster: Cluster, subject: string): Promise<Explained> {
  const { stdout, stderr } = await citc(cluster, [subject, "--json"]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Explained;
}

function awaitCause(cluster: Cluster, subject: string, cause: string, timeoutSeconds: number) {
  return awaitState({
    what: `citc explain ${subject} says ${cause}`,
    timeoutSeconds,
    observe: () => explain(cluster, subject),
    isReached: (told) => told.cause === cause,
  });
}

/** As the playbook sets it: Slurm and admins read the settings, users do not. */
async function hideSettings(cluster: Cluster): Promise<void> {
  await cluster.output(["chgrp", "slurm", "/etc/citc/startnode.yaml"]);
  await cluster.output(["chmod", "640", "/etc/citc/startnode.yaml"]);
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.each(RELEASE_NAMES)(
  "on %s a job without machines hears which shape, where, OCI's code and the next try",
  async (release) => {
    const options = { release, nodeCount: 2, suspendTimeSeconds: 120 };
    await ClusterFixture.use(options, async ({ cluster, sandbox }) => {
      await hideSettings(cluster);
      await sandbox.addFault(NO_CAPACITY_IN_AD_1);
      const jobId = await cluster.submit(["--nodes=2", "--wrap", "true"]);
      await awaitCause(cluster, jobId, "out-of-capacity", REFUSED_SECONDS_MAX);
      await cluster.awaitJob(jobId, "PENDING");

      const { exitCode, stdout } = await citc(cluster, [jobId], "alice");
      expect(exitCode).toBe(0);
      const text = stdout.replaceAll(/\s+/g, " ");
      expect(text).toContain(
        `Job ${jobId} of alice waits: OCI has no free machine of shape ${SHAPE} in PHX-AD-1 at the moment.`,
      );
      expect(text).toMatch(/OCI said "500 InternalError: Out of host capacity"; asked again after/);
      expect(text).toMatch(/Slurm had given it nodes? vm-standard-e4-flex-1-8-ad1-/);
      expect(text).toMatch(/opc-request-id [0-9A-F]+/);
      // Around midnight the date stands before the time.
      expect(text).toMatch(/return to service at [-\d: ]+ \(in \d+ (min|s)\)/);
      expect(text).toContain("You may not read /etc/citc/startnode.yaml");
      const long = stdout.split("\n").filter((line) => line.length > 80);
      expect(long.filter((line) => !/^ +(sudo scontrol|[0-9A-F/-]+\.?$)/.test(line))).toEqual([]);

      const node = await awaitCause(cluster, nodeName(1), "off-down-ours", REFUSED_SECONDS_MAX);
      expect(node.headline).toMatch(/ is off until \d\d:.*: no machine was to be had for it\.$/);
      expect(node.history.join("\n")).toContain("launch refused");
      expect(node.advice.map(({ command }) => command)).toContain(
        `sudo scontrol update nodename=${nodeName(1)} state=resume`,
      );
    });
  },
);

// Between the two, which would otherwise run four sandboxes at once.
test("what cannot be explained or seen is said, with the exit status", async () => {
  await ClusterFixture.use({ nodeCount: 1 }, async ({ cluster, sandbox }) => {
    const unknown = await citc(cluster, ["999"]);
    expect(unknown).toMatchObject({ exitCode: 1, stderr: "" });
    expect(unknown.stdout).toContain("Slurm does not know a job 999");
    const typo = await citc(cluster, [nodeName(1).replace("0001", "0002")]);
    expect(typo.exitCode).toBe(1);
    expect(typo.stdout).toContain(`Did you mean ${nodeName(1)}?`);
    const step = await citc(cluster, ["12.0"]);
    expect(step.exitCode).toBe(2);
    expect(step.stderr).toContain("12.0 is a step of job 12; write citc explain 12");

    const message = "The service is ill.";
    const answer = { kind: "error", status: 500, code: "InternalServerError", message } as const;
    await sandbox.addFault({ operation: "ListInstances", match: {}, answer });
    const blind = await citc(cluster, [nodeName(1)]);
    expect(blind.exitCode).toBe(0);
    expect(blind.stdout).toContain("is off and free");
    expect(blind.stdout.replaceAll(/\s+/g, " ")).toMatch(
      /What could not be seen - OCI: ListInstances: 500 InternalServerError: The service is ill/,
    );
  });
});

test.concurrent.each(RELEASE_NAMES)(
  "on %s a job whose nodes wake, and its nodes, hear how far they are",
  async (release) => {
    const options = { release, nodeCount: 2, suspendTimeSeconds: 120, cloud: { bootMs: 25_000 } };
    await ClusterFixture.use(options, async ({ cluster }) => {
      const words = ["--nodes=2", "--time=5", "--wrap", "sleep 120"];
      const jobId = await cluster.submit(words);
      const waking = await awaitCause(cluster, jobId, "nodes-booting", REFUSED_SECONDS_MAX);
      expect(waking.headline).toContain("waits until all of them are up");
      const [provisioning, node] = await awaitState({
        what: "OCI makes the machines",
        timeoutSeconds: REFUSED_SECONDS_MAX,
        observe: () => Promise.all([explain(cluster, jobId), explain(cluster, nodeName(1))]),
        isReached: ([{ nodes }, { cause, why }]) =>
          nodes.some(({ notes }) => /PROVISIONING/.test(notes.join())) &&
          cause === "waking" &&
          /PROVISIONING/.test(why.join()),
      });
      expect(provisioning.unseen).toEqual([]);
      expect(provisioning.next.join()).toMatch(/has not registered by .* is given up/);
      expect(node.why.join()).toMatch(/OCI has its instance as PROVISIONING: .* in PHX-AD-1/);
      expect(node.why.join()).toContain(`Its jobs: ${jobId} (alice, CONFIGURING).`);

      const running = await awaitCause(cluster, jobId, "running", WAKE_SECONDS_MAX);
      expect(running.headline).toContain("on nodes vm-standard-e4-flex-1-8-ad1-[0001-0002]");
      const second = await cluster.submit(["--nodes=1", "--exclusive", "--wrap", "true"]);
      const busy = await awaitCause(cluster, second, "nodes-busy", REFUSED_SECONDS_MAX);
      expect(busy.nodes[0]?.notes.join()).toMatch(new RegExp(`^job ${jobId} of alice, until `));
      expect((await explain(cluster, nodeName(2))).cause).toBe("busy");
    });
  },
);
