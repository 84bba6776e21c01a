import {
  TerraformDataSource,
  TerraformProvider,
  TerraformResource,
  type TerraformMetaArguments,
} from "cdktf";
import type { Construct } from "constructs";
import type { DataSourceTypes, ResourceTypes } from "./oci-resource-types.ts";

/** The release whose schema the types below were written by; test/infra/provider-schema.test.ts checks what is made with them. */
const PROVIDER_VERSION = "8.28.0";
const GENERATOR = { providerName: "oci", providerVersionConstraint: PROVIDER_VERSION };

interface OciProviderAttributes {
  readonly region: string;
  readonly config_file_profile: string;
}

/** The OCI provider in one region. A second one needs an alias. */
export class OciProvider extends TerraformProvider {
  readonly #attributes: OciProviderAttributes;
  readonly #alias: string | undefined;

  constructor(scope: Construct, id: string, attributes: OciProviderAttributes, alias?: string) {
    super(scope, id, {
      terraformResourceType: "oci",
      terraformGeneratorMetadata: GENERATOR,
      terraformProviderSource: "oracle/oci",
    });
    this.#attributes = attributes;
    this.#alias = alias;
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#attributes };
  }
}

/** One resource of OCI, in the provider's own words, so that its documentation can be read beside it. */
export class OciResource<Type extends keyof ResourceTypes> extends TerraformResource {
  readonly #attributes: ResourceTypes[Type];

  constructor(
    scope: Construct,
    id: string,
    type: Type,
    attributes: ResourceTypes[Type],
    meta: TerraformMetaArguments = {},
  ) {
    super(scope, id, {
      ...meta,
      terraformResourceType: type,
      terraformGeneratorMetadata: GENERATOR,
    });
    this.#attributes = attributes;
  }

  /** The OCID, once it is made. */
  get ocid(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#attributes };
  }
}

/** Something that OCI has already and that the plan asks for. */
export class OciDataSource<Type extends keyof DataSourceTypes> extends TerraformDataSource {
  readonly #attributes: DataSourceTypes[Type];

  constructor(
    scope: Construct,
    id: string,
    type: Type,
    attributes: DataSourceTypes[Type],
    meta: TerraformMetaArguments = {},
  ) {
    super(scope, id, {
      ...meta,
      terraformResourceType: type,
      terraformGeneratorMetadata: GENERATOR,
    });
    this.#attributes = attributes;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#attributes };
  }
}
