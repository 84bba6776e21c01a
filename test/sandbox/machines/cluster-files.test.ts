import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../nodectl/cli/config.ts";
import { createRegion } from "../api/region.ts";
import type { ClusterDescription } from "./cluster-description.ts";
import { commonFiles, managementFiles, sharedFiles } from "./cluster-files.ts";
import type { MachineFile } from "./machine-file.ts";
import { createSecrets } from "./secrets.ts";

const region = createRegion();
const [subnet] = region.subnets;
if (subnet === undefined) throw new Error("the region has no subnet");
const cluster: ClusterDescription = {
  id: "clustera",
  release: "trixie",
  region,
  subnet,
  managementName: "mgmt",
  managementAddress: "10.0.0.2",
  imageOcid: "ocid1.image.oc1.phx.aaaa",
  endpoint: "http://10.0.0.1",
  secrets: createSecrets("clustera"),
};

function contentOf(files: readonly MachineFile[], path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`no file ${path}`);
  return file.content.toString();
}

describe("managementFiles()", () => {
  test("has a startnode.yaml that nodectl accepts and that leads to the cluster's subnet", () => {
    const text = contentOf(managementFiles(cluster), "/etc/citc/startnode.yaml");
    const config = parseConfig(text, "startnode.yaml");
    expect(config).toMatchObject({
      kind: "valid",
      value: {
        clusterId: "clustera",
        subnetOcid: subnet.ocid,
        compartmentOcid: subnet.compartmentOcid,
        adRoot: "Uocm:PHX-AD-",
        imageOcid: "ocid1.image.oc1.phx.aaaa",
        endpoint: "http://10.0.0.1",
        auth: { kind: "instance_principals", metadataEndpoint: undefined },
        slurmctldRestartCommand: ["/usr/local/sbin/restart-slurmctld"],
      },
    });
  });

  test("has no key for the API: the instance is its own credentials", () => {
    const text = managementFiles(cluster).map(({ content }) => content.toString());
    expect(text.join()).not.toContain("PRIVATE KEY");
  });
});

describe("commonFiles()", () => {
  test("ends slurm.conf with the file that finish writes", () => {
    const conf = contentOf(commonFiles(cluster), "/etc/slurm/slurm.conf").trimEnd().split("\n");
    expect(conf).toContain("SlurmctldHost=mgmt(10.0.0.2)");
    expect(conf.at(-1)).toBe("include /mnt/shared/etc/slurm/slurm.conf");
  });
});

test("sharedFiles() has a partition and a node, without which slurmctld does not start", () => {
  const conf = contentOf(sharedFiles(cluster), "/etc/slurm/slurm.conf");
  expect(conf).toMatch(/^NodeName=\S+ State=FUTURE$/m);
  expect(conf).toMatch(/^PartitionName=/m);
});
