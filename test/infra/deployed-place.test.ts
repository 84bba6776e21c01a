import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../nodectl/domain/problem.ts";
import {
  deployedPlaceIn,
  problemsOfMoving,
  readDeployedPlace,
} from "../../infra/deployed-place.ts";
import { someSettings } from "./test-settings.ts";

const SETTINGS = someSettings();
const { region, compartmentOcid: compartment } = SETTINGS;

/** As Terraform 1.11.4 writes it, but for what is not read. */
function stateOf(resources: readonly object[]): string {
  return JSON.stringify({ version: 4, terraform_version: "1.11.4", resources });
}

const CLUSTER = {
  mode: "managed",
  type: "terraform_data",
  name: "cluster_uuid",
  instances: [{ attributes: { input: { value: { region, compartment } } } }],
};

describe("deployedPlaceIn()", () => {
  it("finds region and compartment of what was deployed", () => {
    const other = { type: "terraform_data", name: "sweep", instances: [{}] };
    expect(deployedPlaceIn(stateOf([other, CLUSTER]))).toEqual({ region, compartment });
  });

  it("finds them when a destroy has left the file system and the cluster's id", () => {
    const kept = { type: "oci_file_storage_file_system", name: "shared_file_system" };
    expect(deployedPlaceIn(stateOf([kept, CLUSTER]))).toEqual({ region, compartment });
  });

  it.each([
    ["an empty state", stateOf([])],
    ["a state of a cluster that was destroyed", JSON.stringify({ version: 4 })],
    ["a cluster that was never made", stateOf([{ ...CLUSTER, instances: [] }])],
    ["something else", "{"],
  ])("finds nothing in %s", (_what, text) => {
    expect(deployedPlaceIn(text)).toBeUndefined();
  });
});

describe("readDeployedPlace()", () => {
  it("knows nothing before the first deploy, and reads the state after it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "citc-state-"));
    try {
      const file = join(directory, "terraform.lab.tfstate");
      expect(await readDeployedPlace(file)).toBeUndefined();
      await writeFile(file, stateOf([CLUSTER]));
      expect(await readDeployedPlace(file)).toEqual({ region, compartment });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe("problemsOfMoving()", () => {
  it("has none for a cluster that stays", () => {
    expect(problemsOfMoving({ region, compartment }, SETTINGS, "cluster.yaml")).toEqual([]);
  });

  it("says for each of region and compartment what was deployed, and what to write", () => {
    const was = { region: "uk-london-1", compartment: "ocid1.compartment.oc1..old" };
    const lines = problemsOfMoving(was, SETTINGS, "cluster.yaml").map(formatProblem);
    expect(lines).toEqual([
      "cluster.yaml: region: eu-frankfurt-1: the cluster lab is deployed with region: uk-london-1, and a cluster cannot be moved; " +
        "write uk-london-1 again, or destroy the cluster first, or write another name for a second one",
      expect.stringContaining("deployed with compartment: ocid1.compartment.oc1..old") as string,
    ]);
  });
});
