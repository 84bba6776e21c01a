import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { extract, list, type ReadEntry } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, stage } from "../../nodectl/build/archive.ts";
import { buildArchives, expectArchive } from "../../nodectl/build/build.ts";
import { bundlePrograms } from "../../nodectl/build/bundle.ts";
import { ARCHITECTURES, RUNTIME_VERSION } from "../../nodectl/build/runtime.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const PROGRAMS = ["startnode", "stopnode", "finish", "citc"];
const SCRIPT = "usr/local/bin/wait-for-nodes";

let archive = "";
let scratch = "";

beforeAll(async () => {
  const architectures = ARCHITECTURES.filter((name) => name === process.arch);
  [archive = ""] = await buildArchives({
    rootDirectory: REPOSITORY,
    architectures,
    report: () => undefined,
  });
  scratch = await mkdtemp(join(tmpdir(), "citc-archive-"));
  await extract({ file: archive, cwd: scratch });
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe("the archive", () => {
  it("is the one that a deployment of the same sources expects", async () => {
    const architecture = ARCHITECTURES.find((name) => name === process.arch) ?? "x64";
    const expected = await expectArchive(REPOSITORY, architecture);
    expect(expected.archive).toBe(archive);
    expect(await readFile(expected.inputsFile, "utf8")).toBe(expected.inputs);
  });

  it("has the documented paths and nothing else, all of root's and writable by root only", async () => {
    const entries: ReadEntry[] = [];
    await list({ file: archive, onReadEntry: (entry) => entries.push(entry) });
    const expected = [
      // Ours alone have entries: an umask would close them to slurm otherwise.
      ...["opt/citc", "opt/citc/bin", "opt/citc/lib"],
      "opt/citc/bin/node",
      SCRIPT,
      ...PROGRAMS.flatMap((name) => [`opt/citc/lib/${name}.cjs`, `usr/local/bin/${name}`]),
    ];
    expect(entries.map(({ path }) => path.replace(/\/$/, "")).sort()).toEqual(expected.sort());
    // Slurm refuses programs that group or others may write to.
    expect(entries.map(({ mode }) => mode)).toEqual(entries.map(() => 0o755));
    // An empty owner is tar's way to write root.
    expect(entries.map(({ uid, gid }) => [uid ?? 0, gid ?? 0])).toEqual(entries.map(() => [0, 0]));
  });

  it("carries the pinned runtime", async () => {
    const node = join(scratch, "opt/citc/bin/node");
    const { stdout } = await promisify(execFile)(node, ["--version"]);
    expect(stdout.trim()).toBe(`v${RUNTIME_VERSION}`);
  });

  it.each(PROGRAMS)("names absolute paths in %s's launcher: Slurm gives no PATH", async (name) => {
    const text = await readFile(join(scratch, "usr/local/bin", name), "utf8");
    expect(text).toMatch(/^#!\/(usr\/bin\/env -S \/opt\/citc\/bin\/node|bin\/sh$)/m);
    expect(text).toContain(`/opt/citc/lib/${name}.cjs`);
    expect(text).toContain("--no-deprecation --max-semi-space-size=1");
    expect((await stat(join(scratch, "opt/citc/lib", `${name}.cjs`))).size).toBeGreaterThan(1000);
  });

  it("starts its programs with options that leave fetch its WebAssembly", async () => {
    const text = await readFile(join(scratch, "usr/local/bin/stopnode"), "utf8");
    const [, options = ""] = /^run="\$runtime (--.*) \S+"$/m.exec(text) ?? [];
    expect(options).toContain("--no-opt");
    const node = join(scratch, "opt/citc/bin/node");
    const argv = [...options.split(" "), "-p", "typeof WebAssembly"];
    const { stdout } = await promisify(execFile)(node, argv);
    expect(stdout.trim()).toBe("object");
  });

  it("carries the script for every job as it is in the sources", async () => {
    const source = join(REPOSITORY, "nodectl/bin/wait-for-nodes.sh");
    expect(await readFile(join(scratch, SCRIPT), "utf8")).toBe(await readFile(source, "utf8"));
  });

  it("has a digest beside it that sha256sum confirms", async () => {
    const cwd = join(REPOSITORY, "dist");
    const { stdout } = await promisify(execFile)("sha256sum", ["--check", `${archive}.sha256`], {
      cwd,
    });
    expect(stdout).toMatch(/: OK$/m);
  });

  it("has the same bytes whenever and wherever it is packed", async () => {
    const bundleDirectory = join(scratch, "bundles");
    await bundlePrograms(join(REPOSITORY, "nodectl"), bundleDirectory);
    // A small file in place of the runtime: what is compared is the packing.
    const runtime = join(REPOSITORY, "LICENSE");
    const scriptDirectory = join(REPOSITORY, "nodectl/bin");
    const digests = await Promise.all(
      ["one", "two"].map(async (name) => {
        const stageDirectory = join(scratch, name);
        const files = await stage({ runtime, scriptDirectory, bundleDirectory, stageDirectory });
        return await pack(stageDirectory, files, join(scratch, `${name}.tar.gz`));
      }),
    );
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });
});
