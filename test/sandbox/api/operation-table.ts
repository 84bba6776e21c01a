import { ApiError } from "./api-error.ts";
import type { Operation } from "./operation.ts";
import { CATALOGUE_OPERATIONS } from "./operations-catalogue.ts";
import { CONSOLE_OPERATIONS } from "./operations-consoles.ts";
import { FEDERATION_PATH, GET_SECURITY_TOKEN } from "./operations-federation.ts";
import { IMAGE_OPERATIONS } from "./operations-images.ts";
import { INSTANCE_OPERATIONS } from "./operations-instances.ts";
import { LIMITS_OPERATIONS } from "./operations-limits.ts";
import { NETWORK_OPERATIONS } from "./operations-network.ts";
import { VOLUME_OPERATIONS } from "./operations-volumes.ts";

/** The version of Core, Block Volume, Identity and Work Requests alike. */
const CORE_VERSION = "20160918";

const OPERATIONS: readonly Operation[] = [
  ...INSTANCE_OPERATIONS,
  ...CONSOLE_OPERATIONS,
  ...NETWORK_OPERATIONS,
  ...VOLUME_OPERATIONS,
  ...IMAGE_OPERATIONS,
  ...CATALOGUE_OPERATIONS,
  ...LIMITS_OPERATIONS,
];

interface Pattern {
  readonly operation: Operation;
  /** `*` for what the path leaves open. */
  readonly parts: readonly string[];
}

/** By method and number of parts, so that few are compared. */
const PATTERNS: ReadonlyMap<string, readonly Pattern[]> = groupPatterns();

/** What the metadata service's requests are called in the log and in fault rules. */
export const GET_METADATA = "GetMetadata";

/** Every operation that the sandbox models: by OCI's name, and by ours where it has none. */
export const OPERATION_NAMES: readonly string[] = [
  ...OPERATIONS.map(({ name }) => name),
  GET_SECURITY_TOKEN.name,
  GET_METADATA,
];

export interface Route {
  /** Undefined: OCI has no such operation, or the sandbox does not model it. */
  readonly operation: Operation | undefined;
  /** What the operation's path leaves open, in order. */
  readonly pathParts: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/** Finds the operation of a method and a path with query. */
export function findRoute(method: string, url: string): Route {
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const search = queryStart === -1 ? "" : url.slice(queryStart + 1);
  const query = new Map(new URLSearchParams(search));
  if (path === FEDERATION_PATH && method === GET_SECURITY_TOKEN.method) {
    return { operation: GET_SECURITY_TOKEN, pathParts: [], query };
  }
  // A slash at the end is no part: some of Oracle's SDKs write one.
  const parts = path.replace(/\/$/, "").split("/").slice(1);
  const pattern = PATTERNS.get(`${method} ${parts.length}`)?.find(({ parts: wanted }) =>
    wanted.every((part, index) => (part === "*" ? parts[index] !== "" : part === parts[index])),
  );
  const pathParts = parts.filter((_, index) => pattern?.parts[index] === "*");
  return { operation: pattern?.operation, pathParts, query };
}

function groupPatterns(): ReadonlyMap<string, readonly Pattern[]> {
  const groups = new Map<string, Pattern[]>();
  for (const operation of OPERATIONS) {
    const parts = [operation.version ?? CORE_VERSION, ...operation.path.split("/")];
    const key = `${operation.method} ${parts.length}`;
    groups.set(key, [...(groups.get(key) ?? []), { operation, parts }]);
  }
  return groups;
}

/** Every required parameter must be there, and no unknown one: an unknown one is a slip. */
export function checkQuery(operation: Operation, query: ReadonlyMap<string, string>): void {
  const { requiredQuery = [], query: optional = [] } = operation;
  for (const name of requiredQuery) {
    if ((query.get(name) ?? "") === "") {
      throw new ApiError(400, "MissingParameter", `Missing required query parameter: ${name}`);
    }
  }
  for (const name of query.keys()) {
    if (!requiredQuery.includes(name) && !optional.includes(name)) {
      throw new ApiError(400, "InvalidParameter", `Unknown query parameter: ${name}`);
    }
  }
}
