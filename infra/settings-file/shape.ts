import { readText } from "../../nodectl/domain/fields.ts";
import type { Located, ProblemCollector } from "../../nodectl/domain/problem-collector.ts";

const RULE = {
  pattern: /^(VM|BM)(\.[A-Za-z0-9-]+)+$/,
  lengthMax: 64,
  fix: "write one of OCI's shapes, such as VM.Standard.E4.Flex",
};

export function readShape(located: Located, problems: ProblemCollector): string | null {
  const shape = readText(located, RULE, problems);
  const [, name, ocpus, memory] = /^(.+\.Flex)\.(\d+)\.(\d+)$/.exec(shape ?? "") ?? [];
  if (name === undefined || ocpus === undefined || memory === undefined) return shape;
  const message = "here the sizes are keys of their own, unlike in limits.yaml";
  return problems.report(
    located,
    message,
    `write shape: ${name}, ocpus: ${ocpus} and memory_gib: ${memory}`,
  );
}

/** Flexible shapes have sizes to choose: "Compute Shapes", whose names all end so. */
export function isFlexible(shape: string): boolean {
  return shape.endsWith(".Flex");
}
