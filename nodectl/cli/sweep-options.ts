import { homedir } from "node:os";
import { join } from "node:path";
import { CLUSTER_ID, REGION } from "../domain/setting-readers.ts";
import { parseOptions, UsageError } from "./options.ts";

/** What `npm run sweep` is to do, and where. */
export interface SweepOptions {
  readonly clusterId: string;
  readonly region: string;
  readonly compartmentOcid: string;
  readonly ociConfigFile: string;
  readonly profile: string;
  /** In place of the host of every service; absent on OCI. */
  readonly endpoint: string | undefined;
  readonly minutesMax: number;
  readonly pauseSeconds: number;
  readonly despiteLaunchers: boolean;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

const MINUTES_DEFAULT = 30;
const PAUSE_SECONDS_DEFAULT = 15;

export const SWEEP_HELP = `Usage: npm run sweep -- --cluster ID --region NAME --compartment OCID [options]

Removes from OCI what a cluster has there and Terraform does not know: its
compute instances, the boot volumes that they left behind, and custom images
with its tag. 'cdktf destroy' does it before it removes the network. It works
with your credentials, from any machine, and needs no management node. Only
what carries the freeform tag cluster=ID is touched, and boot volumes that are
known to be of such an instance. Safe to repeat: it ends when two looks in a
row find nothing.

  --cluster ID              the cluster's id, an output of 'cdktf deploy'
  --region NAME             such as eu-frankfurt-1
  --compartment OCID        where its instances are
  --profile NAME            of ~/.oci/config (DEFAULT)

Where cluster.yaml is this cluster's, 'npm run sweep' takes what is missing of
region, compartment and profile from it, and says so.

Options:
  --oci-config FILE         another file than that
  --endpoint URL            in place of OCI's hosts; not on OCI itself
  --minutes N               give up after so long (${MINUTES_DEFAULT})
  --pause-seconds N         between two looks (${PAUSE_SECONDS_DEFAULT})
  --despite-management      although the management node is running, which
                            would launch new nodes
  --dry-run                 print what would be removed, and remove nothing
  --json                    print it as JSON
  --help

Exit status: 0 nothing is left (--dry-run: it was looked); 1 something is left,
OCI refused, or the management node is running; 2 the command line is wrong.
`;

/**
 * @returns "help" when that was asked for
 * @throws UsageError
 */
export function readSweepOptions(argv: readonly string[]): SweepOptions | "help" {
  const { values, positionals } = parseOptions(argv, {
    ...{ cluster: { type: "string" }, region: { type: "string" } },
    ...{ compartment: { type: "string" }, profile: { type: "string" } },
    ...{ "oci-config": { type: "string" }, endpoint: { type: "string" } },
    ...{ minutes: { type: "string" }, "pause-seconds": { type: "string" } },
    ...{ "despite-management": { type: "boolean" }, "dry-run": { type: "boolean" } },
    ...{ json: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help === true) return "help";
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`expected options, got ${JSON.stringify(extra)}`);
  return {
    clusterId: clusterOf(values.cluster),
    region: matching("--region", values.region, REGION, "eu-frankfurt-1"),
    compartmentOcid: matching(
      "--compartment",
      values.compartment,
      /^ocid1\.(compartment|tenancy)\.\S+$/,
      "ocid1.compartment.oc1..aaaa",
    ),
    ociConfigFile: values["oci-config"] ?? join(homedir(), ".oci/config"),
    profile: values.profile ?? "DEFAULT",
    endpoint: values.endpoint,
    minutesMax: countOf("--minutes", values.minutes, MINUTES_DEFAULT, 240),
    pauseSeconds: countOf("--pause-seconds", values["pause-seconds"], PAUSE_SECONDS_DEFAULT, 300),
    despiteLaunchers: values["despite-management"] === true,
    isDryRun: values["dry-run"] === true,
    isJson: values.json === true,
  };
}

/** As the tag's value has it. An empty one, from a script's empty variable, must not sweep anything. */
function clusterOf(text: string | undefined): string {
  if (text !== undefined && text.length > CLUSTER_LENGTH_MAX) {
    throw new UsageError(`expected --cluster of at most ${CLUSTER_LENGTH_MAX} characters`);
  }
  return matching("--cluster", text, CLUSTER_ID, "mouse-1a2b3c4d");
}

const CLUSTER_LENGTH_MAX = 100;

function matching(
  option: string,
  text: string | undefined,
  pattern: RegExp,
  example: string,
): string {
  if (text === undefined) throw new UsageError(`expected ${option}, such as ${example}`);
  if (pattern.test(text)) return text;
  throw new UsageError(`expected ${option} such as ${example}, got ${JSON.stringify(text)}`);
}

function countOf(
  option: string,
  text: string | undefined,
  absent: number,
  valueMax: number,
): number {
  if (text === undefined) return absent;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= valueMax) return value;
  throw new UsageError(
    `${option} takes a number from 1 to ${valueMax}, got ${JSON.stringify(text)}`,
  );
}
