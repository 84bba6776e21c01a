import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { styleText } from "node:util";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { startApiServer, type ApiServer } from "./api/api-server.ts";
import { Cloud } from "./api/cloud.ts";
import {
  createCredentials,
  publicHalf,
  credentialPaths,
  writeCredentials,
} from "./api/credentials.ts";
import {
  OCI_API_USAGE,
  UsageError,
  readOciApiOptions,
  type OciApiOptions,
} from "./api/oci-api-options.ts";
import { RegionFileError, readRegionFile } from "./api/region-file.ts";
import { Federation } from "./api/federation.ts";
import { addManagementInstance } from "./api/management-instance.ts";
import { startMetadataServer } from "./api/metadata-server.ts";
import { createRegion, type RegionDescription } from "./api/region.ts";
import { addStrangers } from "./api/strangers.ts";

/** `npm run oci-api`: OCI's API alone, for benches and other clients. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOciApiOptions(args);
  if (options === "help") {
    process.stdout.write(OCI_API_USAGE);
    return 0;
  }
  const stopped = stopSignal();
  const fromFile = options.regionFile === undefined ? {} : await readRegionFile(options.regionFile);
  const bare = createRegion({ seed: options.seed, ...fromFile });
  const credentials = createCredentials(bare.tenancyOcid, options.seed);
  const region = { ...bare, apiKeys: [publicHalf(credentials)] };
  const server = await serve(region, options);
  const files = filesIn(resolve(options.credentialsDirectory));
  try {
    await writeCredentials(files.directory, credentials, region.name);
    await writeFile(files.description, descriptionOf(server, region, files));
    process.stdout.write(describe(server, region, files));
    await stopped;
  } finally {
    await server.close();
    await Promise.all(files.all.map((file) => rm(file, { force: true })));
  }
  return 0;
}

/** Where the program can be reached. */
interface Servers {
  readonly url: string;
  readonly metadataUrl: string | undefined;
  close(): Promise<void>;
}

async function serve(region: RegionDescription, options: OciApiOptions): Promise<Servers> {
  const { settings, seed, metadataPort } = options;
  const cloud = new Cloud({ region, clock: systemClock, settings, seed });
  if (options.strangerNames !== undefined) {
    addStrangers(cloud, { nodeNames: options.strangerNames });
  }
  if (metadataPort === undefined) {
    const api = await serveApi(cloud, options);
    return { url: api.url, metadataUrl: undefined, close: () => api.close() };
  }
  return serveWithMetadata(cloud, options, metadataPort);
}

function serveApi(
  cloud: Cloud,
  { host, port, socketPath, latency, rateLimits }: OciApiOptions,
  federation?: Federation,
): Promise<ApiServer> {
  return startApiServer({
    ...{ cloud, clock: systemClock, host, port, latency, rateLimits },
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(federation === undefined ? {} : { federation }),
  });
}

/** On loopback every caller has one address: it is the management node. */
async function serveWithMetadata(
  cloud: Cloud,
  options: OciApiOptions,
  port: number,
): Promise<Servers> {
  const { region } = cloud;
  const [subnet] = region.subnets;
  if (subnet === undefined) throw new RegionFileError("--metadata-port needs a subnet");
  const instance = addManagementInstance(cloud, subnet, subnet.name);
  const federation = await Federation.start({ region, clock: systemClock });
  const api = await serveApi(cloud, options, federation);
  const { calls, faults } = api;
  const { identities } = federation;
  try {
    const metadata = await startMetadataServer({
      ...{ region, identities, clock: systemClock, faults, calls, host: options.host, port },
      instanceAt: () => instance,
    });
    const close = async (): Promise<void> => {
      await Promise.all([metadata.close(), api.close()]);
    };
    return { url: api.url, metadataUrl: metadata.url, close };
  } catch (error) {
    await api.close();
    throw error;
  }
}

interface Files {
  readonly directory: string;
  /** For OCI's own tools. */
  readonly config: string;
  /** For scripts. */
  readonly description: string;
  readonly all: readonly string[];
}

function filesIn(directory: string): Files {
  const { config, key } = credentialPaths(directory);
  const description = join(directory, "sandbox.json");
  return { directory, config, description, all: [config, key, description] };
}

function descriptionOf(servers: Servers, region: RegionDescription, { config }: Files): string {
  const { url, metadataUrl } = servers;
  const { name, tenancyOcid, compartments, vcn, subnets, images, availabilityDomains } = region;
  const places = { region: name, tenancyOcid, compartments, availabilityDomains };
  return `${JSON.stringify({ url, metadataUrl, config, ...places, vcn, subnets, images }, null, 2)}\n`;
}

function describe(servers: Servers, region: RegionDescription, files: Files): string {
  const { url, metadataUrl } = servers;
  const rows = [
    ...(metadataUrl === undefined ? [] : [["metadata service", metadataUrl]]),
    ["config file", files.config],
    ["all of this as JSON", files.description],
    ["region", `${region.name}: ${region.availabilityDomains.join(", ")}`],
    ["tenancy", region.tenancyOcid],
    ...region.compartments.map(({ name, ocid }) => [`compartment ${name}`, ocid]),
    ...region.subnets.map(({ name, ocid, cidr }) => [`subnet ${name}`, `${ocid} (${cidr})`]),
    ...region.images.map(({ name, ocid, architecture }) => [
      `image ${architecture}`,
      `${ocid} (${name})`,
    ]),
  ];
  const lines = rows.map(([label = "", value = ""]) => `  ${label.padEnd(22)} ${value}`);
  const title = `OCI's API is at ${emphasise(url)}`;
  return [title, ...lines, "Ctrl-C ends it.", ""].join("\n");
}

function emphasise(text: string): string {
  const isPlain = !process.stdout.isTTY || process.env["NO_COLOR"] !== undefined;
  return isPlain ? text : styleText("bold", text);
}

async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"])
      process.once(signal, () => {
        resolve();
      });
  });
}

/** What a person can do something about; anything else is a defect and shows its stack. */
function messageFor(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof RegionFileError) return error.message;
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  switch (error.code) {
    case "EADDRINUSE":
      return `${error.message}: choose another --port, --metadata-port or --socket`;
    case "EACCES":
    case "EADDRNOTAVAIL":
    case "ENOENT":
    case "ENOTDIR":
    case "ENOTFOUND":
    case "EPERM":
    case "EROFS":
      return error.message;
    default:
      return undefined;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = messageFor(error);
  if (message === undefined) throw error;
  process.stderr.write(`oci-api: ${message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
