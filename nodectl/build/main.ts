import { join } from "node:path";
import { parseOptions } from "../cli/options.ts";
import { CommandError, runProgram } from "../cli/run.ts";
import { buildArchives } from "./build.ts";
import { ARCHITECTURES } from "./runtime.ts";

const HELP = `Usage: npm run build [-- --arch x64|arm64|host]

Makes dist/nodectl-linux-<arch>.tar.gz: the executables startnode, stopnode,
finish and citc, the Node runtime they run on, and the script wait-for-nodes.
Both architectures, unless one is named.
`;

await runProgram("build", async ({ argv, stdout }) => {
  const { values } = parseOptions(argv, { arch: { type: "string" }, help: { type: "boolean" } });
  if (values.help === true) {
    stdout.write(HELP);
    return 0;
  }
  const wanted = values.arch === "host" ? process.arch : values.arch;
  const architectures = ARCHITECTURES.filter((name) => wanted === undefined || name === wanted);
  if (architectures.length === 0) {
    throw new CommandError(
      `no architecture ${wanted ?? ""}; write ${ARCHITECTURES.join(", ")} or host`,
    );
  }
  await buildArchives({
    rootDirectory: join(import.meta.dirname, "../.."),
    architectures,
    report: (line) => stdout.write(`${line}\n`),
  });
  return 0;
});
