import type { Log } from "../../../nodectl/domain/log.ts";

/** For tests that look at what was done, not at what was said. */
export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
