import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** OCI keeps the most recent megabyte of a console. */
const CONSOLE_BYTES_MAX = 1024 * 1024;

/** Where an instance's console is: machines of one name write to one file, one after the other. */
interface ConsoleFile {
  readonly file: string;
  readonly startBytes: number;
}

/** What the machine of each instance has written, from its first power-on to its termination. */
export class ConsoleFiles {
  private readonly byInstance = new Map<string, ConsoleFile>();

  /** To be called before the machine is powered on; a reboot goes on where the console was. */
  begin(instanceOcid: string, file: string): void {
    if (this.byInstance.has(instanceOcid)) return;
    const startBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    this.byInstance.set(instanceOcid, { file, startBytes });
  }

  forget(instanceOcid: string): void {
    this.byInstance.delete(instanceOcid);
  }

  /** The end of it; undefined when the instance never had a machine. */
  read(instanceOcid: string): Buffer | undefined {
    const console = this.byInstance.get(instanceOcid);
    if (console === undefined) return undefined;
    const { file, startBytes } = console;
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return Buffer.alloc(0);
    return readFrom(file, startBytes);
  }
}

function readFrom(file: string, startBytes: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const position = Math.max(startBytes, size - CONSOLE_BYTES_MAX);
    const content = Buffer.alloc(Math.max(0, size - position));
    const bytes = readSync(descriptor, content, 0, content.length, position);
    return content.subarray(0, bytes);
  } finally {
    closeSync(descriptor);
  }
}
