import { readFile } from "node:fs/promises";
import { parseJsonObject } from "../nodectl/domain/json-object.ts";
import type { Problem } from "../nodectl/domain/problem.ts";
import { unlessAbsent } from "../nodectl/files/system-error.ts";
import type { ClusterSettings } from "./settings.ts";

/** Where a cluster of this name was deployed, which cannot be changed afterwards. */
export interface DeployedPlace {
  readonly region: string;
  readonly compartment: string;
}

/**
 * What Terraform's state says; undefined when nothing of the cluster is deployed, a file system that is kept included. The state's form is Terraform's version 4, as
 * seen with 1.11.4: `resources[].instances[].attributes.input.value`.
 */
export async function readDeployedPlace(stateFile: string): Promise<DeployedPlace | undefined> {
  const text = await unlessAbsent(readFile(stateFile, "utf8"));
  return text === undefined ? undefined : deployedPlaceIn(text);
}

export function deployedPlaceIn(state: string): DeployedPlace | undefined {
  const resources = parseJsonObject(state)?.["resources"] as readonly StateResource[] | undefined;
  const cluster = resources?.find(
    ({ type, name }) => type === "terraform_data" && name === "cluster_uuid",
  );
  const { region, compartment } = cluster?.instances?.[0]?.attributes?.input?.value ?? {};
  return region === undefined || compartment === undefined ? undefined : { region, compartment };
}

interface StateResource {
  readonly type?: string;
  readonly name?: string;
  readonly instances?: readonly {
    readonly attributes?: { readonly input?: { readonly value?: Partial<DeployedPlace> } };
  }[];
}

/**
 * With another region Terraform's provider takes every 404 for "gone", forgets the whole cluster, and makes a second one: the
 * first goes on and is billed (its source: handleMissingResourceError). With another compartment the sweep looks in the wrong one.
 */
export function problemsOfMoving(
  deployed: DeployedPlace,
  { name, region, compartmentOcid }: ClusterSettings,
  file: string,
): readonly Problem[] {
  const places = [
    { key: "region", value: region, was: deployed.region },
    { key: "compartment", value: compartmentOcid, was: deployed.compartment },
  ];
  return places
    .filter(({ value, was }) => value !== was)
    .map(({ key, value, was }) => ({
      ...{ file, key, value },
      message: `the cluster ${name} is deployed with ${key}: ${was}, and a cluster cannot be moved`,
      fix: `write ${was} again, or destroy the cluster first, or write another name for a second one`,
    }));
}
