import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { ApiLog } from "./api-log.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";
import { wakeByHand } from "./held-job.ts";

const [NODE, OTHER] = [nodeName(1), nodeName(2)];

let fixture: ClusterFixture;
let sandbox: Sandbox;
let cluster: Cluster;
beforeAll(async () => {
  const clusterIds = ["clustera", "clusterb"];
  fixture = await ClusterFixture.start({ nodeCount: 2, clusterIds, suspendTimeSeconds: 3600 });
  ({ sandbox, cluster } = fixture);
});
afterAll(() => fixture.stop());

/** The machines have no curl. HTTP/1.0: the end of the connection is the end of the answer. */
async function ask(machine: string, path: string, ...headers: string[]): Promise<string> {
  const lines = [`GET ${path} HTTP/1.0`, ...headers, "", ""].join("\r\n");
  const script = "exec 3<> /dev/tcp/169.254.169.254/80; cat >&3; cat <&3";
  const result = await sandbox.exec(machine, ["bash", "-c", script], {
    user: "alice",
    stdin: lines,
  });
  expect(result, result.stderr).toMatchObject({ exitCode: 0 });
  return result.stdout;
}

const AUTHORIZATION = "Authorization: Bearer Oracle";

async function bodyAt(machine: string, path: string): Promise<string> {
  return (await ask(machine, path, AUTHORIZATION)).split("\r\n\r\n")[1] ?? "";
}

test("startnode on the management node gets one token of its instance, and no file has a key", async () => {
  const log = await ApiLog.fromNow(sandbox);
  await wakeByHand(cluster, [NODE]);
  const tokens = await log.of("GetSecurityToken");
  expect(tokens.map(({ status }) => status)).toEqual([200]);
  const metadata = await log.of("GetMetadata");
  expect(metadata.map(({ displayName }) => displayName)).toEqual(["mgmt", "mgmt", "mgmt"]);
  // /home/opc and the users' homes are on /mnt/shared; /etc/ssl/private is the image's own.
  const places = ["/etc", "/home", "/root", "/mnt/shared"];
  const options = ["--recursive", "--files-with-matches", "--exclude-dir=private"];
  const argv = ["grep", ...options, "BEGIN [A-Z ]*PRIVATE KEY", ...places];
  const found = await sandbox.exec("mgmt", argv, { user: "root" });
  // 1: nothing found; 2 would be a place that could not be read.
  expect(found).toMatchObject({ exitCode: 1, stdout: "" });
});

test("the metadata service tells every machine about itself, in every cluster", async () => {
  await wakeByHand(cluster, [OTHER]);
  expect(await bodyAt(NODE, "/opc/v2/instance/displayName")).toBe(NODE);
  expect(await bodyAt(OTHER, "/opc/v2/instance/displayName")).toBe(OTHER);
  const path = "/opc/v2/instance/freeformTags/cluster";
  expect(await bodyAt("clustera/mgmt", path)).toBe("clustera");
  expect(await bodyAt("clusterb/mgmt", path)).toBe("clusterb");
  expect(await ask(NODE, path)).toMatch(/^HTTP\/1\.1 401 /);
});

test("a compute node gets a token as well, and may do nothing with it", async () => {
  const { stdout: settings } = await sandbox.exec("mgmt", ["cat", "/etc/citc/startnode.yaml"]);
  const script = `cat > /tmp/settings.yaml && stopnode --config /tmp/settings.yaml ${OTHER}`;
  const log = await ApiLog.fromNow(sandbox);
  const result = await sandbox.exec(NODE, ["sh", "-c", script], { user: "root", stdin: settings });
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/NotAuthorizedOrNotFound.*dynamic group/);
  expect(await log.of("GetSecurityToken")).toMatchObject([{ status: 200 }]);
  expect(await log.of("TerminateInstance")).toEqual([]);
});
