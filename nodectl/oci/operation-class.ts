/** Operations that share a pace. */
export type OperationClass = "launch" | "terminate" | "read";

/** By method alone: of what creates something nodectl only launches, and of what deletes it only terminates. */
export function classOfOperation(method: string): OperationClass {
  switch (method) {
    case "POST":
    case "PUT":
      return "launch";
    case "DELETE":
      return "terminate";
    default:
      return "read";
  }
}
