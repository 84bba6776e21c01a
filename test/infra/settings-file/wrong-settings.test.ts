import { describe, expect, it } from "vitest";
import { changed, EXISTING, MINIMAL, problemLines } from "../settings-fixture.ts";

const BLOCK_FIX = "write a block of IPv4 addresses, such as 10.0.0.0/16";

/** Each adds its lines to the minimal file, or replaces those of the same key; then says what the user is told. */
const BAD: readonly (readonly [lines: string, ...told: readonly string[]])[] = [
  [
    "name: Tidy",
    "cluster.yaml:1: name: Tidy: this does not fit; write 1 to 15 lower-case letters and digits, a letter first",
  ],
  [
    "name: abcdefghijklmnop",
    "cluster.yaml:1: name: abcdefghijklmnop: this does not fit; write 1 to 15",
  ],
  ["name: 1st", "cluster.yaml:1: name: 1st: this does not fit"],
  ["name: my-lab", "cluster.yaml:1: name: my-lab: this does not fit"],
  ["name: {a: 1}", "cluster.yaml:1: name: a map (a): text is needed here"],
  [
    "region: phx",
    "cluster.yaml:2: region: phx: this does not fit; write OCI's region identifier, such as uk-london-1",
  ],
  ["region:", "cluster.yaml:2: region: nothing: text is needed here; write OCI's region"],
  ["home_region: LHR", "cluster.yaml:7: home_region: LHR: this does not fit"],
  [
    "compartment: ocid1.vcn.oc1..aaaa",
    "cluster.yaml:3: compartment: ocid1.vcn.oc1..aaaa: this does not fit; write an OCID that begins with ocid1.compartment or ocid1.tenancy",
  ],
  [
    "tenancy: ocid1.compartment.oc1..a",
    "cluster.yaml:4: tenancy: ocid1.compartment.oc1..a: this does not fit; write an OCID that begins with ocid1.tenancy",
  ],
  [
    "oci_profile: '[x]'",
    'cluster.yaml:7: oci_profile: "[x]": this does not fit; write the name of a profile of ~/.oci/config',
  ],
  [
    "ssh_cidrs: []",
    "cluster.yaml:6: ssh_cidrs: a list of 0: the list is empty; write a list of 1 to 50 blocks of addresses",
  ],
  [
    "ssh_cidrs: [198.51.100.0/24, 198.51.100.7]",
    "cluster.yaml:6: ssh_cidrs: 2: 198.51.100.7: the length is missing; write 198.51.100.7/32 for one address",
  ],
  [
    "ssh_cidrs: 198.51.100.7/24",
    "cluster.yaml:6: ssh_cidrs: 198.51.100.7/24: this is an address inside a block, not the block's first one; write 198.51.100.0/24 for the block, or 198.51.100.7/32 for the address",
  ],
  [
    "ssh_cidrs: [2001:db8::/32]",
    `cluster.yaml:6: ssh_cidrs: 1: 2001:db8::/32: this is IPv6, which the cluster's network does not have; ${BLOCK_FIX}`,
  ],
  [
    "ssh_cidrs: [10.0.0.0/33]",
    `cluster.yaml:6: ssh_cidrs: 1: 10.0.0.0/33: the length is not a number from 0 to 32; ${BLOCK_FIX}`,
  ],
  [
    "ssh_cidrs: [10.0.0.256/32]",
    `cluster.yaml:6: ssh_cidrs: 1: 10.0.0.256/32: this is no such block; ${BLOCK_FIX}`,
  ],
  ["ssh_cidrs: [010.0.0.0/8]", "cluster.yaml:6: ssh_cidrs: 1: 010.0.0.0/8: this is no such block"],
  ["ssh_cidrs: [everybody]", "cluster.yaml:6: ssh_cidrs: 1: everybody: this is no such block"],
  [
    "ssh_public_keys: [~/.ssh/id_ed25519.pub]",
    "cluster.yaml:5: ssh_public_keys: 1: this is a path; write what the file holds: its one line",
  ],
  [
    "ssh_public_keys: []",
    "cluster.yaml:5: ssh_public_keys: a list of 0: the list is empty; write a list of 1 to 10 public keys",
  ],
  [
    "availability_domains: { management: 4 }",
    "cluster.yaml:7: availability_domains: management: 4: this is too large; write a whole number from 1 to 3",
  ],
  [
    "availability_domains: { file_system: AD-1 }",
    "cluster.yaml:7: availability_domains: file_system: AD-1: this is not a whole number",
  ],
  [
    "availability_domains: 2",
    "cluster.yaml:7: availability_domains: 2: a map of keys and values is needed here; write lines below it, indented, of the keys management, file_system",
  ],
  [
    "management:\n  shape: VM.Standard.E5.Flex",
    "cluster.yaml:8: management: shape: VM.Standard.E5.Flex: a flexible shape needs both management: ocpus and management: memory_gib; add lines such as `ocpus: 2`, `memory_gib: 16`",
  ],
  [
    "management:\n  shape: VM.Standard2.4\n  ocpus: 4\n  memory_gib: 60",
    "cluster.yaml:9: management: ocpus: 4: the size of VM.Standard2.4 is fixed; remove it, or choose a shape whose name ends in .Flex",
    "cluster.yaml:10: management: memory_gib: 60: the size of VM.Standard2.4 is fixed",
  ],
  [
    "management: { shape: VM.Standard.E4.Flex.2.16 }",
    "cluster.yaml:7: management: shape: VM.Standard.E4.Flex.2.16: here the sizes are keys of their own, unlike in limits.yaml; write shape: VM.Standard.E4.Flex, ocpus: 2 and memory_gib: 16",
  ],
  [
    "management: { shape: m5.large }",
    "cluster.yaml:7: management: shape: m5.large: this does not fit; write one of OCI's shapes",
  ],
  [
    "management: { image: ubuntu }",
    "cluster.yaml:7: management: image: ubuntu: this does not fit; write an OCID that begins with ocid1.image",
  ],
  [
    "network: { vcn_cidr: 10.0.0.0/8 }",
    "cluster.yaml:7: network: vcn_cidr: 10.0.0.0/8: OCI takes a network from /16 to /30; write such a block, for instance 10.0.0.0/16",
  ],
  [
    "network: { vcn_cidr: 192.168.0.0/16, compute_cidr: 192.168.16.0/20 }",
    "cluster.yaml: network: management_cidr: 10.0.0.0/24 is not inside network: vcn_cidr (192.168.0.0/16); write a part of that block",
  ],
  [
    "network:\n  vcn_cidr: 169.254.0.0/16\n  management_cidr: 169.254.0.0/24\n  compute_cidr: 169.254.1.0/24",
    "cluster.yaml:8: network: vcn_cidr: 169.254.0.0/16: addresses in 169.254.0.0/16 are reserved; write a private block",
  ],
  [
    "network:\n  compute_cidr: 10.0.0.0/20",
    "cluster.yaml:8: network: compute_cidr: 10.0.0.0/20: this overlaps network: management_cidr (10.0.0.0/24); write blocks that have no address in common",
  ],
  [
    "network:\n  compute_cidr: 10.0.16.0/30",
    "cluster.yaml:8: network: compute_cidr: 10.0.16.0/30: there is no address left for a node: OCI keeps 3, and the file server 3; write a larger block",
  ],
  [
    "network:\n  management_cidr: 10.0.0.0/31",
    "cluster.yaml:8: network: management_cidr: 10.0.0.0/31: OCI takes no subnet smaller than /30; write a larger block",
  ],
  [
    "network:\n  vcn: ocid1.vcn.oc1.uk-london-1.v",
    "cluster.yaml: network: management_subnet: an existing network needs this setting too; write its OCID, or none of vcn, management_subnet, compute_subnet",
    "cluster.yaml: network: compute_subnet: an existing network needs this setting too",
  ],
  [
    `${EXISTING}  compute_cidr: 10.0.16.0/20`,
    "cluster.yaml:11: network: compute_cidr: 10.0.16.0/20: an existing network has its addresses already; remove it, or remove network: vcn, management_subnet and compute_subnet",
  ],
  [
    EXISTING.replace("cccc", "mmmm"),
    "cluster.yaml:10: network: compute_subnet: ocid1.subnet.oc1.uk-london-1.mmmm: this is network: management_subnet too",
  ],
  [
    EXISTING.replace("vcn.oc1", "subnet.oc1"),
    "cluster.yaml:8: network: vcn: ocid1.subnet.oc1.uk-london-1.vvvv: this does not fit",
  ],
  [
    "ansible: { repository: git@git.example:lab/x.git }",
    "cluster.yaml:7: ansible: repository: git@git.example:lab/x.git: this is no such URL; write an https URL that the management node can read without a password",
  ],
  [
    "ansible: { repository: 'http://git.example/x' }",
    'cluster.yaml:7: ansible: repository: "http://git.example/x": this is no such URL',
  ],
  [
    "ansible: { ref: 'v1; reboot' }",
    'cluster.yaml:7: ansible: ref: "v1; reboot": git takes no such ref; write a tag or a commit',
  ],
  ["ansible: { ref: -q }", "cluster.yaml:7: ansible: ref: -q: git takes no such ref"],
  ["ansible: { ref: v1..v2 }", "cluster.yaml:7: ansible: ref: v1..v2: git takes no such ref"],
  [
    "ansible: { repository: 'https://other.example/x' }",
    "cluster.yaml: ansible: ref: which state of another repository is wanted only you know; add a line such as `ansible: ref: v1.0`",
  ],
  [
    "identity: { mode: exsiting }",
    "cluster.yaml:7: identity: mode: exsiting: this is not a choice; write create or existing or config_file (did you mean existing?)",
  ],
  [
    "identity: { mode: existing, defined_tag: { namespace: a, key: b } }",
    "cluster.yaml:7: identity: defined_tag: namespace: a: only policies that are made here use it, and identity: mode is existing; remove identity: defined_tag",
  ],
  [
    "identity: { defined_tag: { namespace: hpc } }",
    "cluster.yaml: identity: defined_tag: key: a defined tag has a namespace and a key; write both, or neither",
  ],
  [
    "identity: { defined_tag: { namespace: a.b, key: c } }",
    "cluster.yaml:7: identity: defined_tag: namespace: a.b: this does not fit",
  ],
  [
    "keep_file_system: yes",
    "cluster.yaml:7: keep_file_system: yes: this is not a choice; write true or false",
  ],
  ["regoin: uk-london-1", "cluster.yaml:7: regoin: this key is not known; did you mean region?"],
  [
    "management: { shap: x }",
    "cluster.yaml:7: management: shap: this key is not known; did you mean shape?",
  ],
  ["management.shape: VM.Standard2.1", "cluster.yaml:7: management.shape: this key is not known"],
  [
    "region: uk-london-1\nregion: uk-london-1",
    "cluster.yaml:3: region: this key stands already in line 2; keep one of the two",
  ],
];

