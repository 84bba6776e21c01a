import { createClients, readOrder } from "./order.ts";

// The least that one can do with the SDK: load it, sign one request, read the answer.
const order = await readOrder();
const { compute, network } = createClients(order);
await compute.listInstances({ compartmentId: order.compartmentOcid });
compute.close();
network.close();
