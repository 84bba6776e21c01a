import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Catalogue } from "../../../nodectl/domain/catalogue.ts";
import { formatProblem } from "../../../nodectl/domain/problem.ts";
import { problemsOf, REGION, SHAPES, validPlan } from "./region.ts";

type Wrong = readonly [
  name: string,
  text: string,
  line: number | undefined,
  key: string | undefined,
  message: RegExp,
  fix: RegExp,
];

/** Each text has one mistake; every message must let a person mend it without looking anything up. */
// prettier-ignore
const WRONG: readonly Wrong[] = [
  // Shapes.
  ["an unknown shape", "VM.Standard.E4.Felx.8.64: 1", 1, "VM.Standard.E4.Felx.8.64", /no shape VM\.Standard\.E4\.Felx/, /did you mean VM\.Standard\.E4\.Flex/],
  ["an unknown flexible shape", "\nVM.Standard.E6.Flex.8.64: 1", 2, "VM.Standard.E6.Flex.8.64", /no shape VM\.Standard\.E6\.Flex/, /VM\.Standard\.E[45]\.Flex\.8\.64/],
  ["a shape like no other", "n1-standard-1000000: 1", 1, "n1-standard-1000000", /no shape/, /oci compute shape list/],
  ["a lower-case shape", "vm.standard2.1: 1", 1, "vm.standard2.1", /no shape/, /did you mean VM\.Standard2\.1/],
  ["a shape with a blank", '"VM.Standard2.1 x": 1', 1, "VM.Standard2.1 x", /not the name of a shape/, /VM\.Standard/],
  ["a line break in a shape", '"VM.Standard2.1\\nNodeName=evil": 1', 1, "VM.Standard2.1\\u{a}NodeName=evil", /not the name of a shape/, /such as/],
  ["a flexible shape without sizes", "VM.Standard.E4.Flex: 1", 1, "VM.Standard.E4.Flex", /without sizes/, /VM\.Standard\.E4\.Flex\.<OCPUs>\.<GB>, with 1 to 64 OCPUs, such as VM\.Standard\.E4\.Flex\.1\.8/],
  ["one size", "VM.Standard.E4.Flex.8: 1", 1, "VM.Standard.E4.Flex.8", /not the sizes/, /two whole numbers/],
  ["a fraction as size", "VM.Standard.E4.Flex.1.5.8: 1", 1, "VM.Standard.E4.Flex.1.5.8", /not the sizes/, /two whole numbers/],
  ["sizes of zero", "VM.Standard.E4.Flex.0.8: 1", 1, "VM.Standard.E4.Flex.0.8", /not the sizes/, /such as VM\.Standard\.E4\.Flex\.8\.64/],
  ["too many OCPUs", "VM.Standard.E4.Flex.65.128: 1", 1, "VM.Standard.E4.Flex.65.128", /cannot have 65 OCPUs/, /1 to 64 OCPUs/],
  ["too much memory", "VM.Standard.E4.Flex.64.1025: 1", 1, "VM.Standard.E4.Flex.64.1025", /with 64 OCPUs cannot have 1025 GB/, /64 to 1024 GB/],
  ["too much memory an OCPU", "VM.Standard.E4.Flex.2.129: 1", 1, "VM.Standard.E4.Flex.2.129", /with 2 OCPUs cannot have 129 GB/, /2 to 128 GB/],
  ["too little memory an OCPU", "VM.Standard.E4.Flex.4.3: 1", 1, "VM.Standard.E4.Flex.4.3", /with 4 OCPUs cannot have 3 GB/, /4 to 256 GB/],
  ["sizes on a fixed shape", "VM.Standard2.1: {count: 1, ocpus: 2, memory: 4}", 1, "VM.Standard2.1", /no flexible shape: it has 1 OCPUs and 15 GB/, /remove its sizes/],
  ["sizes twice", "VM.Standard.E4.Flex.8.64: {count: 1, ocpus: 8, memory: 64}", 1, "VM.Standard.E4.Flex.8.64", /twice/, /either/],
  ["OCPUs without memory", "VM.Standard.E4.Flex: {count: 1, ocpus: 8}", 1, "VM.Standard.E4.Flex", /memory is missing/, /both/],
  ["memory without OCPUs", "VM.Standard.E4.Flex: {count: 1, memory: 8}", 1, "VM.Standard.E4.Flex", /ocpus is missing/, /both/],
  ["a fraction of an OCPU", "VM.Standard.E4.Flex: {count: 1, ocpus: 1.5, memory: 8}", 1, "VM.Standard.E4.Flex: ocpus", /not a whole number/, /whole number/],
  // Counts.
  ["a negative count", "VM.Standard2.1: -1", 1, "VM.Standard2.1", /too small/, /0 to 9999/],
  ["a fraction", "VM.Standard2.1: 1.5", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["a count in words", "VM.Standard2.1: many", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["a quoted count", 'VM.Standard2.1: "3"', 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["an exponent", "VM.Standard2.1: 1e3", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["a hexadecimal count", "VM.Standard2.1: 0x10", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["true", "VM.Standard2.1: true", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["no count", "VM.Standard2.1:", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["a list of counts", "VM.Standard2.1: [1, 2]", 1, "VM.Standard2.1", /not a whole number/, /0 to 9999/],
  ["a count of five digits", "VM.Standard2.1: 10000", 1, "VM.Standard2.1", /too large/, /0 to 9999/],
  ["a huge count", "VM.Standard2.1: 99999999999999999999999", 1, "VM.Standard2.1", /too large/, /0 to 9999/],
  ["a bad count below", "VM.Standard2.1:\n  1: 2\n  2: x", 3, "VM.Standard2.1: 2", /not a whole number/, /0 to 9999/],
  ["an empty map", "VM.Standard2.1: {}", 1, "VM.Standard2.1", /count is missing/, /count: 10/],
  ["an empty map of counts", "VM.Standard2.1: {count: {}}", 1, "VM.Standard2.1: count", /no count/, /\{1: 4, 2: 4\}/],
  ["a long form without count", "VM.Standard2.1: {partition: x}", 1, "VM.Standard2.1", /count is missing/, /count: 10/],
  // Availability domains.
  ["an AD that the region lacks", "VM.Standard2.1:\n  1: 1\n  4: 1", 3, "VM.Standard2.1: 4", /no availability domain 4/, /1 \(Uocm:PHX-AD-1\), 2 \(Uocm:PHX-AD-2\), 3/],
  ["AD 0", "VM.Standard2.1: {0: 1}", 1, "VM.Standard2.1: 0", /0 is not the number/, /\{1: 1\}/],
  ["AD 01", "VM.Standard2.1: {01: 1}", 1, "VM.Standard2.1: 01", /01 is not the number/, /\{1: 1\}/],
  ["AD 1.5", "VM.Standard2.1: {1.5: 1}", 1, "VM.Standard2.1: 1.5", /not the number/, /\{1: 1\}/],
  ["an AD in words", "VM.Standard2.1: {count: {ad1: 1}}", 1, "VM.Standard2.1: count: ad1", /ad1 is not the number/, /\{1: 1\}/],
  ["an AD with its word", "VM.Standard2.1: {AD-3: 2}", 1, "VM.Standard2.1: AD-3", /AD-3 is not the number/, /\{3: 2\}/],
  ["an AD with its word behind", "VM.Standard2.1: {2-AD: 2}", 1, "VM.Standard2.1: 2-AD", /2-AD is not the number/, /\{2: 2\}/],
  ["an AD's full name", "VM.Standard2.1: {'Uocm:PHX-AD-2': x}", 1, "VM.Standard2.1: Uocm:PHX-AD-2", /is not the number/, /\{2: 4\}/],
  ["an AD with its word, beside a good one", "VM.Standard2.1: {1: 2, ad2: 2}", 1, "VM.Standard2.1: ad2", /ad2 is not the number/, /\{2: 2\}/],
  ["a shape that an AD lacks", "VM.GPU.A10.1: {1: 1}", 1, "VM.GPU.A10.1: 1", /PHX-AD-1 does not offer VM\.GPU\.A10\.1/, /Uocm:PHX-AD-3/],
  // The long form.
  ["an unknown key", "VM.Standard2.1:\n  count: 1\n  partitoin: gpu", 3, "VM.Standard2.1: partitoin", /not known/, /did you mean partition/],
  ["an unknown key like no other", "VM.Standard2.1: {count: 1, colour: red}", 1, "VM.Standard2.1: colour", /not known/, /count, ocpus, memory/],
  ["a partition with a blank", "VM.Standard2.1: {count: 1, partition: a b}", 1, "VM.Standard2.1: partition", /does not fit/, /letters, digits/],
  ["a partition of two in one", 'VM.Standard2.1: {count: 1, partition: "a,b"}', 1, "VM.Standard2.1: partition", /does not fit/, /letters, digits/],
  ["the partition DEFAULT", "VM.Standard2.1: {count: 1, partition: Default}", 1, "VM.Standard2.1: partition", /does not fit/, /not DEFAULT/],
  ["a partition with a line break", 'VM.Standard2.1: {count: 1, partition: "a\\nNodeName=b"}', 1, "VM.Standard2.1: partition", /line breaks/, /letters, digits/],
  ["a partition in a list", "VM.Standard2.1: {count: 1, partition: [ok, a/b]}", 1, "VM.Standard2.1: partition: 2", /does not fit/, /letters, digits/],
  ...["a&b", "a|b", "a,b", "a*2", "[a]", "(a)", "a b", "a;b", 'a"b', "a#b"].map(
    (feature): Wrong => [`the feature ${feature}`, `VM.Standard2.1: {count: 1, features: ['${feature}']}`, 1, "VM.Standard2.1: features: 1", /does not fit/, /letters, digits and _ \. : = @ \+ \/ -/],
  ),
  ["a feature of ours", "VM.Standard2.1: {count: 1, features: [shape=x]}", 1, "VM.Standard2.1: features: 1", /does not fit/, /finish writes those/],
  ["a feature with a line break", 'VM.Standard2.1: {count: 1, features: ["a\\rb"]}', 1, "VM.Standard2.1: features: 1", /line breaks/, /write a word/],
  ["features in a map", "VM.Standard2.1: {count: 1, features: {a: b}}", 1, "VM.Standard2.1: features", /list is needed/, /write a word/],
  ["a small boot volume", "VM.Standard2.1: {count: 1, boot_volume: 49}", 1, "VM.Standard2.1: boot_volume", /too small/, /50 to 32768/],
  ["a large boot volume", "VM.Standard2.1: {count: 1, boot_volume: 32769}", 1, "VM.Standard2.1: boot_volume", /too large/, /50 to 32768/],
  ["an image that is none", "VM.Standard2.1: {count: 1, image: ubuntu}", 1, "VM.Standard2.1: image", /does not fit/, /ocid1\.image/],
  ["an unknown node parameter", "VM.Standard2.1: {count: 1, slurm_options: {Wieght: 1}}", 1, "VM.Standard2.1: slurm_options: Wieght", /not known/, /did you mean Weight/],
  ["a node parameter of ours", "VM.Standard2.1: {count: 1, slurm_options: {state: DOWN}}", 1, "VM.Standard2.1: slurm_options: state", /cannot be given here/, /finish writes it/],
  ["Features in slurm_options", "VM.Standard2.1: {count: 1, slurm_options: {Features: a}}", 1, "VM.Standard2.1: slurm_options: Features", /cannot be given here/, /under features/],
  ["another parameter behind a value", "VM.Standard2.1: {count: 1, slurm_options: {Weight: 1 State=DOWN}}", 1, "VM.Standard2.1: slurm_options: Weight", /does not fit/, /without blanks/],
  ["a line break in a value", 'VM.Standard2.1: {count: 1, slurm_options: {Weight: "1\\nSlurmUser=root"}}', 1, "VM.Standard2.1: slurm_options: Weight", /line breaks/, /one word/],
  ["a comment in a value", 'VM.Standard2.1: {count: 1, slurm_options: {Weight: "1#"}}', 1, "VM.Standard2.1: slurm_options: Weight", /does not fit/, /#/],
  ["a value that joins lines", "VM.Standard2.1: {count: 1, slurm_options: {Weight: '1\\'}}", 1, "VM.Standard2.1: slurm_options: Weight", /does not fit/, /\\/],
  ...["gpu:0", "gpu:a10:0", "gpu:a10:x", "gpu", "gpu:a10", "gpu:a10:1:2", "gpu:a10:1,", "gpu::1", "gpu:2K", "gpu:a10:no_consume:1", "gpu:a10:1025", "10:1", "lustre:1X", "lustre:no_consume"].map(
    (gres): Wrong => [`Gres ${gres}`, `VM.GPU.A10.1: {count: 1, slurm_options: {gres: '${gres}'}}`, 1, "VM.GPU.A10.1: slurm_options: gres", /not what Slurm takes for Gres/, /gpu:a10:2/],
  ),
  ["a parameter twice", "VM.Standard2.1: {count: 1, slurm_options: {Weight: 1, weight: 2}}", 1, "VM.Standard2.1: slurm_options: weight", /already/, /upper from lower/],
  // The cluster.
  ["a cluster that is no map", "VM.Standard2.1: 1\ncluster: 5", 2, "cluster", /a map/, /suspend_time: 600/],
  ["an unknown cluster key", "VM.Standard2.1: 1\ncluster: {suspendtime: 5}", 2, "cluster: suspendtime", /not known/, /did you mean suspend_time/],
  ["a timer in words", "VM.Standard2.1: 1\ncluster: {suspend_time: 5m}", 2, "cluster: suspend_time", /not a whole number/, /1 to 31536000/],
  ["a timer above 16 bits", "VM.Standard2.1: 1\ncluster: {resume_timeout: 65534}", 2, "cluster: resume_timeout", /too large/, /1 to 65533/],
  ["a wait that is a number", "VM.Standard2.1: 1\ncluster: {wait_for_nodes: 30}", 2, "cluster: wait_for_nodes", /not a choice/, /true or false/],
  ["options of nobody's partition", "VM.Standard2.1: {count: 1, partition: gpus}\ncluster:\n  partitions:\n    gpu: {MaxTime: 1}", 4, "cluster: partitions: gpu", /no shape is in this partition/, /did you mean gpus/],
  ["a partition's name with a blank", "VM.Standard2.1: 1\ncluster: {partitions: {a b: {}}}", 2, "cluster: partitions: a b", /not the name of a partition/, /letters, digits/],
  ["an unknown partition parameter", "VM.Standard2.1: 1\ncluster: {partitions: {compute: {MaxTimes: 1}}}", 2, "cluster: partitions: compute: MaxTimes", /not known/, /did you mean MaxTime/],
  ["Nodes of a partition", "VM.Standard2.1: 1\ncluster: {partitions: {compute: {Nodes: ALL}}}", 2, "cluster: partitions: compute: Nodes", /cannot be given here/, /`partition:`/],
  ["two default partitions", "VM.Standard2.1: {count: 1, partition: [a, b]}\ncluster:\n  partitions:\n    a: {Default: YES}\n    b: {default: yes}", 5, "cluster: partitions: b", /a is the default partition already/, /once/],
  ["a program of the admin's", "VM.Standard2.1: 1\ncluster: {slurm_options: {ResumeProgram: /x}}", 2, "cluster: slurm_options: ResumeProgram", /cannot be given here/, /finish writes it/],
  ["SuspendTime twice over", "VM.Standard2.1: 1\ncluster: {slurm_options: {SuspendTime: 5}}", 2, "cluster: slurm_options: SuspendTime", /cannot be given here/, /suspend_time/],
  ["what /etc/slurm/slurm.conf says", "VM.Standard2.1: 1\ncluster: {slurm_options: {ClusterName: x}}", 2, "cluster: slurm_options: ClusterName", /cannot be given here/, /\/etc\/slurm\/slurm\.conf/],
  ["include", "VM.Standard2.1: 1\ncluster: {slurm_options: {include: /etc/passwd}}", 2, "cluster: slurm_options: include", /cannot be given here/, /\/etc\/slurm\/slurm\.conf/],
  ["a parameter with a blank", "VM.Standard2.1: 1\ncluster: {slurm_options: {Max Array: 1}}", 2, "cluster: slurm_options: Max Array", /not a parameter/, /slurm\.conf\(5\)/],
  // The whole.
  ["a file with the cluster alone", "cluster: {suspend_time: 60}", undefined, undefined, /names no shape/, /VM\.Standard\.E4\.Flex\.8\.64: 10/],
  ["the same names twice", "VM.Standard.E4.Flex.8.64: {1: 1}\nVM.Standard.E4.Flex: {ocpus: 8, memory: 64, count: {1: 2}}", 2, "VM.Standard.E4.Flex: count: 1", /same names \(vm-standard-e4-flex-8-64-ad1-0001 …\) as those of line 1/, /sum of their counts/],
];

describe("limits.yaml", () => {
  it.each(WRONG)(
    "with %s says where, what and what to write",
    (_, text, line, key, message, fix) => {
      const problems = problemsOf(`${text}\n`);
      expect(problems.map(formatProblem)).toHaveLength(1);
      const [problem] = problems;
      expect(problem?.file).toBe("limits.yaml");
      expect(problem?.line).toBe(line);
      expect(problem?.key).toBe(key);
      if (key !== undefined && !/not known/.test(problem?.message ?? "")) {
        expect(problem?.value).toBeDefined();
      }
      expect(problem?.message).toMatch(message);
      expect(problem?.fix).toMatch(fix);
      expect(problems.map(formatProblem).join("")).not.toMatch(/[\p{Cc}]/u);
    },
  );

  it("says everything at once, in the order of the file", () => {
    const problems = problemsOf(`
VM.Standard2.1: -1
VM.Standard.E4.Felx.8.64: {1: 2, 9: 1}
VM.GPU.A10.1: {1: 1}
VM.Standard.E4.Flex.8.64:
  count: many
  features: [a|b]
cluster:
  suspend_time: soon
`);
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [2, "VM.Standard2.1"],
      [3, "VM.Standard.E4.Felx.8.64"],
      [3, "VM.Standard.E4.Felx.8.64: 9"],
      [4, "VM.GPU.A10.1: 1"],
      [6, "VM.Standard.E4.Flex.8.64: count"],
      [7, "VM.Standard.E4.Flex.8.64: features: 1"],
      [9, "cluster: suspend_time"],
    ]);
  });

  it.each([
    "gpu:1",
    "gpu:a10:1024",
    "gpu:a10:1,gpu:v100:2",
    "scratch:100G",
    "lustre:fast:no_consume:4g",
    "omit",
  ])("takes Gres %s", (gres) => {
    const text = `VM.GPU.A10.1: {count: 1, slurm_options: {Gres: "${gres}"}}`;
    expect(problemsOf(text)).toEqual([]);
  });

  it("says no more than fifty things, and how many are left", () => {
    const lines = Array.from({ length: 60 }, (_, index) => `VM.Unknown${index}: 1`);
    const problems = problemsOf(lines.join("\n"));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)?.message).toBe("10 more problems");
  });

  it("allows no more nodes than Slurm has", () => {
    const shape = (ocpus: number) => `VM.Standard.E5.Flex.${ocpus}.64: 9999`;
    const lines = [1, 2, 3, 4, 5, 6].map(shape);
    expect(validPlan(lines.join("\n")).groups).toHaveLength(6);
    const problems = problemsOf([...lines, shape(7)].join("\n"));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/69993 nodes, and Slurm has at most 65536/);
  });

  it("refuses a shape whose nodes would have too long a name", () => {
    const name = `VM.${"X".repeat(60)}.1`;
    const region = new Catalogue(
      [{ name: "Uocm:PHX-AD-1", shapes: [{ ...SHAPES.standard21, name }] }],
      "Uocm:PHX-AD-",
    );
    expect(problemsOf(`${name}: 1`, region)[0]?.message).toMatch(
      /characters, and a host name at most 63/,
    );
  });

  it("says when it is ad_root that is wrong", () => {
    const region = new Catalogue([{ name: "Uocm:PHX-AD-1", shapes: [SHAPES.standard21] }], "Xyz:");
    const problems = problemsOf("VM.Standard2.1: {1: 1}", region);
    expect(problems[0]?.fix).toMatch(/ad_root of startnode\.yaml: the region has Uocm:PHX-AD-1/);
  });

  it("allows 0, which means none, also where the shape is not offered", () => {
    expect(validPlan("VM.Standard2.1: 0\nVM.GPU.A10.1: {1: 0, 3: 1}").groups).toHaveLength(1);
  });
});

describe("the README's example", () => {
  it("is what finish reads", async () => {
    const readme = await readFile(new URL("../../../nodectl/README.md", import.meta.url), "utf8");
    const example = /```yaml\n(# shape[^]*?)```/.exec(readme)?.[1] ?? "";
    expect(validPlan(example).groups.map(({ names }) => names)).toEqual([
      "vm-standard2-1-ad1-[0001-0010]",
      "vm-standard2-1-ad2-[0001-0010]",
      "vm-standard-e4-flex-8-64-[0001-0020]",
      "vm-gpu-a10-1-[0001-0004]",
    ]);
  });
});

describe("Catalogue", () => {
  it("knows which availability domains offer a shape", () => {
    expect(REGION.offering("VM.Standard.A1.Flex")).toEqual(["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"]);
    expect(REGION.offering("VM.Nothing")).toEqual([]);
  });
});
