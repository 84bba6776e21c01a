import { readFile } from "node:fs/promises";
import type { Config } from "../domain/config.ts";
import { encodeUserData, metadataBytes, METADATA_BYTES_MAX } from "../domain/user-data.ts";
import type { LaunchSettings } from "../oci/launch-details.ts";
import { CommandError } from "./run.ts";

/**
 * What every launch has in common, read from the files that the settings name.
 * @throws CommandError when a file cannot be read or the metadata is larger than OCI takes
 */
export async function loadLaunchSettings(config: Config): Promise<LaunchSettings> {
  const userData = await readSetting("user_data_file", config.userDataFile);
  const sshKeys = await readSetting("ssh_keys_file", config.sshKeysFile);
  const metadata = { ssh_authorized_keys: sshKeys.trim(), user_data: encodeUserData(userData) };
  const bytes = metadataBytes(metadata);
  if (bytes > METADATA_BYTES_MAX) {
    throw new CommandError(
      `${config.userDataFile} and ${config.sshKeysFile} make ${bytes} bytes of instance metadata, packed; ` +
        `OCI takes ${METADATA_BYTES_MAX}: shorten them`,
    );
  }
  return launchSettingsOf(config, metadata);
}

/** The settings that need no file to be read. */
export function launchSettingsOf(
  config: Config,
  metadata: LaunchSettings["metadata"],
): LaunchSettings {
  return {
    compartmentOcid: config.compartmentOcid,
    subnetOcid: config.subnetOcid,
    clusterId: config.clusterId,
    nsgOcids: config.networkSecurityGroupOcids,
    imageOcid: config.imageOcid,
    definedTags: definedTagsOf(config),
    metadata,
  };
}

/** Neither part has a dot in it. */
function definedTagsOf({ definedTag, clusterId }: Config): LaunchSettings["definedTags"] {
  const [namespace, key] = definedTag?.split(".") ?? [];
  if (namespace === undefined || key === undefined) return undefined;
  return { [namespace]: { [key]: clusterId } };
}

async function readSetting(key: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(`${key} of startnode.yaml: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
