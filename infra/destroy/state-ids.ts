interface State {
  readonly values?: {
    readonly root_module?: { readonly resources?: readonly Resource[] };
  };
}

interface Resource {
  readonly address: string;
  readonly values: { readonly id?: string };
}

/** By address. @param stateJson as `terraform show -json` prints it; https://developer.hashicorp.com/terraform/internals/json-format */
export function readIds(stateJson: string): ReadonlyMap<string, string> {
  const { values } = JSON.parse(stateJson) as State;
  const resources = values?.root_module?.resources ?? [];
  return new Map(
    resources.flatMap(({ address, values: { id } }) => (id === undefined ? [] : [[address, id]])),
  );
}
