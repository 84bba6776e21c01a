import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { ListenOptions } from "node:net";
import type { HttpConnection } from "./http-connection.ts";

/** A server for these connections. Rejects with the system's error when the place is taken. */
export async function listen(connection: HttpConnection, where: ListenOptions): Promise<Server> {
  const server = createServer((request, response) => {
    void connection.handle(request, response);
  });
  // Longer than the pauses of a client that polls, so that it is not closed under its feet.
  server.keepAliveTimeout = 60_000;
  server.listen(where);
  await once(server, "listening");
  return server;
}

/** Of a server that listens on a port. */
export function urlOf(server: Server | undefined): string {
  const address = server?.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no address");
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Ends every connection, also those that hang. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
