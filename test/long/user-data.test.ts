import { cpSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { renderUserData } from "../../infra/user-data.ts";
import { git } from "../git.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { BOOTING_TIMEOUT_MS } from "./boot.ts";
import { ensureOwnImage } from "./own-image.ts";
import { boot, type Boot } from "./user-data/boot-image.ts";

const USER_DATA = join(import.meta.dirname, "../../userdata");
const REPOSITORY = "/srv/repository";
const INSTANCE_DATA = "/run/cloud-init/instance-data-sensitive.json";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfAda ada";

const FACTS = {
  ansible_repo: `file://${REPOSITORY}`,
  ansible_branch: "v1",
  domain: "management.lab.oraclevcn.com",
  ssh_authorized_keys: KEY,
};

/** What cloud-init leaves of the metadata, as the datasource of Oracle reads it. */
function instanceData(facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const of = "/var/lib/cloud/instance";
  const empty = Object.fromEntries(
    ["user-data.txt", "vendor-data.txt", "vendor-data2.txt"].map((name) => [`${of}/${name}`, ""]),
  );
  const text = JSON.stringify({ ds: { metadata: facts } });
  return { ...empty, [INSTANCE_DATA]: text, [INSTANCE_DATA.replace("-sensitive", "")]: text };
}

const PLAYBOOK = (group: string, word: string): string =>
  `- hosts: ${group}
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        dest: /root/ran
        content: "{{ inventory_hostname }} ${word}"
        mode: "0644"
`;

/** A repository whose tag v1 is not its newest commit. */
async function makeRepository(
  root: string,
  playbook: (word: string) => Record<string, string>,
): Promise<void> {
  const directory = join(root, REPOSITORY);
  mkdirSync(join(directory, "ansible"), { recursive: true });
  cpSync(USER_DATA, join(directory, "userdata"), { recursive: true });
  await git(directory, "init", "--quiet", "--initial-branch=main");
  for (const [word, tag] of [["pinned", "v1"], ["newer"]] as const) {
    for (const [name, text] of Object.entries(playbook(word))) {
      writeFileSync(join(directory, "ansible", name), text);
    }
    await git(directory, "add", ".");
    await git(directory, "commit", "--quiet", "--message", word);
    if (tag !== undefined) await git(directory, "tag", tag);
  }
}

describe.each(RELEASE_NAMES)("user data on %s", (release) => {
  let image: string;
  beforeAll(async () => {
    image = await ensureOwnImage(release, "baked");
  }, BOOTING_TIMEOUT_MS);

  function management(changes: Partial<Boot> = {}): Boot {
    return {
      image,
      hostName: "mgmt",
      files: { ...instanceData(FACTS), "/root/configure.sh": script },
      prepare: (root) =>
        makeRepository(root, (word) => ({ "management.yml": PLAYBOOK("management", word) })),
      command: ["bash", "/root/configure.sh"],
      ...changes,
    };
  }
  const script = renderUserData(USER_DATA, "management.sh");

  it("is a cloud-config that cloud-init's own schema takes", async () => {
    await boot(
      {
        image,
        hostName: "mgmt",
        files: { "/root/user-data.yaml": renderUserData(USER_DATA, "management.yaml") },
        command: ["cloud-init", "schema", "--config-file", "/root/user-data.yaml", "--annotate"],
      },
      ({ status, output }) => {
        expect(output).toMatch(/^Valid (cloud-config|schema)/m);
        expect(status).toBe(0);
      },
    );
  });

  it("configures the management node from the pinned ref, under its full name", async () => {
    await boot(management(), async ({ status, output, console: said, at }) => {
      expect(output).toBe("");
      expect(said).toMatch(/citc: this machine is configured\n$/);
      expect(status).toBe(0);
      expect(await readFile(at("/root/hosts"), "utf8")).toContain(
        "[management]\nmgmt.management.lab.oraclevcn.com ansible_connection=local\n",
      );
      expect(await readFile(at("/root/ran"), "utf8")).toBe(
        "mgmt.management.lab.oraclevcn.com pinned",
      );
      expect(statSync(at("/root/ansible-pull.log")).mode & 0o777).toBe(0o600);
    });
  });

  it("shows on the console why a playbook failed, and ends with its status", async () => {
    const failing = `- hosts: management
  gather_facts: false
  tasks:
    - ansible.builtin.fail: { msg: "no such thing as a database" }
`;
    const prepare = (root: string): Promise<void> =>
      makeRepository(root, (word) => ({ "management.yml": `${failing}# ${word}\n` }));
    await boot(management({ prepare }), ({ status, console: said }) => {
      expect(status).toBe(2);
      expect(said).toContain("no such thing as a database");
      expect(said).toMatch(
        /citc: this machine could not be configured: ansible.builtin.fail: no such thing as a database\n$/,
      );
    });
  });

  it("gives up on a repository that never answers, after a bounded number of tries", async () => {
    const files = {
      ...instanceData({ ...FACTS, ansible_repo: "file:///srv/nowhere" }),
      "/root/configure.sh": script,
      "/usr/local/bin/sleep": "#!/bin/sh\necho $* >> /root/slept\n",
    };
    await boot(management({ files }), async ({ status, console: said, at }) => {
      expect(status).toBe(1);
      const told = [...said.matchAll(/citc: could not reach file:\S+, try (\d+) of 60: fatal: /g)];
      expect(told.map(([, tries]) => tries)).toEqual(["1", "2", "4", "8", "16", "32"]);
      expect(said).toMatch(
        /could not be configured: could not reach \S+, try 60 of 60: fatal: .*\n$/,
      );
      const slept = (await readFile(at("/root/slept"), "utf8")).trimEnd().split("\n");
      expect(slept).toEqual(Array.from({ length: 60 }, () => "5"));
    });
  });

  it("stops when the metadata lacks something", async () => {
    const lacking = { domain: FACTS.domain, ansible_branch: FACTS.ansible_branch };
    const files = { ...instanceData(lacking), "/root/configure.sh": script };
    await boot(management({ files }), ({ status, console: said }) => {
      expect(status).toBe(1);
      expect(said).toContain("could not be configured");
    });
  });

  it("makes a compute node of what the playbook wrote, with the host keys of the cluster", async () => {
    const variables = JSON.stringify({
      ...{ ansible_repo: FACTS.ansible_repo, ansible_branch: "v1" },
      ...{ compute_domain: "compute.lab.oraclevcn.com" },
      ...{ file_server: "fileserver.compute.lab.oraclevcn.com", file_system_export: "/shared" },
    });
    const render =
      "ansible localhost --connection=local --module-name=ansible.builtin.template " +
      `--args='src=${REPOSITORY}/userdata/compute.sh dest=/root/bootstrap.sh mode=0755' ` +
      "--extra-vars=@/root/variables.json > /root/rendered 2>&1 || { cat /root/rendered; exit 99; }";
    await boot(
      {
        image,
        hostName: "node-1",
        files: {
          ...instanceData(FACTS),
          "/root/variables.json": variables,
          "/mnt/shared/etc/ssh/ssh_host_ed25519_key": "cluster's\n",
          "/mnt/shared/etc/ssh/ssh_host_ed25519_key.pub": "cluster's, public\n",
          "/usr/local/bin/systemctl": "#!/bin/sh\necho $* >> /root/systemctl\n",
        },
        prepare: (root) =>
          makeRepository(root, (word) => ({ "compute.yml": PLAYBOOK("compute", word) })),
        command: ["bash", "-c", `${render}; exec /root/bootstrap.sh`],
      },
      async ({ status, output, console: said, at }) => {
        expect(output).toBe("");
        expect(said).toMatch(/citc: this machine is configured\n$/);
        expect(status).toBe(0);
        expect(await readFile(at("/root/ran"), "utf8")).toBe(
          "node-1.compute.lab.oraclevcn.com pinned",
        );
        expect(await readFile(at("/home/opc/.ssh/authorized_keys"), "utf8")).toBe(`${KEY}\n`);
        const key = at("/etc/ssh/ssh_host_ed25519_key");
        expect(await readFile(key, "utf8")).toBe("cluster's\n");
        expect(statSync(key).mode & 0o777).toBe(0o600);
        expect(await readFile(at("/root/systemctl"), "utf8")).toBe("try-restart ssh*.service\n");
      },
    );
  });
});
