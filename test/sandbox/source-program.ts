/** The command line of a program of this repository that runs from its source, in this process's Node. */
export function sourceProgram(file: string, ...argv: readonly string[]): [string, ...string[]] {
  return [process.execPath, "--import", import.meta.resolve("tsx"), file, ...argv];
}
