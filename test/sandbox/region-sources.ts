import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Log } from "../../nodectl/domain/log.ts";
import type { SubnetBridge } from "./machines/subnet-bridges.ts";
import { SOURCES, type BootingPlan } from "./region-plan.ts";
import { copyRepository, type ServedRepository } from "./sources/git-repository.ts";
import { copyArchive, type ServedArchive } from "./sources/served-archive.ts";
import { startSourceServer } from "./sources/source-server.ts";

/** What machines that boot install, as it was when the region started. */
export interface RegionSources {
  readonly repository: ServedRepository;
  readonly packagesDirectory: string;
  /** Of a deployment. */
  readonly archive: ServedArchive | undefined;
}

export async function takeSources({
  repository,
  packagesDirectory,
  management,
}: BootingPlan): Promise<RegionSources> {
  await mkdir(SOURCES);
  const directory = resolve(SOURCES);
  return {
    repository: await copyRepository(repository, directory),
    packagesDirectory,
    archive:
      management.kind === "deployed"
        ? await copyArchive(management.deployment.archiveFile, directory)
        : undefined,
  };
}

/** At every subnet's virtual router. */
export async function serveSources(
  { repository, packagesDirectory, archive }: RegionSources,
  bridges: readonly SubnetBridge[],
  log: Log,
): Promise<void> {
  const hosts = bridges.map(({ routerAddress }) => routerAddress);
  await startSourceServer({ hosts, repository, packagesDirectory, archive: archive?.file, log });
}
