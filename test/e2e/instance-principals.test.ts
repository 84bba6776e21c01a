import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { waitUntil } from "../sandbox/wait-until.ts";
import { ApiLog } from "./api-log.ts";

const ARCHIVE = join(import.meta.dirname, `../../dist/nodectl-linux-${process.arch}.tar.gz`);
const LIMITS = `VM.Standard.E4.Flex.1.8: 2
cluster: {suspend_time: 3600, resume_timeout: 60}
`;
const NODE = "vm-standard-e4-flex-1-8-0001";
const OTHER = "vm-standard-e4-flex-1-8-0002";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({
    archive: ARCHIVE,
    clusterIds: ["clustera", "clusterb"],
    cloud: { bootMs: 2000 },
  });
  const result = await sandbox.finish(LIMITS);
  expect(result, result.stderr).toMatchObject({ exitCode: 0 });
});
afterAll(() => sandbox.stop());

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

/** Until slurmd has registered, and so everything before it is there. */
async function powerUp(node: string): Promise<void> {
  await sandbox.exec("mgmt", ["scontrol", "update", `nodename=${node}`, "state=power_up"]);
  await waitUntil(systemClock, `${node} is idle`, 60, async () => {
    const shown = await sandbox.exec("mgmt", ["sinfo", "-h", "-n", node, "-o", "%T"]);
    return shown.stdout.trim() === "idle" ? true : undefined;
  });
}

test("startnode on the management node gets one token of its instance, and no file has a key", async () => {
  const log = await ApiLog.fromNow(sandbox);
  await powerUp(NODE);
  const tokens = await log.of("GetSecurityToken");
  expect(tokens.map(({ status }) => status)).toEqual([200]);
  const metadata = await log.of("GetMetadata");
  expect(metadata.map(({ displayName }) => displayName)).toEqual(["mgmt", "mgmt", "mgmt"]);
  const argv = [
    "sh",
    "-c",
    "grep --recursive --files-with-matches 'PRIVATE KEY' /etc /home || true",
  ];
  const found = await sandbox.exec("mgmt", argv, { user: "root" });
  expect(found.stdout.split("\n").filter((line) => !line.startsWith("/etc/ssl/"))).toEqual([""]);
});

test("the metadata service tells every machine about itself, in every cluster", async () => {
  await powerUp(OTHER);
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
