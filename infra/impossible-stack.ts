/** What the settings ask for cannot be made. The message says why, and what to write in the settings. */
export class ImpossibleStack extends Error {
  override readonly name = "ImpossibleStack";
}
