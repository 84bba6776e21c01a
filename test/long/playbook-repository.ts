import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../git.ts";

export interface PlaybookRepository {
  readonly directory: string;
  /** Commit ids, the oldest first. */
  readonly commits: readonly string[];
}

/** A git repository with a playbook of one task: each commit writes another text to /root/pulled. */
export async function makePlaybookRepository(
  directory: string,
  texts: readonly string[],
): Promise<PlaybookRepository> {
  await mkdir(directory);
  await git(directory, "init", "--quiet");
  const commits: string[] = [];
  for (const text of texts) {
    await writeFile(join(directory, "site.yml"), playbook(text));
    await git(directory, "add", "site.yml");
    await git(directory, "commit", "--quiet", "--message", text);
    commits.push(await git(directory, "rev-parse", "HEAD"));
  }
  return { directory, commits };
}

function playbook(text: string): string {
  return `- name: Leave a marker
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Write it
      ansible.builtin.copy:
        content: "${text}"
        dest: /root/pulled
        mode: "0644"
`;
}
