import { describe, expect, it } from "vitest";
import { variableOf } from "../../../infra/settings-file/environment.ts";
import { KEYS } from "../../../infra/settings-file/table.ts";
import { MINIMAL, problemLines, PUBLIC_KEY, valid, warningLines } from "../settings-fixture.ts";

describe("environment variables", () => {
  it("have one name for each key, and no name for two", () => {
    expect(variableOf("identity.defined_tag.key")).toBe("CITC_IDENTITY_DEFINED_TAG_KEY");
    expect(new Set(KEYS.map(variableOf)).size).toBe(KEYS.length);
  });

  it("win over the file, a wrong value in it too", () => {
    const environment = {
      CITC_NAME: "other",
      CITC_COMPARTMENT: "ocid1.compartment.oc1..bbbb",
      CITC_MANAGEMENT_SHAPE: "VM.Standard2.2",
      CITC_AVAILABILITY_DOMAINS_MANAGEMENT: "2",
      CITC_NETWORK_COMPUTE_CIDR: "10.0.32.0/19",
      CITC_KEEP_FILE_SYSTEM: "true",
    };
    const text = `${MINIMAL.replace("name: tidy", "name: WRONG")}keep_file_system: false\n`;
    expect(valid(text, { environment }).settings).toMatchObject({
      name: "other",
      compartmentOcid: "ocid1.compartment.oc1..bbbb",
      management: { shape: "VM.Standard2.2" },
      availabilityDomains: { management: 2, fileSystem: 1 },
      network: { computeCidr: "10.0.32.0/19" },
      keepFileSystem: true,
    });
  });

  it("stand in for keys that the file must have", () => {
    const environment = {
      CITC_REGION: "us-ashburn-1",
      CITC_COMPARTMENT: "ocid1.compartment.oc1..b",
      CITC_TENANCY: "ocid1.tenancy.oc1..t",
      CITC_SSH_CIDRS: "198.51.100.0/24, 203.0.113.7/32,",
      CITC_SSH_PUBLIC_KEYS: `${PUBLIC_KEY}\n${PUBLIC_KEY}\n`,
    };
    expect(valid("name: tidy\n", { environment }).settings.access).toEqual({
      sshCidrs: ["198.51.100.0/24", "203.0.113.7/32"],
      sshPublicKeys: [PUBLIC_KEY, PUBLIC_KEY],
    });
  });

  it.each([
    ["CITC_REGION", "phx", "CITC_REGION: phx: this does not fit; write OCI's region"],
    ["CITC_REGION", "", "CITC_REGION: nothing: text is needed here; write OCI's region"],
    ["CITC_SSH_CIDRS", "10.0.0.0/8,10.1.2.3", "CITC_SSH_CIDRS: 2: 10.1.2.3: the length is missing"],
    ["CITC_SSH_CIDRS", "", "CITC_SSH_CIDRS: nothing: this is no such block"],
    ["CITC_MANAGEMENT_OCPUS", "two", "CITC_MANAGEMENT_OCPUS: two: this is not a whole number"],
    [
      "CITC_MANAGEMENT_SHAPE",
      "VM.Standard.E5.Flex",
      "CITC_MANAGEMENT_SHAPE: VM.Standard.E5.Flex: a flexible shape needs both",
    ],
    [
      "CITC_NETWORK_COMPUTE_CIDR",
      "10.0.0.0/24",
      "CITC_NETWORK_COMPUTE_CIDR: 10.0.0.0/24: this overlaps",
    ],
    ["CITC_PASSWORD", "hunter2", "CITC_PASSWORD: secrets are no settings"],
    ["CITC_OCI_FINGERPRINT", "hunter2", "CITC_OCI_FINGERPRINT: secrets are no settings"],
    [
      "CITC_ANSIBLE_REPOSITORY",
      "https://me:hunter2@git.example/x",
      "CITC_ANSIBLE_REPOSITORY: there is a user or a password in this URL",
    ],
  ])("are named when they are wrong: %s=%s", (variable, text, told) => {
    const said = problemLines(MINIMAL, { environment: { [variable]: text } });
    expect(said).toEqual([expect.stringContaining(told)]);
    expect(said[0]?.startsWith(told)).toBe(true);
    expect(said.join()).not.toContain("hunter2");
  });

  it("are refused when they hold a private key, which is not shown", () => {
    // In parts, so that no header of a key stands in a source file.
    const text = ["-----BEGIN OPENSSH PRIVATE", "KEY-----\nhunter2\n"].join(" ");
    for (const variable of ["CITC_SSH_PUBLIC_KEYS", "CITC_REGION", "CITC_OTHER"]) {
      const said = problemLines(MINIMAL, { environment: { [variable]: text } });
      expect(said).toEqual([expect.stringContaining(`${variable}: A PRIVATE KEY STANDS HERE`)]);
      expect(said.join()).not.toContain("hunter2");
    }
  });

  it("give a warning when they are no settings, and no other program's are looked at", () => {
    const environment = {
      CITC_SSH_CIDR: "10.0.0.0/8",
      CITC_XYZZY_PLUGH: "1",
      CITC_CLUSTER_FILE: "x.yaml",
      REGION: "phx",
    };
    expect(warningLines(MINIMAL, { environment })).toEqual([
      "CITC_SSH_CIDR: this variable is no setting; did you mean CITC_SSH_CIDRS?",
      "CITC_XYZZY_PLUGH: this variable is no setting; unset it if it was meant for us",
    ]);
  });
});
