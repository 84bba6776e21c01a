import { defineConfig } from "vitest/config";

/** What the OCI SDK writes to the console at each refused request, which tests provoke. Its errors are the tests' to look at. */
const SDK_LINES = [
  /^Request cannot be retried\. Not Retrying\. Exception occurred : /,
  /^All retry attempts have exhausted\. Total Attempts : 1\. Last exception occurred : /,
  /^Shutting down the circuit breaker for the X509FederationClient$/,
];

function isOfSdk(line: string): boolean {
  return SDK_LINES.some((pattern) => pattern.test(line));
}

// unit: quick, no privileges. contract: real SDK and real executables against the sandbox's API on
// loopback. slurm: real Slurm in the sandbox, needs root. long: what takes minutes.
export default defineConfig({
  test: {
    // Several lines may come at once.
    onConsoleLog: (text) => !text.trimEnd().split("\n").every(isOfSdk),
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "test/{nodectl,infra,ansible,sandbox,bench,stand-in}/**/*.test.ts",
            "test/*.test.ts",
          ],
          // No module has state, so that files may share a process: 57 s become 21 s.
          isolate: false,
          maxWorkers: 2,
          // Bounds for what hangs, not measures: RSA keys are made, and a busy computer takes seconds for one.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          globalSetup: "test/contract/bundles.ts",
          // Bounds for what hangs here as well.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "slurm",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // They wait for Slurm's timers most of the time, and every sandbox is a world of its own: two files at once
          // use less than half of 2 cores.
          maxWorkers: 3,
          // Not beside the contract tests, which compute.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "long",
          include: ["test/long/**/*.test.ts"],
          globalSetup: "test/contract/bundles.ts",
          testTimeout: 1_800_000,
          hookTimeout: 240_000,
          // They wait for timers most of the time, and every sandbox is a world of its own.
          maxWorkers: 2,
        },
      },
    ],
  },
});
