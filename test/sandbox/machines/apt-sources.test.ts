import { describe, expect, test } from "vitest";
import { findDebianMirror, parseAptSources } from "./apt-sources.ts";

const KEY_RING = "/usr/share/keyrings/debian-archive-keyring.gpg";

describe("parseAptSources()", () => {
  test("reads one-line entries with and without options, and no source packages", () => {
    const text = `# main
deb http://mirror.example/debian bookworm main contrib # ours
deb [arch=amd64 signed-by=${KEY_RING}] http://mirror.example/debian  bookworm-updates main
deb-src http://mirror.example/debian bookworm main
#deb http://off.example/debian bookworm main
`;
    expect(parseAptSources(text, "/etc/apt/sources.list")).toEqual([
      {
        uri: "http://mirror.example/debian",
        suite: "bookworm",
        components: ["main", "contrib"],
        signedBy: undefined,
      },
      {
        uri: "http://mirror.example/debian",
        suite: "bookworm-updates",
        components: ["main"],
        signedBy: KEY_RING,
      },
    ]);
  });

  test("reads deb822 stanzas with several suites, continuation lines and comments", () => {
    const text = `Types: deb deb-src
# http://snapshot.example
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: ${KEY_RING}

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;
    const sources = parseAptSources(text, "/etc/apt/sources.list.d/debian.sources");
    expect(sources.map(({ suite, signedBy }) => [suite, signedBy])).toEqual([
      ["bookworm", KEY_RING],
      ["bookworm-updates", KEY_RING],
    ]);
  });

  test("takes a key that stands in the stanza itself for no key ring", () => {
    const text = `types: deb
uris: http://mirror.example/debian
suites: trixie
components: main
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
`;
    expect(parseAptSources(text, "x.sources")).toEqual([
      {
        uri: "http://mirror.example/debian",
        suite: "trixie",
        components: ["main"],
        signedBy: undefined,
      },
    ]);
  });
});

describe("findDebianMirror()", () => {
  const mirrorOf = (...lines: string[]) =>
    findDebianMirror(parseAptSources(lines.join("\n"), "sources.list"));

  test("prefers what Debian's key ring signs to anything else", () => {
    const mirror = mirrorOf(
      "deb http://other.example/debian bookworm main",
      `deb [signed-by=${KEY_RING}] http://mirror.example/pub/linux/ bookworm main`,
    );
    expect(mirror).toEqual({ uri: "http://mirror.example/pub/linux", signedBy: KEY_RING });
  });

  test("passes over third parties that publish for the same suite", () => {
    const mirror = mirrorOf(
      "deb [signed-by=/etc/apt/keyrings/vendor.asc] http://vendor.example/debian bookworm main",
      "deb http://vendor.example/product/7/debian bookworm main",
      "deb http://vendor.example/debian bookworm stable",
      "deb http://mirror.example/debian bookworm main",
    );
    expect(mirror?.uri).toBe("http://mirror.example/debian");
  });

  test("takes a snapshot of the archive", () => {
    const mirror = mirrorOf(
      "deb http://snap.example/archive/debian/20250520T000000Z bookworm main",
    );
    expect(mirror?.uri).toBe("http://snap.example/archive/debian/20250520T000000Z");
  });

  test("does not take security or backports for the archive", () => {
    expect(
      mirrorOf(
        "deb http://mirror.example/debian-security bookworm-security main",
        "deb http://mirror.example/debian bookworm-backports main",
      ),
    ).toBeUndefined();
  });
});
