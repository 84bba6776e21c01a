import { TerraformOutput } from "cdktf";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasTerraform } from "../has-terraform.ts";
import { archiveArchitecture, createArchive } from "../../infra/archive.ts";
import type { ExpectedArchive } from "../../nodectl/build/build.ts";
import { COMPARTMENT } from "./test-settings.ts";
import { onlyResourceOf, synthesizePart, type SynthesizedStack } from "./synthesized.ts";

const FILE: ExpectedArchive = {
  architecture: "arm64",
  archive: "/repository/dist/nodectl-linux-arm64.tar.gz",
  inputsFile: "/repository/dist/nodectl-linux-arm64.tar.gz.inputs",
  inputs: "0123abcd",
};

function synthesizeArchive(file: ExpectedArchive = FILE): SynthesizedStack {
  return synthesizePart((scope, cluster) => {
    createArchive(scope, cluster, file);
  });
}

it.each([
  ["VM.Standard.A1.Flex", "arm64"],
  ["VM.Standard.A4.Flex", "arm64"],
  ["VM.Standard.E4.Flex", "x64"],
  ["VM.GPU.A10.1", "x64"],
])("%s runs the archive for %s", (shape, architecture) => {
  expect(archiveArchitecture(shape)).toBe(architecture);
});

describe("the archive in object storage", () => {
  const all = synthesizeArchive();

  it("lies in a private bucket of the cluster", () => {
    const bucket = onlyResourceOf(all, "oci_objectstorage_bucket");
    expect(bucket["compartment_id"]).toBe(COMPARTMENT);
    expect(bucket["access_type"]).toBe("NoPublicAccess");
    expect(bucket["name"]).toMatch(/^lab-\$\{substr/);
  });

  it("is the file that the build made, under a name that changes with its content", () => {
    const object = onlyResourceOf(all, "oci_objectstorage_object");
    expect(object["source"]).toBe("${terraform_data.archive.output.path}");
    expect(all.locals?.["archive_file"]).toMatchObject({ path: FILE.archive });
    expect(object["object"]).toBe(
      "nodectl-${substr(terraform_data.archive.output.sha256, 0, 12)}-linux-arm64.tar.gz",
    );
  });

  it("can be read through a request for this object alone, which neither lists nor writes", () => {
    const request = onlyResourceOf(all, "oci_objectstorage_preauthrequest");
    expect(request["access_type"]).toBe("ObjectRead");
    expect(request["object_name"]).toBe("${oci_objectstorage_object.archive_object.object}");
    expect(request).not.toHaveProperty("bucket_listing_action");
  });

  it("is fetched by an address and checked by a digest that are known only when it is deployed", () => {
    const { output } = synthesizePart((scope, cluster) => {
      const { url, sha256 } = createArchive(scope, cluster, FILE);
      new TerraformOutput(scope, "url", { value: url });
      new TerraformOutput(scope, "sha256", { value: sha256 });
    });
    expect(output?.["url"]?.value).toBe(
      "${oci_objectstorage_preauthrequest.archive_request.full_path}",
    );
    expect(output?.["sha256"]?.value).toBe("${terraform_data.archive.output.sha256}");
  });
});

describe.runIf(hasTerraform())("Terraform, when it plans the archive", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "citc-archive ${x}-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function write(name: string, text: string): void {
    writeFileSync(join(directory, name), text);
  }

  function terraform(...argv: string[]): { status: number | null; text: string } {
    const { status, stdout, stderr } = spawnSync("terraform", [`-chdir=${directory}`, ...argv], {
      encoding: "utf8",
      timeout: 60_000,
      env: { PATH: process.env["PATH"], HOME: directory, CHECKPOINT_DISABLE: "1" },
    });
    return { status, text: `${stdout}${stderr}`.replaceAll(/[\s│]+/g, " ") };
  }

  /** The part that needs no provider of OCI. */
  function plan(): { status: number | null; text: string } {
    const file = {
      ...FILE,
      archive: join(directory, "archive.tar.gz"),
      inputsFile: join(directory, "archive.tar.gz.inputs"),
    };
    const { locals, resource: all } = synthesizeArchive(file);
    const part = { locals, resource: { terraform_data: all?.["terraform_data"] } };
    write("main.tf.json", JSON.stringify(part));
    expect(terraform("init", "-no-color").text).toContain("successfully initialized");
    return terraform("plan", "-no-color");
  }

  it("says how to build it where nothing is built", () => {
    const { status, text } = plan();
    expect(status).toBe(1);
    expect(text).toContain("run `npm run build -- --arch arm64` and deploy again");
  });

  it("refuses one that was made of other sources", () => {
    write("archive.tar.gz", "old");
    write("archive.tar.gz.inputs", "9999");
    const { status, text } = plan();
    expect(status).toBe(1);
    expect(text).toContain("was built of other sources");
  });

  it("destroys it where nothing is built", () => {
    write("archive.tar.gz", "new");
    write("archive.tar.gz.inputs", FILE.inputs);
    expect(plan().status).toBe(0);
    expect(terraform("apply", "-no-color", "-auto-approve").status).toBe(0);
    rmSync(join(directory, "archive.tar.gz"));
    const { status, text } = terraform("destroy", "-no-color", "-auto-approve");
    expect(text).toContain("Destroy complete! Resources: 2 destroyed.");
    expect(status).toBe(0);
  });

  it("takes the digest of what is there", () => {
    write("archive.tar.gz", "new");
    write("archive.tar.gz.inputs", FILE.inputs);
    const { status, text } = plan();
    expect(status).toBe(0);
    expect(text).toContain(createHash("sha256").update("new").digest("hex"));
  });
});
