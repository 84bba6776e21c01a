import { ApiError } from "./api-error.ts";

/** A call to the control API: by hand, by tests or by the machines of the sandbox. Not OCI's, and not signed. */
export interface ControlRequest {
  /** The parts of the path that the route leaves open, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
}

export interface ControlAnswer {
  readonly status: number;
  /** Made into JSON. */
  readonly body: unknown;
}

/** Throw an ApiError to refuse. */
export interface ControlRoute {
  readonly method: "GET" | "POST" | "DELETE";
  /** e.g. `/control/instances/{instanceOcid}/actions`. */
  readonly path: string;
  handle(request: ControlRequest): ControlAnswer | Promise<ControlAnswer>;
}

export function ok(body: unknown): ControlAnswer {
  return { status: 200, body };
}

/** Finds the route of a call and what its path leaves open. */
export function matchControlRoute(
  routes: readonly ControlRoute[],
  method: string,
  path: string,
): { readonly route: ControlRoute; readonly params: Record<string, string> } {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, path) : undefined;
    if (params !== undefined) return { route, params };
  }
  const known = routes.map((route) => `${route.method} ${route.path}`).join(", ");
  throw new ApiError(404, "NotFound", `No control route ${method} ${path}; there are ${known}`);
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, actual] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = actual[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== value) return undefined;
    if (name !== undefined) params[name] = decodeURIComponent(value);
  }
  return params;
}
