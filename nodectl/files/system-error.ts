/** What the system refused: a file that may not be read, a full disk, a stale NFS handle. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
