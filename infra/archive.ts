import { DataResource, TerraformLocal, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { ExpectedArchive } from "../nodectl/build/build.ts";
import { architectureOf } from "../nodectl/domain/shape.ts";
import type { Cluster } from "./cluster.ts";
import { OciDataSource, OciResource } from "./oci-resource.ts";

/** Which of the archives runs on a shape, in the words of `npm run build`. */
export function archiveArchitecture(shape: string): ExpectedArchive["architecture"] {
  return architectureOf({ name: shape }) === "aarch64" ? "arm64" : "x64";
}

/** Where the management node gets nodectl from. */
export interface Archive {
  /** Reads the one object, without credentials. Known once it is deployed. */
  readonly url: string;
  readonly sha256: string;
  readonly ready: readonly ITerraformDependable[];
}

/**
 * The request ends with the cluster, whose destruction deletes it. A nearer day would only keep somebody from replacing a
 * management node that died after it: what it reads is a program that everybody may have.
 */
const EXPIRY = "2099-12-31T00:00:00Z";

/**
 * Uploads the archive to a private bucket of the cluster. Its digest is taken when Terraform plans, not before: so the
 * stack can be synthesized when nothing is built, and what is uploaded is what was checked.
 */
export function createArchive(scope: Construct, cluster: Cluster, file: ExpectedArchive): Archive {
  const checked = createChecked(scope, file);
  const sha256 = `${checked}.sha256`;
  const { bucket, namespace } = createBucket(scope, cluster);
  const at = { namespace, bucket: bucket.getStringAttribute("name") };
  // By its digest: another archive is another object with a request of its own, and a URL never changes its content.
  const name = `nodectl-\${substr(${sha256}, 0, 12)}-linux-${file.architecture}.tar.gz`;
  const object = new OciResource(scope, "archive_object", "oci_objectstorage_object", {
    ...at,
    object: name,
    // By way of the check, and so not known to `terraform validate`: the provider refuses a file that is not there.
    source: `\${${checked}.path}`,
    content_type: "application/gzip",
  });
  const request = new OciResource(scope, "archive_request", "oci_objectstorage_preauthrequest", {
    ...at,
    name: `${cluster.id}-nodectl`,
    object_name: object.getStringAttribute("object"),
    access_type: "ObjectRead",
    time_expires: EXPIRY,
  });
  const url = request.getStringAttribute("full_path");
  return { url, sha256: `\${${sha256}}`, ready: [object, request] };
}

/**
 * A destroy must not need the archive. Terraform evaluates `input` then too, to refresh, but heeds no precondition (1.11.4).
 * @returns an expression: the archive's path and sha256, once Terraform has seen that it is there and made of today's sources
 */
function createChecked(
  scope: Construct,
  { archive, inputsFile, inputs, architecture }: ExpectedArchive,
): string {
  // A precondition must speak of something outside itself (Terraform's own rule).
  const file = new TerraformLocal(scope, "archive_file", {
    path: literal(archive),
    inputs_file: literal(inputsFile),
    inputs,
  }).fqn;
  const isThere = `fileexists(${file}.path)`;
  const isUpToDate = `try(file(${file}.inputs_file), "") == ${file}.inputs`;
  const checked = new DataResource(scope, "archive", {
    input: { path: `\${${file}.path}`, sha256: `\${try(filesha256(${file}.path), "")}` },
    lifecycle: {
      precondition: [
        {
          condition: `\${${isThere} && ${isUpToDate}}`,
          errorMessage:
            `nodectl is not built, or was built of other sources than the stack was synthesized with: ` +
            `run \`npm run build -- --arch ${architecture}\` and deploy again.`,
        },
      ],
    },
  });
  return `${checked.fqn}.output`;
}

function createBucket(
  scope: Construct,
  { settings, id, tags }: Cluster,
): { readonly bucket: OciResource<"oci_objectstorage_bucket">; readonly namespace: string } {
  const tenancy = new OciDataSource(scope, "object_storage", "oci_objectstorage_namespace", {
    compartment_id: settings.compartmentOcid,
  });
  const namespace = tenancy.getStringAttribute("namespace");
  const bucket = new OciResource(scope, "archive_bucket", "oci_objectstorage_bucket", {
    compartment_id: settings.compartmentOcid,
    namespace,
    // Unique in the tenancy and region, as the id is.
    name: id,
    access_type: "NoPublicAccess",
    freeform_tags: tags,
  });
  return { bucket, namespace };
}

/** A path that Terraform takes as it is, whatever the repository's folder is called. */
function literal(text: string): string {
  return text.replaceAll(/([$%])\{/g, "$1$&");
}
