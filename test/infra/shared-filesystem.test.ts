import { describe, expect, it } from "vitest";
import { onlyResourceOf, resourcesOf, synthesize, type SynthesizedStack } from "./synthesized.ts";
import { EXISTING_NETWORK } from "./test-settings.ts";

const FILE_SYSTEM = "oci_file_storage_file_system";
const MOUNT_TARGET = "oci_file_storage_mount_target";
const EXPORT = "oci_file_storage_export";

const STACK = synthesize();

function sourcesOf(stack: SynthesizedStack): unknown[] {
  const options = onlyResourceOf(stack, EXPORT)["export_options"] as { source: unknown }[];
  return options.map(({ source }) => source);
}

/** Addresses of resources, not of data sources, that the expressions of one resource name. */
function referencesOf(resource: unknown): string[] {
  const pattern = /(?<!data\.)\b((?:oci_|terraform_)\w+\.\w+)\.\w+/g;
  const found = [...JSON.stringify(resource).matchAll(pattern)].map((match) => match[1] ?? "");
  return [...new Set(found)];
}

interface Lifecycle {
  readonly prevent_destroy?: boolean;
}

function keptIn(stack: SynthesizedStack): string[] {
  return Object.entries(stack.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named)
      .filter(([, { lifecycle = {} }]) => (lifecycle as Lifecycle).prevent_destroy)
      .map(([name]) => `${type}.${name}`),
  );
}

describe("the shared file system", () => {
  it("is exported as /shared, to the cluster's subnets only", () => {
    expect(onlyResourceOf(STACK, EXPORT)["path"]).toBe("/shared");
    expect(sourcesOf(STACK)).toEqual(["10.0.0.0/24", "10.0.16.0/20"]);
    expect(sourcesOf(synthesize({ network: EXISTING_NETWORK }))).toEqual([
      "${data.oci_core_subnet.management_subnet.cidr_block}",
      "${data.oci_core_subnet.compute_subnet.cidr_block}",
    ]);
  });

  it("leaves root as root, and takes requests from privileged ports only", () => {
    const options = onlyResourceOf(STACK, EXPORT)["export_options"] as unknown[];
    for (const option of options)
      expect(option).toMatchObject({
        identity_squash: "NONE",
        require_privileged_source_port: true,
        access: "READ_WRITE",
      });
  });

  it("is served as `fileserver` in the compute subnet, behind its own security group", () => {
    expect(onlyResourceOf(STACK, MOUNT_TARGET)).toMatchObject({
      hostname_label: "fileserver",
      subnet_id: "${oci_core_subnet.compute_subnet.id}",
      nsg_ids: ["${oci_core_network_security_group.security_group_fileServer.id}"],
    });
  });

  it("is exported after its mount target is there", () => {
    expect(referencesOf(onlyResourceOf(STACK, EXPORT))).toEqual([
      `${MOUNT_TARGET}.mount_target`,
      `${FILE_SYSTEM}.shared_file_system`,
    ]);
  });

  it("is in the availability domain of the settings, and is not replaced when they change", () => {
    const [fileSystem, mountTarget] = [
      onlyResourceOf(STACK, FILE_SYSTEM),
      onlyResourceOf(STACK, MOUNT_TARGET),
    ];
    expect(fileSystem["availability_domain"]).toContain('endswith(domain.name, "-AD-2")');
    expect(fileSystem).toMatchObject({ lifecycle: { ignore_changes: ["availability_domain"] } });
    expect(mountTarget["availability_domain"]).toBe(
      `\${${FILE_SYSTEM}.shared_file_system.availability_domain}`,
    );
  });
});

describe("keep_file_system", () => {
  it("keeps the file system and what its names hang on, and nothing else", () => {
    expect(keptIn(synthesize({ keepFileSystem: true })).sort()).toEqual([
      `${FILE_SYSTEM}.shared_file_system`,
      "terraform_data.cluster_uuid",
    ]);
    expect(keptIn(synthesize({ keepFileSystem: false }))).toEqual([]);
  });

  it("keeps nothing that depends on what goes: a target of a destroy takes its dependants with it", () => {
    const stack = synthesize({ keepFileSystem: true });
    const kept = keptIn(stack);
    const references = kept.flatMap((address) => {
      const [type = "", name = ""] = address.split(".");
      return referencesOf(resourcesOf(stack, type)[name]);
    });
    expect(references).not.toEqual([]);
    expect(references.filter((address) => !kept.includes(address))).toEqual([]);
  });

  it("tells in an output, which every plan of a destroy shows, what becomes of the file system", () => {
    const ocid = `\${${FILE_SYSTEM}.shared_file_system.id}`;
    const text = (keepFileSystem: boolean) =>
      synthesize({ keepFileSystem }).output?.["on_destroy"]?.["value"];
    expect(text(false)).toContain(`deletes the file system ${ocid}`);
    expect(text(true)).toContain(`keeps the file system ${ocid}`);
  });
});
