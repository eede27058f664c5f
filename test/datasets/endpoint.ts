import { type Endpoint, Endpoints } from '../../lib/datasets/endpoints.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';

/** The end with this address in a VPC of 10.0.0.0/8 and fd00::/8. */
export function endpointOf(address: string): Endpoint {
  return new Endpoints(new NetworkSet(['10.0.0.0/8', 'fd00::/8'])).of(address)!;
}
