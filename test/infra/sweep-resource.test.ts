import { App, DataResource, TerraformStack, Testing } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCluster } from "../../infra/cluster.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { createSweep } from "../../infra/sweep-resource.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
/** The settings that the sweep is told. */
const SETTINGS = {
  name: "mouse",
  region: "eu-frankfurt-1",
  compartmentOcid: "ocid1.compartment.oc1..aaaa",
  ociProfile: "LAB",
} as ClusterSettings;

interface Provisioner {
  readonly when: string;
  readonly working_dir: string;
  readonly interpreter: readonly string[];
  readonly command: string;
  readonly on_failure?: string;
}

interface Resource {
  readonly input: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[];
  readonly lifecycle?: unknown;
  readonly triggers_replace?: unknown;
  readonly provisioner: readonly { readonly "local-exec": Provisioner }[];
}

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "citc-synth-"));
});
afterEach(() => {
  rmSync(outdir, { recursive: true });
});

function synthesized(): Readonly<Record<string, Resource>> {
  const stack = new TerraformStack(new App({ outdir }), "mouse");
  const cluster = createCluster(stack, SETTINGS);
  const network = new DataResource(stack, "network");
  const sweep = createSweep(stack, cluster, { uses: [network] });
  new DataResource(stack, "management", { dependsOn: [sweep] });
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: { terraform_data: Readonly<Record<string, Resource>> };
  };
  return resource.terraform_data;
}

function sweepOf() {
  const sweep = synthesized()["sweep"];
  const provisioner = sweep?.provisioner[0]?.["local-exec"];
  if (sweep === undefined || provisioner === undefined) throw new Error("there is no sweep");
  return { sweep, provisioner };
}

describe("the sweep", () => {
  it("stands between the network and the management node", () => {
    const resources = synthesized();
    expect(resources["sweep"]?.depends_on).toEqual(["terraform_data.network"]);
    expect(resources["management"]?.depends_on).toEqual(["terraform_data.sweep"]);
  });

  it("runs at destroy alone, and a failure of it fails the destroy", () => {
    const { sweep, provisioner } = sweepOf();
    expect(sweep.provisioner).toHaveLength(1);
    expect(provisioner).toMatchObject({ when: "destroy" });
    expect(provisioner.on_failure ?? "fail").toBe("fail");
  });

  it("is not replaced by a changed setting", () => {
    const { sweep } = sweepOf();
    expect(sweep.triggers_replace).toBeUndefined();
    expect(sweep.lifecycle).toBeUndefined();
  });

  it("knows the cluster and where its nodes are as they were deployed, and nothing secret", () => {
    const { sweep, provisioner } = sweepOf();
    expect(sweep.input).toEqual({
      cluster: expect.stringMatching(
        /^mouse-\$\{substr\(terraform_data\.\w+\.id, 0, 8\)\}$/,
      ) as string,
      region: "eu-frankfurt-1",
      compartment: "ocid1.compartment.oc1..aaaa",
    });
    const argv = [...provisioner.interpreter, provisioner.command];
    const at = (option: string) => argv[argv.indexOf(option) + 1];
    expect(argv.slice(0, 4)).toEqual(["node", "--import", "tsx", "nodectl/bin/sweep.ts"]);
    expect(at("--cluster")).toBe("${self.input.cluster}");
    expect(at("--region")).toBe("${self.input.region}");
    expect(at("--compartment")).toBe("${self.input.compartment}");
    expect(at("--profile")).toBe("LAB");
  });

  it("refers to nothing but itself and the place of the stack, as Terraform demands", () => {
    const references = JSON.stringify(sweepOf().provisioner).match(/\$\{[^}]*\}/g) ?? [];
    expect(references.filter((it) => !/^\$\{(self\.input\.\w+|path\.root)\}$/.test(it))).toEqual(
      [],
    );
  });

  it.each([true, false])("finds its program from where the stack is (absolute path: %s)", (is) => {
    const stackDirectory = join(outdir, "stacks/mouse");
    const directory = outdir;
    if (!is) outdir = relative(process.cwd(), directory);
    const { working_dir: workingDirectory } = sweepOf().provisioner;
    outdir = directory;
    expect(workingDirectory.startsWith("${path.root}/../")).toBe(true);
    const found = resolve(stackDirectory, workingDirectory.replace("${path.root}/", ""));
    expect(found).toBe(REPOSITORY);
  });
});
