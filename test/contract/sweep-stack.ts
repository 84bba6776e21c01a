import { App, DataResource, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCluster } from "../../infra/cluster.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { createSweep } from "../../infra/sweep-resource.ts";

/** What a test tells this program, in a file. */
export interface SweepStackOptions {
  readonly settings: ClusterSettings;
  readonly stateFile: string;
  /** The sandbox's API. */
  readonly url: string;
}

const STEPS = join(import.meta.dirname, "destroy-steps.ts");
const LOADER = import.meta.resolve("tsx");

/**
 * The part of a cluster that needs no provider, for cdktf: in place of network and management node stand resources that
 * do to the sandbox's API what their destruction would do to OCI.
 */
class SweepStack extends TerraformStack {
  readonly #url: string;

  constructor(app: App, { settings, stateFile, url }: SweepStackOptions) {
    super(app, settings.name);
    this.#url = url;
    new LocalBackend(this, { path: stateFile });
    const cluster = createCluster(this, settings);
    new DataResource(this, "file_system", {
      input: { cluster: cluster.id },
      lifecycle: { preventDestroy: settings.keepFileSystem },
    });
    const network = this.#standIn("network", cluster.id, []);
    const options = ["--endpoint", url, "--pause-seconds", "1"];
    const sweep = createSweep(this, cluster, { uses: [network], options });
    this.#standIn("management", cluster.id, [sweep]);
    new TerraformOutput(this, "cluster", { value: cluster.id });
  }

  #standIn(name: string, clusterId: string, dependsOn: DataResource[]): DataResource {
    return new DataResource(this, name, {
      input: { cluster: clusterId },
      dependsOn,
      provisioners: [
        {
          type: "local-exec",
          when: "destroy",
          interpreter: ["node", "--import", LOADER, STEPS, name, this.#url],
          command: "${self.input.cluster}",
        },
      ],
    });
  }
}

const app = new App();
const [, , file = ""] = process.argv;
new SweepStack(app, JSON.parse(readFileSync(file, "utf8")) as SweepStackOptions);
app.synth();
