/** Accounts that own files on machines. */
export type FileOwner = "root" | "slurm" | "munge" | "opc" | "alice";

/** A file that the sandbox puts on a machine. */
export interface MachineFile {
  /** Absolute, as the machine sees it. */
  readonly path: string;
  readonly content: string | Buffer;
  /** Default 0o644. */
  readonly mode?: number;
  /** Default root. */
  readonly owner?: FileOwner;
}