describe("parseSettings() of a wrong file", () => {
  it.each(BAD)("says of %j what to write", (lines, ...told) => {
    const said = problemLines(changed(lines));
    expect(said).toHaveLength(told.length);
    said.forEach((line, index) => {
      expect(line.startsWith(told[index] ?? "?"), line).toBe(true);
    });
  });

  it.each([
    ["name", "name: tidy"],
    ["region", "region: uk-london-1"],
    ["compartment", "compartment: ocid1.compartment.oc1..aaaa"],
    ["ssh_public_keys", "ssh_public_keys: [ssh-ed25519 AAAA... me@laptop]"],
    ["ssh_cidrs", "ssh_cidrs: [198.51.100.0/24]"],
  ])("asks for %s, which has no default", (key, example) => {
    const text = MINIMAL.replace(new RegExp(`^${key}: .*\n`, "m"), "");
    const variable = `CITC_${key.toUpperCase()}`;
    expect(problemLines(text)).toEqual([
      expect.stringMatching(new RegExp(`^cluster.yaml: ${key}: this setting is missing: `)),
    ]);
    expect(problemLines(text)[0]).toContain(
      `add a line such as \`${example}\`, or set ${variable}`,
    );
  });

  it("asks for the tenancy when the identity is to be made", () => {
    expect(problemLines(MINIMAL.replace(/tenancy: .*\n/, ""))).toEqual([
      "cluster.yaml: tenancy: identity: mode create makes a dynamic group, which only the tenancy can hold; add a line such as `tenancy: ocid1.tenancy.oc1..aaaa`, or write identity: mode: existing",
    ]);
  });

  it("says everything at once, in the order of the file", () => {
    const text = `name: X\nregoin: uk-london-1\nssh_cidrs: [a, b]\nnetwork: { compute_cidr: 10.0.0.0/16 }\n`;
    const keys = problemLines(text).map((line) => /^cluster\.yaml(:\d+)?: [^ ]+/.exec(line)?.[0]);
    expect(keys).toEqual([
      "cluster.yaml: region:",
      "cluster.yaml: compartment:",
      "cluster.yaml: ssh_public_keys:",
      "cluster.yaml: tenancy:",
      "cluster.yaml:1: name:",
      "cluster.yaml:2: regoin:",
      "cluster.yaml:3: ssh_cidrs:",
      "cluster.yaml:3: ssh_cidrs:",
      "cluster.yaml:4: network:",
    ]);
  });
});
