import { encodeUserData, metadataBytes, METADATA_BYTES_MAX } from "../user-data.ts";
import { type Finding, problemsOr, warning, wrong } from "./finding.ts";

/** What every compute node is launched with. */
export interface BootFiles {
  readonly userDataFile: string;
  readonly userData: string;
  readonly sshKeysFile: string;
  readonly sshKeys: string;
}

/** Beyond this the next addition to the script may be one too many. */
const BYTES_FINE = METADATA_BYTES_MAX * 0.9;

export function judgeBootFiles(files: BootFiles): readonly Finding[] {
  const bytes = metadataBytes({
    ssh_authorized_keys: files.sshKeys.trim(),
    user_data: encodeUserData(files.userData),
  });
  const findings = [...judgeSize(files, bytes), ...judgeForm(files), ...judgeKeys(files)];
  return problemsOr(findings, `${bytes} bytes with the keys, of ${METADATA_BYTES_MAX}`);
}

function judgeSize({ userDataFile, sshKeysFile }: BootFiles, bytes: number): readonly Finding[] {
  if (bytes <= BYTES_FINE) return [];
  const seen = `${userDataFile} and ${sshKeysFile} make ${bytes} bytes, packed`;
  const fix = `shorten them: OCI takes ${METADATA_BYTES_MAX}`;
  return [bytes > METADATA_BYTES_MAX ? wrong(seen, fix) : warning(seen, fix)];
}

/** What cloud-init knows by its beginning (its documentation, "User data formats"); it passes over anything else. */
const FORMATS =
  /^(#!|#cloud-config|#cloud-boothook|#include|#part-handler|## template:|MIME-Version:|Content-Type:)/i;

function judgeForm({ userDataFile, userData }: BootFiles): readonly Finding[] {
  if (FORMATS.test(userData)) return [];
  const fix = `begin ${userDataFile} with #!/bin/bash or #cloud-config: cloud-init passes over it as it is`;
  return [wrong(`${userDataFile} is neither a script nor a cloud-config`, fix)];
}

/** authorized_keys(5): a key's type, with options before it or not. */
const KEY = /^[^#\n]*\b(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]{40,}/m;

function judgeKeys({ sshKeysFile, sshKeys }: BootFiles): readonly Finding[] {
  if (KEY.test(sshKeys)) return [];
  const fix = `write a public key into ${sshKeysFile}: nobody can log in to a compute node as opc`;
  return [warning(`${sshKeysFile} holds no ssh key`, fix)];
}
