import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import { logs } from "../../../../nodectl/cli/citc/logs.ts";
import { createRecordingSlurm, type RecordingSlurm } from "../../slurm/recording-slurm.ts";

let directory: string;
let slurm: RecordingSlurm;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-logs-"));
  slurm = createRecordingSlurm();
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  rmSync(slurm.binDirectory, { recursive: true });
});

/** Settings whose paths lie in the directory. */
function writeSettings(): string {
  const settings = {
    region: "uk-london-1",
    compartment_id: "ocid1.compartment.oc1..aaaa",
    subnet_id: "ocid1.subnet.oc1.uk-london-1.cccc",
    ad_root: "Uocm:UK-LONDON-1-AD-",
    cluster_id: "tidy-mouse",
    mgmt_image_id: "ocid1.image.oc1.uk-london-1.dddd",
    log_file: join(directory, "log/elastic.log"),
    console_directory: join(directory, "elsewhere"),
    slurm_bin_directory: slurm.binDirectory,
  };
  writeFileSync(join(directory, "startnode.yaml"), stringify(settings));
  return join(directory, "startnode.yaml");
}

it("tells the consoles that reconcile kept where console_directory says", async () => {
  mkdirSync(join(directory, "elsewhere"));
  const kept = join(directory, "elsewhere/2026-11-25T14-05-07_n-1.console");
  writeFileSync(kept, "Kernel panic\n");
  let text = "";
  const stream = { write: (some: string) => (text += some) } as unknown as NodeJS.WriteStream;
  const argv = ["--config", writeSettings(), "--no-console", "--json", "n-1"];
  const input = { argv, stdout: stream, stderr: stream, pid: 1, resumeFile: undefined };
  expect(await logs(input), text).toBe(0);
  expect(JSON.parse(text)).toMatchObject({ lines: [{ source: "kept", text: "Kernel panic" }] });
});
