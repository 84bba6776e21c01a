import { rm, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { OUT_OF_CAPACITY } from "../sandbox/api/fault-rules.ts";
import { useRigs } from "./rig.ts";

const createRig = useRigs();

describe("startnode, refused", () => {
  it("tells Slurm at once which nodes OCI has no machine for", async () => {
    const rig = await createRig();
    rig.api.faults.add({
      operation: "LaunchInstance",
      match: { displayName: "vm-a-0002" },
      answer: OUT_OF_CAPACITY,
    });
    const result = await rig.run("startnode", ["vm-a-[0001-0003]"]);
    expect(result.exitCode).toBe(1);
    expect(rig.livingNames()).toEqual(["vm-a-0001", "vm-a-0003"]);
    const down = (await rig.updates()).filter((line) => line.includes("state=DOWN"));
    expect(down).toEqual([
      expect.stringMatching(
        /^nodename=vm-a-0002 nodeaddr=127\.0\.0\.1 state=DOWN reason=startnode: .*Out of host capacity/,
      ),
    ]);
    expect(await rig.log()).toContainEqual(
      expect.objectContaining({ event: "launch refused", node: "vm-a-0002", status: 500 }),
    );
  });

  it("waits for a namesake that is still TERMINATING", async () => {
    const rig = await createRig({ cloud: { terminateMs: 1_500 } });
    await rig.run("startnode", ["vm-a-0001"]);
    await rig.run("stopnode", ["vm-a-0001"]);
    const result = await rig.run("startnode", ["vm-a-0001"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.livingNames()).toEqual(["vm-a-0001"]);
  });

  it.each([
    [401, "NotAuthenticated", /clock/],
    [404, "NotAuthorizedOrNotFound", /policy is missing/],
  ])(
    "says what to check when OCI answers %i %s, and sets the nodes down",
    async (status, code, advice) => {
      const rig = await createRig();
      const answer = { kind: "error", status, code, message: "no" } as const;
      rig.api.faults.add({ operation: "*", answer });
      const result = await rig.run("startnode", ["vm-a-[0001-0003]"]);
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toMatch(advice);
      expect((await rig.updates()).join("\n")).toMatch(/state=DOWN reason=startnode: /);
    },
  );

  it("names file and profile when there are no credentials, and sets the nodes down", async () => {
    const rig = await createRig();
    const result = await rig.run("startnode", ["vm-a-0001"], { settings: { profile: "NOBODY" } });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/no credentials.*oci\/config.*NOBODY/);
    expect((await rig.updates())[0]).toMatch(/state=DOWN reason=startnode: no credentials/);
  });

  it.each(["bootstrap.sh", "nodes.json"])(
    "writes into the log that %s is missing, and tells Slurm",
    async (file) => {
      const rig = await createRig();
      await rm(rig.path(file));
      const result = await rig.run("startnode", ["vm-a-0001"]);
      expect(result.exitCode).toBe(1);
      expect(await rig.log()).toContainEqual(
        expect.objectContaining({ event: "the run failed", level: "error" }),
      );
      expect((await rig.updates()).join("\n")).toContain(`state=DOWN reason=startnode: `);
    },
  );

  it("says that a key cannot be used, and does not ask OCI with it", async () => {
    const rig = await createRig();
    await writeFile(rig.path("oci/api-key.pem"), "no key at all");
    const result = await rig.run("startnode", ["vm-a-0001"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/no credentials: .*key file/);
    expect(rig.callCounts()).toEqual({});
  });

  it("refuses user data above OCI's bound with the figure", async () => {
    const rig = await createRig();
    // Random text: gzip must not save it.
    const text = Array.from({ length: 40_000 }, (_, i) =>
      String.fromCharCode(33 + ((i * i * 7) % 89)),
    );
    const noise = text.map((c, i) => c + (i * 2654435761).toString(36)).join("");
    await writeFile(rig.path("bootstrap.sh"), noise);
    const result = await rig.run("startnode", ["--dry-run", "vm-a-0001"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/bytes of instance metadata.*OCI takes 32000/);
  });

  it("prints the requests and sends nothing with --dry-run", async () => {
    const rig = await createRig();
    const result = await rig.run("startnode", ["--dry-run", "vm-a-[0001-0002]"]);
    expect(result.exitCode).toBe(0);
    const requests = JSON.parse(result.stdout) as {
      launchInstanceDetails: { displayName: string };
    }[];
    expect(requests.map((r) => r.launchInstanceDetails.displayName)).toEqual([
      "vm-a-0001",
      "vm-a-0002",
    ]);
    expect(rig.callCounts()).toEqual({});
    expect(await rig.updates()).toEqual([]);
  });

  it("starts what it knows and says which node nodes.json does not have", async () => {
    const rig = await createRig();
    const result = await rig.run("startnode", ["vm-a-0001,vm-b-0001"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/vm-b-0001.*run finish/);
    expect(rig.livingNames()).toEqual(["vm-a-0001"]);
  });

  it.each([
    [[], /expected a hostlist/],
    [["vm-a-[0001"], /not a hostlist.*never closed/],
    [["vm-a-0001", "vm-a-0002"], /second argument/],
    [["--colour", "vm-a-0001"], /--colour/],
  ])("refuses the command line %j with exit status 2", async (args, message) => {
    const rig = await createRig();
    const result = await rig.run("startnode", args);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(rig.callCounts()).toEqual({});
  });

  it("refuses a broken startnode.yaml with every problem, and sends nothing", async () => {
    const rig = await createRig();
    const result = await rig.run("startnode", ["vm-a-0001"], {
      settings: { region: "PHX", launch_concurrency: 0, subnet: "x" },
    });
    expect(result.exitCode).toBe(1);
    for (const key of ["region", "launch_concurrency", "subnet"]) {
      expect(result.stderr).toMatch(new RegExp(`startnode\\.yaml:\\d+: ${key}: `));
    }
    expect(rig.callCounts()).toEqual({});
  });
});

describe("a peer that is not there", () => {
  it("is named while startnode goes on asking, and when it gives up", async () => {
    const rig = await createRig();
    const result = await rig.run("startnode", ["vm-a-0001"], {
      settings: { endpoint: "http://127.0.0.1:1", run_deadline_seconds: 5 },
    });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/asking OCI again action=ListInstances reason=.*ECONNREFUSED/);
    expect((await rig.updates()).join("\n")).toMatch(/state=DOWN reason=.*region or endpoint/);
    const said = (await rig.log()).filter(({ event }) => event === "asking OCI again");
    expect(said).toHaveLength(1);
  });
});
