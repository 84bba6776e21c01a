import type { Shape } from "./shape.ts";

/** What one availability domain of the region offers. */
export interface AvailabilityDomainOffer {
  /** Full name, e.g. `Uocm:PHX-AD-1`. */
  readonly name: string;
  readonly shapes: readonly Shape[];
}

/** Which shape is known where. That an availability domain knows a shape is not that it has room. */
export class Catalogue {
  readonly #names: readonly string[];
  readonly #offers: ReadonlyMap<string, ReadonlyMap<string, Shape>>;
  readonly #adRoot: string;

  /** adRoot: an availability domain's full name without its number, from startnode.yaml. */
  constructor(offers: readonly AvailabilityDomainOffer[], adRoot: string) {
    this.#names = offers.map(({ name }) => name).toSorted();
    this.#offers = new Map(
      offers.map(({ name, shapes }) => [name, new Map(shapes.map((shape) => [shape.name, shape]))]),
    );
    this.#adRoot = adRoot;
  }

  get availabilityDomains(): readonly string[] {
    return this.#names;
  }

  /** The full name of an availability domain that limits.yaml names by its number. */
  nameOf(availabilityDomain: number): string | undefined {
    const name = `${this.#adRoot}${availabilityDomain}`;
    return this.#offers.has(name) ? name : undefined;
  }

  /** For a message: `1 (Uocm:PHX-AD-1), 2 (Uocm:PHX-AD-2)`. */
  describeNumbers(): string {
    const numbered = this.#names.filter((name) => name.startsWith(this.#adRoot));
    return numbered.map((name) => `${name.slice(this.#adRoot.length)} (${name})`).join(", ");
  }

  shapeIn(availabilityDomain: string, shapeName: string): Shape | undefined {
    return this.#offers.get(availabilityDomain)?.get(shapeName);
  }

  /** The shape as the first availability domain that offers it describes it. */
  shape(shapeName: string): Shape | undefined {
    const [offering] = this.offering(shapeName);
    return offering === undefined ? undefined : this.shapeIn(offering, shapeName);
  }

  /** Full names of the availability domains that offer a shape. */
  offering(shapeName: string): readonly string[] {
    return this.#names.filter((name) => this.shapeIn(name, shapeName) !== undefined);
  }

  get shapeNames(): readonly string[] {
    return [...new Set([...this.#offers.values()].flatMap((shapes) => [...shapes.keys()]))];
  }
}
