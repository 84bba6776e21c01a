import { describe, expect, it } from "vitest";
import { changed, MINIMAL, problemLines } from "../settings-fixture.ts";

describe("secrets in cluster.yaml", () => {
  it.each([
    "password",
    "private_key",
    "fingerprint",
    "key_file",
    "pass_phrase",
    "auth_token",
    "api_key",
  ])("refuses the key %s and does not show its value", (key) => {
    expect(problemLines(`${MINIMAL}${key}: hunter2\n`)).toEqual([
      `cluster.yaml:7: ${key}: secrets are no settings: they would be copied into Terraform's state; remove it; Terraform reads your API key from ~/.oci/config, from the profile that oci_profile names`,
    ]);
  });

  it("refuses them in sections too", () => {
    expect(problemLines(`${MINIMAL}ansible:\n  token: hunter2\n`)).toEqual([
      expect.stringContaining("cluster.yaml:8: ansible: token: secrets are no settings"),
    ]);
  });

  it.each([
    "https://me:hunter2@git.example/x",
    "https://hunter2@git.example/x",
    "http://me:hunter2@h/x",
    "https://me:hunter2/3@git.example/x",
  ])("refuses a repository with a password and does not show it: %s", (url) => {
    const said = problemLines(`${MINIMAL}ansible:\n  repository: ${url}\n  ref: v1\n`);
    expect(said).toEqual([
      expect.stringContaining("cluster.yaml:8: ansible: repository: there is a user or a password"),
    ]);
    expect(said.join()).not.toContain("hunter2");
  });

  const kinds = ["OPENSSH ", "RSA ", "EC ", "ENCRYPTED ", ""];
  it.each(kinds)(
    "refuses a private key (%s) wherever it stands, and shows nothing of it",
    (kind) => {
      const label = `${kind}PRIVATE KEY-----`;
      const pem = `-----BEGIN ${label}\nb2hubyE=hunter2\n-----END ${label}`;
      const pasted = [
        `ssh_public_keys: |\n  ${pem.replaceAll("\n", "\n  ")}`,
        `ssh_public_keys:\n  - "${pem.replaceAll("\n", "\\n")}"`,
        `note: x\n${pem}`,
      ];
      for (const lines of pasted) {
        const said = problemLines(changed(lines));
        expect(said).toEqual([
          expect.stringMatching(/^cluster\.yaml:\d+: A PRIVATE KEY STANDS HERE; remove it and/),
        ]);
        expect(said.join()).not.toMatch(/hunter2|b2hubyE/);
      }
    },
  );
});
