import type { SynthesizedStack } from "./synthesized.ts";

/** `oci_core_vcn.vcn`, `data.oci_core_subnet.compute`, `terraform_data.sweep`, with or without what follows. */
const ADDRESS = /\b(?:data\.)?(?:oci_[a-z0-9_]+|terraform_data)\.[\w-]+/g;

/** What each resource and data source names, in expressions and in depends_on, and what these name in turn. */
export class Dependencies {
  readonly #named: ReadonlyMap<string, readonly string[]>;

  constructor({ resource = {}, data = {} }: SynthesizedStack) {
    const blocks = [...entriesOf("", resource), ...entriesOf("data.", data)];
    const addresses = new Set(blocks.map(([address]) => address));
    this.#named = new Map(
      blocks.map(([address, block]) => {
        const found = JSON.stringify(block).match(ADDRESS) ?? [];
        // A type's name may stand in a sentence.
        return [address, [...new Set(found)].filter((name) => addresses.has(name))];
      }),
    );
  }

  /** Addresses of resources: a data source is not destroyed. */
  get resources(): readonly string[] {
    return [...this.#named.keys()].filter((address) => !address.startsWith("data."));
  }

  /**
   * All that this needs: Terraform makes it before, and destroys it after.
   * @throws Error when there is no such resource
   */
  of(address: string): ReadonlySet<string> {
    const needed = new Set<string>();
    const visit = (from: string): void => {
      const named = this.#named.get(from);
      if (named === undefined) throw new Error(`${from} is not in the stack`);
      for (const name of named.filter((it) => !needed.has(it))) {
        needed.add(name);
        visit(name);
      }
    };
    visit(address);
    return needed;
  }
}

function entriesOf(
  prefix: string,
  blocks: NonNullable<SynthesizedStack["resource"]>,
): [address: string, block: unknown][] {
  return Object.entries(blocks).flatMap(([type, named]) =>
    Object.entries(named).map(([name, block]): [string, unknown] => [
      `${prefix}${type}.${name}`,
      block,
    ]),
  );
}
