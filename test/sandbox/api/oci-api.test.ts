import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { IdentityClient } from "oci-identity";
import { afterEach, beforeEach, expect, it } from "vitest";
import { resultOf } from "../../contract/program-result.ts";
import { sourceProgram } from "../source-program.ts";

const PROGRAM = fileURLToPath(new URL("../oci-api.ts", import.meta.url));

type Running = ChildProcessByStdio<null, Readable, Readable>;
let directory: string;
const running: Running[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "oci-api-"));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  await rm(directory, { recursive: true });
});

function start(...options: string[]): Running {
  const [command, ...args] = sourceProgram(PROGRAM, "--credentials-dir", directory, ...options);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  return child;
}

/** Everything the stream says until it has said this. */
async function readUntil(stream: Readable, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (pattern.test(text)) return text;
  }
  throw new Error(`the stream ended without ${String(pattern)}: ${text}`);
}

it(
  "serves the SDK with the config file that it wrote, and takes it away again",
  { timeout: 20_000 },
  async () => {
    const child = start("--seed", "test", "--boot-seconds", "1");
    const text = await readUntil(child.stdout, /Ctrl-C/);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? "";
    expect(text).not.toContain("\u001B");
    const config = join(directory, "config");
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, "api-key.pem"))).mode & 0o777).toBe(0o600);
    const description: unknown = JSON.parse(
      await readFile(join(directory, "sandbox.json"), "utf8"),
    );
    expect(description).toMatchObject({ url, config, region: "us-phoenix-1" });
    const region = await (await fetch(`${url}/control/region`)).text();
    expect(region).toContain("BEGIN PUBLIC KEY");
    expect(region).not.toContain("PRIVATE KEY");
    const provider = new ConfigFileAuthenticationDetailsProvider(config);
    const identity = new IdentityClient({ authenticationDetailsProvider: provider });
    identity.endpoint = url;
    const compartmentId = provider.getTenantId();
    const { items } = await identity.listAvailabilityDomains({ compartmentId });
    identity.close();
    expect(items.map((one) => one.name)).toContain("Uocm:PHX-AD-1");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    await expect(access(config)).rejects.toThrow("ENOENT");
  },
);

it("says in one line which port is taken, and fails", { timeout: 20_000 }, async () => {
  const first = start();
  const text = await readUntil(first.stdout, /Ctrl-C/);
  const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? "";
  const { exitCode, stderr } = await resultOf(start("--port", port));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    new RegExp(`^oci-api: .*EADDRINUSE.*:${port}: choose another --port.*\\n$`),
  );
});

it("says in one line which option is wrong, and fails", { timeout: 20_000 }, async () => {
  const { exitCode, stderr } = await resultOf(start("--page-size", "many"));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: 'oci-api: --page-size: "many" is not a whole number from 1 to 1000\n',
  });
});

it("serves the metadata service when asked to", { timeout: 20_000 }, async () => {
  const child = start("--metadata-port", "0");
  const text = await readUntil(child.stdout, /Ctrl-C/);
  const url = /metadata service +(http:\S+)/.exec(text)?.[1] ?? "";
  const path = `${url}/opc/v2/instance/displayName`;
  const answer = await fetch(path, { headers: { authorization: "Bearer Oracle" } });
  expect(await answer.text()).toBe("mgmt");
  expect((await fetch(path)).status).toBe(401);
});
