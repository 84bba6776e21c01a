import { incorrectState, notAuthorizedOrNotFound } from "./api-error.ts";
import type { OcidSource } from "./ocids.ts";
import type { ImageDescription, RegionDescription } from "./region.ts";

export type CustomImageState =
  "PROVISIONING" | "IMPORTING" | "AVAILABLE" | "EXPORTING" | "DISABLED" | "DELETED";

/** An image that somebody made of an instance. */
export interface CustomImageRecord {
  readonly imageOcid: string;
  readonly compartmentOcid: string;
  readonly displayName: string;
  readonly freeformTags: Readonly<Record<string, string>>;
  readonly timeCreatedMs: number;
  /** What the instance was made of. */
  readonly base: ImageDescription;
  lifecycleState: CustomImageState;
}

export type CustomImage = Omit<CustomImageRecord, "imageOcid">;

export interface CustomImagesParts {
  readonly nextOcid: OcidSource;
  /** How long the record stays listed after its deletion; milliseconds. */
  readonly deletedRecordMs: number;
  readonly schedule: (dueMs: number, run: (dueMs: number) => void) => void;
}

/** While one is made or copied it cannot be deleted. */
const BUSY: ReadonlySet<CustomImageState> = new Set(["PROVISIONING", "IMPORTING", "EXPORTING"]);

/** What an instance can be launched from: Oracle's own image, or a custom one. Undefined: there is no such image, or not yet, or not any more. */
export function launchableImage(
  { images }: Pick<RegionDescription, "images">,
  customImages: Pick<CustomImages, "describe"> | undefined,
  imageOcid: string,
): ImageDescription | undefined {
  return images.find(({ ocid }) => ocid === imageOcid) ?? customImages?.describe(imageOcid);
}

/** The custom images of the region. What an instance of one boots is up to the hypervisor. */
export class CustomImages {
  private readonly parts: CustomImagesParts;
  private readonly images = new Map<string, CustomImageRecord>();

  constructor(parts: CustomImagesParts) {
    this.parts = parts;
  }

  /** In the order of creation. */
  get records(): Iterable<CustomImageRecord> {
    return this.images.values();
  }

  find(imageOcid: string): CustomImageRecord | undefined {
    return this.images.get(imageOcid);
  }

  /** What can be launched; undefined: there is no such image, or not yet, or not any more. */
  describe(imageOcid: string): ImageDescription | undefined {
    const record = this.images.get(imageOcid);
    if (record?.lifecycleState !== "AVAILABLE") return undefined;
    return { ...record.base, ocid: imageOcid, name: record.displayName };
  }

  add(image: CustomImage): CustomImageRecord {
    const record = { ...image, imageOcid: this.parts.nextOcid("image") };
    this.images.set(record.imageOcid, record);
    return record;
  }

  delete(record: CustomImageRecord, nowMs: number): void {
    const { imageOcid, lifecycleState } = record;
    if (lifecycleState === "DELETED") throw notAuthorizedOrNotFound(`image ${imageOcid} not found`);
    if (BUSY.has(lifecycleState)) throw incorrectState(`Image ${imageOcid} is ${lifecycleState}`);
    record.lifecycleState = "DELETED";
    const { schedule, deletedRecordMs } = this.parts;
    schedule(nowMs + deletedRecordMs, () => this.images.delete(imageOcid));
  }
}
