import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { CallEntry } from "../../sandbox/api/call-log.ts";
import type { FaultRule } from "../../sandbox/api/fault-rules.ts";
import type { RateLimits } from "../../sandbox/api/rate-limit.ts";
import type { Runner } from "./run-program.ts";

const STOP_MS_MAX = 5_000;

/** The part of sandbox.json that the bench uses. */
interface Description {
  readonly url: string;
  readonly config: string;
  readonly region: string;
  readonly availabilityDomains: readonly string[];
  readonly compartments: readonly { readonly ocid: string }[];
  readonly subnets: readonly { readonly ocid: string; readonly name: string }[];
  readonly images: readonly { readonly ocid: string }[];
}

/** The part of an instance that the bench looks at. */
export interface InstanceSeen {
  readonly lifecycleState: string;
  readonly freeformTags: Readonly<Record<string, string>>;
}

/** Where a client finds things. */
export interface Place {
  readonly url: string;
  readonly ociConfig: string;
  readonly region: string;
  readonly availabilityDomains: readonly string[];
  readonly compartmentOcid: string;
  readonly subnetOcid: string;
  readonly subnetName: string;
  readonly imageOcid: string;
}

/** A subnet that has room for finish's 10,000 nodes, and one where strangers live if there are any. */
const REGION = {
  subnets: [
    { name: "bench", cidr: "10.0.0.0/17" },
    { name: "strangers", cidr: "10.0.128.0/20" },
  ],
};

/** `npm run oci-api` in a process of its own; every one has a fresh limiter and an empty compartment. */
export class ApiProcess {
  readonly place: Place;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, place: Place) {
    this.#child = child;
    this.place = place;
  }

  /** @throws Error with what it printed, when it does not come up */
  static async start(
    runner: Runner,
    options: {
      readonly program: string;
      readonly directory: string;
      readonly args: readonly string[];
    },
  ): Promise<ApiProcess> {
    const { program, directory, args } = options;
    await mkdir(directory, { recursive: true });
    const regionFile = join(directory, "region.json");
    await writeFile(regionFile, JSON.stringify(REGION));
    const argv = [program, "--credentials-dir", directory, "--region-file", regionFile, ...args];
    const child = runner.hold(
      spawn(process.execPath, argv, { env: {}, stdio: ["ignore", "pipe", "pipe"] }),
    );
    await untilReady(child.stdout, child.stderr);
    const text = await readFile(join(directory, "sandbox.json"), "utf8");
    return new ApiProcess(child, placeOf(JSON.parse(text) as Description));
  }

  /** Every call since the one with this number, in the order of arrival. */
  async calls(since = 0): Promise<readonly CallEntry[]> {
    const answer = await fetch(`${this.place.url}/control/calls?since=${since}`);
    if (!answer.ok) throw new Error(`the API's log: ${answer.status} ${await answer.text()}`);
    const calls = (await answer.json()) as CallEntry[];
    if (calls[0] !== undefined && calls[0].sequence !== since + 1) {
      throw new Error("there were more calls than the API's log keeps: use fewer nodes");
    }
    return calls;
  }

  /** Every instance that OCI lists, whose ever. */
  async instances(): Promise<readonly InstanceSeen[]> {
    const answer = await fetch(`${this.place.url}/control/instances`);
    if (!answer.ok) throw new Error(`the instances: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as InstanceSeen[];
  }

  async addFault(rule: FaultRule): Promise<void> {
    await this.#control("faults", rule);
  }

  /** From now on these hold. */
  async setRateLimits(limits: RateLimits): Promise<void> {
    await this.#control("rate-limits", limits);
  }

  async #control(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${this.place.url}/control/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS_MAX);
    await exited;
    clearTimeout(timer);
  }
}

async function untilReady(stdout: Readable, stderr: Readable): Promise<void> {
  let complaint = "";
  stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  let text = "";
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes("Ctrl-C")) return;
  }
  throw new Error(`the sandbox's API did not start: ${complaint}`);
}

function placeOf(description: Description): Place {
  const { url, config, region, availabilityDomains, compartments, subnets, images } = description;
  const [compartment, subnet, image] = [compartments[0], subnets[0], images[0]];
  if (compartment === undefined || subnet === undefined || image === undefined) {
    throw new Error("the sandbox's API describes a region without compartment, subnet or image");
  }
  return {
    ...{ url, ociConfig: config, region, availabilityDomains },
    compartmentOcid: compartment.ocid,
    subnetOcid: subnet.ocid,
    subnetName: subnet.name,
    imageOcid: image.ocid,
  };
}
