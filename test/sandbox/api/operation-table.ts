import { ApiError } from "./api-error.ts";
import type { Operation } from "./operation.ts";
import { CATALOGUE_OPERATIONS } from "./operations-catalogue.ts";
import { CONSOLE_OPERATIONS } from "./operations-consoles.ts";
import { FEDERATION_PATH, GET_SECURITY_TOKEN } from "./operations-federation.ts";
import { INSTANCE_OPERATIONS } from "./operations-instances.ts";
import { NETWORK_OPERATIONS } from "./operations-network.ts";

/** The version of Core, Identity and Work Requests alike. */
const BASE_PATH = "/20160918/";

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [
    ...INSTANCE_OPERATIONS,
    ...CONSOLE_OPERATIONS,
    ...NETWORK_OPERATIONS,
    ...CATALOGUE_OPERATIONS,
  ].map((operation) => [`${operation.method} ${operation.path}`, operation]),
);

/** What the metadata service's requests are called in the log and in fault rules. */
export const GET_METADATA = "GetMetadata";

/** Every operation that the sandbox models: by OCI's name, and by ours where it has none. */
export const OPERATION_NAMES: readonly string[] = [
  ...[...OPERATIONS.values()].map(({ name }) => name),
  GET_SECURITY_TOKEN.name,
  GET_METADATA,
];

export interface Route {
  /** Undefined: OCI has no such operation, or the sandbox does not model it. */
  readonly operation: Operation | undefined;
  readonly pathOcid: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Finds the operation of a method and a path with query. */
export function findRoute(method: string, url: string): Route {
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const search = queryStart === -1 ? "" : url.slice(queryStart + 1);
  const query = new Map(new URLSearchParams(search));
  if (path === FEDERATION_PATH && method === GET_SECURITY_TOKEN.method) {
    return { operation: GET_SECURITY_TOKEN, pathOcid: "", query };
  }
  if (!path.startsWith(BASE_PATH)) return { operation: undefined, pathOcid: "", query };
  const [collection = "", pathOcid = "", ...rest] = path.slice(BASE_PATH.length).split("/");
  const pattern = [collection, ...(pathOcid === "" ? [] : ["*"]), ...rest].join("/");
  return { operation: OPERATIONS.get(`${method} ${pattern}`), pathOcid, query };
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
