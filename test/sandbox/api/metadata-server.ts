import type { Log } from "../../../nodectl/domain/log.ts";
import { HttpConnection } from "./http-connection.ts";
import { closeServer, listen, urlOf } from "./listen.ts";
import { MetadataDoor, type MetadataDoorParts } from "./metadata-door.ts";

export interface MetadataServerOptions extends MetadataDoorParts {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Hears of defects of the sandbox. */
  readonly log?: Log;
}

export interface MetadataServer {
  /** e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

/** Serves the metadata service. Rejects with the system's error when the port is taken. */
export async function startMetadataServer(options: MetadataServerOptions): Promise<MetadataServer> {
  const { host = "127.0.0.1", port = 0, clock, log } = options;
  const connection = new HttpConnection(new MetadataDoor(options), undefined, clock, log);
  const server = await listen(connection, { host, port });
  return { url: urlOf(server), close: () => closeServer(server) };
}
